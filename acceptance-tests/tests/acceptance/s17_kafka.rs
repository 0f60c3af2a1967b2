//! An exporter to Kafka by real terraform: its receiver comes first, is mended when it dies, and goes last; every record
//! is in the topic once and in order, from the first position on.

use std::time::Duration;

use acceptance_tests::servers::{kafka::Kafka, receiver};
use acceptance_tests::{
    Cluster, ClusterHcl, Install, Load, Program, Project, Scenario, processes, wait,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

const ADDRESS: &str = "zeebe_exporter.kafka";
/// An exporter pauses up to 10 s between two tries.
const EXPORTED: Duration = Duration::from_mins(1);
/// All that 8.6 writes, so that a gap in the positions is a loss.
pub(crate) const VALUES: [&str; 36] = [
    "authorization",
    "checkpoint",
    "command_distribution",
    "compensation_subscription",
    "decision",
    "decision_evaluation",
    "decision_requirements",
    "deployment",
    "deployment_distribution",
    "error",
    "escalation",
    "form",
    "incident",
    "job",
    "job_batch",
    "message",
    "message_batch",
    "message_correlation",
    "message_start_event_subscription",
    "message_subscription",
    "process",
    "process_event",
    "process_instance",
    "process_instance_batch",
    "process_instance_creation",
    "process_instance_migration",
    "process_instance_modification",
    "process_message_subscription",
    "resource_deletion",
    "signal",
    "signal_subscription",
    "timer",
    "user",
    "user_task",
    "variable",
    "variable_document",
];

#[test]
fn an_exporter_to_kafka_has_a_receiver_that_comes_first_is_mended_and_goes_last() -> Result<()> {
    let scenario = Scenario::with_brokers("s17-kafka", 2)?;
    let cluster = scenario.cluster("exporting")?;
    let mut kafka = Kafka::start(scenario.directory.join("kafka"), scenario.first_port()?)?;
    let hcl = ClusterHcl::new(&cluster).sized(1, 2, 1);
    let mut project = scenario.project("project", Install::Mirror)?;
    project.set("ZEEBE_RECEIVER", Program::Receiver.path()?.as_str());
    project.write("main.tf", &hcl.file())?;
    project.init()?;
    project.apply()?;
    let before = cluster.brokers()?;

    // Nobody is there: no broker is restarted for it.
    project.write("exporter.tf", &exporter(&hcl, "127.0.0.1:1"))?;
    let told = project.terraform(&["apply", "-input=false", "-auto-approve"])?.fails()?;
    ensure!(told.contains("receiver 0 of exporter \"kafka\" is not ready"), "{told}");
    assert_eq!(cluster.brokers()?, before, "nobody is restarted for a Kafka that is away");

    project.write("exporter.tf", &exporter(&hcl, &kafka.address()))?;
    project.terraform(&["untaint", ADDRESS])?.ok()?;
    project.apply()?;
    project.plan()?.is_empty().context("the plan after the exporter came")?;

    let load = Load::start(cluster.gateways(1))?;
    load.wait_for_more(20)?;
    mended(&project, &cluster, &hcl)?;
    load.wait_for_more(20)?;
    load.finish()?.is_exact()?;
    let config = cluster.home().join("receivers/0/receiver.toml");
    wait::until("every record in Kafka", EXPORTED, || {
        let verified = receiver::verify(&config, &["--unfiltered"])?;
        ensure!(verified.code == Some(0), "{verified:?}");
        for partition in [1, 2] {
            let exported = exported(&cluster, partition)?;
            let all = format!(", positions 1 to {exported},");
            ensure!(verified.text.contains(&all), "expected {all:?}: {verified:?}");
        }
        Ok(())
    })?;

    // Another topic is the receiver's affair alone.
    let before = cluster.brokers()?;
    let other = exporter(&hcl, &kafka.address()).replace("zeebe-exporting", "another");
    project.write("exporter.tf", &other)?;
    let plan = project.plan()?;
    assert_eq!(
        plan.steps(ADDRESS)?,
        [
            "restart the receiver of exporter \"kafka\" and see it reach Kafka",
            "see exporter \"kafka\" come as far as the log of every partition",
        ]
    );
    project.apply_planned()?;
    assert_eq!(cluster.brokers()?, before, "nobody is restarted for another topic");

    std::fs::remove_file(project.directory.join("exporter.tf"))?;
    project.apply()?;
    ensure!(cluster.receivers()?.is_empty(), "a receiver runs on: {:?}", cluster.receivers()?);
    project.plan()?.is_empty().context("the plan after the exporter has left")?;
    project.destroy()?;
    cluster.is_stopped()?;
    kafka.kill()?;
    scenario.passed()
}

fn exporter(hcl: &ClusterHcl, kafka: &str) -> String {
    let values = VALUES.map(|value| format!("\"{value}\"")).join(", ");
    format!(
        "resource \"zeebe_exporter\" \"kafka\" {{\n  cluster = {}.handle\n  name    = \"kafka\"\n\n  kafka = {{\n    \
         brokers = [\"{kafka}\"]\n    topic   = \"zeebe-exporting\"\n    records = {{\n      types  = [\"event\", \
         \"command\", \"rejection\"]\n      values = [{values}]\n    }}\n  }}\n}}\n",
        hcl.address()
    )
}

/// A receiver that died is seen by the next plan of its cluster, and started again.
fn mended(project: &Project, cluster: &Cluster, hcl: &ClusterHcl) -> Result<()> {
    let running = cluster.receivers()?;
    let receiver = running.get(&0).context("no receiver runs")?;
    processes::kill(*receiver)?;
    let plan = project.plan()?;
    assert_eq!(
        plan.steps(&hcl.address())?,
        [
            "start receiver 0, which does not run",
            "see receiver 0 reach where exporter \"kafka\" sends"
        ]
    );
    project.apply_planned()?;
    project.plan()?.is_empty().context("the plan after the receiver was started again")
}

/// How far the leader of a partition has exported it.
pub(crate) fn exported(cluster: &Cluster, partition: u16) -> Result<u64> {
    let (_, partitions) = cluster.get(0, "actuator/partitions")?;
    let position: &Value = &partitions[partition.to_string()]["exportedPosition"];
    position.as_u64().with_context(|| format!("{position} is no position"))
}

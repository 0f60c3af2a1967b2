//! Create, work, plan again, import, destroy.

use acceptance_tests::{
    Cluster, ClusterHcl, Install, Load, Scenario,
    load::{Client, Created, DEFINITION, PROCESS},
    project::Action,
};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;

use zeebe_proto::gateway::{TopologyResponse, partition::PartitionBrokerRole};

#[test]
fn three_brokers_work_are_imported_and_go_without_a_trace() -> Result<()> {
    let scenario = Scenario::with_brokers("s01-three-brokers", 3)?;
    let cluster = scenario.cluster("payments")?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 3, 3);

    let project = scenario.project("first", Install::Mirror)?;
    project.write("main.tf", &hcl.file())?;
    project.init()?;
    let plan = project.plan()?;
    assert_eq!(plan.action(&hcl.address())?, Action::Create);
    let planned = plan.steps(&hcl.address())?;
    ensure!(
        planned.iter().any(|step| step.contains("broker 2")),
        "no step for broker 2: {planned:#?}"
    );
    project.apply_planned()?;

    let state = project.state(&hcl.address())?;
    assert_eq!(state["id"], cluster.id());
    assert_eq!(state["gateway_address"], cluster.gateway(0));
    assert_eq!(state["last_change"], serde_json::json!(planned), "what was planned was applied");
    assert_eq!(cluster.brokers()?.into_keys().collect::<Vec<_>>(), [0, 1, 2]);
    let everything: BTreeMap<u64, Vec<u64>> =
        (0..3).map(|broker| (broker, vec![1, 2, 3])).collect();
    assert_eq!(cluster.layout()?, everything);
    assert_eq!(leaders(&topology(&cluster.gateway(0))?), [1, 2, 3]);

    let report = Load::instances(cluster.gateways(3), 100)?;
    report.is_exact()?;
    assert_eq!(report.started, 100);
    project.plan()?.is_empty()?;

    // Terraform's state is lost; the cluster is not.
    let second = scenario.project("second", Install::Override)?;
    second.write("main.tf", &hcl.file())?;
    let running = cluster.brokers()?;
    second.terraform(&["import", "-input=false", &hcl.address(), &cluster.id()])?.ok()?;
    second.plan()?.is_empty()?;
    assert_eq!(cluster.brokers()?, running, "an import touches nothing");

    second.destroy()?;
    cluster.is_stopped()?;
    ensure!(!cluster.data(0).exists(), "the data of broker 0 is still there");
    scenario.passed()
}

#[test]
fn kept_data_is_there_again_after_destroy_and_create() -> Result<()> {
    let scenario = Scenario::with_brokers("s01-kept-data", 1)?;
    let cluster = scenario.cluster("ledger")?;
    let hcl = ClusterHcl { data_on_destroy: "keep".to_owned(), ..ClusterHcl::new(&cluster) };
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    let instance = start_instance(&cluster)?;

    project.destroy()?;
    cluster.is_stopped()?;
    ensure!(cluster.data(0).exists(), "the data of broker 0 is gone");

    project.apply()?;
    ensure!(cancel(&cluster, instance)?, "the instance of before is not there any more");
    project.write("main.tf", &ClusterHcl { data_on_destroy: "delete".to_owned(), ..hcl }.file())?;
    project.apply()?;
    project.destroy()?;
    ensure!(!cluster.data(0).exists(), "the data of broker 0 is still there");
    scenario.passed()
}

#[test]
fn standalone_gateways_take_the_clients() -> Result<()> {
    let scenario = Scenario::with_brokers("s01-gateways", 3)?;
    let cluster = scenario.cluster("fronted")?;
    let hcl = ClusterHcl { standalone_gateways: Some(1), ..ClusterHcl::new(&cluster) };
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;

    assert_eq!(project.state(&hcl.address())?["gateway_address"], cluster.standalone_gateway(0));
    assert_eq!(cluster.standalone_gateways()?.len(), 1);
    Load::instances(vec![cluster.standalone_gateway(0)], 10)?.is_exact()?;
    project.plan()?.is_empty()?;

    project.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

fn topology(gateway: &str) -> Result<TopologyResponse> {
    runtime()?.block_on(async { Client::new(&[gateway.to_owned()])?.topology().await })
}

/// The partitions that have a leader, once for each leader that they have.
fn leaders(topology: &TopologyResponse) -> Vec<i32> {
    let partitions = topology.brokers.iter().flat_map(|broker| &broker.partitions);
    let mut led: Vec<i32> = partitions
        .filter(|partition| partition.role() == PartitionBrokerRole::Leader)
        .map(|partition| partition.partition_id)
        .collect();
    led.sort_unstable();
    led
}

fn start_instance(cluster: &Cluster) -> Result<i64> {
    runtime()?.block_on(async {
        let client = Client::new(&cluster.gateways(1))?;
        client.deploy(DEFINITION).await?;
        match client.create(PROCESS, 1).await? {
            Created::Instance(instance) => Ok(instance),
            Created::Refused(why) | Created::Unclear(why) => {
                anyhow::bail!("no instance was started: {why}")
            }
        }
    })
}

fn cancel(cluster: &Cluster, instance: i64) -> Result<bool> {
    runtime()?.block_on(async { Client::new(&cluster.gateways(1))?.cancel(instance).await })
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

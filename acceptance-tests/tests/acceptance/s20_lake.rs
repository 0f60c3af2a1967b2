//! An exporter into a lake by real terraform: in a real object store, then in a folder; each record once for whoever reads.

use std::fs;
use std::process::Command;
use std::time::Duration;

use acceptance_tests::servers::{lake, object_store::ObjectStore, receiver};
use acceptance_tests::{
    Cluster, ClusterHcl, Install, Load, Program, Project, Scenario, processes, wait,
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::s17_kafka::{VALUES, exported};

const ADDRESS: &str = "zeebe_exporter.lake";
/// An exporter pauses up to 10 s between two tries; then a record waits a second, and becomes part of a file.
const EXPORTED: Duration = Duration::from_mins(2);

#[test]
fn an_exporter_into_a_lake_loses_and_doubles_nothing_and_moves_without_a_restart() -> Result<()> {
    let scenario = Scenario::with_brokers("s20-lake", 2)?;
    let cluster = scenario.cluster("exporting")?;
    let mut store =
        ObjectStore::start(scenario.directory.join("store"), scenario.first_port()? + 50)?;
    let hcl = ClusterHcl::new(&cluster).sized(1, 2, 1);
    let mut project = scenario.project("project", Install::Mirror)?;
    project.set("ZEEBE_RECEIVER", Program::Receiver.path()?.as_str());
    project.write("main.tf", &hcl.file())?;
    project.init()?;
    project.apply()?;
    let before = cluster.brokers()?;
    refused(&scenario, &project, &cluster, &hcl, &store)?;

    let right = store.lake("clusters/payments");
    project.write("exporter.tf", &exporter(&hcl, &right))?;
    project.apply()?;
    project.plan()?.is_empty().context("the plan after the exporter came")?;
    ensure!(cluster.brokers()? != before, "brokers were told of it by a restart");

    let load = Load::start(cluster.gateways(1))?;
    load.wait_for_more(20)?;
    let running = cluster.receivers()?;
    processes::kill(*running.get(&0).context("no receiver runs")?)?;
    project.apply()?;
    load.wait_for_more(20)?;
    load.finish()?.is_exact()?;
    let config = cluster.home().join("receivers/0/receiver.toml");
    wait::until("every record in the bucket", EXPORTED, || {
        let verified =
            receiver::verify_with(&config, &["--unfiltered"], &ObjectStore::variables())?;
        ensure!(verified.code == Some(0), "{verified:?}");
        for partition in [1, 2] {
            let all = format!(", positions 1 to {},", exported(&cluster, partition)?);
            ensure!(verified.text.contains(&all), "expected {all:?}: {verified:?}");
        }
        Ok(())
    })?;

    proven(&cluster)?;
    in_a_folder(&scenario, &project, &cluster, &hcl)?;
    std::fs::remove_file(project.directory.join("exporter.tf"))?;
    project.apply()?;
    ensure!(cluster.receivers()?.is_empty(), "a receiver runs on: {:?}", cluster.receivers()?);
    project.plan()?.is_empty().context("the plan after the exporter has left")?;
    project.destroy()?;
    cluster.is_stopped()?;
    store.kill()?;
    scenario.passed()
}

/// The same by the engine without Terraform, which knows from the book where the records went.
fn proven(cluster: &Cluster) -> Result<()> {
    let verify = |exporter: &str| {
        Command::new(Program::Provision.path()?)
            .args(["records", "verify", &cluster.id(), exporter])
            .env("ZEEBE_RECEIVER", Program::Receiver.path()?)
            .output()
            .context("zeebe-provision did not start")
    };
    let done = verify("lake")?;
    let said = String::from_utf8(done.stdout)?;
    ensure!(done.status.code() == Some(0), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(said.matches("nothing wrong").count(), 2, "one line for each partition: {said}");
    let unknown = verify("nobody")?;
    let told = String::from_utf8(unknown.stderr)?;
    ensure!(unknown.status.code() == Some(1) && told.contains("nobody"), "{told}");
    Ok(())
}

/// A key that the store does not know: no broker is restarted, and no key is shown.
fn refused(
    scenario: &Scenario,
    project: &Project,
    cluster: &Cluster,
    hcl: &ClusterHcl,
    store: &ObjectStore,
) -> Result<()> {
    let wrong = scenario.directory.join("wrong-key");
    fs::write(&wrong, "no-such-secret")?;
    let right = store.lake("clusters/payments");
    let key = scenario.directory.join("store/secret-key");
    let before = cluster.brokers()?;
    project.write("exporter.tf", &exporter(hcl, &right.replace(key.as_str(), wrong.as_str())))?;
    let said = project.terraform(&["apply", "-input=false", "-auto-approve"])?.fails()?;
    // Terraform breaks lines where it likes.
    let said = said.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for told in ["receiver 0 of exporter \"lake\" is not ready", "answered 403"] {
        ensure!(said.contains(told), "expected {told}: {said}");
    }
    ensure!(!said.contains("no-such-secret") && !said.contains("X-Amz"), "{said}");
    assert_eq!(cluster.brokers()?, before, "nobody is restarted for a store that says no");
    project.terraform(&["untaint", ADDRESS])?.ok()?;
    // The cluster's own plan comes before the exporter's, and must not tell the brokers of it either.
    project.terraform(&["apply", "-input=false", "-auto-approve"])?.fails()?;
    assert_eq!(cluster.brokers()?, before, "nor by the next apply");
    Ok(())
}

/// Another place is the receiver's affair alone; and what comes there, SQL counts once.
fn in_a_folder(
    scenario: &Scenario,
    project: &Project,
    cluster: &Cluster,
    hcl: &ClusterHcl,
) -> Result<()> {
    let folder = scenario.directory.join("lake");
    let place = format!("lake = {{\n    directory  = \"{folder}\"\n    seal_after = \"1s\"\n  }}");
    let before = cluster.brokers()?;
    project.write("exporter.tf", &exporter(hcl, &place))?;
    let plan = project.plan()?;
    assert_eq!(
        plan.steps(ADDRESS)?,
        [
            "restart the receiver of exporter \"lake\" and see it reach its lake",
            "see exporter \"lake\" come as far as the log of every partition",
        ]
    );
    project.apply_planned()?;
    assert_eq!(cluster.brokers()?, before, "nobody is restarted for another place");
    let load = Load::start(cluster.gateways(1))?;
    load.wait_for_more(20)?;
    load.finish()?.is_exact()?;
    let table = lake::table(&folder);
    wait::until("every record in files", EXPORTED, || {
        for partition in [1_u16, 2] {
            // Each record has a position, and none is left out.
            let rows = lake::sql(&format!(
                "select count(*), count(distinct position), max(position) - min(position) + 1, max(position)
                 from {table} where partition = {partition}"
            ))?;
            let [Value::Array(row)] = rows.as_slice() else { anyhow::bail!("{rows:?}") };
            let last = json!(exported(cluster, partition)?);
            ensure!(row[3] == last && row[0] == row[1] && row[0] == row[2], "{row:?} {last}");
        }
        Ok(())
    })
}

fn exporter(hcl: &ClusterHcl, lake: &str) -> String {
    let values = VALUES.map(|value| format!("\"{value}\"")).join(", ");
    let records = format!(
        "    records = {{\n      types  = [\"event\", \"command\", \"rejection\"]\n      values = [{values}]\n    }}\n  }}"
    );
    let lake = lake.strip_suffix("  }").unwrap_or(lake);
    format!(
        "resource \"zeebe_exporter\" \"lake\" {{\n  cluster = {}.handle\n  name    = \"lake\"\n\n  {lake}{records}\n}}\n",
        hcl.address()
    )
}

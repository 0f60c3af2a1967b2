//! A minor upgrade, broker by broker, under load.

use std::fmt::Write as _;

use acceptance_tests::{Cluster, ClusterHcl, Install, Load, Scenario, snapshot};
use anyhow::{Context, Result, ensure};

use crate::{watch::Watch, words};

#[test]
fn a_minor_upgrade_rolls_under_load_and_loses_nothing() -> Result<()> {
    let scenario = Scenario::with_brokers("s03-upgrade", 3)?;
    let cluster = scenario.cluster("rolling")?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 3, 3).version("8.5.8");
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    assert_eq!(versions(&cluster)?, ["8.5.8", "8.5.8", "8.5.8"]);
    let before = cluster.brokers()?;

    let load = Load::start(cluster.gateways(3))?;
    load.wait_for_more(20)?;
    project.write("main.tf", &hcl.clone().version("8.6.0").file())?;
    let steps = project.plan()?.steps(&hcl.address())?;
    let order: Vec<_> =
        steps.iter().filter(|step| step.contains("8.6.0 in place of 8.5.8")).collect();
    ensure!(order.len() == 3, "not three restarts: {steps:#?}");
    for (step, broker) in order.iter().zip(["broker 2", "broker 1", "broker 0"]) {
        ensure!(step.contains(broker), "not the highest number first: {steps:#?}");
    }
    let watch = Watch::over(&cluster, 3);
    project.apply_planned()?;
    let seen = watch.end()?;
    load.wait_for_more(20)?;
    load.finish()?.is_exact()?;

    assert_eq!(seen.most_down(), 1, "brokers that were down at once: {seen:?}");
    assert_eq!(versions(&cluster)?, ["8.6.0", "8.6.0", "8.6.0"]);
    for (broker, process) in cluster.brokers()? {
        ensure!(before.get(&broker) != Some(&process), "broker {broker} was not restarted");
    }
    ensure!(
        gates_seen(&cluster)? >= 3,
        "the journal has no three gates: {:#?}",
        cluster.journal()?
    );
    ensure!(
        saw(&cluster, "of the canary starts on every partition: 1, 2, 3")?,
        "the journal has no canary: {:#?}",
        cluster.journal()?
    );
    no_canary_is_left(&cluster)?;
    project.plan()?.is_empty()?;

    project.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

#[test]
fn versions_that_cannot_be_reached_are_refused_at_plan_with_the_path() -> Result<()> {
    let scenario = Scenario::with_brokers("s03-refused", 1)?;
    let cluster = scenario.cluster("steady")?;
    let hcl = ClusterHcl::new(&cluster).version("8.5.8");
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    let running = cluster.brokers()?;

    let mut refusals = String::new();
    for version in ["8.4.0", "8.5.7", "8.7.0"] {
        project.write("main.tf", &hcl.clone().version(version).file())?;
        let said = project.terraform(&["plan", "-input=false"])?.fails()?;
        writeln!(refusals, "8.5.8 -> {version}\n\n{}\n", snapshot::paragraphs(&said))?;
    }
    words::hold("refused_versions", &refusals, &project.directory, &[&cluster]);
    assert_eq!(cluster.brokers()?, running, "nothing was touched");

    project.write("main.tf", &hcl.file())?;
    project.destroy()?;
    scenario.passed()
}

/// The version of each broker, as broker 0 knows them.
fn versions(cluster: &Cluster) -> Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let topology = runtime.block_on(async {
        acceptance_tests::load::Client::new(&cluster.gateways(1))?.topology().await
    })?;
    let mut brokers = topology.brokers;
    brokers.sort_by_key(|broker| broker.node_id);
    Ok(brokers.into_iter().map(|broker| broker.version).collect())
}

/// Whether the last apply saw this.
fn saw(cluster: &Cluster, what: &str) -> Result<bool> {
    let journal = cluster.journal()?;
    let last = journal.last().context("the journal is empty")?["apply"].clone();
    let mut of_last = journal.iter().filter(|entry| entry["apply"] == last);
    Ok(of_last.any(|entry| {
        entry["event"]["saw"]["what"].as_str().is_some_and(|seen| seen.contains(what))
    }))
}

/// Fails when the canary can still be started.
fn no_canary_is_left(cluster: &Cluster) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let started = runtime.block_on(async {
        acceptance_tests::load::Client::new(&cluster.gateways(1))?
            .create("zeebe-provision-canary", 0)
            .await
    });
    let refused = started.err().context("the canary is still deployed")?;
    ensure!(format!("{refused:#}").contains("zeebe-provision-canary"), "{refused:#}");
    Ok(())
}

/// How many gates of the last apply have an observation in the journal.
fn gates_seen(cluster: &Cluster) -> Result<usize> {
    let journal = cluster.journal()?;
    let last = journal.last().context("the journal is empty")?["apply"].clone();
    let of_last = journal.iter().filter(|entry| entry["apply"] == last);
    let mut steps: Vec<u64> =
        of_last.filter_map(|entry| entry["event"]["saw"]["step"].as_u64()).collect();
    steps.dedup();
    Ok(steps.len())
}

//! A backup in step with a search store: one snapshot for each backup, exporting paused softly meanwhile and going on
//! afterwards, also when the agent that paused it is killed.

use std::fs;
use std::time::Duration;

use acceptance_tests::programs::Program;
use acceptance_tests::servers::agent::page;
use acceptance_tests::servers::object_store::ObjectStore;
use acceptance_tests::servers::search_store::SearchStore;
use acceptance_tests::{Cluster, ClusterHcl, Install, Scenario, processes, wait};
use anyhow::{Context, Result, ensure};

const MINUTE: Duration = Duration::from_mins(1);
const KEY: &str = "{ environment_variable = \"TEST_SECRET_KEY\" }";
const SCHEDULE: &str = r#"resource "zeebe_backup_schedule" "this" {
  cluster = zeebe_cluster.this.id
  every   = "1m"
  keep    = 2

  search_store = {
    repository   = "backups"
    pause_budget = "2m"
  }

  depends_on = [zeebe_exporter.audit]
}
"#;

#[test]
fn exporting_goes_on_whoever_is_killed_and_each_backup_has_its_snapshot() -> Result<()> {
    // Both stores take as much of the machine as a broker each.
    let scenario = Scenario::with_brokers("s24-in-step", 3)?;
    let cluster = scenario.cluster("in-step")?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let mut search = SearchStore::start(scenario.directory.join("search"), scenario.first_port()?)?;
    search.register_repository("backups")?;
    let mut project = scenario.project("project", Install::Mirror)?;
    project.set("TEST_SECRET_KEY", store.secret_key());
    // In a release it lies beside the provider.
    project.set("ZEEBE_AGENT", Program::Agent.path()?.as_str());
    let hcl = ClusterHcl::new(&cluster).sized(1, 1, 1).with(&store.backup_store("kept", KEY));
    project.write("main.tf", &hcl.file())?;
    project.write(
        "exporter.tf",
        &format!(
            "resource \"zeebe_exporter\" \"audit\" {{\n  cluster = {{ id = zeebe_cluster.this.id }}\n  name    = \
             \"audit\"\n  enabled = true\n\n  elasticsearch = {{\n    url   = \"{}\"\n    index = {{ prefix = \"audit\" \
             }}\n  }}\n}}\n",
            search.url()
        ),
    )?;
    project.init()?;
    project.apply()?;
    project.write("schedule.tf", SCHEDULE)?;
    project.apply()?;

    // The agent is killed while exporting is paused for its first backup.
    let pause = cluster.home().join("book/backup-pause.json");
    wait::until_true("a pause in the book", MINUTE, || Ok(pause.exists()))?;
    processes::kill(cluster.agent().context("no agent runs")?)?;
    let said: serde_json::Value = serde_json::from_str(&fs::read_to_string(&pause)?)?;
    let half = said["body"]["backup"].as_i64().context("no id")?;

    // The next agent that starts lets it go on, and takes away what there is of that backup.
    project.apply()?;
    wait::until_true("exporting goes on", MINUTE, || {
        Ok(!pause.exists() && exporting(&cluster)? == "EXPORTING")
    })?;

    // And takes another one, which is whole in both stores.
    let next = wait::until("a backup with its snapshot", Duration::from_mins(2), || {
        let (_, told) = cluster.get(0, "actuator/backups")?;
        let listed = told.as_array().context("no list")?;
        let whole = listed.iter().filter(|it| it["state"] == "COMPLETED");
        let whole: Vec<i64> = whole.filter_map(|it| it["backupId"].as_i64()).collect();
        ensure!(!pause.exists(), "one is under way");
        whole.last().copied().context("none is whole")
    })?;
    ensure!(next > half, "the backup that was left half, {half}, stands for whole: {next}");
    let snapshots = search.snapshots("backups")?;
    let name = |id| format!("camunda_zeebe_records_backup_{id}");
    ensure!(snapshots.get(&name(next)).is_some_and(|it| it == "SUCCESS"), "{snapshots:?}");
    ensure!(!snapshots.contains_key(&name(half)), "{half} was left: {snapshots:?}");
    ensure!(exporting(&cluster)? == "EXPORTING", "exporting is still paused");
    wait::until("all is well", MINUTE, || page(&cluster, "ready"))?;
    project.plan()?.is_empty().context("the plan beside an agent that takes backups")?;

    // Old ones go from both stores alike.
    wait::until_true("an old one gone", Duration::from_mins(4), || {
        let snapshots = search.snapshots("backups")?;
        Ok(!snapshots.contains_key(&name(next)) && snapshots.len() == 2)
    })?;

    // A search store that does not answer: nothing is paused, and it is told of.
    search.kill()?;
    wait::until_true("a backup that cannot be taken", Duration::from_mins(3), || {
        Ok(page(&cluster, "health").is_ok() && page(&cluster, "ready").is_err())
    })?;
    wait::until_true("no pause is left", MINUTE, || Ok(exporting(&cluster)? == "EXPORTING"))?;
    search.start_again()?;
    project.destroy()?;
    cluster.is_stopped()?;
    store.kill()?;
    search.kill()?;
    scenario.passed()
}

/// What the broker says of the exporting of its one partition.
fn exporting(cluster: &Cluster) -> Result<String> {
    let (status, told) = cluster.get(0, "actuator/partitions")?;
    ensure!(status == 200, "{status}: {told}");
    Ok(told["1"]["exporterPhase"].as_str().context("no phase")?.to_owned())
}

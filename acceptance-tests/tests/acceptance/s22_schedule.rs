//! Backups that an agent takes while no terraform runs: when it is their time, no more than are to be kept, whoever is killed
//! meanwhile, and told of where the store is away.

use std::time::Duration;

use acceptance_tests::programs::Program;
use acceptance_tests::servers::agent::page;
use acceptance_tests::servers::object_store::ObjectStore;
use acceptance_tests::{Cluster, ClusterHcl, Install, Scenario, processes, wait};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

const MINUTE: Duration = Duration::from_mins(1);
const CLUSTER: &str = "zeebe_cluster.this";
const ADDRESS: &str = "zeebe_backup_schedule.this";
const KEY: &str = "{ environment_variable = \"TEST_SECRET_KEY\" }";
/// As often as it can be said.
const SCHEDULE: &str = "resource \"zeebe_backup_schedule\" \"this\" {\n  cluster = zeebe_cluster.this.id\n  every   = \
                        \"1m\"\n  keep    = 2\n}\n";

#[test]
fn backups_are_taken_while_no_terraform_runs_and_the_old_ones_go() -> Result<()> {
    // The store takes as much of the machine as a broker.
    let scenario = Scenario::with_brokers("s22-schedule", 2)?;
    let cluster = scenario.cluster("scheduled")?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let mut project = scenario.project("project", Install::Mirror)?;
    project.set("TEST_SECRET_KEY", store.secret_key());
    // In a release it lies beside the provider.
    project.set("ZEEBE_AGENT", Program::Agent.path()?.as_str());
    let hcl = ClusterHcl::new(&cluster).sized(1, 1, 1).with(&store.backup_store("kept", KEY));
    project.write("main.tf", &hcl.file())?;
    project.write("schedule.tf", SCHEDULE)?;
    project.init()?;
    let plan = project.plan()?;
    let say = "write into the book that backups are taken every 1m, and that the newest 2 are kept";
    let attend = "see that agent 0 of the cluster runs, which takes them";
    assert_eq!(plan.steps(ADDRESS)?, [say, attend]);
    project.apply_planned()?;

    // The first is due at once, and the agent that takes it is killed.
    let first = wait::until("the first backup begun", MINUTE, || {
        listed(&cluster)?.first().map(|(id, _)| *id).context("there is none")
    })?;
    processes::kill(cluster.agent().context("no agent runs")?)?;
    wait::until_true("what the product was at, whole", MINUTE, || {
        Ok(listed(&cluster)?.contains(&(first, true)))
    })?;
    assert_eq!(project.plan()?.steps(CLUSTER)?, ["start agent 0, which does not run"]);
    project.apply()?;

    // It goes on as if nothing had been: one a minute, and the oldest goes.
    let three = Duration::from_mins(4);
    wait::until_true("two younger ones in its place", three, || {
        let listed = listed(&cluster)?;
        Ok(listed.len() == 2 && listed.iter().all(|(id, whole)| *id > first && *whole))
    })?;
    wait::until_true("the round told of", MINUTE, || {
        let removed = format!("zeebe_agent_backups_removed_total{{cluster=\"{}\"}} ", cluster.id());
        let metrics = page(&cluster, "metrics")?;
        let count = metrics.lines().find_map(|line| line.strip_prefix(removed.as_str()));
        Ok(count.is_some_and(|count| count != "0"))
    })?;
    wait::until("all is well", MINUTE, || page(&cluster, "ready"))?;
    project.plan()?.is_empty().context("the plan beside an agent that takes backups")?;

    // A store that is away is told of, and taken up again by itself.
    store.kill()?;
    wait::until_true("a backup that cannot be taken", Duration::from_mins(3), || {
        Ok(page(&cluster, "health").is_ok() && page(&cluster, "ready").is_err())
    })?;
    store.start_again()?;

    // Where nobody says any more when they are taken, none is, and what is there stays.
    std::fs::remove_file(project.directory.join("schedule.tf"))?;
    let agent = cluster.agent().context("no agent runs")?;
    project.apply()?;
    ensure!(!processes::runs(agent), "an agent runs that has nothing to do");
    wait::until_true("the store again", MINUTE, || {
        Ok(listed(&cluster)
            .is_ok_and(|listed| listed.iter().filter(|(_, whole)| *whole).count() >= 2))
    })?;
    project.plan()?.is_empty().context("a schedule leaves a plan behind")?;
    project.destroy()?;
    cluster.is_stopped()?;
    store.kill()?;
    scenario.passed()
}

/// The backups in the store as the broker says, from the oldest, and whether each is whole.
fn listed(cluster: &Cluster) -> Result<Vec<(i64, bool)>> {
    let (status, told) = cluster.get(0, "actuator/backups")?;
    ensure!(status == 200, "{status}: {told}");
    let backups = told.as_array().context("no list")?;
    let one = |backup: &Value| {
        let id = backup["backupId"].as_i64().context("no id")?;
        Ok((id, backup["state"] == "COMPLETED"))
    };
    let mut listed = backups.iter().map(one).collect::<Result<Vec<_>>>()?;
    listed.sort_unstable();
    Ok(listed)
}

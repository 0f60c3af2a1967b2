//! A real cluster that begins with a backup of one that is gone: what was waiting when it was taken waits again, what came
//! later never was, what cannot be restored is an error that leaves nothing, and a drill is nothing but an answer.

use std::{collections::BTreeMap, fs, time::Duration};

use acceptance_tests::{
    Cluster, ClusterHcl, Load, Project, Scenario,
    client::Client as Terraform,
    holders::holders,
    load::{Client, Created, DEFINITION, JOB},
    processes,
    servers::object_store::ObjectStore,
    wait,
};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// The first with actions.
pub(crate) const ACTIONS: (u32, u32) = (1, 14);

pub(crate) const APPLY: [&str; 3] = ["apply", "-input=false", "-auto-approve"];

#[test]
fn a_cluster_that_is_gone_comes_back_as_its_backup_says_and_no_backup_is_an_error() -> Result<()> {
    let Some(terraform) = Terraform::since(ACTIONS)? else { return Ok(()) };
    let scenario = Scenario::with_brokers("s21-restore", 4)?;
    let cluster = scenario.cluster("orders")?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let mut project = scenario.project_on("project", &terraform)?;
    project.set("TF_VAR_secret_key", store.secret_key());
    let secret = "{ key_wo = var.secret_key, key_wo_version = 1 }";
    let variable = "\nvariable \"secret_key\" {\n  type      = string\n  ephemeral = true\n}\n";
    project.write("variables.tf", variable)?;
    let hcl = |partitions, restore_from: &str| {
        ClusterHcl::new(&cluster)
            .sized(2, partitions, 2)
            .with(&store.backup_store("orders", secret))
            .with(restore_from)
            .file()
    };
    let action = |name| {
        format!(
            "\naction \"{name}\" \"orders\" {{\n  config {{\n    cluster = \"{}\"\n    id      = 4711\n  }}\n}}\n",
            cluster.id()
        )
    };
    let actions = ["zeebe_backup", "zeebe_restore_drill"].map(action).concat();
    project.write("main.tf", &[hcl(2, ""), actions].concat())?;
    project.init()?;
    project.apply()?;

    // What waits stands still, and beside it work goes on while the backup is taken.
    let waiting = started(&cluster, 1..=20)?;
    let load = Load::start(cluster.gateways(2))?;
    load.wait_for_more(20)?;
    let run = project.terraform(&invoking(&of("zeebe_backup")))?.ok()?;
    ensure!(run.stdout.contains("is whole, of the partitions 1, 2"), "{run}");
    load.wait_for_more(5)?;
    load.finish()?.is_exact()?;
    let goals = positions(&cluster)?;
    let later = started(&cluster, 21..=25)?;
    // Had it been restored on top of what is there, these would be missing.
    let done = on(&cluster, async |client| Ok(vec![client.work_on_one("waiting-work").await?]))?;
    ensure!(done.len() == 1);
    drilled(&cluster, &project, &goals)?;
    project.write("main.tf", &hcl(2, ""))?;
    project.destroy()?;
    cluster.is_stopped()?;
    ensure!(!cluster.home().exists(), "the data is still there");

    // What is not there, or not so, is told in the product's words, and leaves nothing.
    for (partitions, backup, reason) in
        [(2, 4712, "BackupNotFoundException"), (1, 4711, "partition")]
    {
        let restore_from = format!("restore_from = {{ backup_id = {backup} }}");
        project.write("main.tf", &hcl(partitions, &restore_from))?;
        let said = project.terraform(&APPLY)?.fails()?;
        ensure!(said.contains("could not restore broker \"0\"") && said.contains(reason), "{said}");
        ensure!(!said.contains(store.secret_key()), "the key is in what is told");
        left_nothing(&cluster, &project)?;
    }

    project.write("main.tf", &hcl(2, "restore_from = { backup_id = 4711 }"))?;
    let second = cluster.home().join("brokers/1");
    let mut applying = project.start(&APPLY)?;
    applying.when("the second restore", Duration::from_mins(2), || Ok(second.exists()))?;
    applying.kill_provider()?;
    ensure!(applying.wait()?.code != Some(0), "the provider was not killed");
    let run = project.apply()?;
    ensure!(run.stdout.contains("restore backup 4711 as the data of brokers 0, 1"), "{run}");
    for (partition, goal) in &goals {
        let now = processed(&cluster, *partition)?;
        ensure!(now >= *goal, "partition {partition} is at {now}, the backup goes to {goal}");
    }
    let again = on(&cluster, async |client| client.drain("waiting-work").await)?;
    assert_eq!(businesses(&again)?, waiting, "what waited, by instance, with its variable");
    for instance in later.keys() {
        let there = on(&cluster, async |client| client.cancel(*instance).await)?;
        ensure!(!there, "instance {instance} was started after the backup");
    }
    // What the load had under way comes again; then all is as new.
    on(&cluster, async |client| client.drain(JOB).await)?;
    Load::instances(cluster.gateways(2), 5)?.is_exact()?;
    project.plan()?.is_empty().context("a restore leaves a plan behind")?;
    let kept = cluster.home().join("secrets/backup-secret-key-1");
    assert_eq!(holders(&cluster.home(), store.secret_key())?, [kept]);

    // Once made, another backup is refused, and none is no change of the cluster.
    project.write("main.tf", &hcl(2, "restore_from = { backup_id = 4700 }"))?;
    let said = project.terraform(&["plan", "-input=false"])?.fails()?;
    ensure!(said.contains("begins with another backup only when it is made"), "{said}");
    let before = cluster.brokers()?;
    project.write("main.tf", &hcl(2, ""))?;
    project.apply()?;
    assert_eq!(cluster.brokers()?, before, "nobody is restarted");
    project.destroy()?;
    cluster.is_stopped()?;

    // What is damaged in the store is never taken for restored.
    store.lose("orders/2")?;
    project.write("main.tf", &hcl(2, "restore_from = { backup_id = 4711 }"))?;
    let said = project.terraform(&APPLY)?.fails()?;
    ensure!(said.contains("could not restore broker"), "{said}");
    left_nothing(&cluster, &project)?;
    store.kill()?;
    scenario.passed()
}

/// A drill beside the cluster, which goes on: once to its end, and once killed in the middle, which the next one clears.
fn drilled(cluster: &Cluster, project: &Project, goals: &BTreeMap<u64, i64>) -> Result<()> {
    let drill = of("zeebe_restore_drill");
    let before = cluster.brokers()?;
    let scratch = cluster.home().with_file_name(".orders-scratch");
    let mut drilling = project.start(&invoking(&drill))?;
    let first = scratch.join("orders/brokers/0");
    drilling.when("a broker restored aside", Duration::from_mins(2), || Ok(first.exists()))?;
    drilling.kill_provider()?;
    ensure!(drilling.wait()?.code != Some(0), "the provider was not killed");
    ensure!(scratch.exists(), "nothing was left of what was killed");

    let run = project.terraform(&invoking(&drill))?.ok()?;
    for (partition, goal) in goals {
        ensure!(run.stdout.contains(&format!("partition {partition} to {goal}")), "{run}");
    }
    ensure!(run.stdout.contains("; the scratch cluster is gone"), "{run}");
    ensure!(!scratch.exists(), "{scratch} is still there");
    let left = processes::all_of(&scratch);
    ensure!(left.is_empty(), "these processes still run: {left:#?}");
    assert_eq!(cluster.brokers()?, before, "nobody is restarted");
    Ok(())
}

pub(crate) fn of(action: &str) -> String {
    format!("-invoke=action.{action}.orders")
}

pub(crate) fn invoking(invoke: &str) -> [&str; 4] {
    let [apply, input, approve] = APPLY;
    [apply, input, approve, invoke]
}

/// Instances with a task that nobody does, each with a number of its own, by their keys.
pub(crate) fn started(
    cluster: &Cluster,
    numbers: std::ops::RangeInclusive<u64>,
) -> Result<BTreeMap<i64, u64>> {
    let definition = String::from_utf8(DEFINITION.to_vec())?.replace("one-task", "waiting");
    on(cluster, async |client| {
        client.deploy(definition.as_bytes()).await?;
        let mut started = BTreeMap::new();
        for number in numbers.clone() {
            match client.create("waiting", number).await? {
                Created::Instance(key) => started.insert(key, number),
                other @ (Created::Refused(_) | Created::Unclear(_)) => {
                    bail!("instance {number} was not started: {other:?}")
                }
            };
        }
        Ok(started)
    })
}

/// Asks the cluster's gateways.
pub(crate) fn on<T>(cluster: &Cluster, ask: impl AsyncFnOnce(&Client) -> Result<T>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = Client::new(&cluster.gateways(2))?;
        ask(&client).await
    })
}

/// The numbers that the instances carry.
pub(crate) fn businesses(jobs: &BTreeMap<i64, String>) -> Result<BTreeMap<i64, u64>> {
    let number = |text: &String| {
        let variables: Value = serde_json::from_str(text)?;
        variables["business"].as_u64().with_context(|| format!("no number in {text}"))
    };
    jobs.iter().map(|(key, text)| Ok((*key, number(text)?))).collect()
}

/// How far the backup goes in each partition.
pub(crate) fn positions(cluster: &Cluster) -> Result<BTreeMap<u64, i64>> {
    let (_, told) = cluster.get(0, "actuator/backups/4711")?;
    let parts = told["details"].as_array().context("no partitions")?.iter();
    let at =
        |part: &Value| Some((part["partitionId"].as_u64()?, part["checkpointPosition"].as_i64()?));
    let positions: BTreeMap<u64, i64> = parts.filter_map(at).collect();
    ensure!(positions.len() == 2, "{told}");
    Ok(positions)
}

/// How far the leader of a partition has processed.
pub(crate) fn processed(cluster: &Cluster, partition: u64) -> Result<i64> {
    wait::until("a leader", Duration::from_secs(30), || {
        for broker in 0..2 {
            let (_, told) = cluster.get(broker, "actuator/partitions")?;
            let part = &told[partition.to_string()];
            if part["role"] == "LEADER" {
                return part["processedPosition"].as_i64().context("it has processed nothing");
            }
        }
        bail!("partition {partition} has no leader")
    })
}

fn left_nothing(cluster: &Cluster, project: &Project) -> Result<()> {
    cluster.is_stopped()?;
    ensure!(!fs::exists(cluster.home())?, "something lies in {}", cluster.home());
    let state = project.terraform(&["state", "list"])?.ok()?;
    ensure!(state.stdout.trim().is_empty(), "{state}");
    Ok(())
}

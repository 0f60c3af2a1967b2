//! Backups of a real cluster under load into a real object store, by a real terraform: whole on every partition or an
//! error, and keys where they must be and nowhere else.

use std::time::Duration;

use acceptance_tests::{
    ClusterHcl, Load, Scenario, client::Client, holders::holders, processes,
    servers::object_store::ObjectStore, wait,
};
use anyhow::{Context, Result, ensure};
use camino::Utf8PathBuf;
use serde_json::{Value, json};

/// The first with actions.
const ACTIONS: (u32, u32) = (1, 14);
/// What the test gives where the secret key should be.
const WRONG: &str = "wrong-secret-key-4711";

#[test]
fn backups_under_load_are_whole_on_every_partition_and_a_store_that_says_no_is_an_error()
-> Result<()> {
    let Some(client) = Client::since(ACTIONS)? else { return Ok(()) };
    // The store takes as much of the machine as a broker.
    let scenario = Scenario::with_brokers("s19-backup", 4)?;
    let cluster = scenario.cluster("kept")?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let mut project = scenario.project_on("project", &client)?;
    project.set("TEST_SECRET_KEY", WRONG);
    project.set("TF_VAR_secret_key", store.secret_key());
    let hcl = |secret| {
        ClusterHcl::new(&cluster).sized(3, 2, 3).with(&store.backup_store("kept", secret)).file()
    };
    let data = "\ndata \"zeebe_backups\" \"kept\" {\n  cluster = zeebe_cluster.this.handle\n}\n\
                output \"backups\" {\n  value = data.zeebe_backups.kept\n}\n";
    let action = format!(
        "\naction \"zeebe_backup\" \"kept\" {{\n  config {{\n    cluster = \"{}\"\n    keep    = 2\n  }}\n}}\n",
        cluster.id()
    );
    let with_variable = hcl("{ environment_variable = \"TEST_SECRET_KEY\" }");
    project.write("main.tf", &[with_variable, action.clone()].concat())?;
    project.init()?;
    project.apply()?;
    let back_up = || {
        project.terraform(&[
            "apply",
            "-input=false",
            "-auto-approve",
            "-invoke=action.zeebe_backup.kept",
        ])
    };
    let said = back_up()?.fails()?;
    ensure!(said.contains("signature") && said.contains("403"), "{said}");
    ensure!(!said.contains(WRONG), "the key is in what is told");
    assert_eq!(holders(&cluster.home(), WRONG)?, Vec::<Utf8PathBuf>::new());

    // The right key comes by a roll, under load.
    let load = Load::start(cluster.gateways(3))?;
    load.wait_for_more(10)?;
    let given_once = hcl("{ key_wo = var.secret_key, key_wo_version = 1 }");
    let variable = "\nvariable \"secret_key\" {\n  type      = string\n  ephemeral = true\n}\n";
    project.write("main.tf", &[&given_once, variable, &action].concat())?;
    project.apply()?;
    for _ in 0..3 {
        load.wait_for_more(5)?;
        let run = back_up()?.ok()?;
        ensure!(run.stdout.contains("is whole, of the partitions 1, 2"), "{run}");
    }
    load.finish()?.is_exact()?;

    let main = std::fs::read_to_string(project.directory.join("main.tf"))?;
    project.write("main.tf", &[main, data.to_owned()].concat())?;
    project.apply()?;
    let output = project.terraform(&["output", "-json", "backups"])?.ok()?.json()?;
    let backups = output["backups"].as_array().context("no backups")?;
    let states: Vec<&Value> = backups.iter().map(|backup| &backup["state"]).collect();
    assert_eq!(states, [&json!("completed"), &json!("completed")], "two are kept of three");
    assert_eq!(output["latest"], backups[1]["id"]);
    assert_eq!(backups[1]["version"], "8.6.0");
    let (_, told) = cluster.get(1, &format!("actuator/backups/{}", backups[1]["id"]))?;
    let positions: Vec<i64> = told["details"]
        .as_array()
        .context("no partitions")?
        .iter()
        .filter_map(|part| part["checkpointPosition"].as_i64())
        .collect();
    ensure!(positions.len() == 2 && positions.iter().all(|at| *at > 100), "{told}");
    project.plan()?.is_empty().context("a backup leaves a plan behind")?;

    let secret = store.secret_key();
    for (broker, identity) in cluster.brokers()? {
        let process = processes::process(identity.pid).context("a broker has ended")?;
        ensure!(process.environment.contains(secret), "broker {broker} was not given the key");
        ensure!(!process.command.contains(secret), "the key is in the list of processes");
    }
    let kept = cluster.home().join("secrets/backup-secret-key-1");
    assert_eq!(holders(&cluster.home(), secret)?, [kept]);
    assert_eq!(holders(&project.directory, secret)?, Vec::<Utf8PathBuf>::new());

    // The store is away: nothing is taken, and nothing else suffers.
    store.kill()?;
    let said = back_up()?.fails()?;
    ensure!(said.contains("the store of backups could not be asked"), "{said}");
    wait::until("work beside a store that is away", Duration::from_mins(1), || {
        Load::instances(cluster.gateways(3), 3)?.is_exact()
    })?;
    store.start_again()?;
    wait::until_true("the store again", Duration::from_mins(1), || {
        Ok(cluster.get(0, "actuator/backups")?.0 == 200)
    })?;
    project.destroy()?;
    cluster.is_stopped()?;
    store.kill()?;
    scenario.passed()
}

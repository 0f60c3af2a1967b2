//! A real cluster that is there is brought back to a backup of its own: killed in the middle and finished by the next apply, and
//! once in one go. What was waiting when it was taken waits again, what came later never was, and what the brokers had is aside.

use std::{collections::BTreeMap, time::Duration};

use acceptance_tests::{
    Cluster, ClusterHcl, Load, Project, Scenario, client::Client as Terraform, load::JOB,
    servers::object_store::ObjectStore,
};
use anyhow::{Context, Result, ensure};
use camino::Utf8PathBuf;

use crate::s21_restore::{
    ACTIONS, APPLY, businesses, invoking, of, on, positions, processed, started,
};

#[test]
fn a_cluster_that_is_there_goes_back_to_its_backup_and_what_it_had_is_set_aside() -> Result<()> {
    let Some(terraform) = Terraform::since(ACTIONS)? else { return Ok(()) };
    let scenario = Scenario::with_brokers("s23-bring-back", 2)?;
    let cluster = scenario.cluster("orders")?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), scenario.first_port()?)?;
    let mut project = scenario.project_on("project", &terraform)?;
    project.set("TF_VAR_secret_key", store.secret_key());
    let secret = "{ key_wo = var.secret_key, key_wo_version = 1 }";
    let variable = "\nvariable \"secret_key\" {\n  type      = string\n  ephemeral = true\n}\n";
    project.write("variables.tf", variable)?;
    let hcl = |data: &str| {
        let cluster = ClusterHcl::new(&cluster).sized(2, 2, 2);
        let cluster = cluster.with(&store.backup_store("orders", secret));
        ClusterHcl { data_on_destroy: data.to_owned(), ..cluster }.file()
    };
    let action = |name, more: &str| {
        format!(
            "\naction \"{name}\" \"orders\" {{\n  config {{\n    cluster = \"{}\"\n    id      = 4711\n{more}  }}\n}}\n",
            cluster.id()
        )
    };
    let actions = |name| {
        let confirm = format!("    confirm = \"{name}\"\n");
        [action("zeebe_backup", ""), action("zeebe_restore", &confirm)].concat()
    };
    let confirmed = |name| [hcl("delete"), actions(name)].concat();
    project.write("main.tf", &confirmed("payments"))?;
    project.init()?;
    project.apply()?;

    // What waits stands still, and beside it work goes on while the backup is taken.
    let waiting = started(&cluster, 1..=20)?;
    let load = Load::start(cluster.gateways(2))?;
    load.wait_for_more(20)?;
    project.terraform(&invoking(&of("zeebe_backup")))?.ok()?;
    load.wait_for_more(5)?;
    load.finish()?.is_exact()?;
    let goals = positions(&cluster)?;
    let mut later = started(&cluster, 21..=25)?;
    let done = on(&cluster, async |client| Ok(vec![client.work_on_one("waiting-work").await?]))?;
    ensure!(done.len() == 1);

    // Who says another name touches nothing.
    let before = cluster.brokers()?;
    let said = project.terraform(&invoking(&of("zeebe_restore")))?.fails()?;
    ensure!(said.contains("the cluster's name is not \"payments\""), "{said}");
    assert_eq!(cluster.brokers()?, before, "nobody is restarted");
    ensure!(asides(&cluster, 0)?.is_empty());
    project.write("main.tf", &confirmed("orders"))?;

    killed_and_finished(&cluster, &project)?;
    is_back(&cluster, &project, &goals, &later)?;
    for broker in 0..2 {
        ensure!(asides(&cluster, broker)?.len() == 1, "one restore, one aside");
    }
    // A second restore, in one go, brings back what is done in the meantime.
    let again = on(&cluster, async |client| client.drain("waiting-work").await)?;
    let old = businesses(&again)?.into_iter().filter(|(key, _)| waiting.contains_key(key));
    assert_eq!(old.collect::<BTreeMap<_, _>>(), waiting, "what waited waits after the first");
    later.extend(started(&cluster, 31..=35)?);
    let run = project.terraform(&invoking(&of("zeebe_restore")))?.ok()?;
    ensure!(run.stdout.contains("the cluster is back on backup 4711: partition 1 at "), "{run}");
    is_back(&cluster, &project, &goals, &later)?;
    let again = on(&cluster, async |client| client.drain("waiting-work").await)?;
    assert_eq!(businesses(&again)?, waiting, "what waited, by instance, with its variable");
    // What the load had under way comes again; then all is as new.
    on(&cluster, async |client| client.drain(JOB).await)?;
    Load::instances(cluster.gateways(2), 5)?.is_exact()?;
    for broker in 0..2 {
        let asides = asides(&cluster, broker)?;
        ensure!(asides.len() == 2, "{asides:?}");
        for aside in asides {
            ensure!(aside.join("data").is_dir() && aside.join("logs").is_dir(), "{aside}");
        }
    }

    project.write("main.tf", &hcl("keep"))?;
    taken_up(&cluster, &project, &later)?;

    // What is damaged in the store is found before anything is touched.
    project.write("main.tf", &confirmed("orders"))?;
    project.apply()?;
    let before = cluster.brokers()?;
    store.lose("orders/2")?;
    let said = project.terraform(&invoking(&of("zeebe_restore")))?.fails()?;
    ensure!(said.contains("backup 4711") && said.contains("Nothing was touched"), "{said}");
    assert_eq!(cluster.brokers()?, before, "nobody is restarted");
    project.destroy()?;
    cluster.is_stopped()?;
    ensure!(!cluster.home().exists(), "what was set aside goes with the cluster's data");
    store.kill()?;
    scenario.passed()
}

/// A restore of which the provider is killed when the one broker is restored and the other is not, and which an apply finishes.
fn killed_and_finished(cluster: &Cluster, project: &Project) -> Result<()> {
    let mut restoring = project.start(&invoking(&of("zeebe_restore")))?;
    let second = cluster.home().join("brokers/1/restore.json");
    restoring.when("the second restore", Duration::from_mins(2), || Ok(second.exists()))?;
    restoring.kill_provider()?;
    ensure!(restoring.wait()?.code != Some(0), "the provider was not killed");
    let seen = project.terraform(&["plan", "-input=false"])?.ok()?;
    for word in ["restoring", "set their data aside as before-restore-4711-", "restore backup 4711"]
    {
        ensure!(seen.stdout.contains(word), "{word}: {seen}");
    }
    // The next apply finishes it.
    let run = project.terraform(&APPLY)?.ok()?;
    ensure!(run.stdout.contains("restore backup 4711 as the data of brokers 0, 1"), "{run}");
    Ok(())
}

/// What was set aside last is taken up again by hand: what was done after the backup is there.
fn taken_up(cluster: &Cluster, project: &Project, later: &BTreeMap<i64, u64>) -> Result<()> {
    project.apply()?;
    project.destroy()?;
    for broker in 0..2 {
        let data = cluster.home().join(format!("brokers/{broker}/data"));
        std::fs::remove_dir_all(&data)?;
        let newest = asides(cluster, broker)?.pop().context("nothing is aside")?;
        std::fs::rename(newest.join("data"), &data)?;
    }
    project.apply()?;
    let taken_up = later.iter().find(|(_, number)| **number == 35).context("it was started")?;
    let there = on(cluster, async |client| client.cancel(*taken_up.0).await)?;
    ensure!(there, "what was set aside has no instance 35");
    Ok(())
}

/// The cluster stands where the backup goes, has forgotten what came later, and needs nothing more.
fn is_back(
    cluster: &Cluster,
    project: &Project,
    goals: &BTreeMap<u64, i64>,
    later: &BTreeMap<i64, u64>,
) -> Result<()> {
    for (partition, goal) in goals {
        let now = processed(cluster, *partition)?;
        ensure!(now >= *goal, "partition {partition} is at {now}, the backup goes to {goal}");
    }
    for instance in later.keys() {
        let there = on(cluster, async |client| client.cancel(*instance).await)?;
        ensure!(!there, "instance {instance} was started after the backup");
    }
    project.plan()?.is_empty().context("a restore leaves a plan behind")
}

/// What restores have set aside of a broker, from the oldest.
fn asides(cluster: &Cluster, broker: u16) -> Result<Vec<Utf8PathBuf>> {
    let home = cluster.home().join(format!("brokers/{broker}"));
    let mut asides = Vec::new();
    for entry in home.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_name().starts_with("before-restore-") {
            asides.push(entry.into_path());
        }
    }
    asides.sort();
    Ok(asides)
}

//! What others did to a cluster, and what its protection keeps terraform from doing.

use std::time::Duration;

use acceptance_tests::{Cluster, ClusterHcl, Install, Load, Scenario, project::Action};
use anyhow::{Context, Result, ensure};

#[test]
fn a_killed_broker_is_named_by_the_plan_and_mended_alone() -> Result<()> {
    let scenario = Scenario::with_brokers("s04-killed-broker", 3)?;
    let cluster = scenario.cluster("mended")?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 3, 3);
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;

    // Broker 0 is the coordinator: while it does not run, the others refuse to say what the cluster is.
    for killed in [1, 0] {
        let before = cluster.brokers()?;
        cluster.kill_broker(killed)?;
        let plan = project.plan()?;
        assert_eq!(plan.action(&hcl.address())?, Action::Update);
        let steps = plan.steps(&hcl.address())?;
        let wrong = format!("start broker {killed}, which does not run");
        ensure!(steps.contains(&wrong), "the plan does not say what is wrong: {steps:#?}");
        project.apply_planned()?;

        let after = cluster.brokers()?;
        let started: Vec<_> =
            after.iter().filter(|(id, process)| before.get(id) != Some(process)).collect();
        assert_eq!(after.keys().collect::<Vec<_>>(), [&0, &1, &2]);
        assert_eq!(started, [(&killed, &after[&killed])], "the others were left alone");
        cluster.wait_ready(3)?;
        project.plan()?.is_empty()?;
    }

    project.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

#[test]
fn a_broker_that_lost_its_data_is_replaced_and_a_lost_majority_is_not() -> Result<()> {
    let scenario = Scenario::with_brokers("s04-lost-data", 3)?;
    let cluster = scenario.cluster("replaced")?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 3, 3);
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    Load::instances(cluster.gateways(3), 20)?.is_exact()?;

    let before = cluster.brokers()?;
    lose(&cluster, 2)?;
    project.apply()?;
    let after = cluster.brokers()?;
    assert_eq!((after[&0], after[&1]), (before[&0], before[&1]), "the others were left alone");
    cluster.wait_ready(3)?;
    assert_eq!(cluster.copies()?.into_iter().collect::<Vec<_>>(), [(1, 3), (2, 3), (3, 3)]);
    Load::instances(cluster.gateways(3), 20)?.is_exact()?;
    project.plan()?.is_empty()?;

    lose(&cluster, 1)?;
    lose(&cluster, 2)?;
    let refused = project.terraform(&["plan", "-input=false"])?.fails()?;
    ensure!(
        refused.contains("2 brokers of a partition are lost with their data"),
        "it is not refused: {refused}"
    );
    assert_eq!(cluster.brokers()?.into_keys().collect::<Vec<_>>(), [0], "nothing was touched");

    // A refresh plans too, and is refused too; the message says so.
    let destroy = ["destroy", "-input=false", "-auto-approve", "-refresh=false"];
    project.terraform(&destroy)?.ok()?;
    cluster.is_stopped()?;
    scenario.passed()
}

/// Kills a broker and takes its folder away, as the loss of a machine would.
fn lose(cluster: &Cluster, broker: u64) -> Result<()> {
    cluster.kill_broker(broker)?;
    let data = cluster.data(broker);
    let home = data.parent().context("data without a folder")?;
    Ok(std::fs::remove_dir_all(home)?)
}

#[test]
fn a_book_that_another_engine_holds_is_left_to_it() -> Result<()> {
    let scenario = Scenario::with_brokers("s04-lease", 3)?;
    let cluster = scenario.cluster("held")?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 3, 3);
    let first = scenario.project("first", Install::Override)?;
    first.write("main.tf", &hcl.file())?;
    let second = scenario.project("second", Install::Override)?;
    second.write("main.tf", &hcl.file())?;

    let mut creating = first.start(&["apply", "-input=false", "-auto-approve"])?;
    creating.when("the first broker", Duration::from_mins(2), || {
        Ok(!cluster.brokers().unwrap_or_default().is_empty())
    })?;
    let holder = creating
        .providers()?
        .into_iter()
        .next()
        .context("the first terraform has no provider")?
        .identity
        .pid;
    let said = second.terraform(&["apply", "-input=false", "-auto-approve"])?.fails()?;
    ensure!(said.contains("held by"), "not the reason that was expected:\n{said}");
    ensure!(said.contains(&holder.to_string()), "the holder {holder} is not named:\n{said}");

    creating.wait()?.ok()?;
    first.plan()?.is_empty()?;
    first.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

#[test]
fn a_protected_cluster_survives_destroy_replace_taint_and_a_removed_block() -> Result<()> {
    let scenario = Scenario::with_brokers("s04-protected", 1)?;
    let cluster = scenario.cluster("precious")?;
    let hcl = ClusterHcl { deletion_protection: true, ..ClusterHcl::new(&cluster) };
    let address = hcl.address();
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;
    let running = cluster.brokers()?;

    let refused = |arguments: &[&str], way_out: &str| -> Result<()> {
        let said = project.terraform(arguments)?.fails()?;
        // Terraform breaks lines where they are full.
        let said = acceptance_tests::snapshot::paragraphs(&said);
        ensure!(said.contains(way_out), "{arguments:?}: no \"{way_out}\" in\n{said}");
        assert_eq!(cluster.brokers()?, running, "{arguments:?}: nothing was touched");
        Ok(())
    };
    refused(&["destroy", "-input=false", "-auto-approve"], "deletion_protection = false")?;
    let replace = format!("-replace={address}");
    refused(&["apply", "-input=false", "-auto-approve", &replace], "deletion_protection = false")?;

    project.terraform(&["taint", &address])?.ok()?;
    refused(&["apply", "-input=false", "-auto-approve"], "terraform untaint")?;
    project.terraform(&["untaint", &address])?.ok()?;

    project.write("main.tf", acceptance_tests::hcl::REQUIRED_PROVIDERS)?;
    refused(&["apply", "-input=false", "-auto-approve"], "deletion_protection = false")?;

    project.write("main.tf", &hcl.file())?;
    project.plan()?.is_empty()?;
    project.write("main.tf", &ClusterHcl { deletion_protection: false, ..hcl }.file())?;
    project.apply()?;
    assert_eq!(cluster.brokers()?, running, "lifting the protection restarts nothing");
    project.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

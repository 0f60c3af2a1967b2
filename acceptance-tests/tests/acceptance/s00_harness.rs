//! The harness itself, on Terraform's built-in resource: that it tells a change from none, and a failure from success.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use acceptance_tests::{Install, Scenario, processes, project::Action};
use anyhow::{Context, Result, ensure};

#[test]
fn a_plan_is_empty_only_when_nothing_changes() -> Result<()> {
    let scenario = Scenario::with_brokers("s00-plan", 0)?;
    let project = scenario.project("project", Install::Mirror)?;
    project.write("main.tf", "resource \"terraform_data\" \"this\" {\n  input = 1\n}\n")?;
    project.init()?;
    let plan = project.plan()?;
    assert_eq!(plan.action("terraform_data.this")?, Action::Create);
    plan.is_empty().expect_err("a create is no empty plan");
    project.apply_planned()?;
    project.plan()?.is_empty()?;
    assert_eq!(project.state("terraform_data.this")?["output"], 1);

    project.write("main.tf", "resource \"terraform_data\" \"this\" {\n  input = 2\n}\n")?;
    assert_eq!(project.plan()?.action("terraform_data.this")?, Action::Update);
    project.write("main.tf", "output \"new\" {\n  value = 1\n}\n")?;
    let plan = project.plan()?;
    assert_eq!(plan.action("terraform_data.this")?, Action::Delete);
    project.apply()?;
    project.write("main.tf", "")?;
    project.plan()?.is_empty().expect_err("an output that goes is a change");
    scenario.passed()
}

#[test]
fn an_interrupt_reaches_terraform_and_what_it_started() -> Result<()> {
    let scenario = Scenario::with_brokers("s00-interrupt", 0)?;
    let project = scenario.project("project", Install::Mirror)?;
    let sleeping = "resource \"terraform_data\" \"this\" {\n  provisioner \"local-exec\" {\n    \
                    command = \"sleep 600\"\n  }\n}\n";
    project.write("main.tf", sleeping)?;
    project.init()?;
    let mut running = project.start(&["apply", "-input=false", "-auto-approve"])?;
    let begun = "Executing";
    let output = project.directory.join("output/02-apply.out");
    running.when("the provisioner", Duration::from_secs(30), || {
        Ok(std::fs::read_to_string(&output)?.contains(begun))
    })?;
    running.interrupt()?;
    let run = running.wait()?;
    ensure!(run.elapsed < Duration::from_mins(1), "it was not interrupted: {run}");
    run.fails()?;
    scenario.passed()
}

#[test]
fn what_a_scenario_leaves_running_fails_it_and_is_killed() -> Result<()> {
    let scenario = Scenario::with_brokers("s00-left", 0)?;
    let mut child = Command::new("sleep")
        .arg("600")
        .env("HOME", scenario.directory.join("home"))
        .stdin(Stdio::null())
        .spawn()?;
    let identity = processes::process(i32::try_from(child.id())?).context("no sleep")?.identity;
    let said = scenario.passed().expect_err("something still runs").to_string();
    ensure!(said.contains("sleep"), "the process is not named: {said}");
    let status = child.wait()?;
    ensure!(!status.success() && !processes::runs(identity), "it was not killed: {status}");
    Ok(())
}

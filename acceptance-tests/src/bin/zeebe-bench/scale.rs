//! Many resources: a hundred and a thousand clusters on the simulated target, beside resources that do nothing.
//!
//! Core writes the whole state again after each resource, so what an apply takes follows from the bytes of a resource
//! in the state as much as from the provider. `time_static` is therefore measured twice: as it is, and with triggers
//! that make its state as large as that of the clusters.

use std::{fs, thread, time::Duration};

use acceptance_tests::{
    ClusterHcl, Install, Project,
    client::{Client, Maker},
    hcl::REQUIRED_PROVIDERS,
    lab::Lab,
    processes,
};
use anyhow::{Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};

use crate::figure::{Figure, megabytes};

/// Seconds of each command, the provider's memory at its highest, and the size of the state.
struct Measured {
    plan: f64,
    apply: f64,
    second_plan: f64,
    memory: f64,
    state: u64,
}

/// How many bytes a trigger takes in a state file: its indentation, name, value and punctuation.
const TRIGGER: u64 = 64;

/// Plan, apply, second plan and memory at a thousand, and how they grow from a hundred.
pub(crate) fn figures(lab: &Lab) -> Result<Vec<Figure>> {
    let floor = measured(lab, "floor-1000", &floor(1_000))?;
    let time_hundred = measured(lab, "time-100", &time(100, 0))?;
    let time = measured(lab, "time-1000", &time(1_000, 0))?;
    let hundred = measured(lab, "ours-100", &ours(lab, "ours-100", 100))?;
    let (ours, query) = with_query(lab)?;
    let triggers = ours.state.saturating_sub(time.state) / 1_000 / TRIGGER;
    let laden = measured(lab, "laden-1000", &self::time(1_000, triggers))?;
    let beside = |what: &str, ours: f64, time: f64, factor: f64| {
        Figure::new(format!("1,000 zeebe_cluster: {what}"), "s", ours)
            .beside("1,000 time_static", time)
            .at_most_times(factor)
    };
    let above = |what: &str, ours: f64, floor: f64| {
        Figure::new(format!("1,000 zeebe_cluster: {what}"), "s", ours)
            .beside("1,000 terraform_data", floor)
            .at_most_times(1.5)
    };
    let growth = |what: &str, ours: f64, hundred: f64| {
        Figure::new(format!("100 to 1,000 zeebe_cluster: {what}"), "s", ours)
            .beside("10 x that of 100", 10.0 * hundred)
            .at_most_times(1.0)
    };
    let mut figures = vec![
        beside("plan", ours.plan, time.plan, 0.5),
        beside("apply", ours.apply, time.apply, 1.0),
        beside("second plan", ours.second_plan, time.second_plan, 0.5),
        above("plan", ours.plan, floor.plan),
        above("apply", ours.apply, floor.apply),
        above("second plan", ours.second_plan, floor.second_plan),
        Figure::new("1,000 zeebe_cluster: the provider's memory", "MB", ours.memory)
            .beside("1,000 time_static", time.memory)
            .at_most(100.0),
        Figure::new("1,000 zeebe_cluster: the state", "MB", megabytes(ours.state))
            .beside("1,000 time_static", megabytes(time.state)),
        Figure::new("1,000 zeebe_cluster: apply", "s", ours.apply)
            .beside(
                format!("1,000 time_static with a state of {:.2} MB", megabytes(laden.state)),
                laden.apply,
            )
            .at_most_times(1.0),
        growth("plan", ours.plan, hundred.plan),
        growth("apply", ours.apply, hundred.apply),
        growth("second plan", ours.second_plan, hundred.second_plan),
        Figure::new("100 to 1,000 time_static: apply", "s", time.apply)
            .beside("10 x that of 100", 10.0 * time_hundred.apply),
    ];
    figures.extend(query.map(|seconds| {
        Figure::new("terraform query over 1,000 zeebe_cluster", "s", seconds).at_most(2.0)
    }));
    Ok(figures)
}

/// A thousand clusters, and how long it takes to list them where a client that lists is to be had.
fn with_query(lab: &Lab) -> Result<(Measured, Option<f64>)> {
    let name = "ours-1000";
    let (project, measured) = applied(lab, name, &ours(lab, name, 1_000))?;
    let query = match Client::since((1, 14))?.filter(|client| client.maker == Maker::Terraform) {
        Some(client) => Some(queried(lab, &client, &clusters(lab, name))?),
        None => None,
    };
    project.destroy()?;
    Ok((measured, query))
}

fn queried(lab: &Lab, client: &Client, clusters: &Utf8Path) -> Result<f64> {
    let project = Project::on(lab.work.join("query-1000"), client)?;
    project.write("main.tf", REQUIRED_PROVIDERS)?;
    let list = format!(
        "list \"zeebe_cluster\" \"all\" {{\n  provider = zeebe\n  limit    = 2000\n\n  config {{\n    \
         target = {{\n      simulated = {{ directory = \"{clusters}\" }}\n    }}\n  }}\n}}\n"
    );
    project.write("all.tfquery.hcl", &list)?;
    project.init()?;
    let run = project.terraform(&["query"])?.ok()?;
    let found = run.stdout.matches("simulated://").count();
    ensure!(found >= 1_000, "a query over 1,000 clusters listed {found}");
    Ok(run.elapsed.as_secs_f64())
}

fn measured(lab: &Lab, name: &str, file: &str) -> Result<Measured> {
    let (project, measured) = applied(lab, name, file)?;
    project.destroy()?;
    Ok(measured)
}

fn applied(lab: &Lab, name: &str, file: &str) -> Result<(Project, Measured)> {
    let project = Project::new(lab.work.join(name), Install::Mirror)?;
    project.write("main.tf", file)?;
    project.init()?;
    let (plan, _) = watched(&project, &["plan", "-input=false", "-out=planned"])?;
    let (apply, memory) = watched(&project, &["apply", "-input=false", "planned"])?;
    let (second_plan, _) = watched(&project, &["plan", "-input=false", "-detailed-exitcode"])?;
    let state = fs::metadata(project.directory.join("terraform.tfstate"))?.len();
    Ok((project, Measured { plan, apply, second_plan, memory, state }))
}

/// Seconds, and the most memory of the provider in megabytes.
fn watched(project: &Project, arguments: &[&str]) -> Result<(f64, f64)> {
    let mut running = project.start(arguments)?;
    let mut memory = 0.0_f64;
    while running.is_running()? {
        for provider in running.providers()? {
            let bytes = processes::peak_memory(provider.identity.pid).unwrap_or_default();
            memory = memory.max(megabytes(bytes));
        }
        // Seldom enough to take nothing from what is measured.
        thread::sleep(Duration::from_millis(200));
    }
    let run = running.wait()?.ok()?;
    Ok((run.elapsed.as_secs_f64(), memory))
}

fn floor(count: u32) -> String {
    format!(
        "resource \"terraform_data\" \"this\" {{\n  count = {count}\n  input = count.index\n}}\n"
    )
}

/// So many `time_static` with so many triggers each.
fn time(count: u32, triggers: u64) -> String {
    // Each is `TRIGGER` bytes in the state: 14 spaces, `"trigger_00": `, and 36 with quotes and comma.
    let value = "x".repeat(32);
    format!(
        "terraform {{\n  required_providers {{\n    time = {{ source = \"hashicorp/time\" }}\n  }}\n}}\n\
         resource \"time_static\" \"this\" {{\n  count    = {count}\n  triggers = {triggers} == 0 ? null : \
         {{ for number in range({triggers}) : format(\"trigger_%02d\", number) => \"{value}\" }}\n}}\n"
    )
}

fn clusters(lab: &Lab, name: &str) -> Utf8PathBuf {
    lab.work.join(name).join("clusters")
}

fn ours(lab: &Lab, name: &str, count: u32) -> String {
    let cluster = ClusterHcl::simulated("cluster-${count.index}", &clusters(lab, name));
    // The sizes that the product comes with, as most clusters are written.
    let cluster = ClusterHcl { broker: "null".to_owned(), ..cluster }
        .sized(3, 3, 3)
        .with(&format!("count = {count}"));
    format!("{REQUIRED_PROVIDERS}\n{}", cluster.block())
}

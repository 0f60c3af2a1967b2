//! Many resources: a hundred and a thousand clusters on the simulated target, beside resources that do nothing.

use std::{thread, time::Duration};

use acceptance_tests::{
    ClusterHcl, Install, Project, hcl::REQUIRED_PROVIDERS, lab::Lab, processes,
};
use anyhow::Result;

use crate::figure::{Figure, megabytes};

/// Seconds of each command, and the provider's memory at its highest.
struct Measured {
    plan: f64,
    apply: f64,
    second_plan: f64,
    memory: f64,
}

/// Plan, apply, second plan and memory at a thousand, and how they grow from a hundred.
pub(crate) fn figures(lab: &Lab) -> Result<Vec<Figure>> {
    let floor = measured(lab, "floor-1000", &floor(1_000))?;
    let time = measured(lab, "time-1000", &time(1_000))?;
    let hundred = measured(lab, "ours-100", &ours(lab, "ours-100", 100))?;
    let ours = measured(lab, "ours-1000", &ours(lab, "ours-1000", 1_000))?;
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
    Ok(vec![
        beside("plan", ours.plan, time.plan, 0.5),
        beside("apply", ours.apply, time.apply, 1.0),
        beside("second plan", ours.second_plan, time.second_plan, 0.5),
        above("plan", ours.plan, floor.plan),
        above("apply", ours.apply, floor.apply),
        above("second plan", ours.second_plan, floor.second_plan),
        Figure::new("1,000 zeebe_cluster: the provider's memory", "MB", ours.memory)
            .beside("1,000 time_static", time.memory)
            .at_most(100.0),
        growth("plan", ours.plan, hundred.plan),
        growth("apply", ours.apply, hundred.apply),
        growth("second plan", ours.second_plan, hundred.second_plan),
    ])
}

fn measured(lab: &Lab, name: &str, file: &str) -> Result<Measured> {
    let project = Project::new(lab.work.join(name), Install::Mirror)?;
    project.write("main.tf", file)?;
    project.init()?;
    let (plan, _) = watched(&project, &["plan", "-input=false", "-out=planned"])?;
    let (apply, memory) = watched(&project, &["apply", "-input=false", "planned"])?;
    let (second_plan, _) = watched(&project, &["plan", "-input=false", "-detailed-exitcode"])?;
    project.destroy()?;
    Ok(Measured { plan, apply, second_plan, memory })
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

fn time(count: u32) -> String {
    format!(
        "terraform {{\n  required_providers {{\n    time = {{ source = \"hashicorp/time\" }}\n  }}\n}}\n\
         resource \"time_static\" \"this\" {{\n  count = {count}\n}}\n"
    )
}

fn ours(lab: &Lab, name: &str, count: u32) -> String {
    let directory = lab.work.join(name).join("clusters");
    let cluster = ClusterHcl::simulated("cluster-${count.index}", &directory)
        .sized(3, 3, 3)
        .with(&format!("count = {count}"));
    format!("{REQUIRED_PROVIDERS}\n{}", cluster.block())
}

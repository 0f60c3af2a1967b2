//! The provider killed, and terraform interrupted, in the middle of each kind of change; the next apply finishes it.

use std::{collections::BTreeSet, time::Duration};

use acceptance_tests::{
    Cluster, ClusterHcl, Install, Load, Project, Run, Scenario, project::Running,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// How a running apply is disturbed.
#[derive(Clone, Copy, PartialEq)]
enum Disturbance {
    /// The provider is killed, as by the kernel when memory runs out.
    KillProvider,
    /// The whole process group is interrupted, as by Ctrl-C.
    Interrupt,
}

#[test]
fn a_provider_killed_in_the_middle_of_each_change_is_followed_up() -> Result<()> {
    disturbed_life("s05-killed", Disturbance::KillProvider)
}

#[test]
fn a_terraform_interrupted_in_the_middle_of_each_change_is_followed_up() -> Result<()> {
    disturbed_life("s05-interrupted", Disturbance::Interrupt)
}

/// Create, upgrade, grow, shrink: each disturbed, each finished by the next apply.
fn disturbed_life(name: &str, disturbance: Disturbance) -> Result<()> {
    let scenario = Scenario::with_brokers(name, 4)?;
    let cluster = scenario.cluster("disturbed")?;
    let project = scenario.project("project", Install::Override)?;
    let life = Life { cluster, project, disturbance };
    let hcl = ClusterHcl::new(&life.cluster).sized(3, 3, 3).version("8.5.8");

    life.change("create", &hcl, &|journal| started(journal, "start broker 1"))?;

    let load = Load::start(life.cluster.gateways(1))?;
    load.wait_for_more(10)?;
    let hcl = hcl.version("8.6.0");
    // Broker 2 is done, broker 1 is under way: the restart of broker 1 is started again, that of broker 2 is not.
    life.change("upgrade", &hcl, &|journal| started(journal, "restart broker 1"))?;

    let hcl = hcl.sized(4, 3, 3);
    let grow = life.change("grow", &hcl, &|journal| accepted(journal).is_some())?;
    life.asked_once("grow", grow)?;

    let hcl = hcl.sized(3, 3, 3);
    let shrink = life.change("shrink", &hcl, &|journal| accepted(journal).is_some())?;
    life.asked_once("shrink", shrink)?;

    load.wait_for_more(10)?;
    load.finish()?.is_exact()?;
    life.project.destroy()?;
    life.cluster.is_stopped()?;
    scenario.passed()
}

struct Life {
    cluster: Cluster,
    project: Project,
    disturbance: Disturbance,
}

impl Life {
    /// Applies that HCL, disturbs it when the journal of this apply is so far, and applies again. Gives the number of
    /// entries that the journal had before.
    fn change(
        &self,
        what: &str,
        hcl: &ClusterHcl,
        far_enough: &dyn Fn(&[Value]) -> bool,
    ) -> Result<usize> {
        let Self { cluster, project, disturbance } = self;
        project.write("main.tf", &hcl.file())?;
        let known = cluster.journal().unwrap_or_default().len();
        let mut applying = project.start(&["apply", "-input=false", "-auto-approve"])?;
        applying.when(&format!("the middle of {what}"), Duration::from_mins(4), || {
            let journal = cluster.journal().unwrap_or_default();
            Ok(far_enough(journal.get(known..).unwrap_or_default()))
        })?;
        let run = disturb(*disturbance, applying)?;
        ensure!(run.code != Some(0), "{what}: the disturbed apply went through: {run}");
        let known_to_terraform =
            project.terraform(&["state", "list"])?.stdout.contains(&hcl.address());
        // A killed provider could tell terraform nothing of what it had made; an interrupted one can.
        let expected = *disturbance == Disturbance::Interrupt || what != "create";
        ensure!(known_to_terraform == expected, "{what}: in the state: {known_to_terraform}");

        project.apply().with_context(|| format!("{what}: the apply after it was disturbed"))?;
        let brokers: BTreeSet<u64> = cluster.brokers()?.into_keys().collect();
        assert_eq!(brokers, (0..u64::from(hcl.brokers)).collect(), "{what}: one process a broker");
        let layout: BTreeSet<u64> = cluster.layout()?.into_keys().collect();
        assert_eq!(layout, brokers, "{what}: the product knows the same brokers");
        project.plan()?.is_empty().with_context(|| format!("{what}: the plan after it"))?;
        Ok(known)
    }

    /// Fails unless one change alone was asked for since that entry of the journal: the one that the product had last.
    fn asked_once(&self, what: &str, since: usize) -> Result<()> {
        let journal = self.cluster.journal()?;
        let asked: BTreeSet<u64> = journal.iter().skip(since).filter_map(change_of).collect();
        let last = self.cluster.last_change()?;
        ensure!(
            asked == BTreeSet::from([last]),
            "{what}: {asked:?} were asked for, {last} was last"
        );
        Ok(())
    }
}

fn disturb(disturbance: Disturbance, applying: Running) -> Result<Run> {
    match disturbance {
        Disturbance::KillProvider => applying.kill_provider()?,
        Disturbance::Interrupt => applying.interrupt()?,
    }
    applying.wait()
}

/// Whether a step with these words was started.
fn started(journal: &[Value], words: &str) -> bool {
    journal.iter().any(|entry| {
        entry["event"]["started"]["what"].as_str().is_some_and(|what| what.contains(words))
    })
}

/// The change that the product took on last.
fn accepted(journal: &[Value]) -> Option<u64> {
    journal.iter().rev().find_map(change_of)
}

/// The change that the product took on in this entry.
fn change_of(entry: &Value) -> Option<u64> {
    entry["event"]["accepted"]["change"].as_u64()
}

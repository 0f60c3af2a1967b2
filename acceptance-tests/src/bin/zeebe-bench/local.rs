//! Real brokers: how much longer our create takes than a loop by hand, and our share of a change of size.

use std::fs;

use acceptance_tests::{Cluster, ClusterHcl, Install, Scenario, processes};
use anyhow::{Context, Result};
use serde_json::Value;

use crate::{by_hand, figure::Figure};

/// Creation of three brokers beside a loop, and the growth to five beside the product's own time.
pub(crate) fn figures() -> Result<Vec<Figure>> {
    let scenario = Scenario::with_brokers("bench-local", 5)?;
    let cluster = scenario.cluster("measured")?;
    let hcl = ClusterHcl::new(&cluster).sized(3, 3, 3);
    let project = scenario.project("project", Install::Mirror)?;
    project.write("main.tf", &hcl.file())?;
    project.init()?;
    // The distribution is fetched and unpacked by the first create; the second is measured.
    project.apply()?;
    project.destroy()?;
    let create = project.apply()?.elapsed.as_secs_f64();

    project.write("main.tf", &hcl.clone().sized(5, 3, 3).file())?;
    let whole = project.apply()?.elapsed.as_secs_f64();
    let (ours, product) = shares(&cluster)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;

    let started: Vec<_> = processes::all_of(&cluster.home())
        .into_iter()
        .filter(|found| found.command.contains("java"))
        .collect();
    project.destroy()?;
    // What they were started with has to be there again: folders and settings, but no data.
    project.apply()?;
    for process in processes::all_of(&cluster.home()) {
        processes::kill(process.identity)?;
    }
    for broker in 0..3 {
        fs::remove_dir_all(cluster.data(broker)).context("no data of a broker")?;
    }
    let loop_by_hand = by_hand::seconds(&cluster, &started)?;
    project.destroy()?;
    scenario.passed()?;
    Ok(vec![
        Figure::new("local create of 3 brokers", "s", create)
            .beside("a loop by hand", loop_by_hand)
            .at_most(1.05 * loop_by_hand + 1.0),
        Figure::new("grow 3 to 5: the whole apply", "s", whole),
        Figure::new("grow 3 to 5: the engine's own share of the change", "s", ours)
            .beside("the product's", product)
            .at_most_times(0.05),
    ])
}

/// Seconds of the last change: what it took beyond the product's own time, and the product's own time.
fn shares(cluster: &Cluster) -> Result<(f64, f64)> {
    let change = &cluster.topology(0)?["lastChange"];
    let product = span(&change["startedAt"], &change["completedAt"])?;
    let journal = cluster.journal()?;
    let asked = journal
        .iter()
        .rposition(|entry| entry["event"]["accepted"].is_object())
        .context("no change in the journal")?;
    let step = &journal[asked]["event"]["accepted"]["step"];
    let started = journal[..asked]
        .iter()
        .rfind(|entry| entry["event"]["started"]["step"] == *step)
        .context("the change was not started")?;
    let done = journal[asked..]
        .iter()
        .find(|entry| entry["event"]["done"]["step"] == *step)
        .context("the change is not done")?;
    let whole = span(&started["at"], &done["at"])?;
    Ok(((whole - product).max(0.0), product))
}

/// Seconds between two times of one day, as ISO 8601 in UTC.
fn span(from: &Value, to: &Value) -> Result<f64> {
    let seconds = |time: &Value| -> Result<f64> {
        let text = time.as_str().context("no time")?;
        let clock = text.split_once('T').context("no time of day")?.1.trim_end_matches('Z');
        clock.split(':').try_fold(0.0, |sum, part| Ok(sum * 60.0 + part.parse::<f64>()?))
    };
    Ok((seconds(to)? - seconds(from)?).rem_euclid(86_400.0))
}

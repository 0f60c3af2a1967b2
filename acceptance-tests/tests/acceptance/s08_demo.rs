//! `make demo` and `make demo-down`, as somebody types them in a fresh clone.

use std::{fs, process::Command};

use acceptance_tests::{Cluster, Scenario, lab};
use anyhow::{Result, ensure};
use camino::Utf8Path;

#[test]
fn the_demo_leaves_a_cluster_and_its_end_leaves_nothing() -> Result<()> {
    let scenario = Scenario::with_brokers("s08-demo", 3)?;
    let demo = scenario.directory.join("demo");
    let first_port = scenario.first_port()?;
    let cluster =
        Cluster { directory: demo.join("clusters"), name: "payments".to_owned(), first_port };

    let said = make("demo", &demo, first_port)?;
    ensure!(said.contains(", completed"), "no instance was completed:\n{said}");
    ensure!(said.contains(&cluster.gateway(0)), "the gateway is not told:\n{said}");
    assert_eq!(cluster.brokers()?.into_keys().collect::<Vec<_>>(), [0, 1, 2]);

    // A demo that is there is gone on with.
    let running = cluster.brokers()?;
    make("demo", &demo, first_port)?;
    assert_eq!(cluster.brokers()?, running);

    make("demo-down", &demo, first_port)?;
    cluster.is_stopped()?;
    ensure!(!demo.exists(), "the demo's folder is still there: {:?}", fs::read_dir(&demo)?);
    scenario.passed()
}

fn make(target: &str, demo: &Utf8Path, first_port: u16) -> Result<String> {
    let run = Command::new("make")
        .current_dir(lab::root()?)
        .arg(target)
        .env("DEMO_DIRECTORY", demo)
        .env("DEMO_FIRST_PORT", first_port.to_string())
        .output()?;
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    ensure!(
        run.status.success(),
        "make {target}: {}\n{said}{}",
        run.status,
        String::from_utf8_lossy(&run.stderr)
    );
    Ok(said)
}

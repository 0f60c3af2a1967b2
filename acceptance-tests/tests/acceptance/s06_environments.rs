//! The module `client-environment`: many clients and environments from one map.

use std::fmt::Write as _;

use acceptance_tests::{Cluster, Install, Load, Project, Scenario, hcl, lab};
use anyhow::{Result, ensure};

const CLIENTS: [&str; 2] = ["acme", "globex"];
const ENVIRONMENTS: [&str; 2] = ["development", "test"];

#[test]
fn two_clients_with_two_environments_come_up_one_after_another() -> Result<()> {
    four_clusters("s06-serial", "-parallelism=1")
}

#[test]
fn two_clients_with_two_environments_come_up_together() -> Result<()> {
    four_clusters("s06-parallel", "-parallelism=10")
}

fn four_clusters(name: &str, parallelism: &str) -> Result<()> {
    let scenario = Scenario::with_brokers(name, 4)?;
    let mut clusters = Vec::new();
    for client in CLIENTS {
        for environment in ENVIRONMENTS {
            let cluster = scenario.cluster(&format!("{client}-{environment}"))?;
            clusters.push((client, environment, cluster));
        }
    }
    let project = scenario.project("project", Install::Mirror)?;
    project.copy(&lab::root()?.join("modules").join("client-environment"), "module")?;
    project.write("main.tf", &main(&clusters)?)?;
    project.init()?;
    apply(&project, parallelism)?;

    for (_, _, cluster) in &clusters {
        assert_eq!(cluster.brokers()?.len(), 1, "{}", cluster.name);
        Load::instances(cluster.gateways(1), 5)?.is_exact()?;
    }
    project.plan()?.is_empty()?;
    project.terraform(&["destroy", "-input=false", "-auto-approve", parallelism])?.ok()?;
    for (_, _, cluster) in &clusters {
        cluster.is_stopped()?;
    }
    scenario.passed()
}

fn apply(project: &Project, parallelism: &str) -> Result<()> {
    project.terraform(&["apply", "-input=false", "-auto-approve", parallelism])?.ok()?;
    let outputs = project.terraform(&["output", "-json"])?.ok()?.json()?;
    ensure!(
        outputs.as_object().is_some_and(|outputs| !outputs.is_empty()),
        "no outputs: {outputs}"
    );
    Ok(())
}

fn main(clusters: &[(&str, &str, Cluster)]) -> Result<String> {
    let mut file = hcl::REQUIRED_PROVIDERS.to_owned();
    for (client, environment, cluster) in clusters {
        writeln!(file, "# {client} {environment} {}", cluster.name)?;
    }
    Ok(file)
}

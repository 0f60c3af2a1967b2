//! The module `client-environment`: two clients with two environments each, as four real clusters in one apply.

use acceptance_tests::{Cluster, Install, Load, Scenario, hcl::REQUIRED_PROVIDERS, lab};
use anyhow::Result;

/// The clusters in the order of their slots: `<client>-<environment>`.
const CLUSTERS: [[&str; 2]; 4] =
    [["acme", "development"], ["acme", "test"], ["globex", "development"], ["globex", "test"]];
/// Ports of one slot: those of one broker.
const SLOT: u16 = 10;

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
    let first_port = scenario.first_port()?;
    let directory = scenario.directory.join("clusters");
    let clusters: Vec<Cluster> = CLUSTERS
        .iter()
        .zip((first_port..).step_by(SLOT.into()))
        .map(|([client, environment], first_port)| Cluster {
            directory: directory.clone(),
            name: format!("{client}-{environment}"),
            first_port,
        })
        .collect();

    let project = scenario.project("project", Install::Mirror)?;
    project.copy(&lab::root()?.join("modules").join("client-environment"), "module")?;
    project.write("main.tf", &main(directory.as_str(), first_port))?;
    project.init()?;
    project.terraform(&["apply", "-input=false", "-auto-approve", parallelism])?.ok()?;

    let outputs = project.terraform(&["output", "-json"])?.ok()?.json()?;
    for (cluster, [client, environment]) in clusters.iter().zip(CLUSTERS) {
        let gateway = &outputs["gateways"]["value"][client][environment];
        assert_eq!(*gateway, cluster.gateway(0), "{}", cluster.name);
        assert_eq!(cluster.brokers()?.len(), 1, "{}", cluster.name);
        Load::instances(cluster.gateways(1), 5)?.is_exact()?;
    }
    project.plan()?.is_empty()?;

    project.terraform(&["destroy", "-input=false", "-auto-approve", parallelism])?.ok()?;
    for cluster in &clusters {
        cluster.is_stopped_within(SLOT)?;
    }
    scenario.passed()
}

fn main(directory: &str, first_port: u16) -> String {
    format!(
        r#"{REQUIRED_PROVIDERS}
module "clusters" {{
  source = "./module"

  directory         = "{directory}"
  first_port        = {first_port}
  ports_per_cluster = {SLOT}
  data_on_destroy   = "delete"

  clients = {{
    acme = {{
      version = "8.6.0"
      environments = {{
        development = {{ slot = 0 }}
        test        = {{ slot = 1 }}
      }}
    }}
    globex = {{
      version = "8.5.8"
      environments = {{
        development = {{ slot = 2 }}
        test        = {{ slot = 3 }}
      }}
    }}
  }}
}}

output "gateways" {{
  value = module.clusters.gateways
}}
"#
    )
}

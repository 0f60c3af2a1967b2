//! The simulated target answers as real brokers do: the same calls to both, in the same test run.

use acceptance_tests::{Cluster, ClusterHcl, Install, Scenario};
use anyhow::{Result, anyhow, ensure};
use camino::Utf8PathBuf;
use zeebe_engine::{Call, Engine};
use zeebe_scalar::parse_text;
use zeebe_spec::Version;
use zeebe_target::Target;
use zeebe_target_simulated::contract::{Bases, compare, questions};
use zeebe_target_simulated::{SimulatedCluster, SimulatedHost};

#[test]
fn simulated_8_6_answers_like_a_real_broker() -> Result<()> {
    answers_alike("s10-contract-8-6", "8.6.0")
}

#[test]
fn simulated_8_5_answers_like_a_real_broker() -> Result<()> {
    answers_alike("s10-contract-8-5", "8.5.8")
}

fn answers_alike(name: &str, version: &str) -> Result<()> {
    let scenario = Scenario::with_brokers(name, 1)?;
    let cluster = scenario.cluster("real")?;
    let hcl = ClusterHcl::new(&cluster).version(version);
    let project = scenario.project("project", Install::Override)?;
    project.write("main.tf", &hcl.file())?;
    project.apply()?;

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mismatches = runtime.block_on(async {
        let (_twin, simulated) = simulated(&cluster, version).await?;
        let version: Version = parse_text(version)?;
        let real = Bases {
            management: format!("http://127.0.0.1:{}", cluster.management_port(0)),
            rest: format!("http://127.0.0.1:{}", cluster.management_port(0) - 1),
        };
        Ok::<_, anyhow::Error>(compare(&simulated, &real, &questions(version.minor())).await?)
    })?;
    let told: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
    ensure!(told.is_empty(), "the simulated target answers otherwise:\n{}", told.join("\n"));

    project.destroy()?;
    cluster.is_stopped()?;
    scenario.passed()
}

/// A simulated cluster in the state of the real one.
async fn simulated(cluster: &Cluster, version: &str) -> Result<(SimulatedCluster, Bases)> {
    let directory = cluster.home().parent().ok_or_else(|| anyhow!("no parent"))?.join("simulated");
    std::fs::create_dir_all(&directory)?;
    let wish = serde_json::json!({
        "name": "real",
        "version": version,
        "topology": { "brokers": 1, "partitions": 1, "replication_factor": 1, "gateways": null },
        "target": { "simulated": { "directory": directory } },
        "deletion_protection": "off",
        "data_on_destroy": "delete",
    });
    let spec = serde_json::from_value(wish)?;
    let engine = Engine::new()?;
    engine.cluster(&spec)?.create(&spec, None, &Call::quiet()).await?;
    let host = SimulatedHost::default();
    let root: Utf8PathBuf = directory.join("real");
    let twin = SimulatedCluster::at(root, &host);
    let reach = twin.reach(&spec.topology.broker_ids().collect(), &Call::quiet()).await?;
    let management = reach.management.into_values().next().ok_or_else(|| anyhow!("no broker"))?;
    let rest = reach.rest.into_values().next().ok_or_else(|| anyhow!("no gateway"))?;
    // Its place at the host is given up with it: who asks must hold it.
    Ok((twin, Bases { management, rest }))
}

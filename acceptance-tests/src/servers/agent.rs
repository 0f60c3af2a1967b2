//! A real `zeebe-agent`: one round by hand, and what the one says that a cluster has as a component.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use reqwest::Client;

use crate::Cluster;
use crate::programs::Program;

/// What came of one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// 0 when all was done.
    pub code: Option<i32>,
    /// What it said of each exporter.
    pub text: String,
}

/// One round for a cluster, and no more.
pub fn once(cluster: &Cluster) -> Result<Once> {
    let done = Command::new(Program::Agent.path()?)
        .args(["--once", "--cluster", &cluster.id()])
        .output()?;
    let text = String::from_utf8(done.stdout)? + &String::from_utf8(done.stderr)?;
    Ok(Once { code: done.status.code(), text })
}

/// A page of the management port of a cluster's agent.
pub fn page(cluster: &Cluster, name: &str) -> Result<String> {
    let url = format!("http://127.0.0.1:{}/{name}", cluster.agent_port());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
        Ok(client.get(url).send().await?.error_for_status()?.text().await?)
    })
}

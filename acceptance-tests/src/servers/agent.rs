//! A real `zeebe-agent`.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use reqwest::Client;

use crate::programs::Program;
use crate::servers::Server;
use crate::{Cluster, wait};

/// An agent that goes on until it is told to end.
#[derive(Debug)]
pub struct Agent {
    cluster: String,
    log: Utf8PathBuf,
    port: u16,
    running: Option<Server>,
}

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

impl Agent {
    /// An agent of a cluster that tells how it is on that port, with a second between two rounds.
    pub fn new(cluster: &Cluster, folder: &Utf8Path, port: u16) -> Self {
        Self { cluster: cluster.id(), log: folder.join("agent.log"), port, running: None }
    }

    /// Starts it, and waits until it has done a round.
    pub fn start(&mut self) -> Result<()> {
        let mut command = Command::new(Program::Agent.path()?);
        command.args(["--cluster", &self.cluster, "--every", "1s"]);
        command.args(["--management", &format!("127.0.0.1:{}", self.port)]);
        self.running = Some(Server::start(command, &self.log)?);
        wait::until("the agent", Duration::from_mins(1), || self.page("ready"))?;
        Ok(())
    }

    /// Ends it as a failing machine would.
    pub fn kill(&mut self) -> Result<()> {
        self.running.take().context("the agent does not run")?.kill()
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self) -> Result<()> {
        self.running.take().context("the agent does not run")?.end()
    }

    /// A page of its management port.
    pub fn page(&self, name: &str) -> Result<String> {
        let url = format!("http://127.0.0.1:{}/{name}", self.port);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
            Ok(client.get(url).send().await?.error_for_status()?.text().await?)
        })
    }
}

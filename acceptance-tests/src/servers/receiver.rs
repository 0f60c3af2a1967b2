//! A real `zeebe-receiver`.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use reqwest::Client;
use serde_json::Value;

use crate::servers::{Server, kafka::Kafka, search_store::SearchStore};
use crate::{processes, programs::Program, wait};

/// A receiver with its configuration.
#[derive(Debug)]
pub struct Receiver {
    directory: Utf8PathBuf,
    port: u16,
    verb: &'static str,
    running: Option<Server>,
}

/// What came of a `verify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// 0 when all is as it should be, 2 when something was found.
    pub code: Option<i32>,
    /// The findings.
    pub text: String,
}

impl Receiver {
    /// Writes the configuration of a receiver of cluster `payments` on that port and the next, with that sink.
    pub fn new(directory: Utf8PathBuf, port: u16, sink: &str) -> Result<Self> {
        fs::create_dir_all(&directory)?;
        let receiver = Self { directory, port, verb: "serve", running: None };
        let management = port + 1;
        fs::write(
            receiver.config(),
            format!(
                "cluster = \"payments\"\nlisten.address = \"127.0.0.1:{port}\"\n\
                 management.address = \"127.0.0.1:{management}\"\n\n{sink}\n"
            ),
        )?;
        Ok(receiver)
    }

    /// Writes the configuration of an index of cluster `payments` with its management on the port after that one, for
    /// what a receiver wrote into that topic, into that store under the prefix `audit`. The last are more settings of the
    /// store.
    pub fn index(
        directory: Utf8PathBuf,
        port: u16,
        (kafka, topic): (&Kafka, &str),
        store: &SearchStore,
        more: &str,
    ) -> Result<Self> {
        fs::create_dir_all(&directory)?;
        let index = Self { directory, port, verb: "index", running: None };
        fs::write(
            index.config(),
            format!(
                "cluster = \"payments\"\nmanagement.address = \"127.0.0.1:{}\"\n\n[source.kafka]\nbrokers = \
                 [\"{}\"]\ntopic = \"{topic}\"\n\n[store]\nurl = \"{}\"\nprefix = \"audit\"\nreplicas = 0\n{more}\n",
                port + 1,
                kafka.address(),
                store.url()
            ),
        )?;
        Ok(index)
    }

    /// Starts it, and waits until it takes connections.
    pub fn start(&mut self) -> Result<()> {
        let mut command = Command::new(Program::Receiver.path()?);
        command.args([self.verb, "--config", self.config().as_str()]);
        self.running = Some(Server::start(command, &self.log())?);
        wait::until("the receiver", Duration::from_mins(1), || self.page("health"))?;
        Ok(())
    }

    /// Starts it though it cannot go on, and gives what it says at its end.
    pub fn fails_to_start(&self) -> Result<String> {
        let mut command = Command::new(Program::Receiver.path()?);
        let done = command.args([self.verb, "--config", self.config().as_str()]).output()?;
        ensure!(done.status.code() == Some(1), "it ended with {}", done.status);
        Ok(String::from_utf8(done.stderr)?)
    }

    /// Ends it as a failing machine would.
    pub fn kill(&mut self) -> Result<()> {
        self.running.take().context("the receiver does not run")?.kill()
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self) -> Result<()> {
        self.running.take().context("the receiver does not run")?.end()
    }

    /// The address for exporters.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The most memory that it held since it was started, in bytes.
    pub fn peak_memory(&self) -> Option<u64> {
        processes::peak_memory(self.running.as_ref()?.pid())
    }

    /// All that it said.
    pub fn said(&self) -> Result<String> {
        Ok(fs::read_to_string(self.log())?)
    }

    /// Sends a bulk as an exporter does, and gives the status and the answer.
    pub fn bulk(&self, body: String) -> Result<(u16, Value)> {
        let url = format!("{}/_bulk", self.url());
        block_on(async {
            let client = Client::builder().no_proxy().timeout(Duration::from_mins(1)).build()?;
            let sent = client.post(url).header("content-type", "application/x-ndjson").body(body);
            let answer = sent.send().await?;
            Ok((answer.status().as_u16(), answer.json().await?))
        })
    }

    /// A page of its management port.
    pub fn page(&self, name: &str) -> Result<String> {
        let url = format!("http://127.0.0.1:{}/{name}", self.port + 1);
        block_on(async {
            let client = Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
            Ok(client.get(url).send().await?.error_for_status()?.text().await?)
        })
    }

    /// A figure of a partition, 0 when it is not told.
    pub fn figure(&self, name: &str, partition: u16) -> Result<u64> {
        let start =
            format!("zeebe_receiver_{name}{{cluster=\"payments\",partition=\"{partition}\"}} ");
        let page = self.page("metrics")?;
        let line = page.lines().find_map(|line| line.strip_prefix(&start));
        line.map_or(Ok(0), |figure| Ok(figure.parse()?))
    }

    /// Proves what its sink holds, with these arguments more.
    pub fn verify(&self, arguments: &[&str]) -> Result<Verified> {
        verify(&self.config(), arguments)
    }

    /// Its configuration.
    pub fn config(&self) -> Utf8PathBuf {
        self.directory.join("receiver.toml")
    }

    fn log(&self) -> Utf8PathBuf {
        self.directory.join("log")
    }
}

/// Proves what the sink of a configuration holds, with these arguments more.
pub fn verify(config: &Utf8Path, arguments: &[&str]) -> Result<Verified> {
    verify_with(config, arguments, &[])
}

/// Does so with these variables, which the configuration names.
pub fn verify_with(
    config: &Utf8Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<Verified> {
    let mut command = Command::new(Program::Receiver.path()?);
    command.args(["verify", "--config", config.as_str()]).args(arguments);
    let done = command.envs(variables.iter().copied()).output()?;
    let text = [done.stdout, done.stderr].concat();
    Ok(Verified { code: done.status.code(), text: String::from_utf8(text)? })
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

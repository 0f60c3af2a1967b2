//! One local cluster as it really is: its processes, its ports, its management API, its book.

use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use camino::Utf8PathBuf;
use reqwest::Method;
use serde_json::Value;

use crate::{
    ports,
    processes::{self, Identity},
    wait,
};

/// Ports that one broker has.
const PORTS_OF_A_BROKER: u16 = 10;
/// Standalone gateways start so far above the first port.
const GATEWAYS: u16 = 1_000;
/// A look at a management port that takes longer is one at a broker that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a cluster of the local target is, and what it is called.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The target's folder, with a folder in it for each cluster.
    pub directory: Utf8PathBuf,
    /// The cluster's name.
    pub name: String,
    /// The first of its ports.
    pub first_port: u16,
}

impl Cluster {
    /// The cluster's own folder.
    pub fn home(&self) -> Utf8PathBuf {
        self.directory.join(&self.name)
    }

    /// The address that imports it.
    pub fn id(&self) -> String {
        format!("local://{}", self.home())
    }

    /// Where clients reach the gateway of that broker.
    pub fn gateway(&self, broker: u16) -> String {
        format!("127.0.0.1:{}", self.first_port + PORTS_OF_A_BROKER * broker)
    }

    /// The gateways of so many brokers.
    pub fn gateways(&self, brokers: u16) -> Vec<String> {
        (0..brokers).map(|broker| self.gateway(broker)).collect()
    }

    /// Where clients reach that standalone gateway.
    pub fn standalone_gateway(&self, replica: u16) -> String {
        format!("127.0.0.1:{}", self.first_port + GATEWAYS + PORTS_OF_A_BROKER * replica)
    }

    /// The management port of that broker.
    pub fn management_port(&self, broker: u16) -> u16 {
        self.first_port + PORTS_OF_A_BROKER * broker + 4
    }

    /// What that broker's management API answers to a `GET`, whatever its status.
    pub fn get(&self, broker: u16, path: &str) -> Result<(u16, Value)> {
        self.ask(&Method::GET, broker, path)
    }

    /// What it answers to a `POST` without a body: what a person does by hand.
    pub fn post(&self, broker: u16, path: &str) -> Result<(u16, Value)> {
        self.ask(&Method::POST, broker, path)
    }

    fn ask(&self, method: &Method, broker: u16, path: &str) -> Result<(u16, Value)> {
        let address = format!("http://127.0.0.1:{}/{path}", self.management_port(broker));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
            let answer = client
                .request(method.clone(), &address)
                .send()
                .await
                .with_context(|| format!("no answer from {address}"))?;
            let status = answer.status().as_u16();
            let body = answer.text().await?;
            Ok((status, serde_json::from_str(&body).unwrap_or(Value::String(body))))
        })
    }

    /// `GET /actuator/cluster` on that broker.
    pub fn topology(&self, broker: u16) -> Result<Value> {
        let (status, body) = self.get(broker, "actuator/cluster")?;
        ensure!(status == 200, "broker {broker} answers {status}: {body}");
        Ok(body)
    }

    /// For each active broker, the partitions that it has and that are active, as broker 0 knows them.
    pub fn layout(&self) -> Result<BTreeMap<u64, Vec<u64>>> {
        let topology = self.topology(0)?;
        let brokers = topology["brokers"].as_array().context("a topology without brokers")?;
        let mut layout = BTreeMap::new();
        for broker in brokers.iter().filter(|broker| broker["state"] == "ACTIVE") {
            let id = broker["id"].as_u64().context("a broker without an id")?;
            let partitions = broker["partitions"].as_array().into_iter().flatten();
            let mut active: Vec<u64> = partitions
                .filter(|partition| partition["state"] == "ACTIVE")
                .filter_map(|partition| partition["id"].as_u64())
                .collect();
            active.sort_unstable();
            layout.insert(id, active);
        }
        Ok(layout)
    }

    /// How many copies each partition has.
    pub fn copies(&self) -> Result<BTreeMap<u64, usize>> {
        let mut copies = BTreeMap::new();
        for partition in self.layout()?.into_values().flatten() {
            *copies.entry(partition).or_insert(0) += 1;
        }
        Ok(copies)
    }

    /// The id of the change that broker 0 carried out last.
    pub fn last_change(&self) -> Result<u64> {
        self.topology(0)?["lastChange"]["id"].as_u64().context("no change was ever made")
    }

    /// The running processes of its brokers. Two processes of one broker are an error.
    pub fn brokers(&self) -> Result<BTreeMap<u64, Identity>> {
        self.processes_in("brokers")
    }

    /// The running processes of its standalone gateways.
    pub fn standalone_gateways(&self) -> Result<BTreeMap<u64, Identity>> {
        self.processes_in("gateways")
    }

    /// The running processes of its receivers.
    pub fn receivers(&self) -> Result<BTreeMap<u64, Identity>> {
        if self.home().join("receivers").exists() {
            self.processes_in("receivers")
        } else {
            Ok(BTreeMap::new())
        }
    }

    /// The running process of its agent.
    pub fn agent(&self) -> Option<Identity> {
        let home = format!("ZEEBE_PLATFORM_COMPONENT={}/agents/0", self.home());
        let running = processes::all_of(&self.home());
        let its = |process: &processes::Process| process.environment.lines().any(|it| it == home);
        running.into_iter().find(its).map(|process| process.identity)
    }

    /// Where its agent tells how it is.
    pub fn agent_port(&self) -> u16 {
        self.first_port + PORTS_OF_A_BROKER - 1
    }

    /// Kills a broker, as a failing machine would.
    pub fn kill_broker(&self, broker: u64) -> Result<()> {
        let brokers = self.brokers()?;
        let process =
            brokers.get(&broker).with_context(|| format!("broker {broker} does not run"))?;
        processes::kill(*process)
    }

    /// The entries of its journal.
    pub fn journal(&self) -> Result<Vec<Value>> {
        let path = self.home().join("book").join("journal.jsonl");
        let text = fs::read_to_string(&path).with_context(|| format!("no journal \"{path}\""))?;
        // The last line may be half-written while somebody looks.
        Ok(text.lines().map_while(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Its own document in the book.
    pub fn book(&self) -> Result<Value> {
        let path = self.home().join("book").join("cluster.json");
        let text = fs::read_to_string(&path).with_context(|| format!("no book \"{path}\""))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Where that broker's data lies.
    pub fn data(&self, broker: u64) -> Utf8PathBuf {
        self.home().join("brokers").join(broker.to_string()).join("data")
    }

    /// Fails unless the cluster is gone from the machine: no process and no listening port.
    pub fn is_stopped(&self) -> Result<()> {
        self.is_stopped_within(100)
    }

    /// The same for a cluster that has so many ports only, as another may have the next.
    pub fn is_stopped_within(&self, ports: u16) -> Result<()> {
        let left = processes::all_of(&self.home());
        ensure!(left.is_empty(), "these processes still run: {left:#?}");
        let gateways = self.first_port + GATEWAYS;
        let taken: Vec<u16> = (self.first_port..self.first_port + ports)
            .chain(gateways..gateways + ports)
            .filter(|port| !ports::is_free(*port))
            .collect();
        ensure!(taken.is_empty(), "these ports are still taken: {taken:?}");
        Ok(())
    }

    /// Waits until each of so many brokers says that it is ready.
    pub fn wait_ready(&self, brokers: u16) -> Result<()> {
        for broker in 0..brokers {
            wait::until(&format!("broker {broker} ready"), Duration::from_mins(2), || match self
                .get(broker, "ready")?
            {
                (200..=299, _) => Ok(()),
                (status, body) => bail!("{status}: {body}"),
            })?;
        }
        Ok(())
    }

    fn processes_in(&self, folder: &str) -> Result<BTreeMap<u64, Identity>> {
        let parent = self.home().join(folder);
        let mut found = BTreeMap::new();
        for entry in parent.read_dir_utf8().with_context(|| format!("no \"{parent}\""))? {
            let entry = entry?;
            let Ok(id) = entry.file_name().parse::<u64>() else { continue };
            let running = processes::all_of(entry.path());
            let [process] = running.as_slice() else {
                ensure!(running.is_empty(), "{folder}/{id} runs more than once: {running:#?}");
                continue;
            };
            found.insert(id, process.identity);
        }
        Ok(found)
    }
}

//! Real brokers that export, started without terraform: their exporters are set here, one by one.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use camino::Utf8PathBuf;

use crate::{call, cluster::Cluster, lab, lab::lab, servers::Server, wait};

/// Value types that an exporter leaves out when it is not told otherwise.
const LEFT_OUT: [&str; 5] =
    ["JOBBATCH", "MESSAGEBATCH", "PROCESSINSTANCEBATCH", "CHECKPOINT", "PROCESSEVENT"];

/// How much an exporter sends at a time.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    /// Records of a full bulk.
    pub size: u16,
    /// Seconds after which one that is not full is sent.
    pub delay: u16,
}

/// Small and often: what was exported is soon seen.
const SOON: Bulk = Bulk { size: 100, delay: 1 };

/// Brokers of one cluster, each with the same exporters.
#[derive(Debug)]
pub struct Brokers {
    /// Where the cluster is; ports and API are as those of a cluster that terraform made.
    pub cluster: Cluster,
    size: u16,
    partitions: u16,
    exporters: Vec<(String, String)>,
    bulk: Bulk,
    distribution: Utf8PathBuf,
    running: Vec<Option<Server>>,
}

impl Brokers {
    /// Starts so many brokers with so many partitions, a copy of each on every broker. The exporters are names and
    /// addresses; they export all that can be exported.
    pub fn start(
        cluster: Cluster,
        version: &str,
        size: u16,
        partitions: u16,
        exporters: &[(&str, String)],
    ) -> Result<Self> {
        Self::start_with(cluster, version, (size, partitions), exporters, SOON)
    }

    /// The same with bulks of that size.
    pub fn start_with(
        cluster: Cluster,
        version: &str,
        (size, partitions): (u16, u16),
        exporters: &[(&str, String)],
        bulk: Bulk,
    ) -> Result<Self> {
        let script = lab::root()?.join("tools/zeebe.sh");
        let distribution = call::output(Command::new("bash").arg(script).arg(version))?;
        let exporters =
            exporters.iter().map(|(name, url)| ((*name).to_owned(), url.clone())).collect();
        let mut brokers = Self {
            cluster,
            size,
            partitions,
            exporters,
            bulk,
            distribution: distribution.into(),
            running: (0..size).map(|_| None).collect(),
        };
        for broker in 0..size {
            brokers.start_again(broker)?;
        }
        brokers.wait_ready()?;
        Ok(brokers)
    }

    /// Ends a broker as a failing machine would.
    pub fn kill(&mut self, broker: u16) -> Result<()> {
        let running = self.running.get_mut(usize::from(broker)).and_then(Option::take);
        running.with_context(|| format!("broker {broker} does not run"))?.kill()
    }

    /// Starts a broker on the data that it left.
    pub fn start_again(&mut self, broker: u16) -> Result<()> {
        let home = self.cluster.home().join(broker.to_string());
        // A broker that is killed leaves 14 MB of RocksDB's library where temporary files are.
        let scratch = home.join("tmp");
        fs::create_dir_all(&scratch)?;
        let mut command = Command::new(self.distribution.join("bin/broker"));
        command.current_dir(&home).env_clear();
        for inherited in ["PATH", "HOME", "LANG"] {
            command.envs(std::env::var(inherited).map(|value| (inherited, value)));
        }
        command
            .env("JAVA_HOME", &lab()?.java_home)
            .env(
                "JAVA_OPTS",
                format!(
                    "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir={scratch}"
                ),
            )
            .env("ZEEBE_LOG_DIR", home.join("log"))
            .envs(self.settings(broker, &home))
            .envs(self.exporters.iter().flat_map(|(name, url)| exporter(name, url, self.bulk)));
        let started = Server::start(command, &home.join("out"))?;
        if let Some(place) = self.running.get_mut(usize::from(broker)) {
            *place = Some(started);
        }
        Ok(())
    }

    /// Waits until all of them say that they are ready.
    pub fn wait_ready(&self) -> Result<()> {
        self.cluster.wait_ready(self.size)
    }

    /// The highest position that this partition's exporter has an answer for, by the broker that leads it.
    pub fn exported(&self, partition: u16) -> Result<u64> {
        wait::until("an exported position", Duration::from_mins(1), || {
            (0..self.size)
                .filter_map(|broker| {
                    let (_, shown) = self.cluster.get(broker, "actuator/partitions").ok()?;
                    let shown = shown.get(partition.to_string())?.clone();
                    (shown["role"] == "LEADER").then_some(shown)?["exportedPosition"].as_u64()
                })
                .max()
                .with_context(|| format!("nobody leads partition {partition}"))
        })
    }

    /// The broker that leads a partition.
    pub fn leader(&self, partition: u16) -> Result<u16> {
        wait::until("a leader", Duration::from_mins(1), || {
            (0..self.size)
                .find(|broker| {
                    self.cluster
                        .get(*broker, "actuator/partitions")
                        .is_ok_and(|(_, shown)| shown[partition.to_string()]["role"] == "LEADER")
                })
                .with_context(|| format!("nobody leads partition {partition}"))
        })
    }

    fn settings(&self, broker: u16, home: &Utf8PathBuf) -> Vec<(&'static str, String)> {
        let port = |broker: u16, kind: u16| self.cluster.first_port + 10 * broker + kind;
        let contacts: Vec<_> =
            (0..self.size).map(|broker| format!("127.0.0.1:{}", port(broker, 2))).collect();
        let loopback = || "127.0.0.1".to_owned();
        vec![
            ("ZEEBE_BROKER_CLUSTER_NODEID", broker.to_string()),
            ("ZEEBE_BROKER_CLUSTER_CLUSTERSIZE", self.size.to_string()),
            ("ZEEBE_BROKER_CLUSTER_PARTITIONSCOUNT", self.partitions.to_string()),
            ("ZEEBE_BROKER_CLUSTER_REPLICATIONFACTOR", self.size.to_string()),
            ("ZEEBE_BROKER_CLUSTER_CLUSTERNAME", self.cluster.name.clone()),
            ("ZEEBE_BROKER_CLUSTER_INITIALCONTACTPOINTS", contacts.join(",")),
            ("ZEEBE_BROKER_NETWORK_HOST", loopback()),
            ("ZEEBE_BROKER_NETWORK_ADVERTISEDHOST", loopback()),
            ("ZEEBE_BROKER_NETWORK_COMMANDAPI_PORT", port(broker, 1).to_string()),
            ("ZEEBE_BROKER_NETWORK_INTERNALAPI_PORT", port(broker, 2).to_string()),
            ("ZEEBE_BROKER_GATEWAY_ENABLE", "true".to_owned()),
            ("ZEEBE_BROKER_GATEWAY_NETWORK_HOST", loopback()),
            ("ZEEBE_BROKER_GATEWAY_NETWORK_PORT", port(broker, 0).to_string()),
            ("SERVER_ADDRESS", loopback()),
            ("SERVER_PORT", port(broker, 5).to_string()),
            ("MANAGEMENT_SERVER_ADDRESS", loopback()),
            ("MANAGEMENT_SERVER_PORT", port(broker, 4).to_string()),
            ("ZEEBE_BROKER_DATA_DIRECTORY", home.join("data").to_string()),
            ("ZEEBE_BROKER_DATA_DISK_FREESPACE_PROCESSING", "500MB".to_owned()),
            ("ZEEBE_BROKER_DATA_DISK_FREESPACE_REPLICATION", "200MB".to_owned()),
            ("ZEEBE_BROKER_DATA_LOGSEGMENTSIZE", "16MB".to_owned()),
        ]
    }
}

/// The settings of an exporter that leaves nothing out.
fn exporter(name: &str, url: &str, bulk: Bulk) -> Vec<(String, String)> {
    let start = format!("ZEEBE_BROKER_EXPORTERS_{}", name.to_uppercase());
    let class = "io.camunda.zeebe.exporter.ElasticsearchExporter";
    let mut settings = vec![
        (format!("{start}_CLASSNAME"), class.to_owned()),
        (format!("{start}_ARGS_URL"), url.to_owned()),
        (format!("{start}_ARGS_BULK_DELAY"), bulk.delay.to_string()),
        (format!("{start}_ARGS_BULK_SIZE"), bulk.size.to_string()),
    ];
    let kinds = ["COMMAND", "REJECTION"].iter().chain(&LEFT_OUT);
    settings.extend(kinds.map(|kind| (format!("{start}_ARGS_INDEX_{kind}"), "true".to_owned())));
    settings
}

//! What a broker or a gateway is to be, in our own words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_scalar::ByteSize;
use zeebe_spec::{
    BackupStore, BrokerId, BrokerSize, ExporterName, ExporterSpec, GatewayIndex, Received,
    SettingKey,
};

/// What one broker is to be: everything that the product must be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerIntent {
    /// The name that its peers know the cluster by.
    pub cluster_name: String,
    /// Its number in the cluster.
    pub node: BrokerId,
    /// What the cluster starts with.
    pub bootstrap: Bootstrap,
    /// The ports that it opens.
    pub ports: BrokerPorts,
    /// The address that it binds to and tells its peers, `127.0.0.1`.
    pub host: String,
    /// Where it finds its peers: `host:port` of their internal ports.
    pub contact_points: Vec<String>,
    /// Where its data is kept, an absolute path. Its logs go to the directory `logs` beside it.
    pub data_directory: String,
    /// Its memory, threads and log segments.
    pub size: BrokerSize,
    /// Free disk that must stay.
    pub watermarks: Watermarks,
    /// Whether clients may connect to it.
    pub embedded_gateway: EmbeddedGateway,
    /// Its exporters, which are those of every broker.
    pub exporters: Vec<ExporterSpec>,
    /// Where the receivers of those exporters listen that have one, as URLs.
    pub receivers: BTreeMap<ExporterName, String>,
    /// Where its backups are kept, if anywhere.
    pub backup_store: Option<BackupStore>,
    /// The user's own settings; checked by [`crate::check`].
    pub configuration: BTreeMap<SettingKey, String>,
}

/// Free disk that must stay on a broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermarks {
    /// Below this it takes no more commands.
    pub processing: ByteSize,
    /// Below this it takes no more copies.
    pub replication: ByteSize,
    /// Whose word they are.
    pub by: ChosenBy,
}

/// Whose word a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// The user's: a change of it is worth a restart.
    User,
    /// Ours, computed from what the broker holds. That changes whenever the cluster grows or shrinks, which
    /// must restart nobody; a broker takes the new value at its next start.
    Engine,
}

/// What a cluster starts with. A running cluster keeps its own counts and changes them through the
/// management API; what stands here then is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How many brokers.
    pub brokers: u16,
    /// How many partitions.
    pub partitions: u16,
    /// How many copies of each partition.
    pub replication_factor: u16,
}

/// The ports that one broker opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerPorts {
    /// gRPC for clients; opened by the embedded gateway only.
    pub gateway: u16,
    /// Commands from gateways.
    pub command: u16,
    /// Raft and gossip among the members.
    pub internal: u16,
    /// REST for clients. The product opens it without an embedded gateway too, and serves nothing there.
    pub rest: u16,
    /// Management and metrics.
    pub management: u16,
}

/// Whether a broker is a gateway too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmbeddedGateway {
    /// Clients may connect to it.
    On,
    /// Clients connect to gateways of their own.
    Off,
}

/// What one standalone gateway is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayIntent {
    /// The name that its peers know the cluster by.
    pub cluster_name: String,
    /// Its number; the cluster knows it as `gateway-<index>`.
    pub index: GatewayIndex,
    /// The ports that it opens.
    pub ports: GatewayPorts,
    /// The address that it binds to and tells its peers, `127.0.0.1`.
    pub host: String,
    /// Where it finds the brokers: `host:port` of their internal ports.
    pub contact_points: Vec<String>,
    /// Where its own files are kept, an absolute path. Its logs go to the directory `logs` in it.
    pub directory: String,
    /// Memory of its Java heap.
    pub memory: ByteSize,
    /// The user's own settings, as given for the whole cluster; checked by [`crate::check`].
    pub configuration: BTreeMap<SettingKey, String>,
}

/// The ports that one standalone gateway opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayPorts {
    /// gRPC for clients.
    pub gateway: u16,
    /// Gossip with the members.
    pub internal: u16,
    /// REST for clients.
    pub rest: u16,
    /// Management and metrics.
    pub management: u16,
}

/// What one receiver is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiverIntent<'a> {
    /// The name of the cluster whose records it takes.
    pub cluster_name: String,
    /// The address that it binds to, `127.0.0.1`.
    pub host: String,
    /// The ports that it opens.
    pub ports: ReceiverPorts,
    /// How many partitions the cluster has.
    pub partitions: u16,
    /// Where the records go.
    pub sink: Received<'a>,
}

/// The ports that one receiver opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverPorts {
    /// Records from brokers.
    pub records: u16,
    /// Health and metrics.
    pub management: u16,
}

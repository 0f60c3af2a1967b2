//! The topology on a gateway's REST port.

use serde::{Deserialize, Serialize};

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayTopology {
    /// The brokers that the gateway knows by gossip, members or not. 8.5 leaves an empty list out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brokers: Option<Vec<GatewayBroker>>,
    /// How many members there should be; -1 before the gateway knows.
    pub cluster_size: i32,
    /// How many partitions; 0 before the gateway knows.
    pub partitions_count: i32,
    /// How many copies of each; 0 before the gateway knows.
    pub replication_factor: i32,
    /// The gateway's own version.
    pub gateway_version: String,
    /// The change that ended last (8.8 and later), as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_completed_change_id: Option<String>,
    /// The cluster's own id (8.8 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
}

/// One broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayBroker {
    /// Its id.
    pub node_id: u16,
    /// Its host for commands.
    pub host: String,
    /// Its port for commands.
    pub port: u16,
    /// Its replicas, as they last said of themselves. 8.5 leaves an empty list out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<Vec<GatewayPartition>>,
    /// The version that it runs.
    pub version: String,
}

/// One replica.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayPartition {
    /// The partition.
    pub partition_id: u16,
    /// `leader`, `follower`, `inactive`.
    pub role: String,
    /// `healthy`, `unhealthy`, `dead`.
    pub health: String,
}

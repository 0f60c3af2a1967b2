//! `GET /actuator/cluster`: the configuration of the cluster.

use serde::{Deserialize, Serialize};

use crate::wire::broker_key::BrokerKey;
use crate::wire::change::Operation;

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Topology {
    /// The number of this configuration. Not said for several physical tenants at once (8.10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The members, in no order that means anything.
    pub brokers: Vec<Broker>,
    /// The last change that ended, once there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change: Option<CompletedChange>,
    /// The change under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_change: Option<PendingChange>,
    /// Where work is sent. 8.6 says it only with partition scaling switched on; 8.5 never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
    /// The cluster's own id (8.8 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Broker {
    /// Its id.
    pub id: BrokerKey,
    /// `ACTIVE`, `JOINING`, `LEAVING`, `LEFT`, `UNKNOWN`; `RECOVERING` from 8.10 on.
    pub state: String,
    /// Counts the changes of this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// When it last changed; `0000-01-01T00:00:00Z` where it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated_at: Option<String>,
    /// Its replicas.
    pub partitions: Vec<Partition>,
}

/// One replica.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partition {
    /// The partition.
    pub id: u16,
    /// `ACTIVE`, `JOINING`, `LEAVING`, `UNKNOWN`; `RECOVERING` from 8.10 on.
    pub state: String,
    /// How much it is preferred as leader.
    pub priority: i64,
    /// Its exporters (8.6 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<PartitionConfig>,
}

/// What can be changed of a replica.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionConfig {
    /// What it exports.
    pub exporting: Exporting,
}

/// What a replica exports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exporting {
    /// Every exporter that it knows.
    pub exporters: Vec<Exporter>,
}

/// One exporter of one replica.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exporter {
    /// Its id in the brokers' settings.
    pub id: String,
    /// `ENABLED`, `DISABLED`, `UNKNOWN`; `CONFIG_NOT_FOUND` later.
    pub state: String,
}

/// A change that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompletedChange {
    /// Its number.
    pub id: i64,
    /// `COMPLETED`, `FAILED`, `CANCELLED`.
    pub status: String,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<String>,
}

/// A change under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingChange {
    /// Its number.
    pub id: i64,
    /// `IN_PROGRESS`, and in theory the words of [`CompletedChange`].
    pub status: String,
    /// When it began. 8.5 and 8.6 do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// What is done.
    #[serde(default)]
    pub completed: Vec<Operation>,
    /// What is still to do.
    #[serde(default)]
    pub pending: Vec<Operation>,
}

/// Where work is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// The number of this routing.
    pub version: i64,
    /// The partitions that get work, as 8.6 says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_partitions: Option<Vec<u16>>,
    /// The same as 8.8 and later say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_handling: Option<RequestHandling>,
    /// How messages find their partition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_correlation: Option<MessageCorrelation>,
}

impl Routing {
    /// The partitions that get work, if it is said in a way that we know.
    pub fn active(&self) -> Option<Vec<u16>> {
        let Self { version: _, active_partitions, request_handling, message_correlation: _ } = self;
        match (active_partitions, request_handling) {
            (Some(active), _) => Some(active.clone()),
            (None, Some(handling)) => handling.active(),
            (None, None) => None,
        }
    }
}

/// Which partitions get work (8.8 and later).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestHandling {
    /// `AllPartitions` or `ActivePartitions`.
    pub strategy: String,
    /// Of `AllPartitions`: how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_count: Option<u16>,
    /// Of `ActivePartitions`: 1 to this one get work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_partition_count: Option<u16>,
    /// Of `ActivePartitions`: these get work too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_active_partitions: Option<Vec<u16>>,
    /// Of `ActivePartitions`: these get none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive_partitions: Option<Vec<u16>>,
}

impl RequestHandling {
    fn active(&self) -> Option<Vec<u16>> {
        let Self {
            strategy: _,
            partition_count,
            base_partition_count,
            additional_active_partitions,
            inactive_partitions: _,
        } = self;
        let first = (*partition_count).or(*base_partition_count)?;
        Some((1..=first).chain(additional_active_partitions.iter().flatten().copied()).collect())
    }
}

/// How messages find their partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageCorrelation {
    /// `HashMod`.
    pub strategy: String,
    /// The number that the hash is taken by.
    pub partition_count: u16,
}

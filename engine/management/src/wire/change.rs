//! Changes of the cluster: what is asked and what is answered.

use serde::{Deserialize, Serialize};

use crate::wire::broker_key::BrokerKey;
use crate::wire::cluster::Broker;

/// `PATCH /actuator/cluster` (8.6 and later). What is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterPatch {
    /// Which brokers come and go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brokers: Option<BrokersPatch>,
    /// How many partitions and copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<PartitionsPatch>,
}

/// Which brokers come and go: either `count` or the others (400 for both).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokersPatch {
    /// Those that come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add: Option<Vec<BrokerKey>>,
    /// Those that go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove: Option<Vec<BrokerKey>>,
    /// How many there shall be: 0 to n-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u16>,
}

/// How many partitions and copies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartitionsPatch {
    /// How many partitions there shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u16>,
    /// How many copies of each there shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replication_factor: Option<u16>,
}

/// The query of a change, in both forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeQuery {
    /// `true`: say what would be done, do nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// `true`: brokers that go are not waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
    /// Copies after the change; only of the form that names all brokers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replication_factor: Option<u16>,
}

impl ChangeQuery {
    /// As it stands behind the path: `?dryRun=true&replicationFactor=3`, or nothing.
    pub fn render(self) -> String {
        let Self { dry_run, force, replication_factor } = self;
        let parts: Vec<String> = [
            force.map(|force| format!("force={force}")),
            dry_run.map(|dry_run| format!("dryRun={dry_run}")),
            replication_factor.map(|factor| format!("replicationFactor={factor}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// The answer (202) to a change and to a dry run of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedChange {
    /// The number that the change has, or, of a dry run, would have. Where there is nothing to do: the
    /// number of the last change, 0 where there was none.
    pub change_id: i64,
    /// The members before.
    #[serde(default)]
    pub current_topology: Vec<Broker>,
    /// What is done, in order.
    #[serde(default)]
    pub planned_changes: Vec<Operation>,
    /// The members after.
    #[serde(default)]
    pub expected_topology: Vec<Broker>,
}

/// One operation of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// `BROKER_ADD`, `PARTITION_JOIN`, …; `UNKNOWN` for what the answering version has no word for.
    pub operation: String,
    /// The broker that carries it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker_id: Option<BrokerKey>,
    /// The partition it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_id: Option<u16>,
    /// The priority that it sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// Of a forced operation: the brokers that stay (of a partition) or go (of the cluster). 8.6 writes an
    /// empty list for all others, 8.5 nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brokers: Option<Vec<BrokerKey>>,
    /// The exporter it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exporter_id: Option<String>,
    /// When it was done, to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<String>,
}

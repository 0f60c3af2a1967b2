//! The product's own view of a cluster: members, partitions, changes, leaders. What the management API
//! and the gateway say, in our words; the shapes on the wire are known to `zeebe-management` alone.

mod snapshot_name;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use zeebe_spec::{BrokerId, PartitionId, Version};

pub use self::snapshot_name::SnapshotName;

/// Where a member or a replica stands in the product's configuration of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Announced, not yet in.
    Joining,
    /// In.
    Active,
    /// On its way out.
    Leaving,
    /// Out.
    Left,
    /// The product did not say, or said a word that we do not know.
    Unknown,
}

/// One copy of a partition on one broker, as the product's configuration has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replica {
    /// Whether it is in.
    pub state: MemberState,
    /// How much it is preferred as leader.
    pub priority: i64,
}

/// One broker as the product's configuration has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Whether it is in.
    pub state: MemberState,
    /// Its copies.
    pub partitions: BTreeMap<PartitionId, Replica>,
}

/// The number of a change of the cluster, given by the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(pub i64);

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStatus {
    /// Under way.
    InProgress,
    /// Done.
    Completed,
    /// Given up by the product.
    Failed,
    /// Taken back.
    Cancelled,
}

/// One operation of the product's own plan for a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Operation {
    /// The product's word for it: `BROKER_ADD`, `PARTITION_JOIN`, …
    pub kind: String,
    /// The broker it is for.
    pub broker: Option<BrokerId>,
    /// The partition it is for.
    pub partition: Option<PartitionId>,
    /// The priority that it sets.
    pub priority: Option<i64>,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if let Some(broker) = self.broker {
            write!(f, " broker {broker}")?;
        }
        if let Some(partition) = self.partition {
            write!(f, " partition {partition}")?;
        }
        if let Some(priority) = self.priority {
            write!(f, " priority {priority}")?;
        }
        Ok(())
    }
}

/// A change that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChange {
    /// Its number.
    pub id: ChangeId,
    /// How far it is.
    pub status: ChangeStatus,
    /// What is done.
    pub completed: Vec<Operation>,
    /// What is still to do.
    pub pending: Vec<Operation>,
}

/// The last change that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastChange {
    /// Its number.
    pub id: ChangeId,
    /// How it ended.
    pub status: ChangeStatus,
}

/// The product's configuration of the cluster (`GET /actuator/cluster`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterTopology {
    /// The number of this configuration; it rises with every operation.
    pub version: i64,
    /// The brokers.
    pub members: BTreeMap<BrokerId, Member>,
    /// Partitions that get work, where the minor says so (8.6 and later).
    pub active_partitions: Option<BTreeSet<PartitionId>>,
    /// The last change that ended.
    pub last_change: Option<LastChange>,
    /// The change under way.
    pub pending_change: Option<PendingChange>,
}

impl ClusterTopology {
    /// The brokers that are in, or on their way in.
    pub fn member_ids(&self) -> BTreeSet<BrokerId> {
        self.members
            .iter()
            .filter(|(_, member)| match member.state {
                MemberState::Joining | MemberState::Active | MemberState::Unknown => true,
                MemberState::Leaving | MemberState::Left => false,
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// The partitions, with the brokers that hold a copy of each.
    pub fn replicas(&self) -> BTreeMap<PartitionId, BTreeSet<BrokerId>> {
        let mut replicas: BTreeMap<PartitionId, BTreeSet<BrokerId>> = BTreeMap::new();
        for (broker, member) in &self.members {
            for partition in member.partitions.keys() {
                replicas.entry(*partition).or_default().insert(*broker);
            }
        }
        replicas
    }

    /// How many copies the partitions have: the least over all of them; 0 where there is none.
    pub fn replication_factor(&self) -> usize {
        self.replicas().values().map(BTreeSet::len).min().unwrap_or(0)
    }
}

/// What a replica does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes the partition's work.
    Leader,
    /// Copies it.
    Follower,
    /// Neither.
    Inactive,
}

/// How a replica feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Works.
    Healthy,
    /// Does not work now.
    Unhealthy,
    /// Will not work again by itself.
    Dead,
}

/// One broker as the gateway sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerView {
    /// The version that it says it runs.
    pub version: String,
    /// Its replicas.
    pub partitions: BTreeMap<PartitionId, (Role, Health)>,
}

/// The cluster as the gateway sees it (its topology endpoint): volatile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayView {
    /// How many brokers there should be.
    pub cluster_size: u16,
    /// How many partitions there should be.
    pub partitions: u16,
    /// How many copies of each.
    pub replication_factor: u16,
    /// The brokers that the gateway knows.
    pub brokers: BTreeMap<BrokerId, BrokerView>,
}

/// One replica as its own broker sees it (`GET /actuator/partitions`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionView {
    /// What it does, where the broker said.
    pub role: Option<Role>,
    /// The name of its newest snapshot, if it has one.
    pub snapshot: Option<String>,
    /// How far it has processed; -1 where nothing was.
    pub processed_position: Option<i64>,
    /// How far all its enabled exporters are; -1 where one of them has exported nothing yet, and where there is
    /// none. A follower hears of it from its leader every 15 s, and says -1 until then (seen on 8.6.0).
    ///
    /// It may be past the processed position, which is that of the last command, and may for good be short of the
    /// log's end, whose last records an exporter's filter passed over (3 of 7 on an idle 8.5.8).
    pub exported_position: Option<i64>,
    /// Whether it exports, where the broker said.
    pub exporting: Option<ExportingPhase>,
}

impl PartitionView {
    /// What the name of its newest snapshot says; `None` without a snapshot or with a name of another form.
    pub fn snapshot_name(&self) -> Option<SnapshotName> {
        self.snapshot.as_deref().and_then(SnapshotName::parse)
    }
}

/// Whether a replica exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportingPhase {
    /// It does, or would if it had anything to export to.
    Exporting,
    /// Nothing leaves.
    Paused,
    /// Records leave, and nothing is cut from the log.
    SoftPaused,
    /// It does not any more, or not yet, or (8.5) has no exporter.
    Closed,
    /// The product said a word that we do not know.
    Unknown,
}

impl ExportingPhase {
    /// Whether somebody paused it.
    pub const fn is_paused(self) -> bool {
        match self {
            Self::Paused | Self::SoftPaused => true,
            Self::Exporting | Self::Closed | Self::Unknown => false,
        }
    }
}

/// Where an exporter stands, over all partitions or at one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExporterState {
    /// On its way to be enabled.
    Enabling,
    /// Works.
    Enabled,
    /// On its way to be disabled.
    Disabling,
    /// Gets nothing, and the log does not wait for it.
    Disabled,
    /// Partitions differ, or the product said a word that we do not know.
    Unknown,
    /// Enabled, and missing in the brokers' settings: the log is not cut any more. 8.6.0 has no such state: there an
    /// exporter whose settings are gone at a start of its broker is [`Disabled`](Self::Disabled) at once.
    ConfigNotFound,
}

/// A wished change of members, copies or partitions. What is `None` stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    /// All members after the change.
    pub members: BTreeSet<BrokerId>,
    /// Members that come.
    pub add: BTreeSet<BrokerId>,
    /// Members that go.
    pub remove: BTreeSet<BrokerId>,
    /// Copies of each partition after the change.
    pub replication_factor: Option<u16>,
    /// Partitions after the change.
    pub partitions: Option<u16>,
}

/// What the product answered to a request for a change, or to a dry run of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedChange {
    /// The change's number.
    pub id: ChangeId,
    /// What the product will do, in order.
    pub operations: Vec<Operation>,
}

/// The version that a broker says it runs, if it is one that we can read.
pub fn version_of(view: &BrokerView) -> Option<Version> {
    zeebe_scalar::parse_text(view.version.clone()).ok()
}

//! Operations: what the product breaks a change into, and carries out one after another.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use zeebe_spec::{BrokerId, PartitionId};

use super::configuration::Switch;

/// One operation of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A broker becomes a member.
    BrokerAdd {
        /// The broker.
        broker: BrokerId,
    },
    /// A broker without replicas stops being a member.
    BrokerRemove {
        /// The broker.
        broker: BrokerId,
    },
    /// Brokers that cannot be reached stop being members.
    BrokerForceRemove {
        /// Who carries it out.
        by: BrokerId,
        /// The brokers that go.
        gone: BTreeSet<BrokerId>,
    },
    /// A broker gets a copy of a partition.
    PartitionJoin {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// How much it is preferred as leader.
        priority: i64,
    },
    /// A broker gives its copy of a partition up.
    PartitionLeave {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
    },
    /// A copy is preferred more or less.
    PartitionReconfigurePriority {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// How much it is preferred as leader.
        priority: i64,
    },
    /// Only these copies of a partition count from now on.
    PartitionForceReconfigure {
        /// Who carries it out.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// Whose copies stay, in the order in which the product says them.
        stay: Vec<BrokerId>,
    },
    /// A new partition begins with one copy.
    PartitionBootstrap {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// How much it is preferred as leader.
        priority: i64,
    },
    /// Partitions are told that there will be more (8.8 and later).
    StartPartitionScaleUp {
        /// Who carries it out.
        broker: BrokerId,
        /// How many there will be.
        partitions: u16,
    },
    /// Definitions reach the new partitions (8.8 and later).
    AwaitRedistribution {
        /// Who carries it out.
        broker: BrokerId,
        /// How many partitions there will be.
        partitions: u16,
    },
    /// The new partitions get work (8.8 and later).
    AwaitRelocation {
        /// Who carries it out.
        broker: BrokerId,
        /// How many partitions there will be.
        partitions: u16,
    },
    /// A copy of a partition exports again.
    ExporterEnable {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// The exporter.
        exporter: String,
        /// The exporter whose position it takes over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// A copy of a partition exports no more.
    ExporterDisable {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// The exporter.
        exporter: String,
    },
    /// A copy of a partition forgets an exporter whose settings are gone (8.8 and later).
    ExporterDelete {
        /// The broker.
        broker: BrokerId,
        /// The partition.
        partition: PartitionId,
        /// The exporter.
        exporter: String,
    },
    /// What somebody else asked for: it takes its time and changes nothing.
    Foreign {
        /// Who carries it out.
        broker: BrokerId,
        /// How long it takes.
        milliseconds: u64,
    },
}

impl Operation {
    /// The broker that carries it out, and so must run.
    pub const fn broker(&self) -> BrokerId {
        match self {
            Self::BrokerForceRemove { by, .. } => *by,
            Self::BrokerAdd { broker }
            | Self::BrokerRemove { broker }
            | Self::PartitionJoin { broker, .. }
            | Self::PartitionLeave { broker, .. }
            | Self::PartitionReconfigurePriority { broker, .. }
            | Self::PartitionForceReconfigure { broker, .. }
            | Self::PartitionBootstrap { broker, .. }
            | Self::StartPartitionScaleUp { broker, .. }
            | Self::AwaitRedistribution { broker, .. }
            | Self::AwaitRelocation { broker, .. }
            | Self::ExporterEnable { broker, .. }
            | Self::ExporterDisable { broker, .. }
            | Self::ExporterDelete { broker, .. }
            | Self::Foreign { broker, .. } => *broker,
        }
    }

    /// Whether it goes on without the coordinator, which may be the very broker that is lost.
    pub const fn is_forced(&self) -> bool {
        match self {
            Self::BrokerForceRemove { .. } | Self::PartitionForceReconfigure { .. } => true,
            Self::BrokerAdd { .. }
            | Self::BrokerRemove { .. }
            | Self::PartitionJoin { .. }
            | Self::PartitionLeave { .. }
            | Self::PartitionReconfigurePriority { .. }
            | Self::PartitionBootstrap { .. }
            | Self::StartPartitionScaleUp { .. }
            | Self::AwaitRedistribution { .. }
            | Self::AwaitRelocation { .. }
            | Self::ExporterEnable { .. }
            | Self::ExporterDisable { .. }
            | Self::ExporterDelete { .. }
            | Self::Foreign { .. } => false,
        }
    }

    /// The exporter that it switches, and to what.
    pub fn switching(&self) -> Option<(&str, Switch)> {
        match self {
            Self::ExporterEnable { exporter, .. } => Some((exporter, Switch::Enabled)),
            Self::ExporterDisable { exporter, .. } => Some((exporter, Switch::Disabled)),
            Self::BrokerAdd { .. }
            | Self::BrokerRemove { .. }
            | Self::BrokerForceRemove { .. }
            | Self::PartitionJoin { .. }
            | Self::PartitionLeave { .. }
            | Self::PartitionReconfigurePriority { .. }
            | Self::PartitionForceReconfigure { .. }
            | Self::PartitionBootstrap { .. }
            | Self::StartPartitionScaleUp { .. }
            | Self::AwaitRedistribution { .. }
            | Self::AwaitRelocation { .. }
            | Self::ExporterDelete { .. }
            | Self::Foreign { .. } => None,
        }
    }

    /// The partition that must have a leader for it.
    pub const fn led(&self) -> Option<PartitionId> {
        match self {
            Self::PartitionJoin { partition, .. }
            | Self::PartitionLeave { partition, .. }
            | Self::PartitionReconfigurePriority { partition, .. } => Some(*partition),
            Self::BrokerAdd { .. }
            | Self::BrokerRemove { .. }
            | Self::BrokerForceRemove { .. }
            | Self::PartitionForceReconfigure { .. }
            | Self::PartitionBootstrap { .. }
            | Self::StartPartitionScaleUp { .. }
            | Self::AwaitRedistribution { .. }
            | Self::AwaitRelocation { .. }
            | Self::ExporterEnable { .. }
            | Self::ExporterDisable { .. }
            | Self::ExporterDelete { .. }
            | Self::Foreign { .. } => None,
        }
    }
}

//! How many of what: brokers, partitions, copies, gateways.

use std::fmt;

use serde::{Deserialize, Serialize};

zeebe_scalar::integer! {
    /// How many brokers share the partitions.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub BrokerCount, u16, 1..=100, 3
}

zeebe_scalar::integer! {
    /// How many partitions the cluster's work is spread over.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub PartitionCount, u16, 1..=1000, 3
}

zeebe_scalar::integer! {
    /// How many brokers hold a copy of each partition.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub ReplicationFactor, u16, 1..=9, 3
}

zeebe_scalar::integer! {
    /// How many gateways of their own stand in front of the brokers.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub GatewayCount, u16, 1..=20, 2
}

/// A broker's number in its cluster, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrokerId(pub u16);

/// A partition's number in its cluster, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartitionId(pub u16);

/// A standalone gateway's number in its cluster, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GatewayIndex(pub u16);

/// The number of a receiver in its cluster, from 0: what brings an exporter's records to where no exporter of the product
/// brings them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiverIndex(pub u16);

impl fmt::Display for ReceiverIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for BrokerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for GatewayIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where clients connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateways {
    /// Every broker is a gateway too: the product's default.
    Embedded,
    /// Gateways are processes of their own.
    Standalone(GatewayCount),
}

/// Which components there are and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopologySpec {
    /// How many brokers.
    pub brokers: BrokerCount,
    /// How many partitions.
    pub partitions: PartitionCount,
    /// How many copies of each partition.
    pub replication_factor: ReplicationFactor,
    /// Where clients connect; nothing said means embedded.
    pub gateways: Option<Gateways>,
}

impl TopologySpec {
    /// The ids of its brokers: 0, 1, …
    pub fn broker_ids(&self) -> impl Iterator<Item = BrokerId> + use<> {
        (0..self.brokers.get()).map(BrokerId)
    }

    /// The ids of its partitions: 1, 2, …
    pub fn partition_ids(&self) -> impl Iterator<Item = PartitionId> + use<> {
        (1..=self.partitions.get()).map(PartitionId)
    }

    /// The most copies of partitions that one broker holds when they are spread evenly
    /// (`sizing-self-managed.md`): ceil(partitions × replication factor ÷ brokers).
    pub fn replicas_per_broker(&self) -> u64 {
        let copies = u64::from(self.partitions.get()) * u64::from(self.replication_factor.get());
        copies.div_ceil(u64::from(self.brokers.get()))
    }
}

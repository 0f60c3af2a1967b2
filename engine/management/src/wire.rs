//! The shapes on the wire, field by field as the product writes them.
//!
//! One type serves all minors: what a minor does not have is `None` and is then not written at all, and
//! what the product writes as `null` is written as `null`. Fields that we do not know are passed over.
//! Words of closed lists (states, operations) stay text, so that a word of a later minor is kept.

pub mod backups;
pub mod broker_key;
pub mod change;
pub mod cluster;
pub mod error;
pub mod exporters;
pub mod exporting;
pub mod health;
pub mod partitions;
pub mod path;
pub mod topology;

pub use crate::wire::backups::{Backup, PartitionBackup, TakeBackup};
pub use crate::wire::broker_key::BrokerKey;
pub use crate::wire::change::{
    BrokersPatch, ChangeQuery, ClusterPatch, Operation, PartitionsPatch, PlannedChange,
};
pub use crate::wire::cluster::{
    Broker, CompletedChange, Exporter, Exporting, MessageCorrelation, Partition, PartitionConfig,
    PendingChange, RequestHandling, Routing, Topology,
};
pub use crate::wire::error::{Envelope, Message, Problem, SpringError, Throwable};
pub use crate::wire::exporters::{EnableExporter, ExporterStatus};
pub use crate::wire::exporting::Pause;
pub use crate::wire::health::{Component, Health};
pub use crate::wire::partitions::{Clock, PartitionStatus, Partitions};
pub use crate::wire::topology::{GatewayBroker, GatewayPartition, GatewayTopology};

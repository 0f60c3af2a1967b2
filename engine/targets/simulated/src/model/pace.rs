//! How long things take, in virtual milliseconds: near to what real brokers needed when they were tried.

use super::operation::Operation;

/// A moment of virtual time: milliseconds since the cluster's clock began.
pub type Moment = u64;

/// From the start of a process until its ports answer.
pub(super) const ANSWERS: u64 = 4_000;
/// What chance adds to that at most.
pub(super) const ANSWERS_SPREAD: u64 = 1_000;
/// From the first answer until the broker's replicas are healthy.
pub(super) const READY: u64 = 1_500;
/// What chance adds to that at most.
pub(super) const READY_SPREAD: u64 = 1_000;
/// From the start of a standalone gateway until it answers.
pub(super) const GATEWAY_ANSWERS: u64 = 3_000;
/// From the start of a receiver until it answers and has made what it needs where it brings records.
pub(super) const RECEIVER_ANSWERS: u64 = 1_000;
/// How long a partition without a leader takes to elect one, once a quorum is there.
pub(super) const ELECTION: u64 = 2_500;
/// What chance adds to that at most.
pub(super) const ELECTION_SPREAD: u64 = 500;
/// The first election of a new partition, and that of one with a single copy.
pub(super) const FIRST_ELECTION: u64 = 300;
/// How long brokers and gateways go on believing in one that stopped (the product's failure timeout).
pub const FAILURE_TIMEOUT: u64 = 10_000;
/// How far gateways lag behind a replica that joined.
pub const GOSSIP: u64 = 500;

/// A backup is in the store a moment after it was asked for (some 200 ms on 8.6.0).
pub(super) const BACKUP_SEEN: u64 = 200;

/// A small backup is whole after some 2 s (seen on 8.5.8 and 8.6.0).
pub(super) const BACKUP: u64 = 2_000;
/// How long a replica without data takes to copy it from the leader.
pub(super) const CATCH_UP: u64 = 3_000;
/// How long exporters keep what they were given before they send it (the bundled ones' default).
pub(super) const EXPORT: u64 = 5_000;
/// How long a snapshot takes.
pub(super) const SNAPSHOT: u64 = 1_000;

/// How long an operation of a change takes.
pub(super) const fn operation(operation: &Operation) -> u64 {
    match operation {
        Operation::BrokerAdd { .. }
        | Operation::BrokerRemove { .. }
        | Operation::BrokerForceRemove { .. }
        | Operation::PartitionReconfigurePriority { .. }
        | Operation::PartitionForceReconfigure { .. }
        | Operation::ExporterEnable { .. }
        | Operation::ExporterDisable { .. }
        | Operation::ExporterDelete { .. }
        | Operation::StartPartitionScaleUp { .. } => 50,
        Operation::PartitionLeave { .. } => 150,
        Operation::PartitionJoin { .. } | Operation::PartitionBootstrap { .. } => 400,
        Operation::AwaitRedistribution { .. } | Operation::AwaitRelocation { .. } => 1_000,
        Operation::Foreign { milliseconds, .. } => *milliseconds,
    }
}

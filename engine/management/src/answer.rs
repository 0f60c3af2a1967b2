//! What is asked and answered beyond the words of `zeebe_plan::product`.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_plan::product::ExporterState;
use zeebe_spec::{BrokerId, PartitionId};

/// An answer, with the broker that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered<T> {
    /// Who answered.
    pub by: BrokerId,
    /// What.
    pub value: T,
}

/// Brokers that are lost, to be taken out without being asked. Their replicas are dropped and not moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedRemoval {
    /// Those that are lost.
    pub remove: BTreeSet<BrokerId>,
    /// All members that stay.
    pub remaining: BTreeSet<BrokerId>,
}

/// Whether a broker takes part in the cluster's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It does.
    Ready,
    /// It runs, and does not yet, or no more. A broker that is not yet a member stays so.
    NotReady {
        /// Its own word: `OUT_OF_SERVICE`, `DOWN`.
        status: String,
    },
}

/// How exporting is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportingPause {
    /// Nothing leaves.
    Hard,
    /// Records leave, and nothing is cut from the log.
    Soft,
}

/// The exporters that each replica knows, and where each stands there.
pub type ReplicaExporters = BTreeMap<(BrokerId, PartitionId), BTreeMap<String, ExporterState>>;

/// How far one exporter is with one partition, by its broker's own count since it started.
///
/// Only the partition's leader exports. The product keeps counting nothing and forgetting nothing: a broker goes on
/// showing what it last counted after an exporter was disabled (seen on 8.6.0), so this says how far an exporter
/// *is* only where it is enabled and the broker leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExporterPosition {
    /// The last record that it said to be safe with its sink, or has passed over; the log may be cut up to the lowest
    /// of all. `None` where it said so of nothing yet.
    pub exported: Option<i64>,
    /// The last record that it was given. Ahead of `exported` while the sink does not take what it has; may be
    /// behind it by records that its filter passed over.
    pub given: Option<i64>,
}

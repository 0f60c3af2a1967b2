//! What is asked and answered beyond the words of `zeebe_plan::product`.

use std::collections::BTreeSet;

use zeebe_spec::BrokerId;

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

/// Where an exporter stands, over all partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExporterState {
    /// On its way to be enabled.
    Enabling,
    /// Works.
    Enabled,
    /// On its way to be disabled.
    Disabling,
    /// Gets nothing.
    Disabled,
    /// Enabled, and missing in the brokers' settings: the log is not cut any more.
    ConfigNotFound,
    /// Another word of the product.
    Other(String),
}

impl ExporterState {
    pub(crate) fn of(word: String) -> Self {
        match word.as_str() {
            "ENABLING" => Self::Enabling,
            "ENABLED" => Self::Enabled,
            "DISABLING" => Self::Disabling,
            "DISABLED" => Self::Disabled,
            "CONFIG_NOT_FOUND" => Self::ConfigNotFound,
            _ => Self::Other(word),
        }
    }
}

//! Why there is no plan.

use std::collections::BTreeSet;

use zeebe_spec::{BackupId, BrokerId, UpgradeError};

use crate::component::ComponentId;
use crate::observed::Phase;

/// Why no plan could be made. Nothing was touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The target could not say what stands there.
    #[error("could not tell whether {id} exists")]
    Unclear {
        /// Which component.
        id: ComponentId,
        /// Why not.
        why: String,
    },
    /// Brokers run and none of them answers, though the last apply left the cluster whole.
    #[error("no broker of the cluster answers")]
    Silent {
        /// What was tried.
        why: String,
    },
    /// The version cannot follow the one that runs.
    #[error(transparent)]
    Upgrade(UpgradeError),
    /// The product cannot merge partitions.
    #[error("a cluster of {from} partitions cannot have {to}")]
    FewerPartitions {
        /// How many there are.
        from: u16,
        /// How many are wished.
        to: u16,
    },
    /// The product's minor cannot split partitions.
    #[error("version {version} cannot grow from {from} to {to} partitions")]
    PartitionGrowth {
        /// The version that is wished.
        version: String,
        /// How many there are.
        from: u16,
        /// How many are wished.
        to: u16,
    },
    /// Something that is fixed for the life of a cluster differs.
    #[error("{what} of a cluster cannot change")]
    Fixed {
        /// Which attribute.
        what: Fixed,
        /// What it is.
        from: String,
        /// What is wished.
        to: String,
    },
    /// A cluster begins with a backup or without one, once.
    #[error("a cluster begins with another backup only when it is made")]
    RestoreFrom {
        /// What it was made from.
        from: Option<BackupId>,
        /// What is wished.
        to: Option<BackupId>,
        /// How far it is.
        phase: Phase,
    },
    /// A restore is under way, and something is wished that it cannot end with.
    #[error("the cluster's restore of backup {backup} is not finished")]
    Restoring {
        /// Which.
        backup: BackupId,
    },
    /// Another cluster, or an earlier wish of this one, stands in the place.
    #[error("a cluster with another wish stands at {place}")]
    Occupied {
        /// The place.
        place: String,
        /// How it differs, in sentences.
        difference: String,
    },
    /// The cluster is protected.
    #[error("cluster \"{name}\" is protected from deletion")]
    Protected {
        /// Its name.
        name: String,
    },
    /// More brokers are lost than the copies can bear to have replaced at once.
    #[error("{} brokers of a partition are lost with their data", lost.len())]
    QuorumLost {
        /// The brokers.
        lost: BTreeSet<BrokerId>,
    },
}

/// What is fixed for the life of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// Its name.
    Name,
    /// Its target, or its place there.
    Target,
    /// Its ports.
    FirstPort,
}

impl std::fmt::Display for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Name => "the name",
            Self::Target => "the target",
            Self::FirstPort => "the first port",
        })
    }
}

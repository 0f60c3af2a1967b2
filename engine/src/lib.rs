//! The engine's façade: what the provider, the command line, and later recovery and the control centre see.
//!
//! ```text
//! ClusterSpec ─▶ Engine::cluster ─▶ Cluster ─┬─ look ─────────▶ ClusterObserved
//!                id ───▶ Engine::at ─▶        ├─ plan_creation, plan_change, plan_destruction ─▶ Plan
//!                                             ├─ create, change, destroy: lease, look, plan, compare, execute
//!                                             ├─ export, exporter: those who ask at once are served in one roll
//!                                             ├─ retain, judged, purge, enforce_retentions: what is too old goes from the store
//!                                             ├─ schedule, due, back_up_when_due: a backup when it is its time
//!                                             ├─ rebalance, snapshot, verify: lease, then ask the product and wait
//!                                             └─ vitals, exporter_vitals, journal
//! Engine::places ─▶ every Cluster of an estate
//! ```
//!
//! A plan that a user has seen is carried out or refused, never replaced: `create` and `change` take its
//! sentences and compare them with the plan that they make under the lease.
//!
//! Architecture invariant: the only crate that knows all targets. Knows nothing of Terraform.

mod agent;
mod apply;
mod backups;
mod cluster;
mod deeds;
mod drill;
mod engine;
mod error;
mod estate;
mod exporters;
mod id;
mod kept;
mod lease;
mod neighbours;
mod planning;
mod problems;
mod records;
mod restore;
mod retention;
mod schedule;

pub use zeebe_config::SettingMistake;
pub use zeebe_execute::Moved;
pub use zeebe_management::{KeptTopology, ParseTopologyError, parse_topology};
pub use zeebe_plan::backup::{Backup, BackupState, PartitionBackup};
pub use zeebe_plan::error::{Fixed, PlanError};
pub use zeebe_plan::observed::{
    ClusterObserved, ClusterRecord, ClusterVitals, Duties, ExporterAtPartition, ExporterPhase,
    ExporterRecord, ExporterVitals, LastApply, Phase, Restoration,
};
pub use zeebe_plan::product::ExporterState;
pub use zeebe_plan::{Plan, Step, distribution, product};
pub use zeebe_retention::{Kept, OldIndex, Reason, Verdict};
pub use zeebe_target::{Call, Entry, Event, LeftBehind, Preflight, Progress};

pub use crate::apply::Applied;
pub use crate::backups::{BackedUp, BackupError, BackupWish, InStepError};
pub use crate::cluster::{Addresses, Cluster, GivenSecrets};
pub use crate::deeds::Verified;
pub use crate::drill::Drilled;
pub use crate::engine::Engine;
pub use crate::error::{DrillError, EngineError, OpenError, ProductError, StepFailure};
pub use crate::estate::{Estate, EstateError};
pub use crate::exporters::{ExporterError, ExporterSeen, ExporterWish};
pub use crate::neighbours::Neighbour;
pub use crate::problems::problems;
pub use crate::records::{Positions, RecordsOfPartition, RecordsReport, VerifyError};
pub use crate::restore::{BroughtBack, RestoreError, RestoreMistake, RestoreWish};
pub use crate::retention::{Comes, Purged, RetentionError};
pub use crate::schedule::{Due, ScheduleError, ScheduleRecord, Scheduled, Taking};
pub use zeebe_target_local::RecordsError;

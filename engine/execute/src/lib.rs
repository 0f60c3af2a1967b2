//! Doing: runs the steps of a plan, one after the other, so that it can be killed anywhere.
//!
//! ```text
//! Plan ─▶ execute ─┬─ intent ─▶ journal         (zeebe-target: Book)
//!                  ├─ deed ───▶ target, product (zeebe-target, zeebe-management)
//!                  └─ outcome ▶ journal
//! ```
//! Every step looks before it acts and is done when what it is for is so, however that came: so the same
//! step may be run twice, by two applies, and does what running it once does.
//!
//! Architecture invariant: decides nothing. What is done, in what order, what is waited for and how long,
//! stands in the plan. Knows no platform and no shape of the management API.

mod backup;
mod chain;
mod cluster;
mod deeds;
mod error;
mod execute;
mod exporting;
mod lacks;
mod leaders;
mod observe;
mod pause;
mod retry;
mod run;
mod step;

pub use crate::backup::{
    BackedUp, BackupError, BackupWish, back_up, backup, backups, keep, misfits, next_backup,
    remove_backup,
};
pub use crate::chain::chain;
pub use crate::cluster::{Cluster, ConnectError};
pub use crate::deeds::{Moved, canary, rebalance, snapshot};
pub use crate::error::{ExecuteError, StepError};
pub use crate::execute::execute;
pub use crate::exporting::exporter_vitals;
pub use crate::lacks::of_gate as lacks;
pub use crate::observe::{
    Answer, Answers, AskError, ObserveError, VitalsError, ask, duties, exporters, observe,
    observe_again, observe_exporters, observe_first, vitals,
};
pub use crate::pause::{BackupPause, pause_exporting, resume_exporting};

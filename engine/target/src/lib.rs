//! What every place that clusters run on must be able to do, and nothing of any of them.
//!
//! ```text
//! execute ── observe, ensure ──▶ dyn Target ──▶ processes, pods, …
//!         ── read, write, append ▶ dyn Book ──▶ a directory, ConfigMaps, …
//! engine ─── keep ───────────▶ dyn Secrets ▶ a folder, …
//! execute ── sleep, now ─────────▶ dyn Clock ─▶ the machine's, or a simulator's
//! ```
//!
//! Architecture invariant: knows no platform. Everything about the product itself (its management API,
//! its settings) is above it and the same for all targets.

pub mod book;
pub mod clock;
pub mod conformance;
pub mod error;
pub mod journal;
pub mod secrets;
pub mod target;

pub use crate::book::{Book, BookError, DirectoryBook, DocumentName, Lease, LeaseError};
pub use crate::clock::{Clock, MachineClock};
pub use crate::error::{Doing, LeftBehind, Preflight, TargetError};
pub use crate::journal::{ApplyId, Entry, Event};
pub use crate::secrets::{SecretFolder, Secrets, SecretsError};
pub use crate::target::{Call, Place, Progress, Reach, Scratch, Target, scratch_folder};

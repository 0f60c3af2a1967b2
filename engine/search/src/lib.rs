//! One Elasticsearch or one OpenSearch over HTTP: how it is reached, and what both understand alike.
//!
//! ```text
//! Address ─▶ Http ── ask ──────────────────────▶ status, body
//!            Store ─ indices, remove ──────────▶ what is there, and what goes
//!                    reached, oldest_running ──▶ what the bundled exporter has written
//!                    begin_snapshot, snapshot ─▶ what a repository holds of it
//! ```
//!
//! It must not know the engine, targets or Terraform. What an answer means for keeping and purging is decided elsewhere.

mod error;
mod http;
mod reason;
mod records;
mod snapshot;
mod store;

pub use crate::error::SearchError;
pub use crate::http::{Address, Body, Http, Login};
pub use crate::reason::Reason;
pub use crate::records::{OldestRunning, Reached};
pub use crate::snapshot::{Repository, SnapshotState};
pub use crate::store::{Removed, Store, StoredIndex};

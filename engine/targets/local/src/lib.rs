//! Clusters as processes of this machine: the only crate that knows how a Linux machine runs them.
//!
//! ```text
//! LocalTarget, LocalEnvironment ── LocalCluster::new ──▶ LocalCluster: Target
//!   preflight ─▶ distribution, java, ports, capacity      what stands in the way, touching nothing
//!   prepare ──▶ distribution: mvn, path or address ─▶ checksum ─▶ cache shared by all clusters
//!   ensure ───▶ process: record of the intent ─▶ spawn ─▶ record of pid and start time; stop
//!   observe ──▶ process records, held against /proc
//! ```
//!
//! A process outlives the engine that started it: it has a session of its own and none of the engine's
//! descriptors. It is known again by its pid *and* its start time, and, where the engine was killed
//! between the start and writing that down, by a token in its environment.
//!
//! ```text
//! <directory>/<name>/book/                    the book
//! <directory>/<name>/brokers/<id>/process.json   what was started last, and as which process
//!                                /data /logs /console.log
//! <directory>/<name>/gateways/<index>/…
//! <cache>/distributions/<sha256>/             unpacked distributions
//! ```
//!
//! Architecture invariant: knows nothing of the product's settings and of its management API. All servers
//! are told to bind to the loopback address by what the plan says; nothing here binds an address for
//! longer than a look whether it is free.

mod capacity;
mod cluster;
mod distribution;
mod environment;
mod file;
mod folder;
mod java;
mod layout;
mod ports;
mod preflight;
mod proc;
mod process;
mod records;

pub use crate::cluster::{LocalCluster, LocalError};
pub use crate::environment::LocalEnvironment;
pub use crate::records::{HeldAgainst, RecordsError, read_records};

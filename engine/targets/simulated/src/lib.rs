//! The target `simulated`: a cluster that exists only as a model in a directory, with the management API of
//! its version served over HTTP on loopback, faults on demand, and time that passes at once when somebody
//! waits for it. It ships, so that a plan can be tried without anything else.
//!
//! ```text
//! gateway ──── gRPC ──▶ SimulatedHost ── host::gateway ───┐
//! execute ── observe, ensure, sleep ──▶ SimulatedCluster ─┤
//!                                                         ├─ Store ──▶ <directory>/<name>/simulation.json
//! management ── HTTP ──▶ SimulatedHost ── host::answers ──┘              (a Model, written whole each time)
//! ```
//!
//! Architecture invariant: the only crate that knows what a simulated cluster is made of. The [`model`] is
//! pure: no I/O, no clock but its own, no chance but its seed's. The shapes on the wire are those of
//! [`zeebe_management::wire`]; what real brokers answered is held against ours by [`contract`].
//!
//! What is true of real brokers and not obvious is true here too: none of a new cluster's brokers opens a port
//! before all of them have started (8.6 and later); a broker is not ready before its partitions have leaders; a
//! gateway's view lags, and goes on believing
//! in a broker that stopped for ten seconds; only the coordinator knows of changes; a change waits for a
//! broker that does not run, for ever; partition growth on 8.6 is completed and brings no work; a partition
//! without work takes no snapshot; the order of a planned change's operations differs between runs of the
//! coordinator; an exporter whose sink takes nothing holds up the others, and one that is enabled without being in the
//! settings is tried for ever. Of what clients do, processes are deployed, started and deleted. Not modelled: the data itself,
//! backups, zones, physical tenants; that followers hear of exported positions every 15 s only; that a broker which is
//! started with other exporters in the middle of a change ends itself.
//!
//! A broker that does not run cannot refuse a connection, because all share one port: it drops the
//! connection without an answer instead.

mod clock;
mod cluster;
pub mod contract;
mod crash;
mod faults;
mod host;
pub mod model;
mod store;

pub use crate::cluster::SimulatedCluster;
pub use crate::crash::{CrashPoint, Crashed, Moment as CrashMoment};
pub use crate::faults::{
    AnswerFault, Disturbance, EnsureFault, Faults, InsteadOfAnswer, Timing, TroubleAhead,
};
pub use crate::host::SimulatedHost;
pub use crate::store::StoreError;

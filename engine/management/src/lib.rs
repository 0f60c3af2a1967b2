//! The product's management API (port 9600) and its gateway's topology, for every supported minor.
//!
//! ```text
//! ChangeRequest ── dialect of the minor ──▶ wire::… ── HTTP ──▶ broker
//! ClusterTopology ◀── decode: Shape error with its path ── wire::… ◀── answer
//! ```
//!
//! Architecture invariant: the only crate that knows the shapes of that API. Its client speaks the words
//! of `zeebe_plan::product`; the [`wire`] types are for those who *serve* the API (the simulated target)
//! and for tests. It decides nothing: it does not retry, does not poll and keeps no state but connections.
//!
//! What came back is told apart with care, because a change that is asked for twice is two changes: see
//! [`ManagementError`].

mod answer;
mod client;
mod decode;
pub mod dialect;
mod error;
mod metrics;
mod reach;
mod receiver;
pub mod shape;
mod transport;
pub mod wire;

pub use crate::answer::{
    Answered, ExporterPosition, ExportingPause, ForcedRemoval, Readiness, ReplicaExporters,
};
pub use crate::client::Client;
pub use crate::decode::{KeptTopology, ParseTopologyError, parse_topology};
pub use crate::error::{Call, Effect, ManagementError, Unclarity};
pub use crate::reach::{BaseUrl, BaseUrlError, ManagementReach};
pub use crate::receiver::ReceiverReadiness;
pub use crate::transport::{Timeouts, Transport, TransportError};

//! A client of the plugin protocol: starts a provider, shakes hands as Terraform does, and calls it.
//!
//! ```text
//! Launch ── environment ──▶ process ── one line ──▶ Handshake ── pinned certificates ──▶ Connection
//! ```
//!
//! Knows nothing of any one provider, and nothing of the crate that serves: only what the protocol says.

mod connection;
mod credentials;
mod dialect;
mod handshake;
mod launch;
mod protocol5;

pub use self::connection::{ConnectError, Connection};
pub use self::credentials::Credentials;
pub use self::dialect::Dialect;
pub use self::handshake::{Address, Handshake, HandshakeError};
pub use self::launch::{Exit, Launch, LaunchError, Plugin, Spawned};

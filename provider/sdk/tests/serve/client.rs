//! A client of the plugin protocol: starts a provider, shakes hands as Terraform does, and calls it.
//!
//! ```text
//! Launch ── environment ──▶ process ── one line ──▶ Handshake ── pinned certificates ──▶ Connection
//! ```
//!
//! Knows nothing of any one provider, and nothing of the crate that serves: only what the protocol says.

mod connection;
mod credentials;
mod handshake;
mod launch;

pub(crate) use self::connection::Connection;
pub(crate) use self::credentials::Credentials;
pub(crate) use self::handshake::Handshake;
pub(crate) use self::launch::{Launch, Plugin};

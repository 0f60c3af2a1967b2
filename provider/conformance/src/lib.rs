//! `tf-conformance`: holds any provider binary to the rules of Terraform's core, over the real handshake and wire.
//!
//! ```text
//! case file ──▶ suite ──▶ actor ── calls as core makes them ──▶ session ── mutual TLS ──▶ provider process
//!                 │         └── answers ──▶ compare, schema::lint ──▶ judge ──▶ report
//!                 └── random sequences, drawn from the schema, shrunk when they break a rule
//! ```
//!
//! Architecture invariant: nothing here knows any one provider, nor the crate that ours is written with: a mistake
//! of `tf-sdk` must not be judged by itself. Values, their wire forms and core's comparisons are therefore here
//! a second time, written from core's side.

pub mod actor;
pub mod case;
pub mod client;
pub mod compare;
pub mod draw;
pub mod judge;
pub mod number;
pub mod path;
pub mod profile;
pub mod random;
pub mod report;
pub mod rules;
pub mod schema;
pub mod session;
pub mod suite;
pub mod ty;
pub mod value;
pub mod wire;

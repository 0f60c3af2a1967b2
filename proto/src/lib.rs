//! Generated gRPC clients and servers of the protocols that the platform speaks. Depends on nothing of ours and contains nothing by hand.
//!
//! ```text
//! Terraform core ── tfplugin6 ──▶ provider        (what a provider answers)
//!                └─ plugin ─────▶ provider        (go-plugin: shutdown, output, broker)
//! workers, engine ── gateway ───▶ Zeebe gateway   (deploy, start, work, topology)
//! ```
//!
//! `cargo run -p zeebe-proto --example regenerate` writes `src/generated/` from the definitions in `tfplugin6/` and `go-plugin/`; a test holds them together.

/// Terraform's plugin protocol 6.11, as Terraform v1.16.0 publishes it.
#[rustfmt::skip]
pub mod tfplugin6 { include!("generated/tfplugin6.rs"); }

/// What every go-plugin server has beside its own service: shutdown, output and broker (go-plugin v1.8.0).
#[rustfmt::skip]
pub mod plugin { include!("generated/plugin.rs"); }

/// Zeebe's gateway, as clients of the 8.6 line see it.
#[rustfmt::skip]
pub mod gateway { include!("generated/gateway_protocol.rs"); }

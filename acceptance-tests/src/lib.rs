//! The harness of the acceptance tests: real terraform, the real provider binary, real Zeebe processes.
//!
//! It knows the product from outside only: HCL in, command output and processes out. What it asserts it looks up itself
//! (in `/proc`, on the brokers' ports, through the gateway), never through the engine that is under test; so it depends
//! on no crate of the platform but the generated protocol stubs.
//!
//! ```text
//! Scenario ─┬─ Cluster   names, ports, processes, management API, journal of one cluster
//!           ├─ Project   a folder with HCL, its own CLI configuration and state ── terraform ── provider
//!           └─ Load      deploys, starts instances, works on jobs, counts
//! ```
//!
//! Whatever a scenario starts it also stops, when it passes, when it fails and when it panics: see [`Scenario`].
//! Linux only, as it reads `/proc`.

mod call;
pub mod client;
pub mod cluster;
pub mod hcl;
pub mod holders;
pub mod lab;
pub mod load;
mod places;
mod ports;
pub mod processes;
pub mod programs;
pub mod project;
pub mod scenario;
pub mod servers;
pub mod snapshot;
pub mod wait;

pub use client::Client;
pub use cluster::Cluster;
pub use hcl::ClusterHcl;
pub use load::Load;
pub use programs::Program;
pub use project::{Install, Project, Run};
pub use scenario::Scenario;

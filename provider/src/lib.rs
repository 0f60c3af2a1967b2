//! The Terraform provider `zeebe-platform/zeebe`.
//!
//! ```text
//! terraform ── tf-sdk ──▶ resources, data_sources, functions ── spec ──▶ zeebe-engine
//!                              ◀── state ── record ──┘   ◀── diagnostics ── explain ──┘
//! ```
//!
//! Architecture invariant: the only crate that knows Terraform and Zeebe together. Engine errors become
//! diagnostics in `explain` and nowhere else.

mod deadline;
mod explain;

pub mod data_sources;
pub mod functions;
pub mod resources;

use std::sync::Arc;

use tf_sdk::provider::Provider;
use tf_sdk::typed::{Unconfigured, data_source, function, identified};
use zeebe_engine::Engine;

/// The provider's address in registries.
pub const ADDRESS: &str = "zeebe-platform/zeebe";

const DESCRIPTION: &str = "Zeebe clusters, the engine of Camunda 8, as a platform team runs them for many \
    clients: declared in HCL, changed through the product's own management API, finished by the next apply \
    when an apply is cut off. So far clusters run as processes of the machine that Terraform runs on \
    (`local`), or only as a model to try plans with (`simulated`). The provider block needs nothing: where \
    a cluster runs is said in the resource.";

/// Everything that the provider offers.
pub fn provider(engine: Engine) -> Provider {
    let engine = Arc::new(engine);
    Provider::new(Unconfigured::new(DESCRIPTION))
        .with_resource(identified(resources::cluster::ClusterResource::new(engine.clone())))
        .with_data_source(data_source(data_sources::cluster::ClusterLookup::new(engine.clone())))
        .with_data_source(data_source(data_sources::topology::TopologyLookup::new(engine)))
        .with_function(function(functions::upgrade_path::UpgradePath))
}

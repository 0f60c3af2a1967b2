//! The Terraform provider `zeebe-platform/zeebe`.
//!
//! ```text
//! terraform ── tf-sdk ──▶ resources, data_sources, lists, actions ── spec ──▶ zeebe-engine
//!                              ◀── state ── record ──┘   ◀── diagnostics ── explain ──┘
//! ```
//!
//! Architecture invariant: the only crate that knows Terraform and Zeebe together. Engine errors become
//! diagnostics in `explain` and nowhere else.

mod deadline;
mod explain;

pub mod actions;
pub mod data_sources;
pub mod ephemeral;
pub mod functions;
pub mod lists;
pub mod resources;

use std::sync::Arc;

use tf_sdk::provider::Provider;
use tf_sdk::typed::{Unconfigured, action, data_source, ephemeral, function, identified, list};
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
        .with_resource(identified(resources::exporter::ExporterResource::new(engine.clone())))
        .with_resource(identified(resources::retention::RetentionResource::new(engine.clone())))
        .with_resource(identified(resources::backup_schedule::ScheduleResource::new(
            engine.clone(),
        )))
        .with_data_source(data_source(data_sources::backups::BackupsLookup::new(engine.clone())))
        .with_data_source(data_source(data_sources::cluster::ClusterLookup::new(engine.clone())))
        .with_data_source(data_source(data_sources::exporter::ExporterLookup::new(engine.clone())))
        .with_data_source(data_source(data_sources::retention::RetentionLookup::new(
            engine.clone(),
        )))
        .with_data_source(data_source(data_sources::topology::TopologyLookup::new(engine.clone())))
        .with_function(function(functions::parse_topology::ParseTopology))
        .with_function(function(functions::partition_distribution::PartitionDistribution))
        .with_function(function(functions::upgrade_path::UpgradePath))
        .with_list(list(lists::cluster::ClusterListing::new(engine.clone())))
        .with_action(action(actions::purge::PurgeAction::new(engine.clone())))
        .with_action(action(actions::backup::BackupAction::new(engine.clone())))
        .with_action(action(actions::rebalance::RebalanceAction::new(engine.clone())))
        .with_action(action(actions::restore::RestoreAction::new(engine.clone())))
        .with_action(action(actions::restore_drill::DrillAction::new(engine.clone())))
        .with_action(action(actions::snapshot::SnapshotAction::new(engine.clone())))
        .with_action(action(actions::verify::VerifyAction::new(engine.clone())))
        .with_ephemeral(ephemeral(ephemeral::client_credentials::ClientCredentialsLoan::new(
            engine,
        )))
}

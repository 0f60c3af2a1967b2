//! `zeebe_cluster`: one Zeebe cluster on one target.

mod manage;
mod model;
mod record;
mod spec;

pub use self::manage::ClusterResource;
pub use self::model::Cluster;

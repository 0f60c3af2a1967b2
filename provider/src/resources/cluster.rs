//! `zeebe_cluster`: one Zeebe cluster on one target.

mod identity;
mod manage;
mod model;
mod moved;
mod outcome;
mod planning;
mod record;
mod spec;
mod store;

pub use self::identity::ClusterIdentity;
pub use self::manage::ClusterResource;
pub use self::model::Cluster;
pub(crate) use self::record::state_of;

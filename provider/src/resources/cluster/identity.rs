//! What tells one cluster from every other: its address, which names its target and its place there, and never changes.

use tf_sdk::typed::Identified;
use tf_sdk::{Attributes, Diagnostic, Required};

use super::manage::ClusterResource;
use super::model::Cluster;

/// What tells one cluster from every other.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ClusterIdentity {
    /// The cluster's address, as its attribute `id` says it: `local:///srv/zeebe/payments`.
    pub id: Required<String>,
}

impl Identified for ClusterResource {
    type Identity = ClusterIdentity;

    fn identity(state: &Cluster) -> ClusterIdentity {
        ClusterIdentity { id: state.id.clone().into_knowable().into() }
    }

    fn import_id(identity: &ClusterIdentity) -> Result<String, Vec<Diagnostic>> {
        // What is required is there: the decoder has seen to it.
        Ok(identity.id.as_known().cloned().unwrap_or_default())
    }
}

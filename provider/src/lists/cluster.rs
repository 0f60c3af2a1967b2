//! `list "zeebe_cluster"`: all clusters of a target's directory, whoever made them.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::{Gathered, Listing};
use tf_sdk::{Attributes, Diagnostic, NotYetKnown, Optional, Path, Required, Severity};
use zeebe_engine::{Cluster as Place, Engine, Estate, Phase};
use zeebe_spec::Directory;

use crate::explain;
use crate::resources::cluster::{ClusterIdentity, ClusterResource, state_of};

/// Where to look for clusters.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ClusterQuery {
    /// The target whose clusters are listed: exactly one.
    pub target: Required<QueriedTarget>,
}

/// Where to look: exactly one of the targets.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct QueriedTarget {
    /// Processes of this machine.
    pub local: Optional<QueriedLocal>,
    /// Simulated clusters.
    pub simulated: Optional<QueriedSimulated>,
}

/// Processes of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct QueriedLocal {
    /// The directory under which the clusters have their own. Unless said, the directory `zeebe-platform`
    /// in the user's data directory.
    pub directory: Optional<Directory>,
}

/// Simulated clusters.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct QueriedSimulated {
    /// The directory under which the clusters have their own.
    pub directory: Required<Directory>,
}

/// The list resource `zeebe_cluster`.
#[derive(Debug)]
pub struct ClusterListing {
    engine: Arc<Engine>,
}

impl ClusterListing {
    /// The list resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Listing for ClusterListing {
    type Resource = ClusterResource;
    type Config = ClusterQuery;

    const DESCRIPTION: &'static str = "All Zeebe clusters of a target's directory, whether this \
        configuration, another one or `zeebe-provision` made them. Only their books are read: nothing is \
        asked of the clusters themselves, so one that is down is listed too. With `include_resource` each \
        comes with its state, and Terraform writes the configuration to manage it, whose plan is empty.";

    async fn validate(&self, _call: &Call, config: &ClusterQuery) -> Vec<Diagnostic> {
        match estate(config) {
            Ok(Err(wrong)) => vec![wrong],
            Ok(Ok(_)) | Err(NotYetKnown) => Vec::new(),
        }
    }

    async fn list(
        &self,
        call: &Call,
        config: ClusterQuery,
        mut clusters: Gathered<ClusterResource>,
    ) -> Vec<Diagnostic> {
        let estate = match estate(&config) {
            Ok(Ok(estate)) => estate,
            Ok(Err(wrong)) => return vec![wrong],
            Err(NotYetKnown) => return vec![explain::unknown_when_listed()],
        };
        let places = match self.engine.places(&estate).await {
            Ok(places) => places,
            Err(error) => return vec![explain::estate(&error)],
        };
        for place in places {
            if call.cancelled.is_cancelled() {
                return vec![explain::interrupted("the list")];
            }
            if self.give(&place, &mut clusters).await.is_break() {
                break;
            }
        }
        Vec::new()
    }
}

impl ClusterListing {
    /// Gives the cluster of a place, if there is one.
    async fn give(
        &self,
        place: &Place,
        clusters: &mut Gathered<ClusterResource>,
    ) -> ControlFlow<()> {
        match place.record().await {
            Ok(Some(record)) if record.phase != Phase::Destroyed => {
                let state = state_of(place, &record);
                clusters.give(record.spec.name.to_string(), &state).await
            }
            Ok(Some(_) | None) => ControlFlow::Continue(()),
            // One book that cannot be read hides no other cluster.
            Err(error) => {
                let identity = ClusterIdentity { id: Required::of(place.id().to_owned()) };
                let mut told = explain::engine(&error, place.id());
                for diagnostic in &mut told {
                    diagnostic.severity = Severity::Warning;
                }
                clusters.give_unseen(place.id(), &identity, told).await
            }
        }
    }
}

/// Where to look, or what is wrong with it.
fn estate(config: &ClusterQuery) -> Result<Result<Estate, Diagnostic>, NotYetKnown> {
    let QueriedTarget { local, simulated } = config.target.known()?;
    Ok(match (local.known()?, simulated.known()?) {
        (Some(local), None) => Ok(Estate::Local(local.directory.known()?.cloned())),
        (None, Some(simulated)) => Ok(Estate::Simulated(simulated.directory.known()?.clone())),
        (given, _) => {
            let count = if given.is_some() { 2 } else { 0 };
            let names = if given.is_some() { "several" } else { "none" };
            Err(Diagnostic::error(
                format!("target names {names} of its choices"),
                format!("Expected exactly one of `local`, `simulated`, got {count}."),
            )
            .at(Path::attribute("target")))
        }
    })
}

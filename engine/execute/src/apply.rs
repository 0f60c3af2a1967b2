//! One apply: lease, look, decide, execute.

use std::error::Error;

use zeebe_plan::observed::ClusterObserved;
use zeebe_plan::step::Plan;
use zeebe_target::{ApplyId, Call, LeaseError};

use crate::cluster::Cluster;
use crate::error::ExecuteError;
use crate::execute::execute;
use crate::observe::{ObserveError, observe};

/// An apply that did all that it was meant to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its id in the journal; `None` where there was nothing to do, which no journal tells of.
    pub apply: Option<ApplyId>,
    /// The plan that was executed.
    pub plan: Plan,
}

/// Why an apply did not do all that it was meant to.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError<E: Error + 'static> {
    /// Another engine is at it, or the place of the book was not reached. Nothing was touched.
    #[error(transparent)]
    Lease(LeaseError),
    /// What is there could not be seen. Nothing was touched.
    #[error(transparent)]
    Observe(ObserveError),
    /// The caller decided against it. Nothing was touched.
    #[error(transparent)]
    Decide(E),
    /// A step was not done.
    #[error(transparent)]
    Execute(ExecuteError),
}

/// Applies what is decided from what is seen under the lease, which is held to the end.
///
/// `decide` is given what is there now and returns the steps: those that were shown to the user, if what
/// is there still demands them, or an error of the caller's own.
pub async fn apply<E: Error + 'static>(
    purpose: &str,
    cluster: &Cluster<'_>,
    call: &Call,
    decide: impl FnOnce(&ClusterObserved) -> Result<Plan, E>,
) -> Result<Applied, ApplyError<E>> {
    let lease = cluster.target().book().lease(purpose).await.map_err(ApplyError::Lease)?;
    let observed = observe(cluster, call).await.map_err(ApplyError::Observe)?;
    let plan = decide(&observed).map_err(ApplyError::Decide)?;
    let apply = if plan.steps.is_empty() {
        None
    } else {
        Some(execute(&plan, purpose, cluster, call).await.map_err(ApplyError::Execute)?)
    };
    drop(lease);
    Ok(Applied { apply, plan })
}

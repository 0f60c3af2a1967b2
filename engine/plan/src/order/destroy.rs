//! The end of a cluster.

use zeebe_spec::{DataOnDestroy, DeletionProtection};

use crate::component::{ComponentId, Observed, Wanted};
use crate::error::PlanError;
use crate::observed::{ClusterObserved, ClusterRecord, Phase};
use crate::step::{Plan, Step, Why};

/// From a cluster to nothing, or to its data.
///
/// The agent goes first. Then gateways go, so that clients are refused rather than left hanging; then the brokers. They may go
/// all at once: their data is whole on each.
pub fn destroy(
    observed: &ClusterObserved,
    protection: DeletionProtection,
) -> Result<Plan, PlanError> {
    let Some(record) = &observed.record else {
        return Ok(Plan { steps: Vec::new() });
    };
    if protection == DeletionProtection::On {
        return Err(PlanError::Protected { name: record.spec.name.to_string() });
    }
    let data = record.spec.data_on_destroy;
    let phase = |phase| Step::Record(Box::new(ClusterRecord { phase, ..record.clone() }));
    let mut steps = vec![phase(Phase::Destroying)];
    let outside_in = |id: &&ComponentId| match id {
        // It would find a cluster that is half gone, and has nothing more to do.
        ComponentId::Agent => 0,
        ComponentId::Gateway(_) => 1,
        ComponentId::Broker(_) => 2,
        // As long as there is a broker, it may have something to send.
        ComponentId::Receiver(_) => 3,
    };
    let mut ids: Vec<&ComponentId> = observed.components.keys().collect();
    ids.sort_by_key(outside_in);
    steps.extend(ids.into_iter().map(|id| Step::Ensure {
        id: *id,
        to: Wanted::Absent(data),
        why: Why::Unwanted,
    }));
    // A creation that came to nothing leaves no data to be told of.
    let anything = observed.components.values().any(|seen| *seen != Observed::Absent);
    steps.push(match data {
        DataOnDestroy::Keep if anything => phase(Phase::Destroyed),
        DataOnDestroy::Keep | DataOnDestroy::Delete => Step::Forget,
    });
    Ok(Plan { steps })
}

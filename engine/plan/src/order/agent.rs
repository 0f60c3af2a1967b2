//! The agent: there as long as something is due while no terraform runs.

use std::collections::BTreeMap;

use zeebe_spec::DataOnDestroy;

use crate::component::{ComponentId, ComponentState, Wanted};
use crate::desired::ClusterDesired;
use crate::error::PlanError;
use crate::observed::{ClusterObserved, ClusterRecord, LastApply, Phase};
use crate::order::converge::{converge, runs, seen, start};
use crate::step::{Plan, Step, Why};

/// The agent alone, as it is wished: what else of the cluster differs is not the matter of who gives it something to do. Where
/// an apply was cut off, that is finished first, as by any other.
pub fn attend(
    desired: &ClusterDesired,
    record: &ClusterRecord,
    observed: &ClusterObserved,
) -> Result<Plan, PlanError> {
    let whole = record.phase == Phase::Ready && observed.last_apply != LastApply::CutOff;
    if !whole {
        return converge(desired, record, observed);
    }
    let mut steps = Vec::new();
    attended(desired, &seen(observed)?, &mut steps);
    if !steps.is_empty() {
        steps.push(Step::Record(Box::new(record.clone())));
    }
    Ok(Plan { steps })
}

/// Started where it is new, lost or differs, and taken away where there is nothing for it to do.
pub(super) fn attended(
    desired: &ClusterDesired,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    work: &mut Vec<Step>,
) {
    let id = ComponentId::Agent;
    match (desired.components.get(&id), seen.get(&id)) {
        (None, Some(_)) => work.push(Step::Ensure {
            id,
            // It keeps nothing.
            to: Wanted::Absent(DataOnDestroy::Delete),
            why: Why::Unwanted,
        }),
        (Some(process), None) => work.push(start(id, process, Why::New)),
        (Some(process), Some(state)) if !runs(Some(state)) => {
            work.push(start(id, process, Why::Lost));
        }
        // Another version of the product is no difference to it.
        (Some(process), Some(state)) if state.fingerprint != process.fingerprint() => {
            work.push(start(id, process, Why::Settings));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
}

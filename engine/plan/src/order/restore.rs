//! A cluster that is there, brought back to a backup of its own.
//!
//! ```text
//! record the restore ─▶ stop, set the data aside ─▶ restore ─▶ start ─▶ gate ─▶ see it restored ─▶ canary ─▶ record
//! ```
//! The book says so before anything is touched. From then on every plan of the cluster is this one, until it is done: no broker
//! ever starts on data that is half restored, or on none.

use std::time::Duration;

use crate::component::ComponentId;
use crate::desired::ClusterDesired;
use crate::error::PlanError;
use crate::observed::{ClusterRecord, Phase, Restoration};
use crate::order::RESTORED_DEADLINE;
use crate::order::create::{prepare, record, restore, stands_on, start, whole};
use crate::step::{Aside, Plan, Step};

/// From the cluster to what it was when the backup was taken; `deadline` is what it may take to come there once it is
/// started.
///
/// Follows from the wish and the restore alone: each step leaves alone what is so already, so the same plan finishes what an
/// earlier run of it began.
pub fn bring_back(desired: &ClusterDesired, restoration: Restoration, deadline: Duration) -> Plan {
    let gateways = desired.components.keys().filter_map(|id| match id {
        ComponentId::Gateway(index) => Some(*index),
        ComponentId::Broker(_) | ComponentId::Receiver(_) | ComponentId::Agent => None,
    });
    let mut steps = vec![
        record(desired, Phase::Restoring(restoration)),
        prepare(desired),
        Step::SetAside(Aside {
            restoration,
            version: desired.spec.version.clone(),
            brokers: desired.shape.members.clone(),
            gateways: gateways.collect(),
        }),
        restore(desired, restoration.backup),
    ];
    // The agent has run on, and what it does needs the lease.
    let started = desired.components.iter().filter(|(id, _)| **id != ComponentId::Agent);
    steps.extend(started.map(start));
    steps.push(Step::Gate(whole(desired, deadline)));
    steps.extend(stands_on(desired, restoration.backup, deadline));
    steps.push(record(desired, Phase::Ready));
    Plan { steps }
}

/// The plan of any wish for a cluster whose restore is not finished.
pub(super) fn unfinished(
    desired: &ClusterDesired,
    before: &ClusterRecord,
    restoration: Restoration,
) -> Result<Plan, PlanError> {
    if desired.shape == before.shape && desired.spec.version == before.version {
        return Ok(bring_back(desired, restoration, RESTORED_DEADLINE));
    }
    Err(PlanError::Restoring { backup: restoration.backup })
}

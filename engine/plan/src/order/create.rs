//! A cluster that is not there yet.

use std::time::Duration;

use zeebe_spec::{ClusterSpec, RestoreFrom};

use crate::component::{ComponentId, Wanted};
use crate::desired::ClusterDesired;
use crate::error::PlanError;
use crate::observed::{Canary, ClusterRecord, Phase, Shape};
use crate::order::{CANARY_DEADLINE, RESTORED_DEADLINE, WHOLE_DEADLINE};
use crate::sentence::counted;
use crate::step::{Gate, Plan, Step, Why};

/// From nothing, or from a creation that was cut off, to the cluster.
///
/// Follows from the wish alone: each step leaves alone what is so already, so the same plan finishes what
/// an earlier run of it began, and Terraform is shown the same steps however far that came.
pub fn create(desired: &ClusterDesired) -> Plan {
    let ClusterDesired { spec, shape, components } = desired;
    let mut steps = vec![record(spec, shape, Phase::Creating), Step::Prepare(spec.version.clone())];
    if let Some(RestoreFrom { backup_id }) = spec.restore_from {
        let brokers = components.iter().filter_map(|(id, process)| match id {
            ComponentId::Broker(broker) => Some((*broker, process.clone())),
            ComponentId::Gateway(_) | ComponentId::Receiver(_) | ComponentId::Agent => None,
        });
        steps.push(Step::Restore { backup: backup_id, brokers: brokers.collect() });
    }
    steps.extend(components.iter().map(|(id, process)| Step::Ensure {
        id: *id,
        to: Wanted::Running(Box::new(process.clone())),
        why: Why::New,
    }));
    steps.push(Step::Gate(Gate {
        purpose: String::new(),
        shape: shape.clone(),
        versions: shape.members.iter().map(|id| (*id, spec.version.clone())).collect(),
        stable_for: Duration::ZERO,
        deadline: WHOLE_DEADLINE,
    }));
    if let Some(RestoreFrom { backup_id }) = spec.restore_from {
        steps.push(Step::Restored {
            backup: backup_id,
            partitions: shape.partitions,
            version: spec.version.clone(),
            deadline: RESTORED_DEADLINE,
        });
        // That it stands there does not yet mean that it takes work.
        steps.push(Step::Canary { partitions: shape.partitions, deadline: CANARY_DEADLINE });
    }
    steps.push(record(spec, shape, Phase::Ready));
    Plan { steps }
}

fn record(spec: &ClusterSpec, shape: &Shape, phase: Phase) -> Step {
    Step::Record(Box::new(ClusterRecord {
        spec: spec.clone(),
        phase,
        shape: shape.clone(),
        version: spec.version.clone(),
        canary: Canary::Settled,
    }))
}

/// Whether a creation may take over what stands in its place: a creation of the same wish that was cut off
/// or whose answer was lost, or the data that a destroyed cluster of the same shape left.
pub fn adopt(
    desired: &ClusterDesired,
    record: &ClusterRecord,
    place: &str,
) -> Result<(), PlanError> {
    let occupied = |difference: String| PlanError::Occupied { place: place.to_owned(), difference };
    match record.phase {
        Phase::Creating | Phase::Ready if record.spec == desired.spec => Ok(()),
        Phase::Creating => Err(occupied(
            "Its creation was cut off. Apply the wish that it was begun with, or destroy it with \
             `zeebe-provision destroy`, then apply this one."
                .to_owned(),
        )),
        Phase::Ready => Err(occupied(
            "It is whole and belongs to another configuration or to a lost state. Import it to adopt \
             it, or choose another name or place."
                .to_owned(),
        )),
        Phase::Destroying => Err(occupied(
            "Its destruction was cut off. Finish it with `zeebe-provision destroy`, then apply again."
                .to_owned(),
        )),
        Phase::Destroyed if desired.spec.restore_from.is_some() => Err(occupied(
            "It was destroyed and its data kept, which a restore would overwrite. Leave `restore_from` out to take \
             the data up again, or move it away."
                .to_owned(),
        )),
        Phase::Destroyed => {
            if record.shape != desired.shape {
                return Err(occupied(format!(
                    "It was destroyed and its data kept, with {}, {} and {} of each. Create it so first, and \
                     change it then; or delete the data.",
                    counted(record.shape.members.len(), "broker", "brokers"),
                    counted(record.shape.partitions.into(), "partition", "partitions"),
                    counted(record.shape.replication_factor.into(), "copy", "copies"),
                )));
            }
            zeebe_spec::may_follow(&record.version, &desired.spec.version)
                .map_err(PlanError::Upgrade)
        }
    }
}

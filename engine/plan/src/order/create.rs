//! A cluster that is not there yet.

use std::time::Duration;

use zeebe_spec::{BackupId, RestoreFrom};

use crate::component::{ComponentId, Process, Wanted};
use crate::desired::ClusterDesired;
use crate::error::PlanError;
use crate::observed::{Canary, ClusterRecord, Phase};
use crate::order::{CANARY_DEADLINE, RESTORED_DEADLINE, WHOLE_DEADLINE};
use crate::sentence::counted;
use crate::step::{Gate, Plan, Step, Why};

/// From nothing, or from a creation that was cut off, to the cluster.
///
/// Follows from the wish alone: each step leaves alone what is so already, so the same plan finishes what
/// an earlier run of it began, and Terraform is shown the same steps however far that came.
pub fn create(desired: &ClusterDesired) -> Plan {
    let mut steps = vec![record(desired, Phase::Creating), prepare(desired)];
    let backup = desired.spec.restore_from.map(|RestoreFrom { backup_id }| backup_id);
    steps.extend(backup.map(|backup| restore(desired, backup)));
    steps.extend(desired.components.iter().map(start));
    steps.push(Step::Gate(whole(desired, WHOLE_DEADLINE)));
    if let Some(backup) = backup {
        steps.extend(stands_on(desired, backup, RESTORED_DEADLINE));
    }
    steps.push(record(desired, Phase::Ready));
    Plan { steps }
}

pub(super) fn prepare(desired: &ClusterDesired) -> Step {
    Step::Prepare(desired.spec.version.clone())
}

/// Every broker's data from a backup.
pub(super) fn restore(desired: &ClusterDesired, backup: BackupId) -> Step {
    let brokers = desired.components.iter().filter_map(|(id, process)| match id {
        ComponentId::Broker(broker) => Some((*broker, process.clone())),
        ComponentId::Gateway(_) | ComponentId::Receiver(_) | ComponentId::Agent => None,
    });
    Step::Restore { backup, brokers: brokers.collect() }
}

pub(super) fn start((id, process): (&ComponentId, &Process)) -> Step {
    Step::Ensure { id: *id, to: Wanted::Running(Box::new(process.clone())), why: Why::New }
}

pub(super) fn whole(desired: &ClusterDesired, deadline: Duration) -> Gate {
    let ClusterDesired { spec, shape, components: _ } = desired;
    Gate {
        purpose: String::new(),
        shape: shape.clone(),
        versions: shape.members.iter().map(|id| (*id, spec.version.clone())).collect(),
        stable_for: Duration::ZERO,
        deadline,
    }
}

/// That brokers which were started on a backup stand where it goes.
pub(super) fn stands_on(
    desired: &ClusterDesired,
    backup: BackupId,
    deadline: Duration,
) -> [Step; 2] {
    let ClusterDesired { spec, shape, components: _ } = desired;
    let partitions = shape.partitions;
    [
        Step::Restored { backup, partitions, version: spec.version.clone(), deadline },
        // That it stands there does not yet mean that it takes work.
        Step::Canary { partitions, deadline: CANARY_DEADLINE },
    ]
}

pub(super) fn record(desired: &ClusterDesired, phase: Phase) -> Step {
    let ClusterDesired { spec, shape, components: _ } = desired;
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
        Phase::Restoring(restoration) => Err(occupied(format!(
            "It is being brought back to backup {}, and that is not finished. Import it, and apply.",
            restoration.backup
        ))),
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

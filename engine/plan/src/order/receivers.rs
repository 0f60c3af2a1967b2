//! Receivers: there before brokers send to them, and gone after brokers were told of another place.

use std::collections::BTreeMap;

use zeebe_spec::{DataOnDestroy, ReceiverIndex};

use crate::component::{ComponentId, ComponentState, Wanted};
use crate::desired::ClusterDesired;
use crate::observed::{ClusterObserved, ExporterPhase, ExporterRecord};
use crate::order::RECEIVE_DEADLINE;
use crate::order::converge::{runs, start};
use crate::step::{Step, Why};

/// Before the roll: each receiver that is new, lost or differs is started, and seen to reach where it brings records. While it
/// is away the brokers hold what they have for it. One that brokers are not told of yet is looked at in any case, as an apply
/// may have ended between its start and that look; from then on its document says that they may be told.
pub(super) fn before_the_roll(
    desired: &ClusterDesired,
    observed: &ClusterObserved,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    work: &mut Vec<Step>,
) {
    for (name, record) in &observed.exporters {
        let Some(receiver) = record.receiver else { continue };
        let id = ComponentId::Receiver(receiver);
        let Some(process) = desired.components.get(&id) else { continue };
        let why = match seen.get(&id) {
            None => Some(Why::New),
            Some(state) if !runs(Some(state)) => Some(Why::Lost),
            // Another version of the product is no difference to it.
            Some(state) if state.fingerprint != process.fingerprint() => Some(Why::Settings),
            Some(_) => None,
        };
        let arrives = record.phase == ExporterPhase::Arriving;
        if why.is_none() && !arrives {
            continue;
        }
        work.extend(why.map(|why| start(id, process, why)));
        let exporter = name.clone();
        work.push(Step::Receive { receiver, exporter, deadline: RECEIVE_DEADLINE });
        if arrives {
            let record = ExporterRecord { phase: ExporterPhase::Due, ..record.clone() };
            work.push(Step::RecordExporter(Box::new(record)));
        }
    }
}

/// After the roll: those that nobody sends to any more, nor will.
pub(super) fn after_the_roll(
    desired: &ClusterDesired,
    observed: &ClusterObserved,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    work: &mut Vec<Step>,
) {
    let arrives = |index: ReceiverIndex| {
        observed
            .exporters
            .values()
            .any(|record| record.receiver == Some(index) && record.phase == ExporterPhase::Arriving)
    };
    let unwanted = seen.keys().filter(|id| {
        receiver(**id).is_some_and(|index| !arrives(index)) && !desired.components.contains_key(id)
    });
    work.extend(unwanted.map(|id| Step::Ensure {
        id: *id,
        // It keeps nothing.
        to: Wanted::Absent(DataOnDestroy::Delete),
        why: Why::Unwanted,
    }));
}

/// The receiver that a component is, if it is one.
pub(super) const fn receiver(id: ComponentId) -> Option<ReceiverIndex> {
    match id {
        ComponentId::Receiver(index) => Some(index),
        ComponentId::Broker(_) | ComponentId::Gateway(_) | ComponentId::Agent => None,
    }
}

//! From a cluster as it is to the cluster as it shall be.
//!
//! ```text
//! record the wish ─▶ mend what is lost ─▶ wait for a change under way ─▶ receivers ─▶ disable exporters that leave
//!        ─▶ roll what differs ─▶ canary ─▶ snapshot ─▶ switch exporters ─▶ grow or shrink ─▶ gateways
//!        ─▶ agent ─▶ record what was reached
//! ```
//! Mending comes first, because nothing else is safe while a broker is missing; a roll comes before new
//! brokers, so that brokers of two versions never join each other; what leaves goes only after the product
//! let it go.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeebe_spec::{BrokerId, DataOnDestroy, Minor, Version, may_follow};

use crate::component::{ComponentId, ComponentState, Condition, Observed, Process, Wanted};
use crate::desired::ClusterDesired;
use crate::error::{Fixed, PlanError};
use crate::observed::{
    Canary, ClusterObserved, ClusterRecord, LastApply, Phase, ProductObserved, Shape,
};
use crate::order::{
    CANARY_DEADLINE, CHANGE_DEADLINE, SNAPSHOT_DEADLINE, WHOLE_DEADLINE, agent, create, exporters,
    receivers, restore,
};
use crate::product::{ChangeId, ChangeRequest, ClusterTopology};
use crate::step::{Gate, Plan, Step, Why};

/// The steps from what was seen to what is wished. Empty where nothing is to do.
///
/// The product's own operations are not in it yet: [`Plan::question`] says what to ask the product for
/// them, and [`Plan::answered`] puts its answer in.
pub fn converge(
    desired: &ClusterDesired,
    record: &ClusterRecord,
    observed: &ClusterObserved,
) -> Result<Plan, PlanError> {
    fixed(desired, record)?;
    if let Phase::Restoring(restoration) = record.phase {
        return restore::unfinished(desired, record, restoration);
    }
    if let (Phase::Creating, Some(_)) = (record.phase, record.spec.restore_from) {
        // A broker must not start on data that is half restored, or on none.
        return unfinished_restore(desired, record);
    }
    let seen = seen(observed)?;
    versions(desired, record, &seen)?;
    let product = product(record, observed, &seen)?;
    partitions(desired, &product.shape)?;

    quorum(record, &seen, &product.shape)?;

    let mut work = Vec::new();
    mend(desired, (record, observed.last_apply), &seen, &product, &mut work);
    if let Some(change) = product.under_way {
        work.push(Step::Await { change, deadline: CHANGE_DEADLINE });
        work.push(Step::Gate(gate(&product.shape, "after the change that was under way")));
    }
    new_gateways(desired, &seen, &product.shape, &mut work);
    receivers::before_the_roll(desired, observed, &seen, &mut work);
    exporters::before_the_roll(desired, observed, &mut work);
    roll(desired, record, &seen, &product.shape, &mut work);
    exporters::after_the_roll(desired, observed, &mut work);
    resize(desired, &seen, &product.shape, &mut work);
    old_gateways(desired, &seen, &mut work);
    receivers::after_the_roll(desired, observed, &seen, &mut work);
    agent::attended(desired, &seen, &mut work);
    prepared_once(&mut work);
    Ok(bookkept(desired, record, &product.shape, work))
}

/// Refuses what is fixed for the life of a cluster.
fn fixed(desired: &ClusterDesired, record: &ClusterRecord) -> Result<(), PlanError> {
    let (from, to) = (&record.spec, &desired.spec);
    let changed = |what, from: String, to: String| {
        if from == to { Ok(()) } else { Err(PlanError::Fixed { what, from, to }) }
    };
    restored(desired, record)?;
    changed(Fixed::Name, from.name.to_string(), to.name.to_string())?;
    changed(Fixed::Target, from.target.to_string(), to.target.to_string())?;
    changed(
        Fixed::FirstPort,
        from.target.first_port().to_string(),
        to.target.first_port().to_string(),
    )
}

/// Refuses another backup than the one that the cluster was made from: data is there. What was said once may be left out
/// as soon as it was done.
fn restored(desired: &ClusterDesired, record: &ClusterRecord) -> Result<(), PlanError> {
    match (record.phase, record.spec.restore_from, desired.spec.restore_from) {
        (_, from, to) if from == to => Ok(()),
        (Phase::Ready | Phase::Destroying | Phase::Destroyed | Phase::Restoring(_), _, None) => {
            Ok(())
        }
        (_, from, to) => Err(PlanError::RestoreFrom {
            from: from.map(|from| from.backup_id),
            to: to.map(|to| to.backup_id),
            phase: record.phase,
        }),
    }
}

/// A creation from a backup is finished as it was begun: its steps leave alone what is so already.
fn unfinished_restore(desired: &ClusterDesired, record: &ClusterRecord) -> Result<Plan, PlanError> {
    if desired.shape == record.shape {
        return Ok(create(desired));
    }
    Err(PlanError::Occupied {
        place: desired.spec.name.to_string(),
        difference: "Its creation from a backup is not finished. Apply it with its first numbers of brokers, partitions \
                     and copies, and change them then."
            .to_owned(),
    })
}

/// The components that certainly stand there.
pub(super) fn seen(
    observed: &ClusterObserved,
) -> Result<BTreeMap<ComponentId, &ComponentState>, PlanError> {
    let mut seen = BTreeMap::new();
    for (id, state) in &observed.components {
        match state {
            Observed::Absent => {}
            Observed::Present(state) => {
                seen.insert(*id, state);
            }
            Observed::Unclear(why) => {
                return Err(PlanError::Unclear { id: *id, why: why.clone() });
            }
        }
    }
    Ok(seen)
}

/// Refuses a version that may not follow what runs, on the whole cluster or, after a roll that was cut
/// off, on a part of it.
fn versions(
    desired: &ClusterDesired,
    record: &ClusterRecord,
    seen: &BTreeMap<ComponentId, &ComponentState>,
) -> Result<(), PlanError> {
    // What is ours serves any version.
    let of_product = seen.iter().filter(|(id, _)| id.is_of_product());
    std::iter::once(&record.version)
        .chain(of_product.map(|(_, state)| &state.version))
        .try_for_each(|from| may_follow(from, &desired.spec.version))
        .map_err(PlanError::Upgrade)
}

/// What the product is, or will be when the change under way has ended.
struct Product {
    shape: Shape,
    under_way: Option<ChangeId>,
}

fn product(
    record: &ClusterRecord,
    observed: &ClusterObserved,
    seen: &BTreeMap<ComponentId, &ComponentState>,
) -> Result<Product, PlanError> {
    let as_recorded = || Product { shape: record.shape.clone(), under_way: None };
    // Only the lowest member answers for the cluster; the others pass questions on to it, and refuse while it
    // does not run (502, seen on 8.5.8 and 8.6.0).
    let coordinator = record.shape.members.first().map(|id| ComponentId::Broker(*id));
    let coordinator_runs = coordinator.is_none_or(|id| runs(seen.get(&id).copied()));
    match &observed.product {
        ProductObserved::Down => Ok(as_recorded()),
        ProductObserved::Silent(why) => match (record.phase, observed.last_apply) {
            // Brokers that an apply has started and did not wait for may still be starting.
            (Phase::Creating | Phase::Restoring(_), _) | (_, LastApply::CutOff) => {
                Ok(as_recorded())
            }
            _ if !coordinator_runs => Ok(as_recorded()),
            (Phase::Ready | Phase::Destroying | Phase::Destroyed, _) => {
                Err(PlanError::Silent { why: why.clone() })
            }
        },
        ProductObserved::Answered(answer) => {
            let under_way = answer.topology.pending_change.as_ref();
            Ok(Product {
                shape: under_way.map_or_else(
                    || shape_of(&answer.topology, record),
                    |change| crate::forecast::after(&answer.topology, &change.pending, record),
                ),
                under_way: under_way.map(|change| change.id),
            })
        }
    }
}

/// The shape that the product says the cluster has.
fn shape_of(topology: &ClusterTopology, record: &ClusterRecord) -> Shape {
    let replicas = topology.replicas();
    if replicas.is_empty() {
        // A broker that has not joined yet knows of no partition.
        return record.shape.clone();
    }
    Shape {
        members: topology.member_ids(),
        partitions: u16::try_from(replicas.len()).unwrap_or(u16::MAX),
        replication_factor: u16::try_from(topology.replication_factor()).unwrap_or(u16::MAX),
    }
}

/// Refuses a count of partitions that the product cannot go to.
fn partitions(desired: &ClusterDesired, now: &Shape) -> Result<(), PlanError> {
    let (from, to) = (now.partitions, desired.shape.partitions);
    let version = &desired.spec.version;
    if to < from {
        Err(PlanError::FewerPartitions { from, to })
    } else if to > from && version.minor() < Minor::FIRST_WITH_PARTITION_GROWTH {
        Err(PlanError::PartitionGrowth { version: version.to_string(), from, to })
    } else {
        Ok(())
    }
}

/// Refuses to start empty brokers in place of a partition's majority: the product would take them for a
/// new cluster, and what is left of the data would be overwritten.
fn quorum(
    record: &ClusterRecord,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    now: &Shape,
) -> Result<(), PlanError> {
    let lost: BTreeSet<BrokerId> = now
        .members
        .iter()
        .filter(|id| !seen.contains_key(&ComponentId::Broker(**id)))
        .copied()
        .collect();
    let bearable = usize::from(now.replication_factor.saturating_sub(1) / 2);
    match record.phase {
        Phase::Ready if lost.len() > bearable => Err(PlanError::QuorumLost { lost }),
        Phase::Ready
        | Phase::Creating
        | Phase::Destroying
        | Phase::Destroyed
        | Phase::Restoring(_) => Ok(()),
    }
}

fn gate(shape: &Shape, purpose: &str) -> Gate {
    Gate {
        purpose: purpose.to_owned(),
        shape: shape.clone(),
        versions: BTreeMap::new(),
        stable_for: Duration::ZERO,
        deadline: WHOLE_DEADLINE,
    }
}

pub(super) fn start(id: ComponentId, process: &Process, why: Why) -> Step {
    Step::Ensure { id, to: Wanted::Running(Box::new(process.clone())), why }
}

/// Starts members that do not run. They are started as they shall be, not as they were: they are down
/// already, and a second restart would take them down again.
fn mend(
    desired: &ClusterDesired,
    (record, last_apply): (&ClusterRecord, LastApply),
    seen: &BTreeMap<ComponentId, &ComponentState>,
    product: &Product,
    work: &mut Vec<Step>,
) {
    let lost: Vec<(BrokerId, &Process)> = product
        .shape
        .members
        .iter()
        .filter(|id| !runs(seen.get(&ComponentId::Broker(**id)).copied()))
        .filter_map(|id| desired.components.get(&ComponentId::Broker(*id)).map(|p| (*id, p)))
        .collect();
    // What an earlier apply started and did not see through is waited for too; where that was a change
    // of the product, it has a step of its own, with a longer deadline.
    let unfinished = (record.phase == Phase::Creating || last_apply == LastApply::CutOff)
        && product.under_way.is_none();
    if lost.is_empty() && !unfinished {
        return;
    }
    if !lost.is_empty() {
        work.push(Step::Prepare(desired.spec.version.clone()));
    }
    for (id, process) in lost {
        work.push(start(ComponentId::Broker(id), process, Why::Lost));
    }
    work.push(Step::Gate(gate(&product.shape, "")));
}

pub(super) fn runs(state: Option<&ComponentState>) -> bool {
    match state.map(|state| &state.condition) {
        Some(Condition::Running(_)) => true,
        Some(Condition::Stopped) | None => false,
    }
}

/// Restarts members whose settings or version differ: highest id first, one at a time, each only when the
/// whole cluster has been whole for a while.
fn roll(
    desired: &ClusterDesired,
    record: &ClusterRecord,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    now: &Shape,
    work: &mut Vec<Step>,
) {
    let differing: Vec<(BrokerId, &Process, Why)> = now
        .members
        .iter()
        .rev()
        .filter_map(|id| {
            let component = ComponentId::Broker(*id);
            let (process, state) = (desired.components.get(&component)?, *seen.get(&component)?);
            runs(Some(state)).then_some(())?;
            difference(state, process).map(|why| (*id, process, why))
        })
        .collect();
    let version = &desired.spec.version;
    let restarts = !differing.is_empty();
    if restarts {
        work.push(Step::Prepare(version.clone()));
        for (id, process, why) in differing {
            work.push(Step::Gate(Gate {
                stable_for: desired.spec.stable_for(),
                ..gate(now, &format!("before broker {id} is stopped"))
            }));
            work.push(start(ComponentId::Broker(id), process, why));
        }
        // A broker that is to leave keeps its version to the end.
        let versions: BTreeMap<BrokerId, Version> = now
            .members
            .intersection(&desired.shape.members)
            .map(|id| (*id, version.clone()))
            .collect();
        work.push(Step::Gate(Gate { versions, ..gate(now, "after the last restart") }));
    }
    // Before the snapshot: it brings new records to every partition, and a partition without any takes none.
    let upgraded = record.version.minor() != version.minor();
    if restarts || upgraded || record.canary == Canary::Due {
        work.push(Step::Canary { partitions: now.partitions, deadline: CANARY_DEADLINE });
    }
    // A broker dies of a second upgrade over data that it has no snapshot of (`SkippedMinorVersion`), so
    // an upgrade is over only when there is one. Also for an upgrade whose last restart was a mend.
    if upgraded {
        let brokers = now.members.intersection(&desired.shape.members).copied().collect();
        work.push(Step::Snapshot { brokers, deadline: SNAPSHOT_DEADLINE });
    }
}

fn difference(state: &ComponentState, process: &Process) -> Option<Why> {
    if state.version != process.version {
        return Some(Why::Upgrade { from: state.version.clone(), to: process.version.clone() });
    }
    (state.fingerprint != process.fingerprint()).then_some(Why::Settings)
}

/// Adds and removes brokers, copies and partitions through the product.
fn resize(
    desired: &ClusterDesired,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    now: &Shape,
    work: &mut Vec<Step>,
) {
    let shape = &desired.shape;
    let add: BTreeSet<BrokerId> = shape.members.difference(&now.members).copied().collect();
    let remove: BTreeSet<BrokerId> = now.members.difference(&shape.members).copied().collect();
    if shape != now {
        let starting: Vec<(ComponentId, &Process)> = add
            .iter()
            .map(|id| ComponentId::Broker(*id))
            .filter_map(|id| desired.components.get(&id).map(|process| (id, process)))
            .collect();
        if !starting.is_empty() {
            work.push(Step::Prepare(desired.spec.version.clone()));
        }
        for (id, process) in starting {
            work.push(start(id, process, Why::New));
        }
        work.push(Step::Change {
            request: ChangeRequest {
                members: shape.members.clone(),
                add,
                remove,
                replication_factor: changed(now.replication_factor, shape.replication_factor),
                partitions: changed(now.partitions, shape.partitions),
            },
            operations: None,
            deadline: CHANGE_DEADLINE,
        });
        work.push(Step::Gate(gate(shape, "")));
    }
    // What the product has let go, now or in an apply that was cut off, and what never joined.
    let unwanted: Vec<Step> = seen
        .iter()
        .filter(|(id, state)| match id {
            ComponentId::Broker(broker) => {
                let left =
                    runs(Some(state)) || desired.spec.data_on_destroy == DataOnDestroy::Delete;
                !shape.members.contains(broker) && left
            }
            ComponentId::Gateway(_) | ComponentId::Receiver(_) | ComponentId::Agent => false,
        })
        .map(|(id, _)| Step::Ensure {
            id: *id,
            to: Wanted::Absent(desired.spec.data_on_destroy),
            why: Why::Unwanted,
        })
        .collect();
    work.extend(unwanted);
}

fn changed(now: u16, wanted: u16) -> Option<u16> {
    (now != wanted).then_some(wanted)
}

/// Starts gateways that are new or lost: before the roll, which may take the last other gateway away.
fn new_gateways(
    desired: &ClusterDesired,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    now: &Shape,
    work: &mut Vec<Step>,
) {
    for (id, process) in gateways(desired) {
        let why = match seen.get(&id) {
            None => Why::New,
            Some(state) if !runs(Some(state)) => Why::Lost,
            Some(_) => continue,
        };
        work.push(Step::Prepare(desired.spec.version.clone()));
        work.push(start(id, process, why));
        work.push(Step::Gate(gate(now, &format!("seen by {id}"))));
    }
}

/// Restarts gateways that differ, one after another, and takes away those that are no longer wanted: after
/// the brokers, as the product's upgrade guide has it. They hold no data and are no members.
fn old_gateways(
    desired: &ClusterDesired,
    seen: &BTreeMap<ComponentId, &ComponentState>,
    work: &mut Vec<Step>,
) {
    for (id, process) in gateways(desired) {
        let state = seen.get(&id).copied().filter(|state| runs(Some(state)));
        if let Some(why) = state.and_then(|state| difference(state, process)) {
            work.push(Step::Prepare(desired.spec.version.clone()));
            work.push(start(id, process, why));
            work.push(Step::Gate(gate(&desired.shape, &format!("seen by {id}"))));
        }
    }
    work.extend(
        seen.keys().filter(|id| is_gateway(**id) && !desired.components.contains_key(id)).map(
            |id| Step::Ensure {
                id: *id,
                to: Wanted::Absent(desired.spec.data_on_destroy),
                why: Why::Unwanted,
            },
        ),
    );
}

fn gateways(desired: &ClusterDesired) -> impl Iterator<Item = (ComponentId, &Process)> {
    desired.components.iter().filter(|(id, _)| is_gateway(**id)).map(|(id, process)| (*id, process))
}

const fn is_gateway(id: ComponentId) -> bool {
    match id {
        ComponentId::Gateway(_) => true,
        ComponentId::Broker(_) | ComponentId::Receiver(_) | ComponentId::Agent => false,
    }
}

/// The same distribution is had at hand once.
fn prepared_once(work: &mut Vec<Step>) {
    let mut prepared = false;
    work.retain(|step| match step {
        Step::Prepare(_) => !std::mem::replace(&mut prepared, true),
        Step::Record(_)
        | Step::Ensure { .. }
        | Step::Await { .. }
        | Step::Change { .. }
        | Step::Canary { .. }
        | Step::Snapshot { .. }
        | Step::RecordExporter(_)
        | Step::Receive { .. }
        | Step::SetAside(_)
        | Step::Restore { .. }
        | Step::Restored { .. }
        | Step::Switch { .. }
        | Step::Export { .. }
        | Step::Resume { .. }
        | Step::ForgetExporter(_)
        | Step::Gate(_)
        | Step::Forget => true,
    });
}

/// Writes the wish before the work and what was reached after it.
fn bookkept(
    desired: &ClusterDesired,
    record: &ClusterRecord,
    now: &Shape,
    work: Vec<Step>,
) -> Plan {
    let reached = ClusterRecord {
        spec: desired.spec.clone(),
        phase: Phase::Ready,
        shape: desired.shape.clone(),
        version: desired.spec.version.clone(),
        canary: Canary::Settled,
    };
    if work.is_empty() && *record == reached {
        return Plan { steps: Vec::new() };
    }
    let begun = ClusterRecord {
        spec: desired.spec.clone(),
        phase: record.phase,
        shape: now.clone(),
        version: record.version.clone(),
        canary: if work.iter().any(|step| matches!(step, Step::Canary { .. })) {
            Canary::Due
        } else {
            record.canary
        },
    };
    let mut steps = Vec::new();
    if begun != *record && !work.is_empty() {
        steps.push(Step::Record(Box::new(begun)));
    }
    steps.extend(work);
    steps.push(Step::Record(Box::new(reached)));
    Plan { steps }
}

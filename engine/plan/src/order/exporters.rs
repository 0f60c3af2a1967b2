//! Exporters: what is done about them around a roll, and the steps from one wish for them to another.
//!
//! ```text
//! write the wish ─▶ disable what leaves ─▶ roll ─▶ enable, disable ─▶ delete, forget what left ─▶ see them export
//! ```
//! What leaves is disabled while its settings are still there: without them the product knows it as `CONFIG_NOT_FOUND`, and
//! the log waits for it for ever.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_spec::{ExporterName, ExporterSpec, Minor, ReceiverIndex, Working};

use crate::desired::ClusterDesired;
use crate::error::PlanError;
use crate::observed::{
    ClusterObserved, ClusterRecord, ExporterPhase, ExporterRecord, Exporters, ProductObserved,
};
use crate::order::{EXPORT_DEADLINE, RESUME_DEADLINE, SWITCH_DEADLINE, converge};
use crate::product::ExporterState;
use crate::step::{Plan, Step, Switch};

/// What becomes of exporters: those named get a new wish, or none any more. The others stay as they are.
pub type ExporterWishes = BTreeMap<ExporterName, Option<ExporterSpec>>;

/// The documents as the wishes will have them.
pub fn wished(now: &Exporters, wishes: &ExporterWishes) -> Exporters {
    let mut after = now.clone();
    for (name, wish) in wishes {
        match (wish, now.get(name)) {
            (Some(spec), Some(record))
                if record.spec == *spec && record.phase == ExporterPhase::Ready => {}
            (Some(spec), before) => {
                let receiver = spec.received().map(|_| {
                    before.and_then(|before| before.receiver).unwrap_or_else(|| free(&after))
                });
                let phase = match (before.map(|before| before.phase), receiver) {
                    (None | Some(ExporterPhase::Arriving), Some(_)) => ExporterPhase::Arriving,
                    // Brokers know it already, if only with another wish.
                    (
                        Some(ExporterPhase::Due | ExporterPhase::Ready | ExporterPhase::Leaving),
                        _,
                    )
                    | (None | Some(ExporterPhase::Arriving), None) => ExporterPhase::Due,
                };
                let record = ExporterRecord { spec: spec.clone(), phase, receiver };
                after.insert(name.clone(), record);
            }
            (None, Some(record)) => {
                let record = ExporterRecord { phase: ExporterPhase::Leaving, ..record.clone() };
                after.insert(name.clone(), record);
            }
            (None, None) => {}
        }
    }
    after
}

/// The same as brokers are told of them by whoever carries out these wishes. Others that are on their way in stay unsaid.
pub fn told(now: &Exporters, wishes: &ExporterWishes) -> Exporters {
    let mut after = wished(now, wishes);
    for (name, record) in &mut after {
        if record.phase == ExporterPhase::Arriving && wishes.contains_key(name) {
            record.phase = ExporterPhase::Due;
        }
    }
    after
}

/// The lowest number that no receiver has, also none of an exporter that leaves: its own may still be there.
fn free(exporters: &Exporters) -> ReceiverIndex {
    let taken: BTreeSet<ReceiverIndex> =
        exporters.values().filter_map(|record| record.receiver).collect();
    let mut numbers = (0..u16::MAX).map(ReceiverIndex);
    numbers.find(|number| !taken.contains(number)).unwrap_or(ReceiverIndex(u16::MAX))
}

/// The steps that make the exporters as they are wished. `desired` follows from the documents as brokers are [`told`] of
/// them; whatever else is to do on the cluster is done too.
pub fn exporters(
    desired: &ClusterDesired,
    wishes: &ExporterWishes,
    record: &ClusterRecord,
    observed: &ClusterObserved,
) -> Result<Plan, PlanError> {
    let after = wished(&observed.exporters, wishes);
    let written = after
        .iter()
        .filter(|(name, record)| observed.exporters.get(*name) != Some(*record))
        .map(|(_, record)| Step::RecordExporter(Box::new(record.clone())));
    let mut steps: Vec<Step> = written.collect();
    let seen = ClusterObserved { exporters: after.clone(), ..observed.clone() };
    steps.extend(converge(desired, record, &seen)?.steps);
    // Only of those that are asked for: what a person did to others by hand shows in the plans of those.
    let of_wish = after.iter().filter(|(name, record)| {
        wishes.contains_key(*name) && record.phase != ExporterPhase::Leaving
    });
    let of_wish: Vec<(&ExporterRecord, Option<Switch>)> = of_wish
        .map(|(name, record)| {
            (record, switched(record.spec.working, observed.exporter_state(name)))
        })
        .collect();
    let switches =
        of_wish.iter().filter_map(|(record, to)| Some(switch(&record.spec.name, (*to)?)));
    steps.extend(switches);
    let paused = of_wish.iter().any(|(record, _)| is_held_up(record, observed));
    if paused {
        steps.push(Step::Resume { deadline: RESUME_DEADLINE });
    }
    let open: Vec<&ExporterRecord> = of_wish
        .iter()
        .filter(|(record, to)| {
            let is_new = match record.phase {
                ExporterPhase::Arriving | ExporterPhase::Due => true,
                ExporterPhase::Ready | ExporterPhase::Leaving => false,
            };
            is_new || to.is_some() || is_held_up(record, observed)
        })
        .map(|(record, _)| *record)
        .collect();
    let exporting: BTreeSet<ExporterName> = open
        .iter()
        .filter(|record| record.spec.working == Working::On)
        .map(|record| record.spec.name.clone())
        .collect();
    if !exporting.is_empty() {
        steps.push(Step::Export {
            exporters: exporting,
            partitions: desired.shape.partitions,
            deadline: EXPORT_DEADLINE,
        });
    }
    steps.extend(open.into_iter().map(|record| {
        Step::RecordExporter(Box::new(ExporterRecord {
            phase: ExporterPhase::Ready,
            ..record.clone()
        }))
    }));
    Ok(Plan { steps })
}

/// Whether an exporter that should work is held up by a pause which is nobody's business.
///
/// A backup pauses exporting softly while it runs, and must not be disturbed: once there are backups, theirs is told from a
/// person's by their document in the book, and held up by it is nobody.
fn is_held_up(record: &ExporterRecord, observed: &ClusterObserved) -> bool {
    record.spec.working == Working::On && observed.pause().is_some()
}

/// What an exporter must be switched to once its settings are there.
const fn switched(wished: Working, state: Option<ExporterState>) -> Option<Switch> {
    match (wished, state) {
        (
            Working::On,
            Some(
                ExporterState::Disabled
                | ExporterState::Disabling
                | ExporterState::Unknown
                | ExporterState::ConfigNotFound,
            ),
        ) => Some(Switch::On),
        (
            Working::Off,
            None
            | Some(
                ExporterState::Enabled
                | ExporterState::Enabling
                | ExporterState::Disabling
                | ExporterState::Unknown
                | ExporterState::ConfigNotFound,
            ),
        ) => Some(Switch::Off),
        (Working::On, None | Some(ExporterState::Enabled | ExporterState::Enabling))
        | (Working::Off, Some(ExporterState::Disabled)) => None,
    }
}

/// Before the roll: what leaves is disabled while brokers still have its settings. Where nobody could say where it stands, the
/// step looks when the brokers that were down are up again.
pub(super) fn before_the_roll(
    desired: &ClusterDesired,
    observed: &ClusterObserved,
    work: &mut Vec<Step>,
) {
    for name in leaving(observed) {
        match (observed.exporter_state(name), known(desired, observed)) {
            (
                Some(
                    ExporterState::Enabled
                    | ExporterState::Enabling
                    | ExporterState::Disabling
                    | ExporterState::Unknown
                    | ExporterState::ConfigNotFound,
                ),
                _,
            )
            | (None, Known::Unasked) => work.push(switch(name, Switch::Off)),
            (Some(ExporterState::Disabled), _) | (None, Known::All | Known::Never) => {}
        }
    }
}

/// After the roll: what has left is forgotten.
pub(super) fn after_the_roll(
    desired: &ClusterDesired,
    observed: &ClusterObserved,
    work: &mut Vec<Step>,
) {
    let deletes = desired.spec.version.minor() >= Minor::FIRST_WITH_EXPORTER_DELETION;
    for name in leaving(observed) {
        match (observed.exporter_state(name), known(desired, observed)) {
            (Some(_), _) | (None, Known::Unasked) if deletes => {
                work.push(switch(name, Switch::Gone));
            }
            (Some(_) | None, _) => {}
        }
        work.push(Step::ForgetExporter(name.clone()));
    }
}

/// What the look can say of where exporters stand.
#[derive(Clone, Copy)]
enum Known {
    /// The product said of every one that it knows.
    All,
    /// It could not be asked, and will be able to say.
    Unasked,
    /// The minor cannot say.
    Never,
}

fn known(desired: &ClusterDesired, observed: &ClusterObserved) -> Known {
    let says = desired.spec.version.minor() >= Minor::FIRST_WITH_EXPORTER_SWITCH;
    match (&observed.product, says) {
        (_, false) => Known::Never,
        (ProductObserved::Answered(_), true) => Known::All,
        (ProductObserved::Down | ProductObserved::Silent(_), true) => Known::Unasked,
    }
}

fn leaving(observed: &ClusterObserved) -> impl Iterator<Item = &ExporterName> {
    observed
        .exporters
        .iter()
        .filter(|(_, record)| record.phase == ExporterPhase::Leaving)
        .map(|(name, _)| name)
}

fn switch(exporter: &ExporterName, to: Switch) -> Step {
    Step::Switch { exporter: exporter.clone(), to, deadline: SWITCH_DEADLINE }
}

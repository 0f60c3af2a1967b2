//! What must hold of every plan, whatever it is for. Run after each plan in tests, and by the executor
//! before the first step.

use std::collections::BTreeSet;

use zeebe_spec::{BrokerId, ExporterName};

use crate::component::{ComponentId, Wanted};
use crate::observed::Phase;
use crate::step::{Plan, Step, Switch, Why};

/// A rule that a plan breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A running broker would be stopped without a look at the whole cluster just before.
    #[error("step {step} restarts broker {broker} and no gate stands before it")]
    RestartWithoutGate {
        /// The step's number.
        step: usize,
        /// The broker.
        broker: BrokerId,
    },
    /// A member would be taken away before the product let it go.
    #[error("step {step} takes broker {broker} away before the product let it go")]
    RemovalBeforeChange {
        /// The step's number.
        step: usize,
        /// The broker.
        broker: BrokerId,
    },
    /// Nobody would look whether a change led to a whole cluster.
    #[error("no gate stands after the change at step {step}")]
    ChangeWithoutGate {
        /// The step's number.
        step: usize,
    },
    /// Restarts would not go from the highest id down.
    #[error("step {step} restarts broker {broker} after one with a lower id")]
    RestartOrder {
        /// The step's number.
        step: usize,
        /// The broker.
        broker: BrokerId,
    },
    /// Nobody would look whether deployments reach every partition after a roll.
    #[error("no canary comes after the restart at step {step}")]
    RollWithoutCanary {
        /// The step's number.
        step: usize,
    },
    /// Brokers would be started without the settings of an exporter that the product still waits for.
    #[error("step {step} disables exporter \"{exporter}\" after its settings are gone")]
    DisabledAfterRoll {
        /// The step's number.
        step: usize,
        /// The exporter.
        exporter: String,
    },
    /// The book would not say what was reached.
    #[error("the last step writes nothing into the book")]
    EndNotRecorded,
    /// A broker would be started after its data was set aside, and before other data is there: the product would take it for
    /// a new one.
    #[error("step {step} starts broker {broker}, whose data is set aside and not restored")]
    StartWithoutData {
        /// The step's number.
        step: usize,
        /// The broker.
        broker: BrokerId,
    },
    /// A process would be started without its distribution.
    #[error("step {step} starts {id} and nothing has its distribution at hand")]
    StartWithoutDistribution {
        /// The step's number.
        step: usize,
        /// The component.
        id: ComponentId,
    },
}

/// The exporters that leave and are disabled only when brokers run without their settings.
fn disabled_after_roll(plan: &Plan) -> Vec<Broken> {
    let rolls =
        |step: &Step| matches!(step, Step::Ensure { why: Why::Settings | Why::Upgrade { .. }, .. });
    let Some(first) = plan.steps.iter().position(rolls) else { return Vec::new() };
    let leaves = |name: &ExporterName| {
        plan.steps.iter().any(|step| matches!(step, Step::ForgetExporter(left) if left == name))
    };
    plan.steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| match step {
            Step::Switch { exporter, to: Switch::Off, deadline: _ }
                if first < index && leaves(exporter) =>
            {
                Some(Broken::DisabledAfterRoll { step: index, exporter: exporter.to_string() })
            }
            Step::Switch { .. }
            | Step::Record(_)
            | Step::Prepare(_)
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
            | Step::Export { .. }
            | Step::Resume { .. }
            | Step::ForgetExporter(_)
            | Step::Gate(_)
            | Step::Forget => None,
        })
        .collect()
}

/// Every rule that the plan breaks.
pub fn plan(plan: &Plan) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut gated = false;
    let mut prepared = false;
    let mut destroying = false;
    let mut lowest_restarted: Option<BrokerId> = None;
    let mut restarted: Option<usize> = None;
    let mut without_data: BTreeSet<BrokerId> = BTreeSet::new();
    let mut members_to_go: BTreeSet<BrokerId> = plan
        .steps
        .iter()
        .flat_map(|step| match step {
            Step::Change { request, .. } => request.remove.iter().copied().collect(),
            Step::Record(_)
            | Step::Prepare(_)
            | Step::Ensure { .. }
            | Step::Await { .. }
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
            | Step::Forget => Vec::new(),
        })
        .collect();
    for (index, step) in plan.steps.iter().enumerate() {
        match step {
            Step::Prepare(_) => prepared = true,
            Step::Gate(_) => gated = true,
            Step::Record(record) => destroying |= record.phase == Phase::Destroying,
            Step::Change { request, .. } => {
                members_to_go.retain(|id| !request.remove.contains(id));
                let followed = matches!(plan.steps.get(index + 1), Some(Step::Gate(_)));
                if !followed {
                    broken.push(Broken::ChangeWithoutGate { step: index });
                }
            }
            Step::Ensure { id, to: Wanted::Running(_), why } => {
                if !prepared && id.is_of_product() {
                    broken.push(Broken::StartWithoutDistribution { step: index, id: *id });
                }
                if let ComponentId::Broker(broker) = id
                    && without_data.contains(broker)
                {
                    broken.push(Broken::StartWithoutData { step: index, broker: *broker });
                }
                if let (ComponentId::Broker(broker), Why::Settings | Why::Upgrade { .. }) =
                    (id, why)
                {
                    if !gated {
                        broken.push(Broken::RestartWithoutGate { step: index, broker: *broker });
                    }
                    if lowest_restarted.is_some_and(|lowest| lowest < *broker) {
                        broken.push(Broken::RestartOrder { step: index, broker: *broker });
                    }
                    lowest_restarted = Some(*broker);
                    restarted = Some(index);
                    gated = false;
                }
            }
            Step::Ensure { id, to: Wanted::Stopped | Wanted::Absent(_), why: _ } => {
                if let ComponentId::Broker(broker) = id
                    && members_to_go.contains(broker)
                    && !destroying
                {
                    broken.push(Broken::RemovalBeforeChange { step: index, broker: *broker });
                }
            }
            Step::Canary { .. } => restarted = None,
            Step::SetAside(aside) => without_data.extend(aside.brokers.iter().copied()),
            Step::Restore { brokers, .. } => without_data.retain(|id| !brokers.contains_key(id)),
            Step::RecordExporter(_)
            | Step::Receive { .. }
            | Step::Restored { .. }
            | Step::Switch { .. }
            | Step::Export { .. }
            | Step::Resume { .. }
            | Step::ForgetExporter(_)
            | Step::Await { .. }
            | Step::Snapshot { .. }
            | Step::Forget => {}
        }
    }
    if let Some(step) = restarted {
        broken.push(Broken::RollWithoutCanary { step });
    }
    broken.extend(disabled_after_roll(plan));
    broken.extend(unrecorded(plan));
    broken
}

/// Whether what was reached is written down.
fn unrecorded(plan: &Plan) -> Option<Broken> {
    match plan.steps.last() {
        None
        | Some(
            Step::Record(_) | Step::Forget | Step::RecordExporter(_) | Step::ForgetExporter(_),
        ) => None,
        Some(
            Step::Prepare(_)
            | Step::Ensure { .. }
            | Step::Await { .. }
            | Step::Change { .. }
            | Step::Canary { .. }
            | Step::Snapshot { .. }
            | Step::Receive { .. }
            | Step::SetAside(_)
            | Step::Restore { .. }
            | Step::Restored { .. }
            | Step::Switch { .. }
            | Step::Export { .. }
            | Step::Resume { .. }
            | Step::Gate(_),
        ) => Some(Broken::EndNotRecorded),
    }
}

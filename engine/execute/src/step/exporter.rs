//! Exporters: switched through the product, and seen to keep up with the log.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeebe_management::{Effect, ExporterPosition, ManagementError};
use zeebe_plan::product::{ExporterState, PlannedChange};
use zeebe_plan::step::Switch;
use zeebe_spec::{ExporterName, PartitionId};

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::StepError;
use crate::leaders::{Led, leaders};
use crate::retry::{Wait, cancellable};
use crate::run::Run;

/// After how long the product is asked again: a request whose answer was lost may still be on its way.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// Has the product switch an exporter. Looks first: what is so already is not asked for.
pub(super) async fn switch(
    run: &mut Run<'_>,
    exporter: &ExporterName,
    to: Switch,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut asked_at: Option<Duration> = None;
    let (cluster, call) = (run.cluster, run.call);
    // The clock and the call outlive the run's own borrow.
    let mut wait = Wait::new(cluster.target().clock(), call, deadline);
    loop {
        let lack = match cancellable(call, product.exporters()).await? {
            Ok(states) => match lack(exporter, states.get(exporter.as_str()).copied(), to) {
                None => return run.saw(format!("exporter \"{exporter}\" is {}", word(to))).await,
                Some(lack) => lack,
            },
            Err(error) => {
                format!("the product does not say where its exporters stand ({})", chain(&error))
            }
        };
        if asked_at.is_none_or(|at| wait.so_far().saturating_sub(at) >= ASK_AGAIN) {
            match cancellable(call, asked(&product, exporter, to)).await? {
                Ok(change) => {
                    asked_at = Some(wait.so_far());
                    run.accepted(change.id).await?;
                }
                Err(error) => match (&error, error.effect()) {
                    (ManagementError::Refused { .. } | ManagementError::Unsupported { .. }, _) => {
                        return Err(StepError::Product(error));
                    }
                    (_, Effect::Possible) => {
                        asked_at = Some(wait.so_far());
                        run.saw(format!(
                            "the answer to the request is not clear: {}",
                            chain(&error)
                        ))
                        .await?;
                    }
                    // Another change is under way, or nobody was there to be asked.
                    (_, Effect::None) => run.saw(chain(&error)).await?,
                },
            }
        }
        wait.is_for(&lack);
        if wait.is_over() {
            return Err(StepError::TimedOut { after: deadline, lacks: vec![lack] });
        }
        wait.pause().await?;
    }
}

async fn asked(
    product: &Product,
    exporter: &ExporterName,
    to: Switch,
) -> Result<PlannedChange, ManagementError> {
    match to {
        Switch::On => product.client.enable_exporter(exporter.as_str(), None).await,
        Switch::Off => product.client.disable_exporter(exporter.as_str()).await,
        Switch::Gone => product.client.delete_exporter(exporter.as_str()).await,
    }
}

const fn word(to: Switch) -> &'static str {
    match to {
        Switch::On => "enabled on every partition",
        Switch::Off => "disabled on every partition",
        Switch::Gone => "forgotten by the product",
    }
}

/// What is not yet so.
fn lack(exporter: &ExporterName, state: Option<ExporterState>, to: Switch) -> Option<String> {
    let so = match (to, state) {
        (Switch::On, Some(ExporterState::Enabled))
        | (Switch::Off, Some(ExporterState::Disabled))
        // What the product does not know exports nothing.
        | (Switch::Off | Switch::Gone, None) => return None,
        (Switch::On, None) => "not known to the product".to_owned(),
        (Switch::On | Switch::Off | Switch::Gone, Some(state)) => match state {
            ExporterState::Enabling => "being enabled".to_owned(),
            ExporterState::Enabled => "enabled".to_owned(),
            ExporterState::Disabling => "being disabled".to_owned(),
            ExporterState::Disabled => "disabled".to_owned(),
            ExporterState::Unknown => "enabled on some partitions and not on others".to_owned(),
            ExporterState::ConfigNotFound => {
                "known to the product, and the brokers have no settings of it".to_owned()
            }
        },
    };
    Some(format!("exporter \"{exporter}\" is {so}"))
}

/// After how long a partition on which an exporter was given nothing counts as one that has nothing for it: a leader gives its
/// exporters what there is as soon as it leads, so silence that lasts means that their filters let nothing through.
const SILENCE: Duration = Duration::from_secs(10);

/// How far each partition's leader had processed when it was first seen.
type Goals = BTreeMap<PartitionId, i64>;

/// Waits until nothing of what was there at the beginning waits for the exporters on any partition.
pub(super) async fn export(
    run: &Run<'_>,
    exporters: &BTreeSet<ExporterName>,
    partitions: u16,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    let names: Vec<&str> = exporters.iter().map(ExporterName::as_str).collect();
    let mut wait = run.wait(deadline);
    let mut goals = Goals::new();
    loop {
        let leaders = leaders(run.call, &product).await?;
        // Each record goes to all before the next, so whoever is held up holds up the others of its partition.
        let flowing = flowing(run, &product, exporters, &leaders).await?;
        for (partition, led) in &leaders {
            goals.entry(*partition).or_insert(led.view.processed_position.unwrap_or(-1));
        }
        let silence = if wait.so_far() < SILENCE { Silence::TooShort } else { Silence::Telling };
        let lacks = behind(&flowing, &goals, &leaders, partitions, silence);
        if lacks.is_empty() {
            return run.saw(reached(&names, &leaders)).await;
        }
        let what = lacks.join(", ");
        if wait.is_for(&what) {
            run.saw(&what).await?;
        }
        if wait.is_over() {
            return Err(StepError::Exports { after: deadline, exporters: names.join(", "), lacks });
        }
        wait.pause().await?;
    }
}

/// The exporters that are waited for: those that were asked for, and those beside them that export too. A broker goes on
/// counting for what was disabled.
async fn flowing(
    run: &Run<'_>,
    product: &Product,
    asked: &BTreeSet<ExporterName>,
    leaders: &BTreeMap<PartitionId, Led>,
) -> Result<BTreeSet<String>, StepError> {
    let mut flowing: BTreeSet<String> = asked.iter().map(ToString::to_string).collect();
    let states = cancellable(run.call, product.exporters()).await?.unwrap_or_default();
    let counted = leaders.values().flat_map(|led| led.exporters.keys());
    flowing.extend(
        counted
            .filter(|name| {
                // A minor that cannot say where they stand cannot disable one either.
                states.is_empty() || states.get(*name) == Some(&ExporterState::Enabled)
            })
            .cloned(),
    );
    Ok(flowing)
}

/// Whether an exporter that was given nothing has nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silence {
    TooShort,
    Telling,
}

/// What waits for which exporter.
///
/// A partition that is exported as far as it was processed at the beginning has done its duty. It need not ever come so far:
/// its last records may be such that a filter passes over them. Then each exporter must have seen to all that it was given.
fn behind(
    names: &BTreeSet<String>,
    goals: &Goals,
    leaders: &BTreeMap<PartitionId, Led>,
    partitions: u16,
    silence: Silence,
) -> Vec<String> {
    let mut lacks = Vec::new();
    for partition in (1..=partitions).map(PartitionId) {
        let (Some(led), Some(goal)) = (leaders.get(&partition), goals.get(&partition)) else {
            lacks.push(format!("partition {partition} shows no leader"));
            continue;
        };
        if led.view.exported_position.is_some_and(|exported| exported >= *goal) {
            continue;
        }
        for name in names {
            match led.exporters.get(name) {
                Some(ExporterPosition { given: Some(given), exported }) => {
                    let exported = exported.unwrap_or(-1);
                    if exported < *given {
                        lacks.push(format!(
                            "exporter \"{name}\" has sent partition {partition} up to {exported}, and was given it up to {given}"
                        ));
                    }
                }
                Some(ExporterPosition { given: None, .. }) | None => match silence {
                    Silence::TooShort => lacks.push(format!(
                        "exporter \"{name}\" was given nothing of partition {partition}"
                    )),
                    Silence::Telling => {}
                },
            }
        }
    }
    lacks
}

fn reached(names: &[&str], leaders: &BTreeMap<PartitionId, Led>) -> String {
    let far: Vec<String> = leaders
        .iter()
        .flat_map(|(partition, led)| {
            names.iter().map(move |name| {
                match led.exporters.get(*name).and_then(|position| position.exported) {
                    Some(exported) => format!("{name} is at {exported} of partition {partition}"),
                    None => format!("{name} has had nothing to send of partition {partition}"),
                }
            })
        })
        .collect();
    far.join(", ")
}

#[cfg(test)]
mod tests;

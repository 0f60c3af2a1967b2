//! Exporting that somebody has paused, let go on and seen to; and the other way about.

use std::time::Duration;

use zeebe_management::{ExportingPause, ManagementError};
use zeebe_plan::product::{ExportingPhase, PartitionView, Role};
use zeebe_spec::{BrokerId, PartitionId};

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::StepError;
use crate::retry::cancellable;
use crate::run::Run;

/// After how long the product is asked again: it refuses where a broker is away, and may have done a part then.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Has exporting go on. Looks first: where nobody pauses it, nothing is asked.
pub(crate) async fn resume(run: &Run<'_>, deadline: Duration) -> Result<(), StepError> {
    brought(run, Exporting::Goes, deadline).await?;
    run.saw("no partition is paused").await
}

/// Pauses exporting softly: records leave, and nothing is cut from the log.
pub(crate) async fn pause_softly(run: &Run<'_>, deadline: Duration) -> Result<(), StepError> {
    brought(run, Exporting::IsSoftlyPaused, deadline).await
}

/// How exporting is to be.
#[derive(Clone, Copy)]
enum Exporting {
    Goes,
    IsSoftlyPaused,
}

async fn brought(run: &Run<'_>, to: Exporting, deadline: Duration) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    let mut asked_at: Option<Duration> = None;
    loop {
        let lacks = lacks(run, &product, to).await?;
        if lacks.is_empty() {
            return Ok(());
        }
        if asked_at.is_none_or(|at| wait.so_far().saturating_sub(at) >= ASK_AGAIN) {
            asked_at = Some(wait.so_far());
            let asked = cancellable(run.call, async {
                match to {
                    Exporting::Goes => product.client.resume_exporting().await,
                    Exporting::IsSoftlyPaused => {
                        product.client.pause_exporting(ExportingPause::Soft).await
                    }
                }
            });
            if let Err(error) = asked.await? {
                run.saw(chain(&error)).await?;
            }
        }
        wait.is_for(&lacks.join(", "));
        if wait.is_over() {
            return Err(StepError::TimedOut { after: deadline, lacks });
        }
        wait.pause().await?;
    }
}

/// The copies that are not as they are to be, and the brokers that do not say.
async fn lacks(run: &Run<'_>, product: &Product, to: Exporting) -> Result<Vec<String>, StepError> {
    let mut lacks = Vec::new();
    for broker in product.client.reach().brokers.keys() {
        match cancellable(run.call, product.client.partitions(*broker)).await? {
            Ok(views) => {
                let wrong = views.iter().filter_map(|(partition, view)| match to {
                    Exporting::Goes => Some(paused_at(*broker, *partition, pause(view)?)),
                    Exporting::IsSoftlyPaused => still(*broker, *partition, view),
                });
                lacks.extend(wrong);
            }
            // One that is no member has nothing to pause.
            Err(ManagementError::NoAddress { .. }) => {}
            Err(error) => {
                lacks.push(format!("broker {broker} does not answer ({})", chain(&error)));
            }
        }
    }
    Ok(lacks)
}

fn pause(view: &PartitionView) -> Option<ExportingPhase> {
    view.exporting.filter(|phase| phase.is_paused())
}

/// Only leaders export; what a follower says of itself holds when it leads.
fn still(broker: BrokerId, partition: PartitionId, view: &PartitionView) -> Option<String> {
    let is_soft = view.exporting == Some(ExportingPhase::SoftPaused);
    (view.role == Some(Role::Leader) && !is_soft).then(|| {
        format!("exporting of partition {partition} is not softly paused yet on broker {broker}")
    })
}

fn paused_at(broker: BrokerId, partition: PartitionId, phase: ExportingPhase) -> String {
    let how = if phase == ExportingPhase::SoftPaused { "softly paused" } else { "paused" };
    format!("exporting of partition {partition} is {how} on broker {broker}")
}

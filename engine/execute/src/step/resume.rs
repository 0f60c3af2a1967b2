//! Exporting that somebody has paused: let go on, and seen to.

use std::time::Duration;

use zeebe_management::ManagementError;
use zeebe_plan::product::{ExportingPhase, PartitionView};
use zeebe_spec::{BrokerId, PartitionId};

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::StepError;
use crate::retry::cancellable;
use crate::run::Run;

/// After how long the product is asked again: it refuses where a broker is away, and may have done a part then.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Has exporting go on. Looks first: where nobody pauses it, nothing is asked.
pub(super) async fn resume(run: &Run<'_>, deadline: Duration) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    let mut asked_at: Option<Duration> = None;
    loop {
        let lacks = lacks(run, &product).await?;
        if lacks.is_empty() {
            return run.saw("no partition is paused").await;
        }
        if asked_at.is_none_or(|at| wait.so_far().saturating_sub(at) >= ASK_AGAIN) {
            asked_at = Some(wait.so_far());
            if let Err(error) = cancellable(run.call, product.client.resume_exporting()).await? {
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

/// The copies that are paused, and the brokers that do not say.
async fn lacks(run: &Run<'_>, product: &Product) -> Result<Vec<String>, StepError> {
    let mut lacks = Vec::new();
    for broker in product.client.reach().brokers.keys() {
        match cancellable(run.call, product.client.partitions(*broker)).await? {
            Ok(views) => {
                let paused = views.iter().filter_map(|(partition, view)| {
                    Some(paused_at(*broker, *partition, pause(view)?))
                });
                lacks.extend(paused);
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

fn paused_at(broker: BrokerId, partition: PartitionId, phase: ExportingPhase) -> String {
    let how = if phase == ExportingPhase::SoftPaused { "softly paused" } else { "paused" };
    format!("exporting of partition {partition} is {how} on broker {broker}")
}

//! Snapshots: asked for on every broker, and seen to be there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeebe_plan::product::PartitionView;
use zeebe_spec::{BrokerId, PartitionId};

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::StepError;
use crate::retry::{Wait, cancellable};
use crate::run::Run;

type Views = BTreeMap<PartitionId, PartitionView>;

/// After how long a broker is asked again. Asking is not a promise: it is passed over while another snapshot is
/// under way, and given up where a replica changes its role meanwhile or has not received the entry yet; the
/// product itself tries again only minutes later.
const ASK_AGAIN: Duration = Duration::from_secs(5);

pub(super) async fn snapshot(
    run: &Run<'_>,
    brokers: &BTreeSet<BrokerId>,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    for broker in brokers {
        // Looked at before it is asked: the answer to the asking may hold the new snapshot already, while more
        // was processed since.
        let before = viewed(run, &product, *broker, &mut wait).await?;
        let mut asked_at: Option<Duration> = None;
        loop {
            if asked_at.is_none_or(|at| wait.so_far().saturating_sub(at) >= ASK_AGAIN) {
                asked(run, &product, *broker, &mut wait).await?;
                asked_at = Some(wait.so_far());
            }
            let now = cancellable(run.call, product.client.partitions(*broker)).await?;
            let lacks = match now {
                Ok(now) => lacks(*broker, &before, &now),
                Err(error) => vec![format!("broker {broker} does not answer ({})", chain(&error))],
            };
            if lacks.is_empty() {
                break;
            }
            pause(&mut wait, lacks).await?;
        }
    }
    Ok(())
}

/// Looks at a broker's replicas until it answers.
async fn viewed(
    run: &Run<'_>,
    product: &Product,
    broker: BrokerId,
    wait: &mut Wait<'_>,
) -> Result<Views, StepError> {
    loop {
        match cancellable(run.call, product.client.partitions(broker)).await? {
            Ok(views) => return Ok(views),
            Err(error) => {
                pause(wait, vec![format!("broker {broker} does not answer ({})", chain(&error))])
                    .await?;
            }
        }
    }
}

/// Asks a broker for its snapshots until it answers.
async fn asked(
    run: &Run<'_>,
    product: &Product,
    broker: BrokerId,
    wait: &mut Wait<'_>,
) -> Result<(), StepError> {
    loop {
        match cancellable(run.call, product.client.take_snapshot(broker)).await? {
            Ok(_) => return Ok(()),
            Err(error) => {
                pause(wait, vec![format!("broker {broker} takes no snapshot ({})", chain(&error))])
                    .await?;
            }
        }
    }
}

fn lacks(broker: BrokerId, before: &Views, now: &Views) -> Vec<String> {
    now.iter()
        .filter(|(partition, view)| !has_snapshot(before.get(partition), view))
        .map(|(partition, _)| {
            format!("partition {partition} on broker {broker} has no new snapshot")
        })
        .collect()
}

/// Whether a replica has a snapshot of all that it had processed before it was asked: one that was taken since,
/// or one that holds it already. A replica that has nothing new takes none.
fn has_snapshot(before: Option<&PartitionView>, now: &PartitionView) -> bool {
    let processed = before.and_then(|before| before.processed_position).unwrap_or(-1);
    match &now.snapshot {
        // Nothing was ever processed, so there is nothing to take.
        None => processed < 0,
        Some(snapshot) => match now.snapshot_name() {
            Some(name) => processed <= name.processed,
            // A name of another form says no more than that it is another snapshot.
            None => before.and_then(|before| before.snapshot.as_ref()) != Some(snapshot),
        },
    }
}

async fn pause(wait: &mut Wait<'_>, lacks: Vec<String>) -> Result<(), StepError> {
    wait.is_for(&lacks.join(", "));
    if wait.is_over() {
        return Err(StepError::TimedOut { after: wait.deadline(), lacks });
    }
    wait.pause().await
}

#[cfg(test)]
mod tests;

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

pub(super) async fn snapshot(
    run: &Run<'_>,
    brokers: &BTreeSet<BrokerId>,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    for broker in brokers {
        let before = asked(run, &product, *broker, &mut wait).await?;
        loop {
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

/// Asks a broker for its snapshots until it answers; what it says is from before.
async fn asked(
    run: &Run<'_>,
    product: &Product,
    broker: BrokerId,
    wait: &mut Wait<'_>,
) -> Result<Views, StepError> {
    loop {
        match cancellable(run.call, product.client.take_snapshot(broker)).await? {
            Ok(before) => return Ok(before),
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

/// Whether a replica has a snapshot of all that it had processed when it was asked: a new one, or one that
/// holds it already. A replica that has nothing new takes none.
fn has_snapshot(before: Option<&PartitionView>, now: &PartitionView) -> bool {
    let Some(snapshot) = &now.snapshot else {
        // Nothing was ever processed, so there is nothing to take.
        return before.and_then(|before| before.processed_position).unwrap_or(-1) < 0;
    };
    let Some(before) = before else {
        return true;
    };
    before.snapshot.as_ref() != Some(snapshot)
        || position(snapshot).is_some_and(|held| before.processed_position.unwrap_or(-1) <= held)
}

/// The position up to which a snapshot holds what was processed: the third number of its name,
/// `<index>-<term>-<processed>-<exported>…`.
fn position(snapshot: &str) -> Option<i64> {
    snapshot.split('-').nth(2)?.parse().ok()
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

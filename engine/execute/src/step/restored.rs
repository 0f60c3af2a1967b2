//! A restored cluster, looked at until every partition has come to where its backup goes.

use std::collections::BTreeMap;
use std::time::Duration;

use zeebe_plan::backup::{Backup, BackupState};
use zeebe_spec::{BackupId, PartitionId, Version, may_follow};

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::StepError;
use crate::leaders::{Led, leaders};
use crate::retry::cancellable;
use crate::run::Run;

pub(super) async fn restored(
    run: &Run<'_>,
    id: BackupId,
    partitions: u16,
    version: &Version,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    let mut backup: Option<Backup> = None;
    loop {
        let lacks = match &backup {
            Some(backup) => behind(backup, &leaders(run.call, &product).await?),
            None => match asked(run, &product, id).await? {
                Ok(found) => {
                    let wrong = wrong(&found, partitions, version);
                    if !wrong.is_empty() {
                        return Err(StepError::NotRestored { backup: id, lacks: wrong });
                    }
                    backup = Some(found);
                    continue;
                }
                Err(lack) => vec![lack],
            },
        };
        if let (Some(backup), true) = (&backup, lacks.is_empty()) {
            return run.saw(reached(backup, &leaders(run.call, &product).await?)).await;
        }
        let what = lacks.join(", ");
        if wait.is_for(&what) {
            run.saw(&what).await?;
        }
        if wait.is_over() {
            // Without the store's word nobody knows.
            return Err(match backup {
                Some(_) => StepError::NotRestored { backup: id, lacks },
                None => StepError::TimedOut { after: deadline, lacks },
            });
        }
        wait.pause().await?;
    }
}

/// What the store says of it, through the brokers; why it does not say it yet.
async fn asked(
    run: &Run<'_>,
    product: &Product,
    id: BackupId,
) -> Result<Result<Backup, String>, StepError> {
    Ok(match cancellable(run.call, product.client.backup(id)).await? {
        Ok(Some(backup)) => Ok(backup),
        Ok(None) => Err(format!("backup {id} is not in the cluster's store")),
        Err(error) => Err(format!("the store of backups does not answer ({})", chain(&error))),
    })
}

/// What no time mends: why a cluster of so many partitions and this version cannot stand on it.
pub(crate) fn wrong(backup: &Backup, partitions: u16, version: &Version) -> Vec<String> {
    let mut wrong = Vec::new();
    if backup.state != BackupState::Completed {
        wrong.push(format!("the store says that it is {}", backup.state.word()));
    }
    wrong.extend(backup.lacks());
    let all: Vec<PartitionId> = (1..=partitions).map(PartitionId).collect();
    if !backup.partitions.keys().eq(all.iter()) {
        wrong.push(format!(
            "it holds {} partitions, and the cluster has {partitions}",
            backup.partitions.len()
        ));
    }
    // A version in a form of its own is the product's own matter.
    let taken_by = backup.version().and_then(|text| Version::try_from(text.to_owned()).ok());
    if let Some(Err(error)) = taken_by.map(|taken_by| may_follow(&taken_by, version)) {
        wrong.push(error.to_string());
    }
    wrong
}

/// The partitions that have not come to where the backup goes.
fn behind(backup: &Backup, leaders: &BTreeMap<PartitionId, Led>) -> Vec<String> {
    let mut lacks = Vec::new();
    for (partition, part) in &backup.partitions {
        let Some(goal) = part.position else {
            lacks.push(format!("the backup does not say how far partition {partition} goes"));
            continue;
        };
        match leaders.get(partition).map(|led| led.view.processed_position.unwrap_or(-1)) {
            Some(processed) if processed >= goal => {}
            Some(processed) => lacks.push(format!(
                "partition {partition} has processed up to {processed}, and the backup goes up to {goal}"
            )),
            None => lacks.push(format!("partition {partition} shows no leader")),
        }
    }
    lacks
}

fn reached(backup: &Backup, leaders: &BTreeMap<PartitionId, Led>) -> String {
    let far = backup.partitions.iter().map(|(partition, part)| {
        let processed = leaders.get(partition).and_then(|led| led.view.processed_position);
        format!(
            "partition {partition} is at {} and the backup goes up to {}",
            processed.unwrap_or(-1),
            part.position.unwrap_or(-1)
        )
    });
    far.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;

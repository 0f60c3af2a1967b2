//! A backup, taken and waited for until every partition says that it has its part; and what is beyond those to keep.

use std::time::Duration;

use jiff::Timestamp;
use zeebe_management::ManagementError;
use zeebe_plan::backup::{Backup, BackupState, beyond};
use zeebe_spec::{BackupId, BackupsKept, Version};
use zeebe_target::Call;

use crate::chain::chain;
use crate::cluster::{Cluster, Product};
use crate::deeds::run;
use crate::error::StepError;
use crate::retry::cancellable;
use crate::step::restored::wrong;

/// A part that is missing may only not have begun: partitions begin one after another. One that has not begun by now, or
/// whose store says nothing of it, is lost.
const BEGINS: Duration = Duration::from_secs(30);

/// What is wished of a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupWish {
    /// Its id; nothing said means the time of day, or the next that is free.
    pub id: Option<BackupId>,
    /// How many whole ones are kept, this one among them; nothing said means all.
    pub keep: Option<BackupsKept>,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// The backup, whole.
    pub backup: Backup,
    /// Those that were taken out of the store.
    pub removed: Vec<BackupId>,
}

/// A backup that is not there, or not whole.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store has one of that id already, maybe of another cluster: the product would show it as this one.
    #[error("backup {0} is in the store already")]
    There(BackupId),
    /// The product will not take one of that id.
    #[error("the product did not take backup {id} on: {message}")]
    Refused {
        /// The id.
        id: BackupId,
        /// In its own words.
        message: String,
    },
    /// It ended, and not well.
    #[error("backup {id} ended as {}: {}", state.word(), lacks.join(", "))]
    Ended {
        /// The id.
        id: BackupId,
        /// How.
        state: BackupState,
        /// The partitions that are missing, and why.
        lacks: Vec<String>,
    },
    /// It was not whole in time. Whether it will be is not known.
    #[error("backup {id} was not whole after {} s: {}", after.as_secs(), lacks.join(", "))]
    TimedOut {
        /// The id.
        id: BackupId,
        /// How long was waited.
        after: Duration,
        /// What was still missing.
        lacks: Vec<String>,
    },
    /// The store, or the product before it, did not answer.
    #[error("the store of backups could not be asked")]
    Store(#[source] ManagementError),
    /// It is there and whole; an older one could not be taken away.
    #[error("backup {id} is whole, and backup {old} could not be taken away")]
    NotRemoved {
        /// The new one.
        id: BackupId,
        /// The old one.
        old: BackupId,
        /// Why.
        #[source]
        source: ManagementError,
    },
    /// The product could not be reached, or the user wanted to stop.
    #[error(transparent)]
    Step(StepError),
}

impl BackupError {
    /// What to do, in sentences.
    pub fn advice(&self) -> String {
        match self {
            Self::There(_) | Self::Refused { .. } => {
                "Leave `id` out, or give one that is higher than all in the store. The id of a backup that was deleted \
                 stays used."
                    .to_owned()
            }
            Self::Ended { .. } => {
                "It is no backup to restore from. What there is of it stays in the store until `keep` takes it away. The \
                 brokers' logs say more; run it again for another one."
                    .to_owned()
            }
            Self::TimedOut { .. } => {
                "It may still become whole: the data source `zeebe_backups` says so. Give it more `timeout` next time."
                    .to_owned()
            }
            Self::Store(_) => {
                "The store's own words are above. See that the bucket is there, that the brokers reach it and that the \
                 keys are right; brokers read keys when they start."
                    .to_owned()
            }
            Self::NotRemoved { .. } => "The next one with `keep` tries again.".to_owned(),
            Self::Step(error) => error.advice(),
        }
    }
}

/// All that is in the cluster's store, from the oldest.
pub async fn backups(cluster: &Cluster<'_>, call: &Call) -> Result<Vec<Backup>, BackupError> {
    let run = run(cluster, call);
    let product = run.connect().await.map_err(BackupError::Step)?;
    list(&product, call).await
}

/// One that is in the cluster's store, with the positions up to where it goes.
pub async fn backup(
    cluster: &Cluster<'_>,
    id: BackupId,
    call: &Call,
) -> Result<Option<Backup>, BackupError> {
    let product = run(cluster, call).connect().await.map_err(BackupError::Step)?;
    let told = cancellable(call, product.client.backup(id)).await.map_err(BackupError::Step)?;
    told.map_err(BackupError::Store)
}

/// Why a cluster of so many partitions and this version could not stand on a backup; empty where it could.
pub fn misfits(backup: &Backup, partitions: u16, version: &Version) -> Vec<String> {
    wrong(backup, partitions, version)
}

/// Takes a backup, waits until it is whole on every partition, and takes away what is beyond those to keep.
pub async fn back_up(
    cluster: &Cluster<'_>,
    wish: BackupWish,
    deadline: Duration,
    call: &Call,
) -> Result<BackedUp, BackupError> {
    let run = run(cluster, call);
    let product = run.connect().await.map_err(BackupError::Step)?;
    let id = free(&run, &product, wish.id).await?;
    call.progress.say(&format!("taking backup {id}"));
    match cancellable(call, product.client.take_backup(id)).await.map_err(BackupError::Step)? {
        Ok(()) => {}
        Err(
            ManagementError::Refused { message, .. } | ManagementError::Conflict { message, .. },
        ) => {
            return Err(BackupError::Refused { id, message });
        }
        // Nobody knows whether it was taken on: looking tells.
        Err(error @ ManagementError::Unclear { .. }) => {
            call.progress.say(&format!("not clear whether it was taken on: {}", chain(&error)));
        }
        Err(error) => return Err(BackupError::Store(error)),
    }
    let backup = whole(&run, &product, id, deadline).await?;
    let removed = match wish.keep {
        None => Vec::new(),
        Some(keep) => kept(&product, id, keep, call).await?,
    };
    Ok(BackedUp { backup, removed })
}

/// The id that the next backup has: the one that is wished, which must be free, or one that is.
pub async fn next_backup(
    cluster: &Cluster<'_>,
    wished: Option<BackupId>,
    call: &Call,
) -> Result<BackupId, BackupError> {
    let run = run(cluster, call);
    let product = run.connect().await.map_err(BackupError::Step)?;
    free(&run, &product, wished).await
}

/// Takes away what is beyond those to keep, when backup `id` is whole. Says what went.
pub async fn keep(
    cluster: &Cluster<'_>,
    id: BackupId,
    keep: BackupsKept,
    call: &Call,
) -> Result<Vec<BackupId>, BackupError> {
    let product = run(cluster, call).connect().await.map_err(BackupError::Step)?;
    kept(&product, id, keep, call).await
}

/// Takes one backup out of the store, also one that is under way; one that is not there is gone already.
pub async fn remove_backup(
    cluster: &Cluster<'_>,
    id: BackupId,
    call: &Call,
) -> Result<(), BackupError> {
    let product = run(cluster, call).connect().await.map_err(BackupError::Step)?;
    let gone = cancellable(call, product.client.delete_backup(id)).await;
    gone.map_err(BackupError::Step)?.map_err(BackupError::Store)
}

async fn free(
    run: &crate::run::Run<'_>,
    product: &Product,
    wished: Option<BackupId>,
) -> Result<BackupId, BackupError> {
    let before = list(product, run.call).await?;
    match wished {
        Some(id) if before.iter().any(|backup| backup.id == id) => Err(BackupError::There(id)),
        Some(id) => Ok(id),
        None => Ok(next(&before, run.clock().now())),
    }
}

async fn kept(
    product: &Product,
    id: BackupId,
    keep: BackupsKept,
    call: &Call,
) -> Result<Vec<BackupId>, BackupError> {
    let after = list(product, call).await?;
    let old = beyond(&after, usize::from(keep.get()));
    for old in &old {
        call.progress.say(&format!("taking backup {old} away"));
        let gone = cancellable(call, product.client.delete_backup(*old)).await;
        gone.map_err(BackupError::Step)?.map_err(|source| BackupError::NotRemoved {
            id,
            old: *old,
            source,
        })?;
    }
    Ok(old)
}

async fn list(product: &Product, call: &Call) -> Result<Vec<Backup>, BackupError> {
    let listed = cancellable(call, product.client.backups()).await.map_err(BackupError::Step)?;
    let mut backups = listed.map_err(BackupError::Store)?;
    backups.sort_unstable_by_key(|backup| backup.id);
    Ok(backups)
}

/// The time of day as a number that people read (`20261123174500`), or the next that is above all in the store.
fn next(before: &[Backup], now: Timestamp) -> BackupId {
    let clock = now.strftime("%Y%m%d%H%M%S").to_string().parse().unwrap_or(1);
    let highest = before.iter().map(|backup| backup.id.get()).max().unwrap_or(0);
    let free = highest.saturating_add(1).max(clock);
    BackupId::try_from(free)
        .expect("a time of day and an id with one more are far below the highest id")
}

/// Waits until every partition says that it has its part.
async fn whole(
    run: &crate::run::Run<'_>,
    product: &Product,
    id: BackupId,
    deadline: Duration,
) -> Result<Backup, BackupError> {
    let call = run.call;
    let mut wait = run.wait(deadline);
    loop {
        let seen = cancellable(call, product.client.backup(id)).await.map_err(BackupError::Step)?;
        let lacks = match seen {
            Ok(Some(backup)) => {
                let lacks = lacks_of(&backup);
                let late = wait.so_far() >= BEGINS.min(deadline);
                match backup.state {
                    BackupState::Completed if lacks.is_empty() => return Ok(backup),
                    BackupState::Failed | BackupState::Incompatible => {
                        return Err(BackupError::Ended { id, state: backup.state, lacks });
                    }
                    BackupState::Incomplete | BackupState::DoesNotExist if late => {
                        return Err(BackupError::Ended { id, state: backup.state, lacks });
                    }
                    BackupState::Completed
                    | BackupState::InProgress
                    | BackupState::Incomplete
                    | BackupState::DoesNotExist => lacks,
                }
            }
            Ok(None) => vec!["it is not in the store yet".to_owned()],
            Err(error) => vec![format!("the store does not answer ({})", chain(&error))],
        };
        wait.is_for(&format!("backup {id}: {}", lacks.join(", ")));
        if wait.is_over() {
            return Err(BackupError::TimedOut { id, after: deadline, lacks });
        }
        wait.pause().await.map_err(BackupError::Step)?;
    }
}

fn lacks_of(backup: &Backup) -> Vec<String> {
    let mut lacks = backup.lacks();
    lacks.extend(backup.failure.clone());
    if backup.partitions.is_empty() {
        lacks.push("it tells of no partition".to_owned());
    }
    lacks
}

//! A cluster that is there, brought back to a backup of its own.
//!
//! ```text
//! Ready ─▶ what stands in the way, all at once ─▶ Restoring in the book ─▶ aside, restore, start, see ─▶ Ready
//!                                                   ▲ another call, or any apply of the cluster, goes on here
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeebe_execute::{misfits, observe};
use zeebe_plan::backup::{Backup, BackupState};
use zeebe_plan::observed::{
    ClusterObserved, ClusterRecord, ExporterRecord, Exporters, Phase, ProductObserved, Restoration,
};
use zeebe_plan::{bring_back, desired};
use zeebe_spec::{BackupId, ExporterName, PartitionId};
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::error::EngineError;
use crate::planning::checked;

/// What is wished of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreWish {
    /// The backup; nothing said means the newest that is whole, or the one whose restore is under way.
    pub backup: Option<BackupId>,
    /// The cluster's name, said once more.
    pub confirm: String,
    /// Exporters whose place may hold records of both histories.
    pub mixed: BTreeSet<ExporterName>,
    /// How long the started cluster may take to come to where the backup goes.
    pub deadline: Duration,
}

/// A cluster that stands on its backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtBack {
    /// Which, and what its data was set aside as.
    pub restoration: Restoration,
    /// Up to where the backup goes in each partition.
    pub positions: BTreeMap<PartitionId, i64>,
}

/// What stands in the way of a restore. Nothing was touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreMistake {
    /// Another name was said than the cluster's.
    #[error("the cluster's name is not \"{said}\"")]
    Confirm {
        /// What was said.
        said: String,
        /// Its name.
        name: String,
    },
    /// It has none.
    #[error("the cluster has no store of backups")]
    NoStore,
    /// What is in the store could not be had.
    #[error("the cluster's store of backups could not be asked: {why}")]
    Unasked {
        /// Why, in the store's or the product's words.
        why: String,
    },
    /// None is whole.
    #[error("the cluster's store holds no backup that is whole")]
    NoBackup,
    /// That one is not there.
    #[error("backup {0} is not in the cluster's store")]
    Missing(BackupId),
    /// It is not whole, or not one that the cluster can stand on.
    #[error("backup {backup} does not fit: {}", lacks.join(", "))]
    Misfit {
        /// Which.
        backup: BackupId,
        /// What is wrong with it.
        lacks: Vec<String>,
    },
    /// An exporter has brought records to a receiver, which would take other ones for the same.
    #[error("exporter \"{name}\" would lose records")]
    Received {
        /// Its name.
        name: ExporterName,
        /// What it is.
        kind: &'static str,
    },
    /// An exporter would write records beside others of the same positions.
    #[error("exporter \"{name}\" would mix the records of two histories")]
    Mixed {
        /// Its name.
        name: ExporterName,
        /// What it is.
        kind: &'static str,
    },
    /// No exporter is called so.
    #[error("the cluster has no exporter \"{0}\"")]
    NoExporter(ExporterName),
    /// It is about to become something else.
    #[error("the cluster is not as its wish says")]
    Unfinished {
        /// How, in a sentence.
        what: String,
    },
}

/// A cluster that was not brought back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// No cluster is there, or one that is being made or destroyed.
    #[error("no cluster is there that is ready")]
    NotThere,
    /// What stands in the way, all of it. Nothing was touched.
    #[error("{} things stand in the way", .0.len())]
    Refused(Vec<RestoreMistake>),
    /// It was begun, and is not done.
    #[error("the cluster is not on backup {} yet", restoration.backup)]
    Failed {
        /// The restore.
        restoration: Restoration,
        /// Why.
        #[source]
        source: EngineError,
    },
}

impl RestoreError {
    /// What to do, in sentences.
    pub(crate) fn advice(&self) -> Option<String> {
        match self {
            Self::NotThere => Some("Apply the cluster first.".to_owned()),
            Self::Refused(_) => None,
            Self::Failed { restoration, source } => Some(format!(
                "{} What the brokers had before is not lost: it is in the folder {restoration} of each, if it came so far. \
                 Until a restore is done the cluster is not started on anything else. Mend what is named and run this \
                 again, or `terraform apply`, to go on with backup {}; with another `id` that backup is restored in its \
                 place.",
                source.advice().unwrap_or_default(),
                restoration.backup
            )),
        }
    }
}

impl Cluster {
    /// Brings the cluster back to a backup: stops it, sets its data aside, restores every broker, starts it, and sees every
    /// partition stand where the backup goes and start a canary. Goes on with a restore that was cut off.
    pub async fn restore(
        &self,
        wish: &RestoreWish,
        call: &Call,
    ) -> Result<BroughtBack, EngineError> {
        let lease = self.lease("restore", call).await?;
        let Some(record) = self.record().await? else { return Err(told(RestoreError::NotThere)) };
        let restoration = match record.phase {
            Phase::Ready => self.admitted(wish, &record, call).await?,
            Phase::Restoring(under_way) => {
                if let Some(mistake) = unconfirmed(wish, &record) {
                    return Err(told(RestoreError::Refused(vec![mistake])));
                }
                self.gone_on(wish, under_way)
            }
            Phase::Creating | Phase::Destroying | Phase::Destroyed => {
                return Err(told(RestoreError::NotThere));
            }
        };
        let (exporters, duties) = (self.exporters().await?, self.duties().await?);
        let desired = desired::cluster(&record.spec, &exporters, &duties, self.target.place());
        let plan = checked(bring_back(&desired, restoration, wish.deadline))?;
        self.preflight(&plan, call).await?;
        self.carry_out(&plan, "restore", &lease, call).await.map_err(|source| {
            if source.touched_nothing() {
                return source;
            }
            told(RestoreError::Failed { restoration, source })
        })?;
        let stored = zeebe_execute::backup(&self.execution(), restoration.backup, call)
            .await
            .map_err(|error| EngineError::Backup(Box::new(error)))?;
        let partitions = stored.iter().flat_map(|backup| &backup.partitions);
        let positions = partitions.filter_map(|(id, part)| Some((*id, part.position?))).collect();
        Ok(BroughtBack { restoration, positions })
    }

    /// A restore of what is whole and fits, of a cluster that is whole and whose records go nowhere that they would spoil.
    async fn admitted(
        &self,
        wish: &RestoreWish,
        record: &ClusterRecord,
        call: &Call,
    ) -> Result<Restoration, EngineError> {
        let seen = observe(&self.execution(), call).await.map_err(EngineError::Observe)?;
        let mut mistakes: Vec<RestoreMistake> = unconfirmed(wish, record).into_iter().collect();
        mistakes.extend(unfinished(record, &seen));
        mistakes.extend(spoiled(wish, &seen.exporters));
        let backup = if record.spec.backup_store.is_none() {
            Err(RestoreMistake::NoStore)
        } else {
            self.chosen(wish.backup, record, call).await?
        };
        match backup {
            Ok(backup) if mistakes.is_empty() => Ok(Restoration { backup, begun: self.now() }),
            outcome => {
                mistakes.extend(outcome.err());
                Err(told(RestoreError::Refused(mistakes)))
            }
        }
    }

    /// The restore that is under way; or one that takes its place, where another backup is wished.
    fn gone_on(&self, wish: &RestoreWish, under_way: Restoration) -> Restoration {
        match wish.backup {
            Some(backup) if backup != under_way.backup => {
                Restoration { backup, begun: self.now().max(under_way.begun.saturating_add(1)) }
            }
            Some(_) | None => under_way,
        }
    }

    /// The time of day as a number that people read.
    fn now(&self) -> u64 {
        let now = self.target.clock().now().strftime("%Y%m%d%H%M%S").to_string();
        now.parse().unwrap_or_default()
    }

    /// The backup, if the store has it and the cluster can stand on it. What the store does not say is not taken for absent.
    async fn chosen(
        &self,
        wished: Option<BackupId>,
        record: &ClusterRecord,
        call: &Call,
    ) -> Result<Result<BackupId, RestoreMistake>, EngineError> {
        let unasked = |error: EngineError| {
            if error.is_cancelled() {
                return Err(error);
            }
            Ok(Err(RestoreMistake::Unasked { why: error.chain() }))
        };
        let id = match wished {
            Some(id) => id,
            None => match self.backups(call).await.map(newest) {
                Ok(Some(id)) => id,
                Ok(None) => return Ok(Err(RestoreMistake::NoBackup)),
                Err(error) => return unasked(error),
            },
        };
        let asked = zeebe_execute::backup(&self.execution(), id, call).await;
        let backup = match asked {
            Ok(Some(backup)) => backup,
            Ok(None) => return Ok(Err(RestoreMistake::Missing(id))),
            Err(error) => return unasked(EngineError::Backup(Box::new(error))),
        };
        let lacks = misfits(&backup, record.shape.partitions, &record.version);
        Ok(if lacks.is_empty() {
            Ok(id)
        } else {
            Err(RestoreMistake::Misfit { backup: id, lacks })
        })
    }
}

fn told(error: RestoreError) -> EngineError {
    EngineError::Restore(Box::new(error))
}

/// The newest that is whole.
pub(crate) fn newest(backups: Vec<Backup>) -> Option<BackupId> {
    let whole = backups.into_iter().filter(|backup| backup.state == BackupState::Completed);
    whole.map(|backup| backup.id).max()
}

fn unconfirmed(wish: &RestoreWish, record: &ClusterRecord) -> Option<RestoreMistake> {
    let name = record.spec.name.to_string();
    (wish.confirm != name).then(|| RestoreMistake::Confirm { said: wish.confirm.clone(), name })
}

/// Brokers are restored as the wish has them: one that the cluster has not come to yet, or not any more, must be reached first.
fn unfinished(record: &ClusterRecord, seen: &ClusterObserved) -> Option<RestoreMistake> {
    let topology = &record.spec.topology;
    let unfinished = |what: &str| Some(RestoreMistake::Unfinished { what: what.to_owned() });
    let as_wished = record.version == record.spec.version
        && record.shape.members == topology.broker_ids().collect()
        && record.shape.partitions == topology.partitions.get()
        && record.shape.replication_factor == topology.replication_factor.get();
    if !as_wished {
        return unfinished("The last apply of it was cut off.");
    }
    // Where no broker answers, the store cannot be asked either, which is told.
    let ProductObserved::Answered(answer) = &seen.product else { return None };
    let product = &answer.topology;
    if product.pending_change.is_some() {
        return unfinished("The product is changing members, copies or partitions.");
    }
    let replicas = product.replicas();
    let same = product.member_ids() == record.shape.members
        && replicas.len() == usize::from(record.shape.partitions);
    if same || replicas.is_empty() {
        return None;
    }
    unfinished("The product has other members or partitions.")
}

/// The exporters whose records would be spoiled: positions go back, and are used for other records.
fn spoiled(wish: &RestoreWish, exporters: &Exporters) -> Vec<RestoreMistake> {
    let unknown = wish.mixed.iter().filter(|name| !exporters.contains_key(*name));
    let unknown = unknown.cloned().map(RestoreMistake::NoExporter);
    let mistake = |(name, record): (&ExporterName, &ExporterRecord)| {
        let (name, kind) = (name.clone(), record.spec.kind());
        if record.spec.received().is_some() {
            Some(RestoreMistake::Received { name, kind })
        } else if wish.mixed.contains(&name) {
            None
        } else {
            Some(RestoreMistake::Mixed { name, kind })
        }
    };
    exporters.iter().filter_map(mistake).chain(unknown).collect()
}

//! A restore that is tried: a backup in a scratch cluster beside the cluster, seen to work, and taken away again.
//!
//! ```text
//! clear what an earlier drill left ─▶ lend ports and store ─▶ create from the backup ─▶ look ─▶ destroy ─▶ clear
//! ```
//! The scratch cluster has the cluster's version, topology and settings, its own place, no exporter and no agent. It reads
//! the same store and is never asked for a backup.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_execute::Answer;
use zeebe_plan::desired;
use zeebe_plan::observed::{Duties, Exporters};
use zeebe_spec::{
    BackupId, ClusterParts, ClusterSpec, DataOnDestroy, DeletionProtection, PartitionId,
    RestoreFrom,
};
use zeebe_target::{Call, Scratch};

use crate::cluster::{Cluster, GivenSecrets};
use crate::error::{DrillError, EngineError};
use crate::exporters::Gatherings;
use crate::restore::newest;

/// A backup that was restored and seen to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drilled {
    /// It.
    pub backup: BackupId,
    /// Up to where it goes in each partition, and the restored cluster with it.
    pub positions: BTreeMap<PartitionId, i64>,
}

impl Cluster {
    /// Restores a backup into a scratch cluster, the newest that is whole unless said, sees that every partition leads, has
    /// processed up to where the backup goes and starts a canary; then takes all of it away.
    ///
    /// Under the lease. Whatever becomes of it, nothing is left; but for a call that is cancelled, which ends at once: the next
    /// drill, or the destruction of the cluster, takes away what it left.
    pub async fn drill(
        &self,
        backup: Option<BackupId>,
        call: &Call,
    ) -> Result<Drilled, EngineError> {
        let _lease = self.lease("restore drill", call).await?;
        let Some(record) = self.record().await? else {
            return Err(EngineError::Drill(Box::new(DrillError::NoCluster)));
        };
        let backup = match backup {
            Some(backup) => backup,
            None => newest(self.backups(call).await?)
                .ok_or_else(|| EngineError::Drill(Box::new(DrillError::NoBackup)))?,
        };
        let place = self.target.scratch(&record.spec.target).map_err(EngineError::Target)?;
        self.clear_scratch(place, call).await?;
        let (scratch, spec) = self.lent(&record.spec, backup, call).await?;
        call.progress
            .say(&format!("restoring backup {backup} into a scratch cluster at {}", scratch.id()));
        let outcome = restored(&scratch, &spec, backup, call).await;
        if call.cancel.is_cancelled() {
            return outcome;
        }
        let place = self.target.scratch(&record.spec.target).map_err(EngineError::Target)?;
        let cleared = self.clear_scratch(place, call).await;
        match (outcome, cleared) {
            (Ok(drilled), Ok(())) => Ok(drilled),
            (Ok(_), Err(left)) => {
                Err(EngineError::Drill(Box::new(DrillError::Left { backup, source: left })))
            }
            (Err(why), cleared) => Err(EngineError::Drill(Box::new(DrillError::Failed {
                backup,
                left: cleared.err().map(|left| left.chain()),
                source: why,
            }))),
        }
    }

    /// Takes away the scratch cluster of a drill that was cut off.
    pub(crate) async fn clear_drill(
        &self,
        spec: &ClusterSpec,
        call: &Call,
    ) -> Result<(), EngineError> {
        let place = self.target.scratch(&spec.target).map_err(EngineError::Target)?;
        self.clear_scratch(place, call).await
    }

    async fn clear_scratch(&self, place: Scratch, call: &Call) -> Result<(), EngineError> {
        let Scratch { wish, target } = place;
        let scratch = self.beside(target);
        if scratch.record().await?.is_some() {
            call.progress.say(&format!("taking away the scratch cluster at {}", scratch.id()));
            let lease = scratch.lease("destroy", call).await?;
            scratch.destroyed(DeletionProtection::Off, &lease, call).await?;
        }
        let place = Scratch { wish, target: scratch.target };
        self.target.clear(&place).await.map_err(EngineError::Target)
    }

    /// The scratch cluster's place and wish.
    async fn lent(
        &self,
        spec: &ClusterSpec,
        backup: BackupId,
        call: &Call,
    ) -> Result<(Self, ClusterSpec), EngineError> {
        let place = self.target.scratch(&spec.target).map_err(EngineError::Target)?;
        let wished = scratch_spec(spec, backup, &place)?;
        let nothing = (Exporters::new(), Duties::default());
        let desired = desired::cluster(&wished, &nothing.0, &nothing.1, place.target.place());
        let ports: BTreeSet<u16> = desired
            .components
            .values()
            .flat_map(|process| process.ports.values().copied())
            .collect();
        let place = self.target.lend(&place, &ports, call).await.map_err(EngineError::Target)?;
        let wished = scratch_spec(spec, backup, &place)?;
        let mut given = GivenSecrets::new();
        for name in wished.kept_secrets() {
            let secret = self.target.secrets().read(name).await.map_err(EngineError::Secrets)?;
            given.insert(name.clone(), secret);
        }
        Ok((self.beside(place.target).giving(given), wished))
    }

    fn beside(&self, target: Box<dyn zeebe_target::Target>) -> Self {
        Self::new(target, self.transport.clone(), Gatherings::default(), Answer::default())
    }
}

/// The wish for the scratch cluster: the cluster's own, in its own place, from the backup.
fn scratch_spec(
    spec: &ClusterSpec,
    backup: BackupId,
    place: &Scratch,
) -> Result<ClusterSpec, EngineError> {
    let parts = ClusterParts {
        restore_from: Some(RestoreFrom { backup_id: backup }),
        target: place.wish.clone(),
        deletion_protection: DeletionProtection::Off,
        data_on_destroy: DataOnDestroy::Delete,
        ..spec.clone().into_parts()
    };
    ClusterSpec::new(parts).map_err(|mistakes| {
        let told = mistakes.iter().map(|mistake| format!("{mistake}: {}", mistake.detail));
        EngineError::Drill(Box::new(DrillError::Wish(told.collect::<Vec<_>>().join(" "))))
    })
}

/// A creation from a backup ends well only where every partition has come to where the backup goes.
async fn restored(
    scratch: &Cluster,
    spec: &ClusterSpec,
    backup: BackupId,
    call: &Call,
) -> Result<Drilled, EngineError> {
    scratch.create(spec, None, call).await?;
    let told = zeebe_execute::backup(&scratch.execution(), backup, call)
        .await
        .map_err(|error| EngineError::Backup(Box::new(error)))?;
    let partitions = told.iter().flat_map(|backup| &backup.partitions);
    let positions = partitions.filter_map(|(id, part)| Some((*id, part.position?))).collect();
    Ok(Drilled { backup, positions })
}

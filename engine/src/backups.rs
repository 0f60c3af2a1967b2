//! Backups of a cluster: taken, told of, and kept no longer than is wished.

mod in_step;

use std::time::Duration;

pub use zeebe_execute::{BackedUp, BackupError, BackupWish};
use zeebe_plan::PlanError;
use zeebe_plan::backup::Backup;
use zeebe_plan::observed::{Phase, Restoration};
use zeebe_spec::SearchBackup;
use zeebe_target::Call;

pub use self::in_step::InStepError;
use crate::cluster::Cluster;
use crate::error::EngineError;

impl Cluster {
    /// Takes a backup and waits until every partition says that it has its part; then takes away what is beyond those to
    /// keep. Under the lease: no broker is restarted meanwhile. In step with search stores where that is wished.
    pub async fn back_up(
        &self,
        wish: BackupWish,
        in_step: Option<&SearchBackup>,
        deadline: Duration,
        call: &Call,
    ) -> Result<BackedUp, EngineError> {
        let _lease = self.lease("backup", call).await?;
        self.is_not_restoring().await?;
        self.backed_up(wish, in_step, deadline, call).await
    }

    /// A backup of a cluster that nobody has seen to stand on another one yet would count as a whole one, and might have that
    /// other one taken away.
    pub(crate) async fn is_not_restoring(&self) -> Result<(), EngineError> {
        match self.record().await?.map(|record| record.phase) {
            Some(Phase::Restoring(Restoration { backup, begun: _ })) => {
                Err(EngineError::Plan(PlanError::Restoring { backup }))
            }
            Some(Phase::Creating | Phase::Ready | Phase::Destroying | Phase::Destroyed) | None => {
                Ok(())
            }
        }
    }

    /// All that is in the cluster's store, from the oldest, whoever took it.
    pub async fn backups(&self, call: &Call) -> Result<Vec<Backup>, EngineError> {
        zeebe_execute::backups(&self.execution(), call)
            .await
            .map_err(|error| EngineError::Backup(Box::new(error)))
    }
}

//! Backups of a cluster: taken, told of, and kept no longer than is wished.

use std::time::Duration;

pub use zeebe_execute::{BackedUp, BackupError, BackupWish};
use zeebe_plan::backup::Backup;
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::error::EngineError;

impl Cluster {
    /// Takes a backup and waits until every partition says that it has its part; then takes away what is beyond those to
    /// keep. Under the lease: no broker is restarted meanwhile.
    pub async fn back_up(
        &self,
        wish: BackupWish,
        deadline: Duration,
        call: &Call,
    ) -> Result<BackedUp, EngineError> {
        let _lease = self.lease("backup", call).await?;
        zeebe_execute::back_up(&self.execution(), wish, deadline, call)
            .await
            .map_err(|error| EngineError::Backup(Box::new(error)))
    }

    /// All that is in the cluster's store, from the oldest, whoever took it.
    pub async fn backups(&self, call: &Call) -> Result<Vec<Backup>, EngineError> {
        zeebe_execute::backups(&self.execution(), call)
            .await
            .map_err(|error| EngineError::Backup(Box::new(error)))
    }
}

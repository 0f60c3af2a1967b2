//! Exporting, paused softly and let go on outside of a plan: records leave, and the brokers forget none of them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeebe_spec::{BackupId, RepositoryName};
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::deeds::run;
use crate::error::StepError;
use crate::step::resume;

/// Exporting is paused softly for a backup, as the book says: whoever finds this and holds the lease ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPause {
    /// The backup.
    pub backup: BackupId,
    /// Where search stores keep the snapshots of the same name.
    pub repository: RepositoryName,
    /// When the pause is over at the latest.
    pub until: Timestamp,
    /// Whether the backup and all snapshots are whole: then they stay.
    pub whole: bool,
}

/// Pauses exporting softly, and waits until every leader says so.
pub async fn pause_exporting(
    cluster: &Cluster<'_>,
    deadline: Duration,
    call: &Call,
) -> Result<(), StepError> {
    resume::pause_softly(&run(cluster, call), deadline).await
}

/// Lets exporting go on, and waits until no broker says otherwise.
pub async fn resume_exporting(
    cluster: &Cluster<'_>,
    deadline: Duration,
    call: &Call,
) -> Result<(), StepError> {
    resume::resume(&run(cluster, call), deadline).await
}

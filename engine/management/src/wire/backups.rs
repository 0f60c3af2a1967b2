//! `/actuator/backups`, and `/actuator/backupRuntime` from 8.8 on: the same shapes.

use serde::{Deserialize, Serialize};

/// The body of the request for a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TakeBackup {
    /// Its id, above all that this cluster took before.
    pub backup_id: u64,
}

/// One backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Its id.
    pub backup_id: u64,
    /// `DOES_NOT_EXIST`, `IN_PROGRESS`, `COMPLETED`, `FAILED`, `INCOMPLETE`, `INCOMPATIBLE`.
    pub state: String,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// Each partition.
    #[serde(default)]
    pub details: Vec<PartitionBackup>,
}

/// What one backup holds of one partition. The list leaves out all that is optional but the time and the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartitionBackup {
    /// Which.
    pub partition_id: u16,
    /// The same words as for the whole.
    pub state: String,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When its state changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated_at: Option<String>,
    /// The snapshot in it, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// The position up to which it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_position: Option<i64>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker_version: Option<String>,
}

//! Backups as the product tells of them, and which of them may go.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_spec::{BackupId, PartitionId};

/// How far a backup is, as a whole or of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupState {
    /// Nothing is there: of a partition that has not begun, or whose part is lost.
    DoesNotExist,
    /// It is being taken.
    InProgress,
    /// It is there.
    Completed,
    /// It was given up.
    Failed,
    /// A part is missing, or has not begun.
    Incomplete,
    /// It was taken by another version, and this one cannot read it.
    Incompatible,
}

impl BackupState {
    /// The product's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DoesNotExist => "DOES_NOT_EXIST",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Incomplete => "INCOMPLETE",
            Self::Incompatible => "INCOMPATIBLE",
        }
    }
}

/// One backup in the cluster's store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Its id: a later one has a higher one.
    pub id: BackupId,
    /// How far it is.
    pub state: BackupState,
    /// Why it failed, in the product's words.
    pub failure: Option<String>,
    /// Each partition.
    pub partitions: BTreeMap<PartitionId, PartitionBackup>,
}

/// What a backup holds of one partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionBackup {
    /// How far it is.
    pub state: BackupState,
    /// Why it failed, in the product's words.
    pub failure: Option<String>,
    /// When it began, as RFC 3339.
    pub began: Option<String>,
    /// The position up to which it goes; told of one backup, not in a list.
    pub position: Option<i64>,
    /// The version that took it.
    pub version: Option<String>,
}

impl Backup {
    /// When it began: when the first of its partitions did.
    pub fn began(&self) -> Option<&str> {
        self.partitions.values().filter_map(|partition| partition.began.as_deref()).min()
    }

    /// The version that took it, where all its partitions say the same.
    pub fn version(&self) -> Option<&str> {
        let mut versions = self.partitions.values().map(|partition| partition.version.as_deref());
        let first = versions.next()??;
        versions.all(|version| version == Some(first)).then_some(first)
    }

    /// Every partition that is not there, in words.
    pub fn lacks(&self) -> Vec<String> {
        let missing =
            self.partitions.iter().filter(|(_, part)| part.state != BackupState::Completed);
        missing
            .map(|(partition, part)| match &part.failure {
                Some(why) => format!("partition {partition} is {} ({why})", part.state.word()),
                None => format!("partition {partition} is {}", part.state.word()),
            })
            .collect()
    }
}

/// The backups that are beyond the newest `keep` that are whole, from the oldest: with them go those between that never
/// became whole. One that is still being taken stays, and so does all that is newer than the oldest that is kept.
pub fn beyond(backups: &[Backup], keep: usize) -> Vec<BackupId> {
    let mut whole: Vec<BackupId> = backups
        .iter()
        .filter(|backup| backup.state == BackupState::Completed)
        .map(|backup| backup.id)
        .collect();
    whole.sort_unstable();
    let oldest_kept = keep.checked_sub(1).and_then(|others| whole.iter().rev().nth(others));
    let Some(oldest_kept) = oldest_kept else { return Vec::new() };
    let mut gone: Vec<BackupId> = backups
        .iter()
        .filter(|backup| backup.state != BackupState::InProgress && backup.id < *oldest_kept)
        .map(|backup| backup.id)
        .collect();
    gone.sort_unstable();
    gone
}

#[cfg(test)]
mod tests;

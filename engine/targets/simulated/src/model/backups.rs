//! Backups: what was taken, and the store that outlives the cluster.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_spec::{PartitionId, Version};

use super::pace::{BACKUP, BACKUP_SEEN, Moment};
use super::{Configuration, Deployments, Model, Refusal};

/// The store of backups. It is kept with the cluster and stays when the cluster goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backups {
    /// What is in it, by id.
    taken: BTreeMap<u64, TakenBackup>,
}

/// One backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBackup {
    /// When it began.
    pub began: Moment,
    /// Who took it.
    pub version: Version,
    /// How far each partition was.
    pub positions: BTreeMap<PartitionId, i64>,
    /// What had been deployed.
    pub(super) deployments: Deployments,
    /// How it ends.
    pub fate: BackupFate,
}

/// How a backup ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupFate {
    /// It becomes whole.
    Whole,
    /// It fails.
    Failing,
}

/// How far a backup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupStage {
    /// Nothing is in the store yet.
    Unseen,
    /// It is being taken.
    UnderWay,
    /// It has ended.
    Ended(BackupFate),
}

impl TakenBackup {
    /// How far it is.
    pub fn stage(&self, now: Moment) -> BackupStage {
        if now < self.began.saturating_add(BACKUP_SEEN) {
            BackupStage::Unseen
        } else if now < self.ended() {
            BackupStage::UnderWay
        } else {
            BackupStage::Ended(self.fate)
        }
    }

    /// When it ends.
    pub const fn ended(&self) -> Moment {
        self.began.saturating_add(BACKUP)
    }
}

impl Backups {
    pub(super) fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }
}

impl Model {
    /// What is in the store, by id.
    pub const fn backups(&self) -> &BTreeMap<u64, TakenBackup> {
        &self.backups.taken
    }

    /// Begins a backup. As the product, it looks at no more than what this cluster took before: what lies in the store
    /// under that id already is then as it was.
    pub fn take_backup(&mut self, id: u64, version: Version) -> Result<(), Refusal> {
        if id == 0 {
            return Err(Refusal::wrong("A backupId must be provided and it must be > 0"));
        }
        if id <= self.checkpoint {
            return Err(Refusal {
                status: 409,
                message: format!(
                    "Requested backup has id {id}. The latest backup has id {}. Id of new backups must be higher than \
                     the previous one. ",
                    self.checkpoint
                ),
            });
        }
        self.checkpoint = id;
        let partitions = self.configuration.iter().flat_map(Configuration::partitions);
        let positions = partitions.map(|partition| (partition, self.position(partition))).collect();
        let fate =
            if self.trouble.failing_backups { BackupFate::Failing } else { BackupFate::Whole };
        let taken = TakenBackup {
            began: self.now,
            version,
            positions,
            deployments: self.deployments.clone(),
            fate,
        };
        self.backups.taken.entry(id).or_insert(taken);
        Ok(())
    }

    /// Takes a backup out of the store; one that is not there is gone already.
    pub fn delete_backup(&mut self, id: u64) {
        self.backups.taken.remove(&id);
    }
}

//! Backups that are taken when it is their time: the wish in the book, how the store stands to it, and what is due.
//!
//! ```text
//! backup-schedule in the book ─┬─ due ─▶ Due ─ back_up_when_due, under the lease ─▶ Taking
//! the store, the clock ────────┘
//! ```

mod due;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeebe_execute::{BackedUp, BackupWish};
use zeebe_plan::observed::Phase;
use zeebe_spec::ScheduleSpec;
use zeebe_target::{Call, DocumentName};

pub use self::due::{Due, Scheduled};
use crate::agent;
use crate::cluster::Cluster;
use crate::error::EngineError;
use crate::retention::Comes;

/// How long a backup that was due may take until it is whole.
const DEADLINE: Duration = Duration::from_mins(30);

/// When backups are taken, as the book says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRecord {
    /// The wish.
    pub spec: ScheduleSpec,
    /// Since when its times count: nothing is late that was due before.
    pub since: Timestamp,
}

/// Why backups are not taken as was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// There is no cluster at that address.
    #[error("no cluster stands at {id}")]
    NoCluster {
        /// Its address.
        id: String,
    },
    /// There is nowhere to keep one.
    #[error("cluster {id} has no `backup_store`")]
    NoStore {
        /// Its address.
        id: String,
    },
    /// Somebody has said already when backups are taken, and said it otherwise.
    #[error("when backups of cluster {id} are taken is said already")]
    Occupied {
        /// Its address.
        id: String,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What came of the question whether a backup is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taking {
    /// None is due.
    NotYet(Due),
    /// It was due, and is whole.
    Taken {
        /// The backup, and those that went for it.
        done: BackedUp,
        /// How the store stands since then.
        due: Due,
    },
}

impl Cluster {
    /// When backups are taken; `None` where nobody has said it.
    pub async fn backup_schedule(&self) -> Result<Option<ScheduleRecord>, EngineError> {
        self.document(&DocumentName::backup_schedule()).await
    }

    /// Looks whether backups can be taken when it is their time, before anything is written.
    pub async fn schedulable(&self, call: &Call) -> Result<(), ScheduleError> {
        self.has_store().await?;
        let mut duties = self.duties().await?;
        duties.backups = true;
        self.plan_agent(duties, call).await?;
        Ok(())
    }

    /// Writes into the book when backups are taken, and sees that an agent runs. One that is new must not be said already.
    pub async fn schedule_backups(
        &self,
        spec: &ScheduleSpec,
        comes: Comes,
        call: &Call,
    ) -> Result<(), ScheduleError> {
        let lease = self.lease_in_turn("say when backups are taken", call).await?;
        self.has_store().await?;
        let there = self.backup_schedule().await?;
        if comes == Comes::New && there.as_ref().is_some_and(|there| there.spec != *spec) {
            return Err(ScheduleError::Occupied { id: self.id().to_owned() });
        }
        let mut duties = self.duties().await?;
        duties.backups = true;
        let plan = self.plan_agent(duties, call).await?;
        let since = match there {
            // What was due stays due when only the number to keep is another.
            Some(there) if there.spec.times == spec.times => there.since,
            Some(_) | None => self.target.clock().now(),
        };
        // A wish and a time hold nothing but text and numbers, which have a form in JSON.
        let body =
            serde_json::to_value(ScheduleRecord { spec: spec.clone(), since }).unwrap_or_default();
        let written = self.target.book().write(&DocumentName::backup_schedule(), &body).await;
        written.map_err(EngineError::Book)?;
        Ok(self.attend(&plan, &lease, call).await?)
    }

    /// Takes out of the book when backups are taken. Those that are there stay. Where it is not said, or the cluster is gone,
    /// there is nothing to do.
    pub async fn unschedule_backups(&self, call: &Call) -> Result<(), ScheduleError> {
        if self.backup_schedule().await?.is_none() {
            return Ok(());
        }
        let lease = self.lease_in_turn("say that no backups are taken", call).await?;
        let removed = self.target.book().remove(&DocumentName::backup_schedule()).await;
        removed.map_err(EngineError::Book)?;
        let duties = self.duties().await?;
        let plan = self.plan_agent(duties, call).await?;
        Ok(self.attend(&plan, &lease, call).await?)
    }

    /// How the store stands to the times: when the next is due, and whether one is late.
    pub async fn due(&self, record: &ScheduleRecord, call: &Call) -> Result<Due, EngineError> {
        let backups = self.backups(call).await?;
        Ok(due::due(record, &backups, self.target.clock().now()))
    }

    /// Takes a backup if one is due, and takes away what is beyond those to keep; `None` where nobody has said when. Takes the
    /// lease only where one is due, and looks again when it has it. Killed anywhere, the product goes on with what it has begun:
    /// that is waited for by whoever asks next.
    pub async fn back_up_when_due(&self, call: &Call) -> Result<Option<Taking>, EngineError> {
        let Some(record) = self.backup_schedule().await? else { return Ok(None) };
        let due = self.due(&record, call).await?;
        if due.scheduled() == Scheduled::Waits {
            return Ok(Some(Taking::NotYet(due)));
        }
        let _lease = self.lease_in_turn(agent::BACKUP, call).await?;
        self.is_not_restoring().await?;
        let Some(record) = self.backup_schedule().await? else { return Ok(None) };
        let due = self.due(&record, call).await?;
        if due.scheduled() == Scheduled::Waits {
            return Ok(Some(Taking::NotYet(due)));
        }
        let wish = BackupWish { id: None, keep: record.spec.keep };
        let in_step = record.spec.search_store.as_ref();
        let done = self.backed_up(wish, in_step, DEADLINE, call).await?;
        let due = self.due(&record, call).await?;
        Ok(Some(Taking::Taken { done, due }))
    }

    async fn has_store(&self) -> Result<(), ScheduleError> {
        let id = || self.id().to_owned();
        let record = self.record().await?.filter(|it| it.phase != Phase::Destroyed);
        let record = record.ok_or_else(|| ScheduleError::NoCluster { id: id() })?;
        match record.spec.backup_store {
            Some(_) => Ok(()),
            None => Err(ScheduleError::NoStore { id: id() }),
        }
    }
}

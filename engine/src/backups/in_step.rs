//! A backup of the brokers in step with a snapshot of the search stores that their exporters write to.
//!
//! ```text
//! backup-pause into the book ─▶ pause exporting softly ─▶ snapshot of each store ─▶ backup of the brokers, whole
//!     ─▶ whole, into the book ─▶ let exporting go on ─▶ backup-pause out of the book
//! ```
//! While exporting is paused softly, records leave and the brokers forget none of them: whatever the snapshot misses is in
//! the backup and is exported again after a restore. The order and the snapshot's name are those of the product's own
//! procedure (8.5 to 8.7, "Back up and restore"). Killed anywhere, whoever finds `backup-pause` under the lease lets
//! exporting go on and takes away what is not whole in all stores.

use std::collections::BTreeMap;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use zeebe_execute::{BackedUp, BackupError, BackupPause, BackupWish};
use zeebe_plan::backup::Backup;
use zeebe_plan::observed::ExporterPhase;
use zeebe_search::{Repository, SearchError, SnapshotState, Store};
use zeebe_spec::{BackupId, ExporterName, SearchBackup, Working};
use zeebe_target::{Call, DocumentName};

use crate::agent;
use crate::cluster::Cluster;
use crate::error::EngineError;
use crate::retention::RetentionError;

/// How long brokers may take to stop cutting their logs, and to go on.
const SWITCH: Duration = Duration::from_mins(1);
/// How long what was begun may take to be undone, and where the user wants to stop. What is left the next one does.
const UNDO: Duration = Duration::from_mins(2);
const UNDO_AT_ONCE: Duration = Duration::from_millis(900);
/// Pauses between two looks at a snapshot.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// A backup that is not there together with its snapshots.
#[derive(Debug, thiserror::Error)]
pub enum InStepError {
    /// Nothing is written that could be taken along.
    #[error("no exporter of the cluster writes into a search store")]
    NoStore,
    /// Somebody has paused exporting, and would not find it so afterwards.
    #[error("exporting is paused by somebody else")]
    PausedBefore,
    /// There is nowhere to keep a snapshot.
    #[error("the store of exporter \"{exporter}\" has no snapshot repository \"{repository}\"")]
    NoRepository {
        /// One of those that write there.
        exporter: ExporterName,
        /// Its name.
        repository: String,
    },
    /// A store cannot be asked.
    #[error(transparent)]
    Store(RetentionError),
    /// A store did not do what it was asked.
    #[error("the store of exporter \"{exporter}\" did not take or give up a snapshot")]
    Search {
        /// One of those that write there.
        exporter: ExporterName,
        /// Why not.
        #[source]
        source: SearchError,
    },
    /// A snapshot ended, and not well.
    #[error("snapshot \"{snapshot}\" in the store of exporter \"{exporter}\" ended as {why}")]
    Ended {
        /// Its name.
        snapshot: String,
        /// One of those that write there.
        exporter: ExporterName,
        /// The store's word, and its reason.
        why: String,
    },
    /// It took longer than exporting may be paused.
    #[error("backup {backup} was not whole within the {} s for which exporting may be paused", budget.as_secs())]
    BudgetOver {
        /// The backup.
        backup: BackupId,
        /// The budget.
        budget: Duration,
    },
    /// The user wanted to stop.
    #[error("it was cancelled")]
    Cancelled,
    /// It failed, and what was begun is not all undone.
    #[error("backup {backup} was given up, and exporting may still be paused ({left})")]
    Left {
        /// The backup.
        backup: BackupId,
        /// Why it was not undone.
        left: String,
        /// Why it failed.
        #[source]
        source: EngineError,
    },
}

impl InStepError {
    /// What to do, in sentences.
    pub fn advice(&self) -> String {
        match self {
            Self::NoStore => "Expected an exporter to Elasticsearch or OpenSearch that is on. Leave `search_store` out \
                              where there is none. Nothing was touched."
                .to_owned(),
            Self::PausedBefore => "A backup in step would let it go on. See who paused it; an apply of its exporters lets \
                                   it go on as well. Nothing was touched."
                .to_owned(),
            Self::NoRepository { .. } => "Register it there (`PUT _snapshot/<name>`), reachable by every node of the \
                                          store. Nothing was touched."
                .to_owned(),
            Self::Store(_) => "Nothing was touched.".to_owned(),
            Self::Search { .. } | Self::Ended { .. } => {
                "Exporting goes on, and what there was of the backup was taken away. See what the store says, and run it \
                 again."
                    .to_owned()
            }
            Self::BudgetOver { .. } => {
                "Exporting goes on, and what there was of the backup was taken away. A first snapshot copies everything, \
                 later ones what is new: give it more `pause_budget`, as far as the brokers' disks have room for what is \
                 written meanwhile."
                    .to_owned()
            }
            Self::Cancelled => "Exporting goes on, and what there was of the backup was taken away.".to_owned(),
            Self::Left { .. } => {
                "Its agent, or the next backup, lets exporting go on and takes away what there is of it. By hand: `POST \
                 /actuator/exporting/resume` at a broker's management port."
                    .to_owned()
            }
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        match self {
            Self::Cancelled => true,
            Self::Left { source, .. } => source.is_cancelled(),
            Self::Store(RetentionError::Engine(error)) => error.is_cancelled(),
            Self::NoStore
            | Self::PausedBefore
            | Self::NoRepository { .. }
            | Self::Store(_)
            | Self::Search { .. }
            | Self::Ended { .. }
            | Self::BudgetOver { .. } => false,
        }
    }
}

impl From<InStepError> for EngineError {
    fn from(error: InStepError) -> Self {
        Self::InStep(Box::new(error))
    }
}

/// One store, and all that is exported into it.
struct Place {
    /// One of those that write there.
    exporter: ExporterName,
    /// Their indices, as one pattern.
    indices: String,
    /// The store; `None` where the cluster is simulated, whose exporters write nowhere.
    store: Option<Store>,
}

impl Place {
    fn failed(&self, source: SearchError) -> EngineError {
        InStepError::Search { exporter: self.exporter.clone(), source }.into()
    }
}

impl Cluster {
    /// Takes a backup, in step with the search stores where that is wished, and takes away what is beyond those to keep. For
    /// whoever has the lease.
    pub(crate) async fn backed_up(
        &self,
        wish: BackupWish,
        in_step: Option<&SearchBackup>,
        deadline: Duration,
        call: &Call,
    ) -> Result<BackedUp, EngineError> {
        self.undo_pause(call).await?;
        let execution = self.execution();
        let failed = |error: BackupError| EngineError::Backup(Box::new(error));
        let Some(in_step) = in_step else {
            return zeebe_execute::back_up(&execution, wish, deadline, call).await.map_err(failed);
        };
        let places = self.places().await?;
        self.can_be_in_step(in_step, &places, call).await?;
        let id = zeebe_execute::next_backup(&execution, wish.id, call).await.map_err(failed)?;
        let backup = self.paused_for(id, in_step, &places, deadline, call).await?;
        let Some(keep) = wish.keep else { return Ok(BackedUp { backup, removed: Vec::new() }) };
        let removed = zeebe_execute::keep(&execution, id, keep, call).await.map_err(failed)?;
        for old in &removed {
            self.remove_snapshots(*old, in_step.repository.as_str(), &places).await?;
        }
        Ok(BackedUp { backup, removed })
    }

    /// The pause that a backup has begun and not ended; `None` where there is none.
    pub async fn backup_pause(&self) -> Result<Option<BackupPause>, EngineError> {
        self.document(&DocumentName::backup_pause()).await
    }

    /// Ends what a backup left that was killed: lets exporting go on, and takes away what is not whole. Says which backup it
    /// was. One that is under way is waited for.
    pub async fn end_backup_pause(&self, call: &Call) -> Result<Option<BackupId>, EngineError> {
        if self.backup_pause().await?.is_none() {
            return Ok(None);
        }
        let _lease = self.lease_in_turn(agent::BACKUP, call).await?;
        self.undo_pause(call).await
    }

    /// The same for whoever has the lease.
    async fn undo_pause(&self, call: &Call) -> Result<Option<BackupId>, EngineError> {
        let Some(pause) = self.backup_pause().await? else { return Ok(None) };
        let execution = self.execution();
        let resumed = zeebe_execute::resume_exporting(&execution, SWITCH, call).await;
        resumed.map_err(|source| EngineError::Deed { doing: "let exporting go on", source })?;
        call.progress.say("exporting goes on");
        let BackupPause { backup, repository, until: _, whole } = pause;
        if !whole {
            call.progress.say(&format!("taking away what there is of backup {backup}"));
            zeebe_execute::remove_backup(&execution, backup, call)
                .await
                .map_err(|error| EngineError::Backup(Box::new(error)))?;
            self.remove_snapshots(backup, repository.as_str(), &self.places().await?).await?;
        }
        let removed = self.target.book().remove(&DocumentName::backup_pause()).await;
        removed.map_err(EngineError::Book)?;
        Ok((!whole).then_some(backup))
    }

    /// Looks whether a snapshot can be taken of every store, before anything is touched.
    async fn can_be_in_step(
        &self,
        in_step: &SearchBackup,
        places: &[Place],
        call: &Call,
    ) -> Result<(), EngineError> {
        if places.is_empty() {
            return Err(InStepError::NoStore.into());
        }
        for place in places {
            let Some(store) = &place.store else { continue };
            let repository = in_step.repository.as_str();
            match store.repository(repository).await.map_err(|source| {
                let name = place.exporter.clone();
                InStepError::Store(RetentionError::Store { name, source })
            })? {
                Repository::Is => {}
                Repository::IsNot => {
                    return Err(InStepError::NoRepository {
                        exporter: place.exporter.clone(),
                        repository: repository.to_owned(),
                    }
                    .into());
                }
            }
        }
        match self.look(call).await?.pause() {
            Some(_) => Err(InStepError::PausedBefore.into()),
            None => Ok(()),
        }
    }

    /// The backup and its snapshots, with exporting paused meanwhile and not afterwards.
    async fn paused_for(
        &self,
        id: BackupId,
        in_step: &SearchBackup,
        places: &[Place],
        deadline: Duration,
        call: &Call,
    ) -> Result<Backup, EngineError> {
        let budget = in_step.budget();
        let now = self.target.clock().now();
        let span = SignedDuration::try_from(budget).unwrap_or(SignedDuration::MAX);
        let until = now.checked_add(span).unwrap_or(now);
        let mut pause =
            BackupPause { backup: id, repository: in_step.repository.clone(), until, whole: false };
        self.write_pause(&pause).await?;
        let taking = self.taken(id, in_step, places, deadline.min(budget), call);
        let taken = match tokio::time::timeout(budget, taking).await {
            Ok(taken) => taken,
            Err(_) => Err(InStepError::BudgetOver { backup: id, budget }.into()),
        };
        let taken = match taken {
            Ok(backup) => {
                pause.whole = true;
                self.write_pause(&pause).await.map(|()| backup)
            }
            Err(error) => Err(error),
        };
        // Whoever wants to stop does not want exporting to stay paused.
        let time = if call.cancel.is_cancelled() { UNDO_AT_ONCE } else { UNDO };
        let undoing = Call { cancel: CancellationToken::new(), progress: call.progress.clone() };
        let undone = match tokio::time::timeout(time, self.undo_pause(&undoing)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.chain()),
            Err(_) => Err(format!("not within {} ms", time.as_millis())),
        };
        match (taken, undone) {
            (taken, Ok(())) => taken,
            (Ok(_), Err(left)) => {
                let source = EngineError::from(InStepError::Cancelled);
                Err(InStepError::Left { backup: id, left, source }.into())
            }
            (Err(source), Err(left)) => Err(InStepError::Left { backup: id, left, source }.into()),
        }
    }

    async fn taken(
        &self,
        id: BackupId,
        in_step: &SearchBackup,
        places: &[Place],
        deadline: Duration,
        call: &Call,
    ) -> Result<Backup, EngineError> {
        let execution = self.execution();
        call.progress.say(&format!(
            "pausing exporting softly for backup {id}, for {} s at most",
            in_step.budget().as_secs()
        ));
        let paused = zeebe_execute::pause_exporting(&execution, SWITCH, call).await;
        paused.map_err(|source| EngineError::Deed { doing: "pause exporting softly", source })?;
        let snapshot = name_of(id);
        for place in places {
            let Some(store) = &place.store else { continue };
            call.progress.say(&format!(
                "taking snapshot \"{snapshot}\" of {} in repository \"{}\"",
                place.indices,
                in_step.repository.as_str()
            ));
            whole(store, in_step.repository.as_str(), &snapshot, place, call).await?;
        }
        let wish = BackupWish { id: Some(id), keep: None };
        let done = zeebe_execute::back_up(&execution, wish, deadline, call).await;
        Ok(done.map_err(|error| EngineError::Backup(Box::new(error)))?.backup)
    }

    async fn write_pause(&self, pause: &BackupPause) -> Result<(), EngineError> {
        // It holds nothing but text and numbers, which have a form in JSON.
        let body = serde_json::to_value(pause).unwrap_or_default();
        let written = self.target.book().write(&DocumentName::backup_pause(), &body).await;
        written.map_err(EngineError::Book)
    }

    async fn remove_snapshots(
        &self,
        backup: BackupId,
        repository: &str,
        places: &[Place],
    ) -> Result<(), EngineError> {
        let snapshot = name_of(backup);
        for place in places {
            let Some(store) = &place.store else { continue };
            let gone = store.delete_snapshot(repository, &snapshot).await;
            gone.map_err(|source| place.failed(source))?;
        }
        Ok(())
    }

    /// The stores that exporters of the cluster write to, each once.
    async fn places(&self) -> Result<Vec<Place>, EngineError> {
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        for (name, record) in self.exporters().await? {
            let goes = record.phase != ExporterPhase::Leaving && record.spec.working == Working::On;
            let Some(sink) = record.spec.store().filter(|_| goes) else { continue };
            let indices = format!("{}_*", sink.prefix());
            if let Some(place) = places.get_mut(sink.url.as_str()) {
                place.indices = format!("{},{indices}", place.indices);
                continue;
            }
            let url = sink.url.as_str().to_owned();
            let found = self.store_of(&record.spec).await.map_err(InStepError::Store)?;
            let store = found.map(|(store, _)| store);
            places.insert(url, Place { exporter: name, indices, store });
        }
        Ok(places.into_values().collect())
    }
}

/// What the product's own procedure calls the snapshot of exported records.
fn name_of(backup: BackupId) -> String {
    format!("camunda_zeebe_records_backup_{backup}")
}

/// Has a snapshot taken and waits until every shard is in it. The budget of the pause ends it.
async fn whole(
    store: &Store,
    repository: &str,
    snapshot: &str,
    place: &Place,
    call: &Call,
) -> Result<(), EngineError> {
    let begun = store.begin_snapshot(repository, snapshot, &place.indices);
    tokio::select! {
        () = call.cancel.cancelled() => return Err(InStepError::Cancelled.into()),
        begun = begun => begun.map_err(|source| place.failed(source))?,
    }
    let mut pauses = ExponentialBuilder::new()
        .with_min_delay(FIRST)
        .with_max_delay(LONGEST)
        .without_max_times()
        .build();
    loop {
        match store.snapshot(repository, snapshot).await {
            Ok(Some(SnapshotState::Whole)) => return Ok(()),
            Ok(Some(SnapshotState::Failed(why))) => {
                let (snapshot, exporter) = (snapshot.to_owned(), place.exporter.clone());
                return Err(InStepError::Ended { snapshot, exporter, why }.into());
            }
            Ok(Some(SnapshotState::UnderWay) | None) => {}
            // Whether it is whole is not known yet.
            Err(error) => {
                call.progress
                    .say(&format!("the store does not tell how far the snapshot is: {error}"));
            }
        }
        tokio::select! {
            () = call.cancel.cancelled() => return Err(InStepError::Cancelled.into()),
            // The builder sets no end.
            () = tokio::time::sleep(pauses.next().unwrap_or(LONGEST)) => {}
        }
    }
}

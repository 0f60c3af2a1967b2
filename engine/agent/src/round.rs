//! One round: everything that the book says is to be done now.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use zeebe_engine::{Call, Cluster, Purged, RetentionError, Taking};
use zeebe_spec::{BackupId, ExporterName};

/// What came of one round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Of each exporter whose records are not kept for ever.
    pub retentions: BTreeMap<ExporterName, Result<Kept, String>>,
    /// Of the backups, where somebody has said when they are taken.
    pub backups: Option<Result<Taking, String>>,
    /// Of a backup that was killed while exporting was paused for it: which it was.
    pub ended: Option<Result<BackupId, String>>,
    /// Why the book itself was not read.
    pub unread: Option<String>,
}

/// Between two tries of a backup that was due and not taken.
const AGAIN: Duration = Duration::from_mins(5);

/// Between two tries to let exporting go on.
const PAUSED: Duration = Duration::from_secs(15);

/// How the records of one exporter are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Indices that this round removed.
    pub removed: u64,
    /// Bytes that this round removed, copies too.
    pub removed_bytes: u64,
    /// Indices that are left.
    pub indices: u64,
    /// Bytes that are left.
    pub bytes: u64,
    /// Of those left, how many are too old and must stay.
    pub kept_back: u64,
    /// How many begin with the prefix and say no day, so that they never go.
    pub undated: u64,
}

impl From<&Purged> for Kept {
    fn from(purged: &Purged) -> Self {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let removed_bytes = purged.removed.iter().map(|index| index.bytes).sum();
        let verdict = &purged.verdict;
        // What somebody else removed in the same moment is gone as well.
        let gone: u64 = verdict.too_old.iter().map(|index| index.bytes).sum();
        Self {
            removed: count(purged.removed.len()),
            removed_bytes,
            indices: count(verdict.total.saturating_sub(verdict.too_old.len())),
            bytes: verdict.bytes.saturating_sub(gone),
            kept_back: count(verdict.kept_back.len()),
            undated: count(verdict.undated.len()),
        }
    }
}

impl Round {
    /// Whether all was done.
    pub fn is_whole(&self) -> bool {
        self.failures().is_empty()
    }

    /// What was not done, a sentence each.
    pub fn failures(&self) -> Vec<String> {
        let unread = self.unread.iter().map(|why| format!("the book was not read: {why}"));
        let failed = self.retentions.iter().filter_map(|(name, outcome)| {
            let why = outcome.as_ref().err()?;
            Some(format!("records of exporter \"{name}\" were not looked after: {why}"))
        });
        let due = self.backups.iter().filter_map(|outcome| outcome.as_ref().err());
        let due =
            due.map(|why| format!("the backup that may be due did not come to its end: {why}"));
        let paused = self.ended.iter().filter_map(|outcome| outcome.as_ref().err());
        let paused = paused.map(|why| format!("exporting may still be paused for a backup: {why}"));
        unread.chain(paused).chain(failed).chain(due).collect()
    }

    /// What was done, a sentence for each exporter.
    pub fn lines(&self) -> Vec<String> {
        let done = self.retentions.iter().filter_map(|(name, outcome)| {
            let Kept { removed, removed_bytes, indices, bytes, kept_back, undated } =
                outcome.as_ref().ok()?;
            Some(format!(
                "exporter \"{name}\": {removed} indices of {removed_bytes} bytes removed, {indices} of {bytes} bytes left, \
                 {kept_back} kept back, {undated} without a day"
            ))
        });
        let backups = self.backups.iter().filter_map(|outcome| match outcome.as_ref().ok()? {
            Taking::NotYet(_) => None,
            Taking::Taken { done, due } => Some(format!(
                "backup {} is whole, {} older ones are gone, the next is due at {}",
                done.backup.id,
                done.removed.len(),
                due.next
            )),
        });
        let ended = self.ended.iter().filter_map(|outcome| {
            let backup = outcome.as_ref().ok()?;
            Some(format!("backup {backup} was left half, and is taken away; exporting goes on"))
        });
        ended.chain(done).chain(backups).collect()
    }

    /// How long there is nothing to do of which this round knows.
    pub fn rests(&self) -> Duration {
        if let Some(Err(_)) = &self.ended {
            return PAUSED;
        }
        match &self.backups {
            None => Duration::MAX,
            Some(Ok(Taking::NotYet(due) | Taking::Taken { done: _, due })) => due.rests(),
            Some(Err(_)) => AGAIN,
        }
    }
}

/// Does one round.
pub async fn round(cluster: &Cluster, call: &Call) -> Round {
    // What a killed backup has left comes first: brokers' disks fill while exporting is paused.
    let ended = cluster.end_backup_pause(call).await;
    let ended = ended.map_err(|error| reason(&error)).transpose();
    let taken = cluster.back_up_when_due(call).await;
    let backups = taken.map_err(|error| reason(&error)).transpose();
    match cluster.enforce_retentions(call).await {
        Err(error) => Round { unread: Some(reason(&error)), backups, ended, ..Round::default() },
        Ok(outcomes) => {
            let told = |outcome: Result<Purged, RetentionError>| match outcome {
                Ok(purged) => Ok(Kept::from(&purged)),
                Err(error) => Err(reason(&error)),
            };
            let retentions =
                outcomes.into_iter().map(|(name, outcome)| (name, told(outcome))).collect();
            Round { retentions, backups, ended, unread: None }
        }
    }
}

/// An error with all that led to it, in one line.
pub fn reason(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

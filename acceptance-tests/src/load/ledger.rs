//! The book-keeping of a load: what was started, what was completed, and whether anything is lost or doubled.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::{Result, ensure};

use super::client::Created;

/// What a load has seen, shared by its starter and its worker.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    /// Instances that the gateway said it started, with the business id of the attempt.
    started: BTreeMap<i64, u64>,
    /// Attempts whose answer was lost.
    unclear: BTreeSet<u64>,
    /// The business id and jobs of each instance whose job arrived.
    arrived: BTreeMap<i64, (u64, BTreeSet<i64>)>,
    /// How often the completion of a job was accepted.
    completions: BTreeMap<i64, usize>,
    /// Instances with a completed job.
    completed: BTreeSet<i64>,
    /// Answers that were neither yes nor no, by their status.
    hindrances: BTreeMap<String, usize>,
}

/// What came of a load.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Instances that the gateway said it started.
    pub started: usize,
    /// Attempts to start one whose answer was lost.
    pub unclear: usize,
    /// Instances of such attempts that turned out to exist.
    pub unclear_but_started: usize,
    /// Instances whose job was completed.
    pub completed: usize,
    /// Started instances whose job was never completed.
    pub lost: Vec<i64>,
    /// Instances with more than one job, attempts with more than one instance, jobs that were completed twice.
    pub doubled: Vec<i64>,
    /// Instances that the cluster still has at the end.
    pub still_there: Vec<i64>,
    /// Answers that were neither yes nor no, by their status.
    pub hindrances: BTreeMap<String, usize>,
}

impl Report {
    /// Fails unless every instance was completed exactly once and is gone.
    pub fn is_exact(&self) -> Result<()> {
        ensure!(
            self.lost.is_empty() && self.doubled.is_empty() && self.still_there.is_empty(),
            "not every instance was completed exactly once: {self:#?}"
        );
        ensure!(
            self.completed == self.started + self.unclear_but_started,
            "completions do not add up: {self:#?}"
        );
        Ok(())
    }
}

impl Ledger {
    pub(super) fn record_start(&self, attempt: u64, outcome: Created) {
        let mut entries = self.entries();
        match outcome {
            Created::Instance(instance) => {
                entries.started.insert(instance, attempt);
            }
            Created::Refused(status) => *entries.hindrances.entry(status).or_insert(0) += 1,
            Created::Unclear(status) => {
                entries.unclear.insert(attempt);
                *entries.hindrances.entry(status).or_insert(0) += 1;
            }
        }
    }

    pub(super) fn record_job(&self, instance: i64, attempt: u64, job: i64) {
        let mut entries = self.entries();
        entries.arrived.entry(instance).or_insert((attempt, BTreeSet::new())).1.insert(job);
    }

    pub(super) fn record_completion(&self, instance: i64, job: i64) {
        let mut entries = self.entries();
        *entries.completions.entry(job).or_insert(0) += 1;
        entries.completed.insert(instance);
    }

    /// The job is gone: an earlier completion whose answer was lost was accepted after all.
    pub(super) fn record_already_completed(&self, instance: i64) {
        self.entries().completed.insert(instance);
    }

    pub(super) fn record_hindrance(&self, status: String) {
        *self.entries().hindrances.entry(status).or_insert(0) += 1;
    }

    pub(super) fn started(&self) -> usize {
        self.entries().started.len()
    }

    pub(super) fn completed(&self) -> usize {
        self.entries().completed.len()
    }

    /// Whether each instance that is known to exist is completed.
    pub(super) fn is_settled(&self) -> bool {
        let entries = self.entries();
        entries
            .started
            .keys()
            .chain(entries.arrived.keys())
            .all(|instance| entries.completed.contains(instance))
    }

    /// Every instance that is known to have existed.
    pub(super) fn instances(&self) -> BTreeSet<i64> {
        let entries = self.entries();
        entries.started.keys().chain(entries.arrived.keys()).copied().collect()
    }

    pub(super) fn report(&self) -> Report {
        let entries = self.entries();
        let mut instances_of: BTreeMap<u64, BTreeSet<i64>> = BTreeMap::new();
        for (instance, (attempt, _)) in &entries.arrived {
            instances_of.entry(*attempt).or_default().insert(*instance);
        }
        for (instance, attempt) in &entries.started {
            instances_of.entry(*attempt).or_default().insert(*instance);
        }
        let doubled_attempts =
            instances_of.values().filter(|instances| instances.len() > 1).flatten().copied();
        let doubled_work = entries
            .arrived
            .iter()
            .filter(|(_, (_, jobs))| {
                jobs.len() > 1
                    || jobs.iter().any(|job| entries.completions.get(job).is_some_and(|n| *n > 1))
            })
            .map(|(instance, _)| *instance);
        Report {
            started: entries.started.len(),
            unclear: entries.unclear.len(),
            unclear_but_started: entries
                .arrived
                .iter()
                .filter(|(instance, (attempt, _))| {
                    !entries.started.contains_key(*instance) && entries.unclear.contains(attempt)
                })
                .count(),
            completed: entries.completed.len(),
            lost: entries
                .started
                .keys()
                .filter(|instance| !entries.completed.contains(*instance))
                .copied()
                .collect(),
            doubled: doubled_attempts.chain(doubled_work).collect(),
            still_there: Vec::new(),
            hindrances: entries.hindrances.clone(),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

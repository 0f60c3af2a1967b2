//! What the agent knows of its rounds, and how it tells it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use zeebe_spec::ExporterName;

use zeebe_engine::Taking;

use crate::round::{Kept, Round};

/// All rounds since the start.
#[derive(Debug)]
pub struct State {
    cluster: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    rounds: u64,
    failed: u64,
    removed: BTreeMap<ExporterName, (u64, u64)>,
    taken: u64,
    taken_away: u64,
    ended: u64,
    last: Option<(Round, Timestamp)>,
}

impl State {
    /// Nothing is known yet of the cluster of that address.
    pub fn new(cluster: &str) -> Self {
        Self { cluster: cluster.to_owned(), known: Mutex::default() }
    }

    /// A round has come to its end.
    pub fn came(&self, round: Round, at: Timestamp) {
        let mut known = self.known();
        known.rounds += 1;
        known.failed += u64::from(!round.is_whole());
        for (name, outcome) in &round.retentions {
            if let Ok(kept) = outcome {
                let (indices, bytes) = known.removed.entry(name.clone()).or_default();
                *indices += kept.removed;
                *bytes += kept.removed_bytes;
            }
        }
        if let Some(Ok(Taking::Taken { done, due: _ })) = &round.backups {
            known.taken += 1;
            known.taken_away += u64::try_from(done.removed.len()).unwrap_or(u64::MAX);
        }
        known.ended += u64::from(matches!(round.ended, Some(Ok(_))));
        known.last = Some((round, at));
    }

    /// Whether the last round did all; why not otherwise.
    pub fn ready(&self) -> Result<(), String> {
        match &self.known().last {
            None => Err("the first round is under way".to_owned()),
            Some((round, _)) if round.is_whole() => Ok(()),
            Some((round, _)) => Err(round.failures().join("\n")),
        }
    }

    /// The figures, in the text form of Prometheus.
    pub fn metrics(&self) -> String {
        let known = self.known();
        let mut page = Page { cluster: &self.cluster, text: String::new() };
        page.of_all("rounds_total", "counter", "Rounds since the start.", known.rounds);
        page.of_all("rounds_failed_total", "counter", "Rounds that did not do all.", known.failed);
        if let Some((_, at)) = &known.last {
            let seconds = u64::try_from(at.as_second()).unwrap_or_default();
            let what = "When the last round ended, in seconds of Unix time.";
            page.of_all("last_round_timestamp_seconds", "gauge", what, seconds);
        }
        page.of_all("backups_taken_total", "counter", "Backups taken, whole.", known.taken);
        let what = "Backups taken out of the store, beyond those to keep.";
        page.of_all("backups_removed_total", "counter", what, known.taken_away);
        let what = "Backups that were killed while exporting was paused for them, and taken away.";
        page.of_all("backups_ended_total", "counter", what, known.ended);
        let taking =
            known.last.as_ref().and_then(|(round, _)| round.backups.as_ref()?.as_ref().ok());
        if let Some(Taking::NotYet(due) | Taking::Taken { done: _, due }) = taking {
            let second = |time: Timestamp| u64::try_from(time.as_second()).unwrap_or_default();
            let what = "When the next backup is due, in seconds of Unix time.";
            page.of_all("backup_next_timestamp_seconds", "gauge", what, second(due.next));
            if let Some((_, began)) = due.last {
                let what = "When the newest whole backup began, in seconds of Unix time.";
                page.of_all("backup_last_timestamp_seconds", "gauge", what, second(began));
            }
        }
        let removed =
            |of: fn(&(u64, u64)) -> u64| known.removed.iter().map(move |(name, it)| (name, of(it)));
        let what = "Indices that were removed because they were too old.";
        page.of_each("removed_indices_total", "counter", what, removed(|it| it.0));
        let what = "Bytes of the indices that were removed.";
        page.of_each("removed_bytes_total", "counter", what, removed(|it| it.1));
        let last = known.last.iter().flat_map(|(round, _)| &round.retentions);
        let seen: Vec<(&ExporterName, &Kept)> =
            last.filter_map(|(name, outcome)| Some((name, outcome.as_ref().ok()?))).collect();
        let figures: [Figure; 4] = [
            ("indices", "Indices of the exporter in its store.", |kept| kept.indices),
            ("bytes", "Bytes of these indices, copies too.", |kept| kept.bytes),
            ("kept_back", "Indices that are too old and must stay for now.", |kept| kept.kept_back),
            ("undated", "Indices of its prefix whose names say no day.", |kept| kept.undated),
        ];
        for (name, what, of) in figures {
            page.of_each(name, "gauge", what, seen.iter().map(|(name, kept)| (*name, of(kept))));
        }
        page.text
    }

    /// Whoever panicked while he had it left figures behind that are whole.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A figure's name, what it says, and where it is read.
type Figure = (&'static str, &'static str, fn(&Kept) -> u64);

struct Page<'a> {
    cluster: &'a str,
    text: String,
}

impl Page<'_> {
    fn of_all(&mut self, name: &str, kind: &str, what: &str, value: u64) {
        self.head(name, kind, what);
        self.line(&format!("zeebe_agent_{name}{{cluster=\"{}\"}} {value}", self.cluster));
    }

    fn of_each<'n>(
        &mut self,
        name: &str,
        kind: &str,
        what: &str,
        values: impl Iterator<Item = (&'n ExporterName, u64)>,
    ) {
        self.head(&format!("retention_{name}"), kind, what);
        for (exporter, value) in values {
            let cluster = self.cluster;
            self.line(&format!(
                "zeebe_agent_retention_{name}{{cluster=\"{cluster}\",exporter=\"{exporter}\"}} {value}"
            ));
        }
    }

    fn head(&mut self, name: &str, kind: &str, what: &str) {
        self.line(&format!("# HELP zeebe_agent_{name} {what}\n# TYPE zeebe_agent_{name} {kind}"));
    }

    fn line(&mut self, text: &str) {
        // A string takes all that is written.
        let _written = writeln!(self.text, "{text}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn round(outcome: Result<Kept, String>) -> Round {
        let retentions = BTreeMap::from([("audit".parse().unwrap(), outcome)]);
        Round { retentions, ..Round::default() }
    }

    #[test]
    fn rounds_are_counted_and_the_last_one_says_whether_it_is_ready() {
        let state = State::new("local:///srv/payments");
        assert_eq!(state.ready(), Err("the first round is under way".to_owned()));
        let kept =
            Kept { removed: 2, removed_bytes: 20, indices: 3, bytes: 30, kept_back: 1, undated: 0 };
        for _ in 0..2 {
            state.came(round(Ok(kept)), Timestamp::from_second(1_795_435_200).unwrap());
        }
        assert_eq!(state.ready(), Ok(()));
        let metrics = state.metrics();
        for line in [
            "zeebe_agent_rounds_total{cluster=\"local:///srv/payments\"} 2",
            "zeebe_agent_last_round_timestamp_seconds{cluster=\"local:///srv/payments\"} 1795435200",
            "zeebe_agent_retention_removed_indices_total{cluster=\"local:///srv/payments\",exporter=\"audit\"} 4",
            "zeebe_agent_retention_removed_bytes_total{cluster=\"local:///srv/payments\",exporter=\"audit\"} 40",
            "zeebe_agent_retention_indices{cluster=\"local:///srv/payments\",exporter=\"audit\"} 3",
            "zeebe_agent_retention_kept_back{cluster=\"local:///srv/payments\",exporter=\"audit\"} 1",
        ] {
            assert!(metrics.lines().any(|told| told == line), "no {line} in\n{metrics}");
        }
        state.came(round(Err("no answer".to_owned())), Timestamp::UNIX_EPOCH);
        let why = "records of exporter \"audit\" were not looked after: no answer";
        assert_eq!(state.ready(), Err(why.to_owned()));
    }
    #[test]
    fn backups_are_counted_and_say_when_the_next_is_due() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let id = |id| zeebe_spec::BackupId::try_from(id).unwrap();
        let due = zeebe_engine::Due {
            now: second(1_795_435_200),
            last: Some((id(7), second(1_795_435_100))),
            next: second(1_795_435_700),
            under_way: None,
        };
        let backup = zeebe_engine::Backup {
            id: id(7),
            state: zeebe_engine::BackupState::Completed,
            failure: None,
            partitions: BTreeMap::new(),
        };
        let done = zeebe_engine::BackedUp { backup, removed: vec![id(4), id(5)] };
        let of = |taking| Round { backups: Some(taking), ..Round::default() };
        let state = State::new("local:///srv/payments");
        let taken = of(Ok(Taking::Taken { done, due: due.clone() }));
        assert_eq!(taken.rests(), Duration::from_secs(500));
        state.came(taken, due.now);
        state.came(of(Ok(Taking::NotYet(due.clone()))), due.now);
        assert_eq!(state.ready(), Ok(()));
        let metrics = state.metrics();
        for line in [
            "zeebe_agent_backups_taken_total{cluster=\"local:///srv/payments\"} 1",
            "zeebe_agent_backups_removed_total{cluster=\"local:///srv/payments\"} 2",
            "zeebe_agent_backup_next_timestamp_seconds{cluster=\"local:///srv/payments\"} 1795435700",
            "zeebe_agent_backup_last_timestamp_seconds{cluster=\"local:///srv/payments\"} 1795435100",
        ] {
            assert!(metrics.lines().any(|told| told == line), "no {line} in\n{metrics}");
        }
        // The store is away: nobody knows when the next is due, and it is tried again before long.
        let failed = of(Err("no answer".to_owned()));
        assert_eq!(failed.rests(), Duration::from_mins(5));
        state.came(failed, due.now);
        let why = "the backup that may be due did not come to its end: no answer";
        assert_eq!(state.ready(), Err(why.to_owned()));
        assert!(!state.metrics().contains("backup_next"));
    }
}

//! What the receiver tells of itself, in the text form of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::mark::Mark;
use crate::record::PartitionId;

/// Figures of one receiver since its start.
#[derive(Debug)]
pub struct Metrics {
    cluster: String,
    figures: Mutex<Figures>,
}

#[derive(Debug, Default)]
struct Figures {
    partitions: BTreeMap<PartitionId, Partition>,
    answers: BTreeMap<u16, u64>,
    sink_up: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Partition {
    mark: Option<Mark>,
    lag: i64,
    records: u64,
    duplicates: u64,
    gaps: u64,
    conflicts: u64,
    refused: u64,
}

/// What became of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Records that are durable now.
    pub written: usize,
    /// Records that were before.
    pub dropped: usize,
    /// Places at which the position did not go up by one.
    pub gaps: usize,
}

impl Metrics {
    /// Figures of a receiver of that cluster.
    pub fn new(cluster: &str) -> Self {
        Self { cluster: cluster.to_owned(), figures: Mutex::default() }
    }

    /// A batch is durable.
    pub fn written(
        &self,
        partition: PartitionId,
        mark: Option<Mark>,
        batch: Written,
        now: SystemTime,
    ) {
        let mut figures = self.lock();
        let figures = figures.partitions.entry(partition).or_default();
        if let Some(mark) = mark {
            let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
            figures.lag = i64::try_from(now).unwrap_or(i64::MAX).saturating_sub(mark.timestamp);
        }
        figures.mark = mark;
        figures.records += count(batch.written);
        figures.duplicates += count(batch.dropped);
        figures.gaps += count(batch.gaps);
    }

    /// A batch was refused, as its records are not those that were written.
    pub fn conflict(&self, partition: PartitionId) {
        self.lock().partitions.entry(partition).or_default().conflicts += 1;
    }

    /// So many records were set aside, as the store refuses them where they belong.
    pub fn refused(&self, partition: PartitionId, records: usize) {
        self.lock().partitions.entry(partition).or_default().refused += count(records);
    }

    /// A request was answered with that status.
    pub fn answered(&self, status: u16) {
        *self.lock().answers.entry(status).or_default() += 1;
    }

    /// The sink did, or did not do, what it was last asked.
    pub fn sink_up(&self, up: bool) {
        self.lock().sink_up = Some(up);
    }

    /// All figures as a page.
    pub fn page(&self) -> String {
        let figures = self.lock();
        let mut page = String::new();
        let cluster = &self.cluster;
        let mut family = |name: &str, kind: &str, help: &str, lines: Vec<(String, String)>| {
            if lines.is_empty() {
                return;
            }
            write!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n")
                .expect("a string takes all that is written");
            for (labels, value) in lines {
                writeln!(page, "{name}{{cluster=\"{cluster}\"{labels}}} {value}")
                    .expect("a string takes all that is written");
            }
        };
        let each = |value: &dyn Fn(&Partition) -> Option<String>| -> Vec<(String, String)> {
            figures
                .partitions
                .iter()
                .filter_map(|(id, partition)| {
                    Some((format!(",partition=\"{id}\""), value(partition)?))
                })
                .collect()
        };
        family(
            "zeebe_receiver_last_position",
            "gauge",
            "Highest position that is durable.",
            each(&|partition| Some(partition.mark?.position.to_string())),
        );
        family(
            "zeebe_receiver_last_record_timestamp_seconds",
            "gauge",
            "Latest time of a durable record, in seconds since 1970.",
            each(&|partition| Some(seconds(partition.mark?.timestamp))),
        );
        family(
            "zeebe_receiver_lag_seconds",
            "gauge",
            "From when a leader wrote the newest durable record to when it was durable.",
            each(&|partition| partition.mark.map(|_| seconds(partition.lag))),
        );
        family(
            "zeebe_receiver_records_total",
            "counter",
            "Records made durable.",
            each(&|partition| Some(partition.records.to_string())),
        );
        family(
            "zeebe_receiver_duplicates_dropped_total",
            "counter",
            "Records that came again and were durable before.",
            each(&|partition| Some(partition.duplicates.to_string())),
        );
        family(
            "zeebe_receiver_gaps_total",
            "counter",
            "Places at which the position went up by more than one; an exporter's filter makes them.",
            each(&|partition| Some(partition.gaps.to_string())),
        );
        family(
            "zeebe_receiver_conflicts_total",
            "counter",
            "Batches refused because they are not what was written at their positions.",
            each(&|partition| Some(partition.conflicts.to_string())),
        );
        family(
            "zeebe_receiver_refused_total",
            "counter",
            "Records that a store refused where they belong, kept as text in its index of refused ones.",
            each(&|partition| (partition.refused > 0).then(|| partition.refused.to_string())),
        );
        family(
            "zeebe_receiver_answers_total",
            "counter",
            "Requests by the status that they were answered with.",
            figures
                .answers
                .iter()
                .map(|(status, count)| (format!(",status=\"{status}\""), count.to_string()))
                .collect(),
        );
        family(
            "zeebe_receiver_sink_up",
            "gauge",
            "Whether the sink did what it was last asked.",
            figures
                .sink_up
                .into_iter()
                .map(|up| (String::new(), u8::from(up).to_string()))
                .collect(),
        );
        page
    }

    fn lock(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Milliseconds as seconds with three decimals.
fn seconds(milliseconds: i64) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let milliseconds = milliseconds.unsigned_abs();
    format!("{sign}{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_page_has_each_figure_with_its_meaning() {
        let metrics = Metrics::new("payments");
        let partition = PartitionId::new(2).unwrap();
        let mark = Some(Mark { position: 77, timestamp: 1_500 });
        let batch = Written { written: 5, dropped: 2, gaps: 1 };
        metrics.written(partition, mark, batch, UNIX_EPOCH + Duration::from_secs(2));
        metrics.written(partition, mark, batch, UNIX_EPOCH + Duration::from_secs(2));
        metrics.conflict(partition);
        metrics.answered(200);
        metrics.sink_up(true);
        insta::assert_snapshot!(metrics.page());
    }

    #[test]
    fn nothing_is_told_of_what_never_was() {
        assert_eq!(Metrics::new("payments").page(), "");
    }
}

//! One batch, until the store has every record of it: where it belongs, or as text where it is refused.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use futures::stream;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::document::{Place, create, refused};
use super::outcome::Outcome;
use super::state::State;
use super::store::{BulkError, Store};
use crate::Reason;
use crate::mark::Mark;
use crate::metrics::Written;
use crate::record::{PartitionId, Record};
use crate::sink::SinkError;
use crate::verify::Fingerprint;

/// Between two tries, first and at most.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Records of one look at those that are there already.
const LOOK: usize = 500;

/// Whether a batch is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrote {
    /// Every record is.
    All,
    /// It was time to stop first.
    Stopped,
}

/// What is next for a record that is not settled.
#[derive(Clone, Debug)]
enum Next<'a> {
    /// It goes where it belongs.
    Place(&'a Record),
    /// The store refuses it for good: it goes where refused ones go, with the reason.
    Refuse(&'a Record, String),
}

/// What one request left.
#[derive(Default)]
struct Left<'a> {
    /// To be sent again, or elsewhere.
    next: Vec<Next<'a>>,
    /// There is a document at its place: is it this one?
    compare: Vec<&'a Record>,
    /// Why something is sent again.
    why: Option<String>,
    /// The request was too large for the store.
    too_large: bool,
}

/// Counts of one partition.
#[derive(Clone, Copy, Default)]
struct Count {
    written: usize,
    present: usize,
    refused: usize,
}

/// Writes batches.
pub(super) struct Writer {
    pub(super) store: Store,
    pub(super) state: Arc<State>,
}

impl Writer {
    /// Writes a batch, and tries again for as long as it takes.
    pub(super) async fn write(&self, records: &[Record], stop: &CancellationToken) -> Wrote {
        let settings = &self.store.settings;
        let mut next: Vec<_> = records.iter().map(Next::Place).collect();
        let mut counts: BTreeMap<PartitionId, Count> = BTreeMap::new();
        let mut most = settings.records;
        let mut pause = PAUSE;
        while !next.is_empty() {
            let before = next.len();
            let chunks = chunks(next, most, settings.size);
            let asked = chunks.into_iter().map(|chunk| self.send(chunk));
            let answers: Vec<_> = stream::iter(asked).buffered(settings.writers).collect().await;
            next = Vec::new();
            let mut why = None;
            let mut smaller = false;
            for (left, written, refused) in answers {
                for partition in written {
                    counts.entry(partition).or_default().written += 1;
                }
                for partition in refused {
                    counts.entry(partition).or_default().refused += 1;
                }
                smaller |= left.too_large;
                why = left.why.or(why);
                next.extend(left.next);
                for looked in left.compare.chunks(LOOK) {
                    match self.compare(looked).await {
                        Ok(others) => {
                            for record in looked {
                                counts.entry(record.partition).or_default().present += 1;
                            }
                            for (record, reason) in others {
                                counts.entry(record.partition).or_default().present -= 1;
                                next.push(Next::Refuse(record, reason));
                            }
                        }
                        Err(error) => {
                            why = Some(Reason(&error).to_string());
                            next.extend(looked.iter().copied().map(Next::Place));
                        }
                    }
                }
            }
            if smaller && most > 1 {
                most /= 2;
                info!(records = most, "a bulk was too large for the store: smaller ones are sent");
                continue;
            }
            let Some(why) = why else { continue };
            self.state.blocked(&why);
            if next.len() < before {
                pause = PAUSE;
            }
            warn!(
                left = next.len(),
                ?pause,
                "the store did not take records, they are sent again: {why}"
            );
            tokio::select! {
                () = time::sleep(pause) => {}
                () = stop.cancelled() => return Wrote::Stopped,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        self.state.free();
        self.count(records, &counts);
        Wrote::All
    }

    async fn send<'a>(
        &self,
        chunk: Vec<Next<'a>>,
    ) -> (Left<'a>, Vec<PartitionId>, Vec<PartitionId>) {
        let settings = &self.store.settings;
        let mut lines = Vec::new();
        for next in &chunk {
            match next {
                Next::Place(record) => {
                    let place = Place::of(record, &settings.prefix, settings.period);
                    create(&mut lines, &place, &record.bytes);
                }
                Next::Refuse(record, reason) => {
                    let place = Place::of_refused(record, &settings.prefix);
                    create(&mut lines, &place, refused(record, reason).to_string().as_bytes());
                }
            }
        }
        let mut left = Left::default();
        let (mut written, mut set_aside) = (Vec::new(), Vec::new());
        let outcomes = match self.store.bulk(lines.into(), chunk.len()).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                match error {
                    BulkError::TooLarge if chunk.len() > 1 => left.too_large = true,
                    BulkError::TooLarge => {
                        left.why = Some(format!(
                            "the {} is larger than the store takes in one request",
                            chunk.first().map_or_else(String::new, Next::name)
                        ));
                    }
                    BulkError::Unclear(error) => left.why = Some(Reason(&error).to_string()),
                }
                left.next = chunk;
                return (left, written, set_aside);
            }
        };
        for (next, outcome) in chunk.into_iter().zip(outcomes) {
            match (next, outcome) {
                (Next::Place(record), Outcome::Written) => written.push(record.partition),
                (Next::Place(record), Outcome::Present) => left.compare.push(record),
                (Next::Refuse(record, reason), Outcome::Written | Outcome::Present) => {
                    warn!(
                        record = record.id(),
                        "refused, and kept as text with the reason: {reason}"
                    );
                    set_aside.push(record.partition);
                }
                (Next::Place(record), Outcome::Refused(reason)) => {
                    left.next.push(Next::Refuse(record, reason));
                }
                // As text it is nothing but text: something is wrong with the store.
                (next @ Next::Refuse(..), Outcome::Refused(why)) | (next, Outcome::Again(why)) => {
                    left.why = Some(why);
                    left.next.push(next);
                }
            }
        }
        (left, written, set_aside)
    }

    /// Those of which another record, or none any more, is at their place.
    async fn compare<'a>(
        &self,
        records: &[&'a Record],
    ) -> Result<Vec<(&'a Record, String)>, SinkError> {
        let settings = &self.store.settings;
        let places: Vec<_> = records
            .iter()
            .map(|record| Place::of(record, &settings.prefix, settings.period))
            .collect();
        let found = self.store.get(&places).await?;
        let same = |record: &Record, found: &Record| matches!((Fingerprint::of(record), Fingerprint::of(found)), (Ok(a), Ok(b)) if a == b);
        let others = records
            .iter()
            .zip(found)
            .filter(|(record, found)| !found.as_ref().is_some_and(|found| same(record, found)));
        Ok(others
            .map(|(record, _)| (*record, "another document is at its place".to_owned()))
            .collect())
    }

    fn count(&self, records: &[Record], counts: &BTreeMap<PartitionId, Count>) {
        let now = SystemTime::now();
        for (partition, Count { written, present, refused }) in counts {
            let of = records.iter().filter(|record| record.partition == *partition);
            let mark = of
                .max_by_key(|record| record.position)
                .map(|record| Mark { position: record.position, timestamp: record.timestamp });
            let batch = Written { written: written + refused, dropped: *present, gaps: 0 };
            self.state.metrics.written(*partition, mark, batch, now);
            self.state.metrics.refused(*partition, *refused);
        }
    }
}

impl Next<'_> {
    fn size(&self) -> usize {
        match self {
            Self::Place(record) => record.bytes.len(),
            Self::Refuse(record, reason) => record.bytes.len() * 2 + reason.len(),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Place(record) | Self::Refuse(record, _) => format!("record {}", record.id()),
        }
    }
}

/// Parts by number and size; whatever is too large goes alone.
fn chunks(all: Vec<Next<'_>>, most: usize, size: usize) -> Vec<Vec<Next<'_>>> {
    let mut chunks: Vec<Vec<Next<'_>>> = Vec::new();
    let mut bytes = 0;
    for next in all {
        let own = next.size();
        match chunks.last_mut() {
            Some(last) if last.len() < most && bytes + own <= size => {
                bytes += own;
                last.push(next);
            }
            _ => {
                bytes = own;
                chunks.push(vec![next]);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests;

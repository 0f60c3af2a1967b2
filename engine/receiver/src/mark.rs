//! How far a partition is written, and what of a batch is new.
//!
//! An exporter sends from its last acknowledged position on, again and again, each time perhaps more; after a restart of
//! its broker from the last snapshot on. So what is at or below the mark was written before, and is dropped.

use crate::batch::Batch;
use crate::record::{PartitionId, Record};

/// How much later than all that was written a record may be that is said to be written already.
///
/// It was written with the others, so it is no later than the latest of them; ten seconds are for a sink that can only
/// tell the time of its last record, and for leaders whose clocks differ.
const SKEW_MILLISECONDS: i64 = 10_000;

/// How far a partition is durably written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The highest position that is.
    pub position: u64,
    /// The latest time of a record that is, in milliseconds since 1970.
    pub timestamp: i64,
}

/// What of a batch is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// The records above the mark, ascending; none when all were written before.
    pub records: Vec<Record>,
    /// How many were written before.
    pub dropped: usize,
    /// Places at which the position does not go up by one. The exporter's filter makes them; they are counted only.
    pub gaps: usize,
    /// The mark when the records are durable; none when nothing ever was.
    pub mark: Option<Mark>,
}

/// A record that cannot be the one that was written at its position: another cluster sends under this one's name, or
/// the cluster was made anew or restored to an earlier point. Dropping it would lose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "position {position} of partition {partition} is written already, but this record is {later} ms later than all \
     that is written: it is another cluster's, or of this cluster made anew or restored"
)]
pub struct Conflict {
    /// Whose record it is.
    pub partition: PartitionId,
    /// Its position.
    pub position: u64,
    /// How much later it is than everything that is written, in milliseconds.
    pub later: i64,
}

/// Tells what of a batch is above the mark.
pub fn fresh(mark: Option<Mark>, batch: Batch) -> Result<Fresh, Conflict> {
    let partition = batch.partition();
    let mut records = batch.into_records();
    let dropped = match mark {
        None => 0,
        Some(mark) => {
            let dropped = records.partition_point(|record| record.position <= mark.position);
            for record in &records[..dropped] {
                let later = record.timestamp.saturating_sub(mark.timestamp);
                if later > SKEW_MILLISECONDS {
                    return Err(Conflict { partition, position: record.position, later });
                }
            }
            dropped
        }
    };
    records.drain(..dropped);
    let before = mark.map(|mark| mark.position);
    let positions = before.into_iter().chain(records.iter().map(|record| record.position));
    let gaps = positions
        .clone()
        .zip(positions.skip(1))
        .filter(|(earlier, later)| later - earlier > 1)
        .count();
    let mark = records.iter().fold(mark, |mark, record| {
        let timestamp = mark.map_or(record.timestamp, |mark| mark.timestamp.max(record.timestamp));
        Some(Mark { position: record.position, timestamp })
    });
    Ok(Fresh { records, dropped, gaps, mark })
}

#[cfg(test)]
mod tests;

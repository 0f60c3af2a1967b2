//! Proves of what a sink holds that nothing is missing, doubled, out of order or contradictory.
//!
//! Pure: readings go in, one record at a time, and findings come out. Where every record and value type is exported,
//! positions have no gaps and one reading is its own proof; under a filter, whose gaps are by design, it is compared
//! with a second, complete reading.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::ops::RangeInclusive;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::record::{PartitionId, Record};

/// What a record says, but for its `sequence`, which is not the same when a record is exported again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// That of a record. The order of its keys makes no difference.
    pub fn of(record: &Record) -> Result<Self, serde_json::Error> {
        let mut value: Value = serde_json::from_slice(&record.bytes)?;
        if let Some(fields) = value.as_object_mut() {
            fields.remove("sequence");
        }
        let digest = Sha256::digest(serde_json::to_vec(&value)?);
        Ok(Self(digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))))
    }
}

/// All that was read of one sink, in the order in which it holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    partitions: BTreeMap<PartitionId, Partition>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Partition {
    held: BTreeMap<u64, Fingerprint>,
    last: u64,
    doubled: Vec<u64>,
    contradictory: Vec<u64>,
    disordered: Vec<u64>,
}

impl Reading {
    /// The next record of the sink.
    pub fn add(&mut self, partition: PartitionId, position: u64, fingerprint: Fingerprint) {
        let partition = self.partitions.entry(partition).or_default();
        match partition.held.get(&position) {
            Some(held) if *held == fingerprint => partition.doubled.push(position),
            Some(_) => partition.contradictory.push(position),
            None => {
                if position < partition.last {
                    partition.disordered.push(position);
                }
                partition.held.insert(position, fingerprint);
            }
        }
        partition.last = partition.last.max(position);
    }

    /// How many different records were read.
    pub fn records(&self) -> usize {
        self.partitions.values().map(|partition| partition.held.len()).sum()
    }

    /// What is found in this reading alone.
    pub fn verify(&self) -> Report {
        self.report(|_, _| (Vec::new(), Vec::new(), Vec::new()))
    }

    /// What is found beside a complete reading of the same cluster.
    pub fn verify_against(&self, complete: &Self) -> Report {
        let mut report = self.report(|id, partition| {
            let nothing = Partition::default();
            let other = complete.partitions.get(&id).unwrap_or(&nothing);
            let missing = other.held.keys().filter(|key| !partition.held.contains_key(*key));
            let extra = partition.held.keys().filter(|key| !other.held.contains_key(*key));
            let different = partition.held.iter().filter(|(position, fingerprint)| {
                other.held.get(*position).is_some_and(|other| other != *fingerprint)
            });
            (
                missing.copied().collect(),
                extra.copied().collect(),
                different.map(|(position, _)| *position).collect(),
            )
        });
        for (id, partition) in &complete.partitions {
            report.partitions.entry(*id).or_insert_with(|| Found {
                missing: partition.held.keys().copied().collect(),
                ..Found::default()
            });
        }
        report
    }

    fn report(
        &self,
        compare: impl Fn(PartitionId, &Partition) -> (Vec<u64>, Vec<u64>, Vec<u64>),
    ) -> Report {
        let found = self.partitions.iter().map(|(id, partition)| {
            let (missing, extra, different) = compare(*id, partition);
            let found = Found {
                records: partition.held.len(),
                range: partition
                    .held
                    .first_key_value()
                    .zip(partition.held.last_key_value())
                    .map(|((first, _), (last, _))| *first..=*last),
                gaps: gaps(partition.held.keys().copied()),
                doubled: partition.doubled.clone(),
                contradictory: partition.contradictory.clone(),
                disordered: partition.disordered.clone(),
                missing,
                extra,
                different,
            };
            (*id, found)
        });
        Report { partitions: found.collect() }
    }
}

fn gaps(positions: impl Iterator<Item = u64> + Clone) -> Vec<RangeInclusive<u64>> {
    positions
        .clone()
        .zip(positions.skip(1))
        .filter(|(before, after)| after - before > 1)
        .map(|(before, after)| before + 1..=after - 1)
        .collect()
}

/// What was found, for each partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By partition.
    pub partitions: BTreeMap<PartitionId, Found>,
}

/// What was found of one partition. Positions ascend in every list but that of doubles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many different records there are.
    pub records: usize,
    /// The first and the last position.
    pub range: Option<RangeInclusive<u64>>,
    /// Positions between them that are not there. By design where the exporter filters.
    pub gaps: Vec<RangeInclusive<u64>>,
    /// Positions that came again with the same record, once for each time.
    pub doubled: Vec<u64>,
    /// Positions that came again with another record.
    pub contradictory: Vec<u64>,
    /// Positions that came for the first time after a higher one.
    pub disordered: Vec<u64>,
    /// Positions that the complete reading has and this one has not.
    pub missing: Vec<u64>,
    /// Positions that this reading has and the complete one has not.
    pub extra: Vec<u64>,
    /// Positions at which the two have different records.
    pub different: Vec<u64>,
}

/// Whether gaps in the positions are a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// The exporter filters: they are by design.
    ByDesign,
    /// Every record and value type is exported: a gap is a loss.
    AreLoss,
}

impl Report {
    /// Whether each record is there once, in order, and nothing else.
    pub fn is_exact(&self, gaps: Gaps) -> bool {
        self.partitions.values().all(|found| {
            (gaps == Gaps::ByDesign || found.gaps.is_empty())
                && [
                    &found.doubled,
                    &found.contradictory,
                    &found.disordered,
                    &found.missing,
                    &found.extra,
                    &found.different,
                ]
                .iter()
                .all(|list| list.is_empty())
        })
    }

    /// It as JSON for machines: of each list how many positions it has, and the first.
    pub fn document(&self, exact: bool) -> Value {
        let list =
            |positions: &[u64]| json!({ "count": positions.len(), "first": positions.first() });
        let partitions = self.partitions.iter().map(|(id, found)| {
            let absent: u64 = found.gaps.iter().map(|gap| gap.end() - gap.start() + 1).sum();
            let document = json!({
                "records": found.records,
                "first": found.range.as_ref().map(RangeInclusive::start),
                "last": found.range.as_ref().map(RangeInclusive::end),
                "gaps": { "count": absent, "first": found.gaps.first().map(RangeInclusive::start) },
                "doubled": list(&found.doubled),
                "contradictory": list(&found.contradictory),
                "disordered": list(&found.disordered),
                "missing": list(&found.missing),
                "extra": list(&found.extra),
                "different": list(&found.different),
            });
            (id.number().to_string(), document)
        });
        json!({ "exact": exact, "partitions": partitions.collect::<BTreeMap<_, _>>() })
    }
}

impl Display for Report {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for (id, found) in &self.partitions {
            write!(formatter, "partition {id}: {} records", found.records)?;
            if let Some(range) = &found.range {
                write!(formatter, ", positions {} to {}", range.start(), range.end())?;
            }
            let absent: u64 = found.gaps.iter().map(|gap| gap.end() - gap.start() + 1).sum();
            write!(formatter, ", {} gaps of {absent} positions", found.gaps.len())?;
            for (what, positions) in [
                ("doubled", &found.doubled),
                ("contradictory", &found.contradictory),
                ("out of order", &found.disordered),
                ("missing", &found.missing),
                ("beyond the complete reading", &found.extra),
                ("different", &found.different),
            ] {
                if let Some(first) = positions.first() {
                    write!(formatter, ", {} {what} (first {first})", positions.len())?;
                }
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

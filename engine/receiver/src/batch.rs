//! The records of one bulk that are of one partition, ascending.

use std::collections::BTreeMap;

use crate::record::{PartitionId, Record};

/// Records of one partition, at least one, each at a higher position than the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    partition: PartitionId,
    records: Vec<Record>,
}

/// Records that no exporter sends in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("position {position} of partition {partition} comes after position {after}")]
pub struct OrderError {
    /// Whose records they are.
    pub partition: PartitionId,
    /// The position that is too low.
    pub position: u64,
    /// The one before it.
    pub after: u64,
}

impl Batch {
    /// Parts the records of a bulk by partition, and keeps their order. An exporter has one partition, so this is one
    /// batch; more are as good.
    pub fn of(records: impl IntoIterator<Item = Record>) -> Result<Vec<Self>, OrderError> {
        let mut parts: BTreeMap<PartitionId, Vec<Record>> = BTreeMap::new();
        for record in records {
            let part = parts.entry(record.partition).or_default();
            if let Some(last) = part.last().filter(|last| last.position >= record.position) {
                return Err(OrderError {
                    partition: record.partition,
                    position: record.position,
                    after: last.position,
                });
            }
            part.push(record);
        }
        Ok(parts.into_iter().map(|(partition, records)| Self { partition, records }).collect())
    }

    /// Whose records they are.
    pub fn partition(&self) -> PartitionId {
        self.partition
    }

    /// The records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    pub(crate) fn into_records(self) -> Vec<Record> {
        self.records
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::record;

    #[test]
    fn partitions_are_parted_and_their_order_is_kept() {
        let records = [record(2, 7, 1), record(1, 3, 1), record(2, 9, 1), record(1, 4, 1)];
        let found: Vec<_> = Batch::of(records)
            .unwrap()
            .iter()
            .map(|batch| {
                let positions: Vec<_> =
                    batch.records().iter().map(|record| record.position).collect();
                (batch.partition().number(), positions)
            })
            .collect();
        assert_eq!(found, [(1, vec![3, 4]), (2, vec![7, 9])]);
    }

    #[test]
    fn a_position_that_does_not_ascend_is_refused() {
        for second in [3, 2] {
            let error = Batch::of([record(1, 3, 1), record(1, second, 1)]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("position {second} of partition 1 comes after position 3")
            );
        }
    }
}

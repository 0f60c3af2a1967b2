//! What the files of a receiver say of instances, and when nothing is under way any more.

use std::{collections::BTreeSet, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use camino::Utf8Path;
use serde_json::Value;

use crate::{
    servers::{broker::Brokers, receiver::Receiver},
    wait,
};

/// What a backlog takes at most: an exporter waits ten seconds between two tries.
const DRAINED: Duration = Duration::from_mins(5);

/// The instances whose end is in the records of that folder.
pub fn completed(records: &Utf8Path) -> Result<BTreeSet<i64>> {
    let mut completed = BTreeSet::new();
    for entry in records.read_dir_utf8()? {
        for line in fs::read_to_string(entry?.path())?.lines() {
            if !line.contains("\"ELEMENT_COMPLETED\"") || !line.contains("\"PROCESS\"") {
                continue;
            }
            // The last line may be half-written while somebody looks.
            let Ok(record) = serde_json::from_str::<Value>(line) else { continue };
            if record["value"]["bpmnElementType"] == "PROCESS"
                && record["intent"] == "ELEMENT_COMPLETED"
            {
                let key = record["value"]["processInstanceKey"].as_i64();
                completed.insert(key.context("an instance without a key")?);
            }
        }
    }
    Ok(completed)
}

/// Waits until all records of the first so many partitions are answered for by both receivers, those of so many
/// instances among them.
pub fn wait_drained(
    brokers: &Brokers,
    partitions: u16,
    into_kafka: &Receiver,
    into_files: &Receiver,
    records: &Utf8Path,
    instances: usize,
) -> Result<()> {
    wait::until("the instances in the records", DRAINED, || {
        let found = completed(records)?.len();
        ensure!(found >= instances, "{found} of {instances} are there");
        Ok(())
    })?;
    for partition in 1..=partitions {
        wait::until(&format!("partition {partition} exported"), DRAINED, || {
            let exported = brokers.exported(partition)?;
            let in_files = into_files.figure("last_position", partition)?;
            let in_kafka = into_kafka.figure("last_position", partition)?;
            // A receiver that was started after the last record has no figure of it.
            ensure!(
                in_files == exported && (in_kafka == exported || in_kafka == 0),
                "{in_files} and {in_kafka} of {exported} are written"
            );
            Ok(())
        })?;
    }
    Ok(())
}

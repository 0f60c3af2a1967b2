//! Reads a whole lake, for a proof: as a reader of its files does, and the journal for what is not in files yet.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::sleep;

use super::journal::records;
use super::store::Store;
use super::{Planned, names, planned, table};
use crate::record::{PartitionId, Record};
use crate::sink::SinkError;
use crate::verify::{Fingerprint, Reading};

/// How often it is looked whether somebody else has the lock still.
const PAUSE: Duration = Duration::from_millis(50);

/// What was read of one partition, by position.
type Found = BTreeMap<PartitionId, Vec<(u64, Fingerprint)>>;

/// Reads all of it. Records may come meanwhile; those that are late are not in the reading.
pub(super) async fn read(store: &dyn Store) -> Result<Reading, SinkError> {
    // Where there are locks, files do not change meanwhile; elsewhere nothing that is read here goes away for an hour.
    let _lock = loop {
        if let Some(lock) = store.lock("keeper").await? {
            break lock;
        }
        sleep(PAUSE).await;
    };
    let mut partitions: BTreeMap<PartitionId, Planned> = BTreeMap::new();
    for entry in store.list(names::PARTITIONS, "").await? {
        if let Some(partition) = names::partition_of(&entry.name) {
            partitions.insert(partition, planned(store, partition).await?);
        }
    }
    let mut found = Found::new();
    for (partition, planned) in &partitions {
        let after = names::journal(*partition, planned.through);
        for entry in store.list(&names::journal_folder(*partition), &after).await? {
            let body = store.get(&entry.name).await?.unwrap_or_default();
            add(&mut found, &records(&body)?)?;
        }
    }
    for entry in store.list(names::TABLE, "").await? {
        let name = &entry.name;
        if !name.ends_with(".parquet") {
            continue;
        }
        // Files of a plan that is not done yet are not whole together: the journal has all of it.
        let unfinished = names::range(name).is_some_and(|(partition, first, _)| {
            partitions.get(&partition).is_none_or(|planned| first > planned.sealed)
        });
        if unfinished {
            continue;
        }
        let Some(body) = store.get(name).await? else { continue };
        let doing = |error| SinkError::failed(format!("read \"{name}\""), error);
        let records = table::decode(body).map_err(doing)?;
        let place = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for record in &records {
            let folder = names::folder(&record.value_type, &names::day(record.timestamp));
            if folder.trim_end_matches('/') != place {
                let id = record.id();
                return Err(SinkError::Refused(format!(
                    "record {id} is in \"{name}\", and belongs into \"{folder}\""
                )));
            }
        }
        add(&mut found, &records)?;
    }
    let mut reading = Reading::default();
    for (partition, mut records) in found {
        // A table has no order but that of its column: only doubles and contradictions are found by what comes when.
        records.sort_by_key(|(position, _)| *position);
        for (position, fingerprint) in records {
            reading.add(partition, position, fingerprint);
        }
    }
    Ok(reading)
}

fn add(found: &mut Found, records: &[Record]) -> Result<(), SinkError> {
    for record in records {
        let fingerprint = Fingerprint::of(record)
            .map_err(|error| SinkError::failed(format!("read record {}", record.id()), error))?;
        found.entry(record.partition).or_default().push((record.position, fingerprint));
    }
    Ok(())
}

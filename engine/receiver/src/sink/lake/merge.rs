//! Puts the small files of a day together when the day is over, where a whole folder can be exchanged at once.
//!
//! A reader's listing is of the old folder or of the new one, never of both. One that listed the old folder and opens its
//! files later finds them gone, and has to begin again: it sees an error, and nothing twice.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::task;
use tracing::info;

use super::keeper::Keeper;
use super::store::Entry;
use super::{names, planned, table};
use crate::record::PartitionId;
use crate::sink::SinkError;

/// Records of a day come yet for so long after its end; those that come still later are put together anew.
const GRACE: Duration = Duration::from_hours(1);
/// Files are about a tenth of the records in them: so much of a limit on records, in files.
const SHRUNK: usize = 8;

impl Keeper {
    /// Puts together what is small in the folders of days that are over at that time.
    pub(super) async fn merge(&self, now: SystemTime) -> Result<(), SinkError> {
        let store = &*self.store;
        if !store.exchanges() {
            return Ok(());
        }
        let Some(_lock) = store.lock("keeper").await? else { return Ok(()) };
        let today = (now - GRACE)
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .and_then(|since| Timestamp::from_millisecond(since).ok())
            .map_or_else(String::new, |time| names::day(time.as_millisecond()));
        let mut sealed: BTreeMap<PartitionId, u64> = BTreeMap::new();
        for entry in store.list(names::PARTITIONS, "").await? {
            if let Some(partition) = names::partition_of(&entry.name) {
                sealed.insert(partition, planned(store, partition).await?.sealed);
            }
        }
        let listed = store.list(names::TABLE, "").await?;
        for files in
            listed.chunk_by(|one, other| names::parent(&one.name) == names::parent(&other.name))
        {
            let Some(folder) = files.first().map(|file| names::parent(&file.name)) else {
                continue;
            };
            let over = names::day_of(folder).is_some_and(|day| day < today.as_str());
            // A plan that is not done yet would make its files again.
            let whole = files.iter().all(|file| {
                names::range(&file.name).is_none_or(|(partition, _, last)| {
                    sealed.get(&partition).is_some_and(|sealed| last <= *sealed)
                })
            });
            if over && whole {
                self.merge_folder(folder, files).await?;
            }
        }
        Ok(())
    }

    async fn merge_folder(&self, folder: &str, files: &[Entry]) -> Result<(), SinkError> {
        let limit = u64::try_from(self.seal_size / SHRUNK).unwrap_or(u64::MAX);
        let (small, large): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.size < limit);
        let groups = groups(&small, limit);
        if groups.len() == small.len() {
            return Ok(());
        }
        let mut made = BTreeMap::new();
        let mut kept: Vec<String> = large.iter().map(|file| file.name.clone()).collect();
        for group in groups {
            if let [alone] = group.as_slice() {
                kept.push(alone.name.clone());
                continue;
            }
            let (name, body) = self.together(folder, &group).await?;
            made.insert(name, body);
        }
        let (before, after) = (files.len(), made.len() + kept.len());
        self.store.exchange(folder, made, &kept).await?;
        info!(folder, before, after, "small files were put together");
        Ok(())
    }

    /// One file of several, under a name that is never used again: it is made of theirs.
    async fn together(&self, folder: &str, files: &[&Entry]) -> Result<(String, Bytes), SinkError> {
        let mut records = Vec::new();
        let mut digest = Sha256::new();
        for Entry { name, .. } in files {
            digest.update(name);
            let body = self.store.get(name).await?;
            let body = body.ok_or_else(|| {
                SinkError::failed(format!("read \"{name}\""), "it went away meanwhile")
            })?;
            let read = |error| SinkError::failed(format!("read \"{name}\""), error);
            records.extend(table::decode(body).map_err(read)?);
        }
        records.sort_by_key(|record| (record.partition, record.position));
        let cluster = self.cluster.clone();
        let body = task::spawn_blocking(move || table::encode(&records, &cluster))
            .await
            .map_err(|error| SinkError::failed("make a file", error))?
            .map_err(|error| {
                SinkError::failed(format!("put files of \"{folder}\" together"), error)
            })?;
        let name =
            digest.finalize().iter().take(8).fold(0, |all, byte| (all << 8) | u64::from(*byte));
        Ok((format!("{folder}merged-{name:016x}.parquet"), body))
    }
}

/// Parts files into groups of about that size.
fn groups<'a>(files: &[&'a Entry], limit: u64) -> Vec<Vec<&'a Entry>> {
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    let mut size = limit;
    for file in files {
        size += file.size;
        if let Some(group) = groups.last_mut().filter(|_| size <= limit) {
            group.push(file);
        } else {
            groups.push(vec![file]);
            size = file.size;
        }
    }
    groups
}

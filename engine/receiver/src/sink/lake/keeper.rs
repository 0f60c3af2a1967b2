//! Makes files of the journal, and takes away what is superseded.
//!
//! Everything here can be cut off anywhere and done again by anybody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::task;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::journal::{ASLEEP, records};
use super::store::{Created, Entry, Store};
use super::{Planned, Segment, names, planned, table};
use crate::Reason;
use crate::record::{PartitionId, Record};
use crate::sink::SinkError;

/// It looks no more often than this.
const OFTEN: Duration = Duration::from_millis(100);
/// It looks no more seldom than this, so that what another receiver left becomes files as well.
const SELDOM: Duration = Duration::from_secs(30);

/// It looks so often for small files of days that are over, and for what was kept long enough.
const TIDY: Duration = Duration::from_mins(10);

/// What makes the files of a lake.
#[derive(Clone)]
pub(super) struct Keeper {
    pub(super) store: Arc<dyn Store>,
    pub(super) cluster: String,
    pub(super) seal_after: Duration,
    pub(super) seal_size: usize,
}

impl Keeper {
    /// Looks again and again: as often as the age of records asks for, and whenever it is told that there are enough.
    pub(super) async fn run(self, grown: Arc<Notify>) {
        let pause = (self.seal_after / 10).clamp(OFTEN, SELDOM);
        let mut tidy = Instant::now();
        loop {
            if let Err(error) = self.round(SystemTime::now()).await {
                warn!(error = %Reason(&error), "records wait longer to become files");
                sleep(pause).await;
            }
            if tidy <= Instant::now() {
                tidy = Instant::now() + TIDY;
                if let Err(error) = self.tidy(SystemTime::now()).await {
                    warn!(error = %Reason(&error), "what is superseded, or small, stays as it is");
                }
            }
            drop(timeout(pause, grown.notified()).await);
        }
    }

    /// Makes files of all that is due at that time.
    pub(super) async fn round(&self, now: SystemTime) -> Result<(), SinkError> {
        // Where there are locks, one of several receivers does this.
        let Some(_lock) = self.store.lock("keeper").await? else { return Ok(()) };
        for entry in self.store.list(names::PARTITIONS, "").await? {
            if let Some(partition) = names::partition_of(&entry.name) {
                while self.seal(partition, now).await? {}
            }
        }
        Ok(())
    }

    /// Takes away what was kept long enough, and puts small files together.
    pub(super) async fn tidy(&self, now: SystemTime) -> Result<(), SinkError> {
        for entry in self.store.list(names::PARTITIONS, "").await? {
            // Where there are locks, it went when it was superseded.
            let kept = names::partition_of(&entry.name).filter(|_| !self.store.keeps().is_zero());
            if let Some(partition) = kept {
                let planned = planned(&*self.store, partition).await?;
                self.clear(partition, &planned, now).await?;
            }
        }
        self.merge(now).await
    }

    /// Makes the files of one segment, and tells whether there was one that is due.
    async fn seal(&self, partition: PartitionId, now: SystemTime) -> Result<bool, SinkError> {
        let store = &*self.store;
        let began = Instant::now();
        let planned = planned(store, partition).await?;
        if let Some((number, segment)) = planned.newest.filter(|_| !planned.done) {
            self.make(partition, number, segment).await?;
            return Ok(true);
        }
        let folder = names::journal_folder(partition);
        let journal = store.list(&folder, &names::journal(partition, planned.through)).await?;
        if store.keeps().is_zero() {
            self.clear(partition, &planned, now).await?;
        }
        let Some(segment) = self.due(&journal, now).await? else { return Ok(false) };
        let number = planned.newest.map_or(0, |(number, _)| number) + 1;
        let body = serde_json::to_vec(&segment)
            .map_err(|error| SinkError::failed("write a plan", error))?;
        match store.create(&names::plan(partition, number), body.into()).await? {
            Created::New => {}
            // Somebody else makes files as well: his plan is found at the next look.
            Created::Exists => return Ok(true),
        }
        if !store.keeps().is_zero() && began.elapsed() > ASLEEP {
            let doing = format!("make files of {}", names::partition(partition));
            return Err(SinkError::failed(doing, "it took too long to be sure of"));
        }
        self.make(partition, number, segment).await?;
        Ok(true)
    }

    /// The batches that become files now; None while there are too few that are too young.
    async fn due(&self, journal: &[Entry], now: SystemTime) -> Result<Option<Segment>, SinkError> {
        let Some(oldest) = journal.first() else { return Ok(None) };
        let limit = u64::try_from(self.seal_size).unwrap_or(u64::MAX);
        let mut size = 0;
        let mut last = oldest;
        for entry in journal {
            size += entry.size;
            last = entry;
            if size >= limit {
                break;
            }
        }
        let age = now.duration_since(oldest.modified).unwrap_or_default();
        if size < limit && age < self.seal_after {
            return Ok(None);
        }
        let (begin, end) = (self.batch(&oldest.name).await?, self.batch(&last.name).await?);
        Ok(Some(Segment {
            from: number(&oldest.name)?,
            through: number(&last.name)?,
            first: begin.first().map_or(0, |record| record.position),
            last: end.last().map_or(0, |record| record.position),
            timestamp: end.last().map_or(0, |record| record.timestamp),
        }))
    }

    /// Makes the files of a segment, and says that they are there.
    async fn make(
        &self,
        partition: PartitionId,
        number: u64,
        segment: Segment,
    ) -> Result<(), SinkError> {
        let mut folders: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for number in segment.from..=segment.through {
            for record in self.batch(&names::journal(partition, number)).await? {
                let folder = names::folder(&record.value_type, &names::day(record.timestamp));
                folders.entry(folder).or_default().push(record);
            }
        }
        let files = folders.len();
        for (folder, records) in folders {
            let name = names::file(&folder, partition, segment.first, segment.last);
            let cluster = self.cluster.clone();
            let doing = |error| SinkError::failed(format!("make the file \"{name}\""), error);
            let body = task::spawn_blocking(move || table::encode(&records, &cluster))
                .await
                .map_err(|error| SinkError::failed("make a file", error))?
                .map_err(doing)?;
            self.store.put(&name, body).await?;
        }
        self.store.put(&names::done(partition, number), Bytes::new()).await?;
        info!(%partition, first = segment.first, last = segment.last, files, "records became files");
        Ok(())
    }

    /// Takes away what is superseded: batches that are in files, and plans before the newest, which carries the mark.
    async fn clear(
        &self,
        partition: PartitionId,
        planned: &Planned,
        now: SystemTime,
    ) -> Result<(), SinkError> {
        let (Some((newest, _)), keeps) = (planned.newest, self.store.keeps()) else {
            return Ok(());
        };
        let old = |entry: &Entry| now.duration_since(entry.modified).unwrap_or_default() >= keeps;
        let batches = self.store.list(&names::journal_folder(partition), "").await?;
        let batches = batches
            .iter()
            .filter(|entry| names::number(&entry.name).is_some_and(|at| at <= planned.through))
            .filter(|entry| old(entry));
        let plans = self.store.list(&names::segments_folder(partition), "").await?;
        let plans = plans
            .iter()
            .filter(|entry| names::number(&entry.name).is_some_and(|number| number < newest))
            .filter(|entry| old(entry));
        for entry in batches.chain(plans) {
            self.store.delete(&entry.name).await?;
        }
        Ok(())
    }

    async fn batch(&self, name: &str) -> Result<Vec<Record>, SinkError> {
        let Some(body) = self.store.get(name).await? else {
            return Err(SinkError::failed(format!("read \"{name}\""), "it is not there"));
        };
        records(&body)
    }
}

fn number(name: &str) -> Result<u64, SinkError> {
    names::number(name)
        .ok_or_else(|| SinkError::failed(format!("read \"{name}\""), "its name has no number"))
}

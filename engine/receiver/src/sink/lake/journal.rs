//! One partition's journal: each batch an object under the next number.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::store::{Created, Lock, Store};
use super::{names, planned};
use crate::mark::Mark;
use crate::record::{PartitionId, Record};
use crate::sink::{Log, SinkError};

/// Without locks, who has not looked for so long looks again before it writes. Far less than a number is kept for, which
/// is [`Store::keeps`].
pub(super) const ASLEEP: Duration = Duration::from_mins(10);

/// One partition, taken over.
pub(super) struct LakeLog {
    store: Arc<dyn Store>,
    partition: PartitionId,
    /// The number of the next batch.
    next: u64,
    mark: Option<Mark>,
    /// When it was last known that the next number is free.
    looked: Instant,
    /// Bytes since files were last asked for, and how many ask for them.
    waiting: usize,
    seal_size: usize,
    grown: Arc<Notify>,
    failed: bool,
    _lock: Lock,
}

impl LakeLog {
    /// Takes a partition over.
    pub(super) async fn open(
        store: Arc<dyn Store>,
        partition: PartitionId,
        seal_size: usize,
        grown: Arc<Notify>,
    ) -> Result<Self, SinkError> {
        let name = names::partition(partition);
        let Some(lock) = store.lock(&format!("{name}.writer")).await? else {
            let place = store.place();
            return Err(SinkError::Refused(format!("another receiver writes {name} in {place}")));
        };
        let looked = Instant::now();
        // Whoever makes the files finds by this what there is to do.
        store.create(&format!("{}{name}", names::PARTITIONS), Bytes::new()).await?;
        let (last, mark) = end(&*store, partition).await?;
        Ok(Self {
            store,
            partition,
            next: last + 1,
            mark,
            looked,
            waiting: 0,
            seal_size,
            grown,
            failed: false,
            _lock: lock,
        })
    }

    async fn write(&mut self, records: &[Record]) -> Result<usize, SinkError> {
        let doing = || format!("append to {}", names::partition(self.partition));
        let locks = self.store.keeps().is_zero();
        if !locks && self.looked.elapsed() > ASLEEP {
            let looked = Instant::now();
            if end(&*self.store, self.partition).await?.0 + 1 != self.next {
                return Err(SinkError::failed(doing(), "another receiver wrote meanwhile"));
            }
            self.looked = looked;
        }
        let size = records.iter().map(|record| record.bytes.len() + 1).sum();
        let mut body = BytesMut::with_capacity(size);
        for record in records {
            body.extend_from_slice(&record.bytes);
            body.extend_from_slice(b"\n");
        }
        let name = names::journal(self.partition, self.next);
        match self.store.create(&name, body.freeze()).await? {
            Created::New => {}
            Created::Exists => {
                return Err(SinkError::failed(doing(), "another receiver wrote meanwhile"));
            }
        }
        if !locks && self.looked.elapsed() > ASLEEP {
            // The number may have been used and taken away before: nobody would read what is under it now.
            return Err(SinkError::failed(doing(), "it took too long to be sure of"));
        }
        Ok(size)
    }
}

/// The last number of a partition's journal, 0 when there was none, and how far it is written.
async fn end(store: &dyn Store, partition: PartitionId) -> Result<(u64, Option<Mark>), SinkError> {
    let planned = planned(store, partition).await?;
    let (through, sealed) = planned.newest.map_or((0, None), |(_, segment)| {
        let mark = Mark { position: segment.last, timestamp: segment.timestamp };
        (segment.through, Some(mark))
    });
    let after = names::journal(partition, through);
    let journal = store.list(&names::journal_folder(partition), &after).await?;
    let Some(newest) = journal.last() else { return Ok((through, sealed)) };
    let name = &newest.name;
    let read = |source: &str| SinkError::failed(format!("read \"{name}\""), source.to_owned());
    let number = names::number(name).ok_or_else(|| read("its name has no number"))?;
    let body = store.get(name).await?.ok_or_else(|| read("it went away meanwhile"))?;
    let last = records(&body)?.pop().ok_or_else(|| read("it holds no record"))?;
    Ok((number, Some(Mark { position: last.position, timestamp: last.timestamp })))
}

/// The records of one batch.
pub(super) fn records(body: &Bytes) -> Result<Vec<Record>, SinkError> {
    body.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| Record::parse(body.slice_ref(line)))
        .collect::<Result<_, _>>()
        .map_err(|error| SinkError::failed("read the journal", error))
}

#[async_trait]
impl Log for LakeLog {
    fn mark(&self) -> Option<Mark> {
        self.mark
    }

    async fn append(&mut self, records: Vec<Record>, mark: Mark) -> Result<(), SinkError> {
        if self.failed {
            let doing = format!("append to {}", names::partition(self.partition));
            return Err(SinkError::failed(doing, "an append before this one failed"));
        }
        // Until it is known to be written, nobody knows.
        self.failed = true;
        let size = self.write(&records).await?;
        self.failed = false;
        self.next += 1;
        self.mark = Some(mark);
        self.waiting += size;
        if self.waiting >= self.seal_size {
            self.waiting = 0;
            self.grown.notify_one();
        }
        Ok(())
    }
}

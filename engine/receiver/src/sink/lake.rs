//! The sink that writes a lake: Parquet by value type and day, in which a reader sees each record once.
//!
//! ```text
//! append: a batch is one object of the journal, created under the next number ─ durable, answered
//! keeper: enough of it, or old enough ─ a plan, created under the next number ─ files, one for each value type and day
//! ```
//! Names carry disjoint ranges of positions, files come into being whole, and a plan that a crash cut off makes the same
//! files again. See decision 0019.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, OnceCell};
use tokio::task::JoinHandle;

mod journal;
mod keeper;
mod merge;
mod names;
mod reading;
pub mod settings;
mod store;
mod table;

use self::journal::LakeLog;
use self::keeper::Keeper;
use self::settings::{LakeSettings, Place};
use self::store::directory::Directory;
use self::store::s3::S3;
use self::store::{Created, Store};
use crate::record::PartitionId;
use crate::sink::{Log, Sink, SinkError};
use crate::verify::Reading;

/// The layout of names and files that this program writes.
const FORMAT: u32 = 1;

/// Whose lake it is, as it is kept.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    format: u32,
    cluster: String,
}

/// A lake.
pub struct LakeSink {
    settings: LakeSettings,
    store: Arc<dyn Store>,
    /// Told when a log has grown enough to become files.
    grown: Arc<Notify>,
    /// Set when the lake is known to be of this cluster; what makes files of the journal runs from then on.
    keeping: OnceCell<Keeping>,
}

/// A task that ends with its sink. What it had begun, another one finishes.
struct Keeping(JoinHandle<()>);

impl Drop for Keeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl LakeSink {
    /// The sink of these settings. Nothing is touched yet.
    pub fn new(settings: LakeSettings) -> Result<Self, SinkError> {
        let store: Arc<dyn Store> = match &settings.place {
            Place::Directory(directory) => Arc::new(Directory::new(directory.clone())),
            Place::S3(bucket) => Arc::new(S3::new(bucket)?),
        };
        Ok(Self::on(settings, store))
    }

    fn on(settings: LakeSettings, store: Arc<dyn Store>) -> Self {
        Self { settings, store, grown: Arc::new(Notify::new()), keeping: OnceCell::new() }
    }

    /// Reads all that is in it, for a proof: files that are whole, and the journal for what is not in them yet.
    pub async fn reading(&self) -> Result<Reading, SinkError> {
        let Some(body) = self.store.get(names::IDENTITY).await? else {
            let place = self.store.place();
            return Err(SinkError::Refused(format!("{place} is no lake")));
        };
        self.is_ours(&body)?;
        reading::read(&*self.store).await
    }

    fn keeper(&self) -> Keeper {
        Keeper {
            store: Arc::clone(&self.store),
            cluster: self.settings.cluster.clone(),
            seal_after: self.settings.seal_after,
            seal_size: self.settings.seal_size,
        }
    }

    /// Looks whose lake it is, and makes it this cluster's when it is nobody's.
    async fn identify(&self) -> Result<(), SinkError> {
        let store = &*self.store;
        if let Some(body) = store.get(names::IDENTITY).await? {
            return self.is_ours(&body);
        }
        let found = store.list("", "").await?;
        if let Some(other) = found.iter().find(|entry| entry.name != names::IDENTITY) {
            // Somebody may have made it between the two looks.
            if let Some(body) = store.get(names::IDENTITY).await? {
                return self.is_ours(&body);
            }
            return Err(SinkError::Refused(format!(
                "{} is no lake and not empty: it has \"{}\"",
                store.place(),
                other.name
            )));
        }
        let identity = Identity { format: FORMAT, cluster: self.settings.cluster.clone() };
        let body = serde_json::to_vec(&identity)
            .map_err(|error| SinkError::failed("name the lake", error))?;
        match store.create(names::IDENTITY, body.into()).await? {
            Created::New => Ok(()),
            Created::Exists => {
                let body = store.get(names::IDENTITY).await?;
                self.is_ours(&body.unwrap_or_default())
            }
        }
    }

    /// Makes sure that a name that is taken cannot be taken again: where there are no locks, everything hangs on it, and
    /// some object stores overwrite without a word.
    async fn fences(&self) -> Result<(), SinkError> {
        let Some(body) = self.store.get(names::IDENTITY).await? else { return Ok(()) };
        match self.store.create(names::IDENTITY, body).await? {
            Created::Exists => Ok(()),
            Created::New => Err(SinkError::Refused(format!(
                "{} overwrites what is to be written only once (If-None-Match): no lake can be there",
                self.store.place()
            ))),
        }
    }

    fn is_ours(&self, body: &Bytes) -> Result<(), SinkError> {
        let place = self.store.place();
        let Ok(Identity { format, cluster }) = serde_json::from_slice(body) else {
            let name = names::IDENTITY;
            return Err(SinkError::Refused(format!("\"{name}\" in {place} is not a lake's")));
        };
        let ours = &self.settings.cluster;
        if cluster != *ours {
            return Err(SinkError::Refused(format!(
                "{place} holds records of cluster \"{cluster}\", and this receiver is of \"{ours}\": each cluster needs \
                 a lake of its own"
            )));
        }
        if format != FORMAT {
            return Err(SinkError::Refused(format!(
                "{place} is a lake of format {format}, and this program knows format {FORMAT}"
            )));
        }
        Ok(())
    }
}

#[async_trait]
impl Sink for LakeSink {
    async fn prepare(&self) -> Result<(), SinkError> {
        let prepare = async || {
            self.identify().await?;
            self.fences().await?;
            let (keeper, grown) = (self.keeper(), Arc::clone(&self.grown));
            Ok(Keeping(tokio::spawn(keeper.run(grown))))
        };
        self.keeping.get_or_try_init(prepare).await?;
        Ok(())
    }

    async fn open(&self, partition: PartitionId) -> Result<Box<dyn Log>, SinkError> {
        self.prepare().await?;
        let (store, grown) = (Arc::clone(&self.store), Arc::clone(&self.grown));
        let log = LakeLog::open(store, partition, self.settings.seal_size, grown).await?;
        Ok(Box::new(log))
    }

    async fn probe(&self) -> Result<(), SinkError> {
        self.prepare().await?;
        match self.store.get(names::IDENTITY).await? {
            Some(body) => self.is_ours(&body),
            None => Err(SinkError::Refused(format!("{} is no lake any more", self.store.place()))),
        }
    }
}

/// A plan: which batches of a partition become files together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Segment {
    /// The first and the last number of the journal.
    from: u64,
    through: u64,
    /// The first and the last position in them.
    first: u64,
    last: u64,
    /// The time of the last record.
    timestamp: i64,
}

/// What is planned of a partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Planned {
    /// The newest segment, and its number.
    newest: Option<(u64, Segment)>,
    /// Whether its files are there.
    done: bool,
    /// The last position of which all is in files.
    sealed: u64,
    /// The last number of the journal that is in files.
    through: u64,
}

/// Looks what is planned of a partition. Every plan but the newest is done: none is made before.
async fn planned(store: &dyn Store, partition: PartitionId) -> Result<Planned, SinkError> {
    let listed = store.list(&names::segments_folder(partition), "").await?;
    let mut plans: BTreeMap<u64, bool> = BTreeMap::new();
    for entry in &listed {
        let Some(number) = names::number(&entry.name) else { continue };
        *plans.entry(number).or_default() |= names::is_done(&entry.name);
    }
    let read = async |number: u64| {
        let name = names::plan(partition, number);
        let Some(body) = store.get(&name).await? else { return Ok(None) };
        let segment: Segment = serde_json::from_slice(&body)
            .map_err(|error| SinkError::failed(format!("read the plan \"{name}\""), error))?;
        Ok(Some(segment))
    };
    let Some((number, done)) = plans.last_key_value().map(|(number, done)| (*number, *done)) else {
        return Ok(Planned::default());
    };
    let Some(newest) = read(number).await? else {
        return Err(SinkError::failed(format!("read plan {number}"), "it went away meanwhile"));
    };
    // What the one before it ends with is what this one begins with.
    let (sealed, through) = if done {
        (newest.last, newest.through)
    } else {
        (newest.first.saturating_sub(1), newest.from.saturating_sub(1))
    };
    Ok(Planned { newest: Some((number, newest)), done, sealed, through })
}

#[cfg(test)]
mod tests;

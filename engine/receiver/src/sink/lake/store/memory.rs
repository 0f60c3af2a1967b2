//! A lake in memory, which fails as a killed process would: at a chosen operation, before or after it took effect.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Created, Entry, Lock, Store};
use crate::sink::SinkError;

/// When it dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sink::lake) enum Death {
    /// At the change of that number, from 0 on, which has no effect.
    Before(usize),
    /// At the change of that number, which has its effect though nobody hears of it.
    After(usize),
    Never,
}

#[derive(Debug)]
struct Inside {
    objects: BTreeMap<String, Bytes>,
    changes: usize,
    death: Death,
}

/// Objects in memory; whoever clones it sees the same ones.
#[derive(Clone, Debug)]
pub(in crate::sink::lake) struct Memory {
    inside: Arc<Mutex<Inside>>,
    keeps: Duration,
}

impl Memory {
    pub(in crate::sink::lake) fn new(keeps: Duration) -> Self {
        let inside = Inside { objects: BTreeMap::new(), changes: 0, death: Death::Never };
        Self { inside: Arc::new(Mutex::new(inside)), keeps }
    }

    /// From now on it dies so; changes are counted from here.
    pub(in crate::sink::lake) fn dies(&self, death: Death) {
        let mut inside = self.inside();
        (inside.changes, inside.death) = (0, death);
    }

    /// How many changes there were.
    pub(in crate::sink::lake) fn changes(&self) -> usize {
        self.inside().changes
    }

    /// All that is there.
    pub(in crate::sink::lake) fn objects(&self) -> BTreeMap<String, Bytes> {
        self.inside().objects.clone()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Bytes>) -> T,
    ) -> Result<T, SinkError> {
        let mut inside = self.inside();
        let (number, death) = (inside.changes, inside.death);
        inside.changes += 1;
        let dead = || Err(SinkError::failed("go on", "killed"));
        match death {
            Death::Before(at) if number >= at => return dead(),
            Death::After(at) if number > at => return dead(),
            Death::Before(_) | Death::After(_) | Death::Never => {}
        }
        let done = change(&mut inside.objects);
        if death == Death::After(number) { dead() } else { Ok(done) }
    }
}

#[async_trait]
impl Store for Memory {
    async fn create(&self, name: &str, body: Bytes) -> Result<Created, SinkError> {
        self.change(|objects| {
            if objects.contains_key(name) {
                return Created::Exists;
            }
            objects.insert(name.to_owned(), body);
            Created::New
        })
    }

    async fn put(&self, name: &str, body: Bytes) -> Result<(), SinkError> {
        self.change(|objects| {
            objects.insert(name.to_owned(), body);
        })
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, SinkError> {
        Ok(self.inside().objects.get(name).cloned())
    }

    async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Entry>, SinkError> {
        let inside = self.inside();
        let entries = inside
            .objects
            .iter()
            .filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after)
            .map(|(name, body)| Entry {
                name: name.clone(),
                size: u64::try_from(body.len()).unwrap_or(u64::MAX),
                modified: SystemTime::UNIX_EPOCH,
            });
        Ok(entries.collect())
    }

    async fn delete(&self, name: &str) -> Result<(), SinkError> {
        self.change(|objects| {
            objects.remove(name);
        })
    }

    async fn lock(&self, _: &str) -> Result<Option<Lock>, SinkError> {
        Ok(Some(Box::new(())))
    }

    fn exchanges(&self) -> bool {
        true
    }

    async fn exchange(
        &self,
        folder: &str,
        made: BTreeMap<String, Bytes>,
        kept: &[String],
    ) -> Result<(), SinkError> {
        self.change(|objects| {
            objects.retain(|name, _| !name.starts_with(folder) || kept.contains(name));
            objects.extend(made);
        })
    }

    fn keeps(&self) -> Duration {
        self.keeps
    }

    fn place(&self) -> String {
        "memory".to_owned()
    }
}

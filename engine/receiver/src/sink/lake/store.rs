//! Where a lake lies: the few operations that it needs, each of which is done whole or not at all.

use std::any::Any;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;

use crate::sink::SinkError;

pub(super) mod directory;
#[cfg(test)]
pub(super) mod memory;
pub(super) mod s3;

/// Whether an object was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Created {
    /// It is durable now.
    New,
    /// There was one already, which stays as it is.
    Exists,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) modified: SystemTime,
}

/// Something that nobody else has until it is dropped.
pub(super) type Lock = Box<dyn Any + Send + Sync>;

/// A place that keeps objects under names with slashes.
#[async_trait]
pub(super) trait Store: Send + Sync + 'static {
    /// Makes an object that is not there. Durable when it returns; whole for whoever sees it.
    async fn create(&self, name: &str, body: Bytes) -> Result<Created, SinkError>;

    /// Makes or replaces an object. Durable when it returns; whoever looks sees the old one or the new one.
    async fn put(&self, name: &str, body: Bytes) -> Result<(), SinkError>;

    /// The whole object; None when there is none.
    async fn get(&self, name: &str) -> Result<Option<Bytes>, SinkError>;

    /// All objects whose names begin so and come after that one, in order of their names.
    async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Entry>, SinkError>;

    /// Takes an object away, if it is there.
    async fn delete(&self, name: &str) -> Result<(), SinkError>;

    /// Keeps others out, until it is dropped or this process is gone; None when somebody else does so now. Where there
    /// are no locks, everybody gets one, and [`Store::keeps`] says what takes its place.
    async fn lock(&self, name: &str) -> Result<Option<Lock>, SinkError>;

    /// Whether the objects of a folder can be exchanged for others at once.
    fn exchanges(&self) -> bool;

    /// Exchanges all objects of a folder at once, for new ones and some that it had. Only where [`Store::exchanges`], and
    /// by one at a time.
    async fn exchange(
        &self,
        folder: &str,
        made: BTreeMap<String, Bytes>,
        kept: &[String],
    ) -> Result<(), SinkError>;

    /// How long an object has to stay after the next of its kind is there: without locks, a number that is taken keeps
    /// those out who were asleep.
    fn keeps(&self) -> Duration;

    /// Where it is, in words.
    fn place(&self) -> String;
}

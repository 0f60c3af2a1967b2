//! What an index is told: where records come from, and the store that they go to.

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use zeebe_search::Address;

use crate::sink::kafka::settings::Connection;

/// All that an index is told.
#[derive(Clone, Debug)]
pub struct IndexSettings {
    /// The cluster whose records these are.
    pub cluster: String,
    /// Where metrics and health are.
    pub management: SocketAddr,
    /// Where records come from.
    pub source: SourceSettings,
    /// Where they go.
    pub store: StoreSettings,
}

/// A topic, and the group that reads it.
#[derive(Clone, Debug)]
pub struct SourceSettings {
    /// How Kafka is reached.
    pub connection: Connection,
    /// The topic of the records.
    pub topic: String,
    /// Members of one group share the partitions, and what it has committed is not read again.
    pub group: String,
}

/// An Elasticsearch or an OpenSearch, and how it is written to.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// How it is reached.
    pub address: Address,
    /// What every index begins with.
    pub prefix: Prefix,
    /// How much time one index holds.
    pub period: Period,
    /// Shards of a new index.
    pub shards: u16,
    /// Further copies of each shard of a new index.
    pub replicas: u16,
    /// Records of one request.
    pub records: usize,
    /// Bytes of one request; a record that is larger goes alone.
    pub size: usize,
    /// How long a batch waits for more records.
    pub delay: Duration,
    /// Requests under way at a time.
    pub writers: usize,
}

/// How much time one index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A UTC day.
    Day,
    /// A UTC month: fewer indices, for trails that are kept for years.
    Month,
}

/// What the names of all indices of one trail begin with. An `_` ends it in those names, so that no prefix is another's
/// beginning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix(String);

/// Text that is no prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 60 of a-z, 0-9 and `-`, a letter first")]
pub struct PrefixError;

impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        let fits = (1..=60).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .chars()
                .all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-');
        if fits { Ok(Self(text.to_owned())) } else { Err(PrefixError) }
    }
}

impl Display for Prefix {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

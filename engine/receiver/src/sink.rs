//! Where records go: what a sink promises, and the sinks there are.

use std::error::Error;

use async_trait::async_trait;
#[cfg(feature = "kafka")]
use zeebe_search::SearchError;

use crate::mark::Mark;
use crate::record::{PartitionId, Record};

pub mod file;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod lake;

/// A place that keeps records durably, with a mark for each partition.
#[async_trait]
pub trait Sink: Send + Sync + 'static {
    /// Makes ready what all partitions share, such as a topic. Running it twice does what running it once does.
    async fn prepare(&self) -> Result<(), SinkError>;

    /// Takes a partition over. Whoever wrote it before can write no more, and the mark tells what is durable of it.
    async fn open(&self, partition: PartitionId) -> Result<Box<dyn Log>, SinkError>;

    /// Whether it can be reached now.
    async fn probe(&self) -> Result<(), SinkError>;
}

/// One partition of a sink, taken over.
#[async_trait]
pub trait Log: Send {
    /// How far the partition is durably written.
    fn mark(&self) -> Option<Mark>;

    /// Appends records that ascend and lie above the mark, and moves the mark. Returns when both are durable.
    ///
    /// After an error nobody knows how much is written: the log is to be dropped, and [`Sink::open`] tells.
    async fn append(&mut self, records: Vec<Record>, mark: Mark) -> Result<(), SinkError>;
}

/// A sink that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// It may be done, or not, and it may work next time.
    #[error("could not {doing}")]
    Failed {
        /// What was tried.
        doing: String,
        /// What came of it.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// It cannot be done until somebody changes something.
    #[error("{0}")]
    Refused(String),
}

impl SinkError {
    /// What a search store said.
    #[cfg(feature = "kafka")]
    pub(crate) fn of_store(error: SearchError) -> Self {
        match error {
            SearchError::Failed { doing, source } => Self::Failed { doing, source },
            SearchError::Refused(why) => Self::Refused(why),
        }
    }

    pub(crate) fn failed(
        doing: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Failed { doing: doing.into(), source: source.into() }
    }
}

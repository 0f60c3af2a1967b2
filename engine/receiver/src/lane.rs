//! One partition's way into the sink: one batch at a time, whatever the connections are that it comes by.

use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::{mpsc, oneshot};
use tracing::{info, warn};

use crate::Reason;
use crate::batch::Batch;
use crate::mark::{Conflict, Fresh, fresh};
use crate::metrics::{Metrics, Written};
use crate::record::PartitionId;
use crate::sink::{Log, Sink, SinkError};

/// A batch, and who waits for what becomes of it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) batch: Batch,
    pub(crate) answer: oneshot::Sender<Result<(), LaneError>>,
}

/// A batch that is not known to be durable.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LaneError {
    #[error(transparent)]
    Sink(SinkError),
    #[error(transparent)]
    Conflict(Conflict),
}

/// One partition.
pub(crate) struct Lane {
    pub(crate) partition: PartitionId,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Lane {
    /// Writes what comes, until nobody can send any more. What was begun is finished, though nobody waits for it.
    pub(crate) async fn run(self, mut jobs: mpsc::Receiver<Job>) {
        let mut log = None;
        while let Some(Job { batch, answer }) = jobs.recv().await {
            // Not begun, and nobody waits: the exporter has given it up and sends it again.
            if answer.is_closed() {
                continue;
            }
            let outcome = self.write(&mut log, batch).await;
            if let Err(error) = &outcome {
                warn!(partition = %self.partition, error = %Reason(error), "a batch was not written");
            }
            // Who does not wait any more sends it again, and it is dropped by the mark.
            drop(answer.send(outcome));
        }
    }

    async fn write(&self, log: &mut Option<Box<dyn Log>>, batch: Batch) -> Result<(), LaneError> {
        let mut open = match log.take() {
            Some(open) => open,
            None => self.open().await?,
        };
        let mark = open.mark();
        let fresh = match fresh(mark, batch) {
            Ok(fresh) => fresh,
            Err(conflict) => {
                *log = Some(open);
                self.metrics.conflict(self.partition);
                return Err(LaneError::Conflict(conflict));
            }
        };
        let Fresh { records, dropped, gaps, mark } = fresh;
        let written = records.len();
        if let Some(mark) = mark.filter(|_| written > 0) {
            // After an error the log is dropped: only a new one knows what is durable.
            open.append(records, mark).await.map_err(|error| {
                self.metrics.sink_up(false);
                LaneError::Sink(error)
            })?;
            self.metrics.sink_up(true);
        }
        *log = Some(open);
        let now = SystemTime::now();
        self.metrics.written(self.partition, mark, Written { written, dropped, gaps }, now);
        Ok(())
    }

    async fn open(&self) -> Result<Box<dyn Log>, LaneError> {
        match self.sink.open(self.partition).await {
            Ok(open) => {
                self.metrics.sink_up(true);
                match open.mark() {
                    Some(mark) => {
                        info!(partition = %self.partition, position = mark.position, "partition taken over");
                    }
                    None => {
                        info!(partition = %self.partition, "partition taken over, empty");
                    }
                }
                Ok(open)
            }
            Err(error) => {
                self.metrics.sink_up(false);
                Err(LaneError::Sink(error))
            }
        }
    }
}

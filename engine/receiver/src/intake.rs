//! All partitions together: takes the records of a bulk, and tells when they are durable.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use crate::Reason;
use crate::batch::Batch;
use crate::lane::{Job, Lane, LaneError};
use crate::metrics::Metrics;
use crate::record::PartitionId;
use crate::sink::Sink;

/// Batches of one partition that may wait behind the one that is being written: that of a new leader, behind one that
/// an old leader or an earlier try left. More would only be more memory for what is sent again anyway.
const WAITING: usize = 2;

/// Why a bulk is not answered for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// The partition has as many batches waiting as it may.
    #[error("partition {0} has batches waiting already")]
    Busy(PartitionId),
    /// It took longer than an answer may. It may be written yet.
    #[error("not durable within {0:?}; it may become so, and is recognised when it comes again")]
    Late(Duration),
    /// The sink did not take it.
    #[error("the sink did not take it: {0}")]
    Sink(String),
    /// It is not what was written at these positions.
    #[error("{0}")]
    Conflict(String),
    /// The receiver is about to end.
    #[error("the receiver is stopping")]
    Stopping,
}

/// Takes bulks.
pub struct Intake {
    sink: Arc<dyn Sink>,
    metrics: Arc<Metrics>,
    deadline: Duration,
    /// None when it is closed.
    lanes: Mutex<Option<BTreeMap<PartitionId, mpsc::Sender<Job>>>>,
    tasks: TaskTracker,
}

impl Intake {
    /// An intake into that sink, which says "late" after that time. Exporters give up after 30 s if they are not told
    /// otherwise; the deadline has to be below that.
    pub fn new(sink: Arc<dyn Sink>, metrics: Arc<Metrics>, deadline: Duration) -> Self {
        Self {
            sink,
            metrics,
            deadline,
            lanes: Mutex::new(Some(BTreeMap::new())),
            tasks: TaskTracker::new(),
        }
    }

    /// Writes batches of one bulk that began to come then, and returns when all of them are durable.
    ///
    /// Who stops waiting does not stop the writing.
    pub async fn take(&self, batches: Vec<Batch>, began: Instant) -> Result<(), IntakeError> {
        let end = began + self.deadline;
        let mut waits = Vec::new();
        for batch in batches {
            let partition = batch.partition();
            let (answer, wait) = oneshot::channel();
            self.lane(partition)?
                .try_send(Job { batch, answer })
                .map_err(|_| IntakeError::Busy(partition))?;
            waits.push(wait);
        }
        for outcome in
            timeout_at(end, join_all(waits)).await.map_err(|_| IntakeError::Late(self.deadline))?
        {
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(LaneError::Sink(error))) => {
                    return Err(IntakeError::Sink(Reason(&error).to_string()));
                }
                Ok(Err(LaneError::Conflict(conflict))) => {
                    return Err(IntakeError::Conflict(conflict.to_string()));
                }
                Err(_) => return Err(IntakeError::Stopping),
            }
        }
        Ok(())
    }

    /// Takes no more, and returns when what was begun is finished.
    pub async fn close(&self) {
        *self.lanes.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lane(&self, partition: PartitionId) -> Result<mpsc::Sender<Job>, IntakeError> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lanes = lanes.as_mut().ok_or(IntakeError::Stopping)?;
        let lane = lanes.entry(partition).or_insert_with(|| {
            let (sender, jobs) = mpsc::channel(WAITING);
            let lane = Lane {
                partition,
                sink: Arc::clone(&self.sink),
                metrics: Arc::clone(&self.metrics),
            };
            self.tasks.spawn(lane.run(jobs));
            sender
        });
        Ok(lane.clone())
    }
}

#[cfg(test)]
mod tests;

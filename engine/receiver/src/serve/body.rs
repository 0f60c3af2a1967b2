//! Reads the bodies of bulks into bounded memory.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::time;

/// Memory is given out in pieces of so many bytes.
const PIECE: usize = 4096;
/// No record is larger than what a broker takes, 4 MB, and no bulk of records much larger than 10 MB.
const LARGEST: usize = 256 << 20;

/// Memory for bodies.
///
/// One body at a time may go beyond the limit: otherwise one that is larger than the limit, or two that each hold half of
/// it, would never get through however often they came again.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    pieces: Arc<Semaphore>,
    beyond: Arc<Semaphore>,
}

/// A whole body, and the memory that is its own until the last record of it is dropped.
#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    _pieces: Vec<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A body that was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the memory for bulks is full")]
    Full,
    #[error("the bulk is larger than any exporter sends")]
    TooLarge,
    #[error("the bulk did not come within {0:?}")]
    Slow(Duration),
    #[error("the bulk broke off: {0}")]
    Broken(String),
}

impl Memory {
    pub(super) fn new(bytes: usize) -> Self {
        let pieces = bytes.div_ceil(PIECE).min(Semaphore::MAX_PERMITS);
        Self { pieces: Arc::new(Semaphore::new(pieces)), beyond: Arc::new(Semaphore::new(1)) }
    }

    /// Reads a body to its end.
    pub(super) async fn read<B>(&self, body: B, deadline: Duration) -> Result<Bytes, BodyError>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        time::timeout(deadline, self.read_all(body)).await.map_err(|_| BodyError::Slow(deadline))?
    }

    async fn read_all<B>(&self, mut body: B) -> Result<Bytes, BodyError>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: std::fmt::Display,
    {
        let mut permits = Vec::new();
        let mut granted = 0;
        let mut beyond = false;
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| BodyError::Broken(error.to_string()))?;
            let Ok(data) = frame.into_data() else { continue };
            let length = bytes.len() + data.len();
            if length > LARGEST {
                return Err(BodyError::TooLarge);
            }
            if !beyond && length > granted {
                // More than is needed now, so that a long body does not ask for each of its frames.
                let pieces = (length - granted).max(granted).div_ceil(PIECE);
                let count = u32::try_from(pieces).map_err(|_| BodyError::TooLarge)?;
                match Arc::clone(&self.pieces).try_acquire_many_owned(count) {
                    Ok(permit) => {
                        permits.push(permit);
                        granted += pieces * PIECE;
                    }
                    Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
                        let permit = Arc::clone(&self.beyond).try_acquire_owned();
                        permits.push(permit.map_err(|_| BodyError::Full)?);
                        beyond = true;
                    }
                }
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Bytes::from_owner(Held { bytes, _pieces: permits }))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    async fn read(memory: &Memory, size: usize) -> Result<Bytes, BodyError> {
        memory.read(Full::new(Bytes::from(vec![b'x'; size])), Duration::from_mins(10)).await
    }

    #[tokio::test]
    async fn memory_is_bounded_and_one_body_may_go_beyond() {
        let memory = Memory::new(10 * PIECE);
        let first = read(&memory, 6 * PIECE).await.unwrap();
        assert_eq!(first.len(), 6 * PIECE);
        let beyond = read(&memory, 20 * PIECE).await.unwrap();
        assert_eq!(beyond.len(), 20 * PIECE);
        assert!(matches!(read(&memory, 6 * PIECE).await, Err(BodyError::Full)));
        let beside = read(&memory, 4 * PIECE).await.unwrap();
        let part = first.slice(..1);
        drop((first, beyond, beside));
        assert!(read(&memory, 11 * PIECE).await.is_ok(), "the body beyond the limit is gone");
        let beyond = read(&memory, 10 * PIECE).await.unwrap();
        assert!(matches!(read(&memory, 5 * PIECE).await, Err(BodyError::Full)), "a part holds all");
        drop((part, beyond));
        let whole = read(&memory, 10 * PIECE).await.unwrap();
        drop(whole);
        assert!(matches!(read(&memory, LARGEST + 1).await, Err(BodyError::TooLarge)));
    }
}

//! One partition: its producer, and its mark.
//!
//! ```text
//! open:    a producer with the partition's transactional id ─ fences off whoever had it, ends what he left
//!          ─ then the mark is read, committed only: nobody else can write it any more
//! append:  begin ─ records ─ mark ─ commit
//! ```
//! Any error ends the producer. Whether its transaction is in is told by the next one's look at the mark.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rdkafka::Message;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::reader::{Next, read};
use super::settings::KafkaSettings;
use super::{failed, on_thread};
use crate::mark::Mark;
use crate::record::{PartitionId, Record};
use crate::sink::{Log, SinkError};

/// How often the producer's queue is looked at while it is waited for.
const TICK: Duration = Duration::from_millis(1);

/// A mark as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    cluster: String,
    partition: u16,
    position: u64,
    timestamp: i64,
}

/// One partition, taken over.
pub(super) struct KafkaLog {
    /// None when an append failed.
    writer: Option<Writer>,
}

struct Writer {
    settings: Arc<KafkaSettings>,
    partition: PartitionId,
    producer: ThreadedProducer<Context>,
    mark: Option<Mark>,
}

#[async_trait]
impl Log for KafkaLog {
    fn mark(&self) -> Option<Mark> {
        self.writer.as_ref()?.mark
    }

    async fn append(&mut self, records: Vec<Record>, mark: Mark) -> Result<(), SinkError> {
        let Some(writer) = self.writer.take() else {
            return Err(failed("append to Kafka", "an append before this one failed"));
        };
        self.writer = Some(on_thread(move || writer.append(&records, mark)).await?);
        Ok(())
    }
}

impl KafkaLog {
    /// Takes a partition over.
    pub(super) async fn open(
        settings: Arc<KafkaSettings>,
        partition: PartitionId,
    ) -> Result<Self, SinkError> {
        let writer = on_thread(move || Writer::open(settings, partition)).await?;
        Ok(Self { writer: Some(writer) })
    }
}

impl Writer {
    fn open(settings: Arc<KafkaSettings>, partition: PartitionId) -> Result<Self, SinkError> {
        let id = format!("{}.{}.{partition}", settings.transactional_id, settings.topic);
        let doing = || format!("take over partition {partition}");
        let producer: ThreadedProducer<Context> = settings
            .producer(&id)
            .create_with_context(Context::of(&settings.connection))
            .map_err(|error| failed(doing(), error))?;
        producer.init_transactions(settings.timeout).map_err(|error| failed(doing(), error))?;
        let mark = mark(&settings, partition)?;
        Ok(Self { settings, partition, producer, mark })
    }

    fn append(mut self, records: &[Record], mark: Mark) -> Result<Self, SinkError> {
        let error = |error| failed(format!("append to partition {}", self.partition), error);
        let end = Instant::now() + self.settings.timeout;
        self.producer.begin_transaction().map_err(error)?;
        let partition = i32::from(self.partition.index());
        let cluster = &self.settings.cluster;
        for record in records {
            let key = record.id();
            let message = BaseRecord::to(&self.settings.topic)
                .partition(partition)
                .key(key.as_bytes())
                .payload(&record.bytes[..])
                .timestamp(record.timestamp)
                .headers(headers(cluster, record));
            self.send(message, end)?;
        }
        let kept = Kept {
            cluster: cluster.clone(),
            partition: self.partition.number(),
            position: mark.position,
            timestamp: mark.timestamp,
        };
        let value = serde_json::to_vec(&kept)
            .map_err(|error| failed(format!("keep the mark of partition {partition}"), error))?;
        let key = key(&self.settings, self.partition);
        let message = BaseRecord::to(&self.settings.mark_topic)
            .partition(partition)
            .key(key.as_bytes())
            .payload(&value[..]);
        self.send(message, end)?;
        // The commit waits for the queue to be empty as well, but looks only ten times a second.
        while self.producer.in_flight_count() > 0 && Instant::now() < end {
            thread::sleep(TICK);
        }
        let left = end.saturating_duration_since(Instant::now());
        self.producer.commit_transaction(left).map_err(error)?;
        self.mark = Some(mark);
        Ok(self)
    }

    /// Puts a message into the producer's queue, waiting for a place in it.
    fn send(&self, mut message: BaseRecord<'_, [u8], [u8]>, end: Instant) -> Result<(), SinkError> {
        loop {
            match self.producer.send(message) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                    if Instant::now() < end =>
                {
                    thread::sleep(TICK);
                    message = back;
                }
                Err((error, _)) => {
                    return Err(failed(format!("append to partition {}", self.partition), error));
                }
            }
        }
    }
}

/// What a consumer can choose by without reading the record.
fn headers(cluster: &str, record: &Record) -> OwnedHeaders {
    let (partition, position) = (record.partition.to_string(), record.position.to_string());
    [
        ("cluster", cluster),
        ("partitionId", &partition),
        ("position", &position),
        ("valueType", &record.value_type),
        ("intent", &record.intent),
        ("recordType", &record.record_type),
        ("brokerVersion", &record.broker_version),
    ]
    .into_iter()
    .fold(OwnedHeaders::new_with_capacity(7), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(value) })
    })
}

fn key(settings: &KafkaSettings, partition: PartitionId) -> String {
    format!("{}-{partition}", settings.cluster)
}

/// Reads the mark of a partition, after everybody else was fenced off from it.
fn mark(settings: &KafkaSettings, partition: PartitionId) -> Result<Option<Mark>, SinkError> {
    let index = i32::from(partition.index());
    let mut found: Option<Kept> = None;
    read(settings, &settings.mark_topic, index, settings.timeout, |message| {
        if let Some(value) = message.payload() {
            let kept: Kept = serde_json::from_slice(value).map_err(|_| {
                SinkError::Refused(format!(
                    "topic \"{}\" holds what is no mark: it is used for something else",
                    settings.mark_topic
                ))
            })?;
            if kept.cluster != settings.cluster || kept.partition != partition.number() {
                return Err(SinkError::Refused(format!(
                    "topic \"{}\" holds records of cluster \"{}\", and this receiver is of \"{}\": each cluster needs \
                     a topic of its own",
                    settings.topic, kept.cluster, settings.cluster
                )));
            }
            found = Some(kept);
        }
        Ok(Next::Go)
    })?;
    if let Some(kept) = found {
        return Ok(Some(Mark { position: kept.position, timestamp: kept.timestamp }));
    }
    read(settings, &settings.topic, index, settings.timeout, |_| {
        Err(SinkError::Refused(format!(
            "topic \"{}\" has records in partition {index}, and topic \"{}\" has no mark for them: is it used for \
             something else, or were the marks deleted?",
            settings.topic, settings.mark_topic
        )))
    })?;
    Ok(None)
}

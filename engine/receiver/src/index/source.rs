//! The topic: a member of a consumer group, committed records only, and offsets that are committed by hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{CommitMode, Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;
use rdkafka::metadata::MetadataTopic;
use rdkafka::{Message, Offset, TopicPartitionList};
use tokio::task;
use tokio::time::{Instant, timeout_at};
use tracing::{debug, warn};

use super::settings::SourceSettings;
use crate::record::Record;
use crate::sink::SinkError;
use crate::sink::kafka::context::Context;
use crate::sink::kafka::settings::LARGEST;

/// How long Kafka may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How much one batch holds at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) records: usize,
    pub(super) size: usize,
    /// How long it waits for more after its first record.
    pub(super) delay: Duration,
}

/// Records, at least one, and where reading goes on after them in each partition of the topic.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    pub(super) next: BTreeMap<i32, i64>,
}

/// A member of the group.
pub(super) struct Source {
    consumer: Arc<StreamConsumer<Context>>,
    settings: SourceSettings,
}

impl Source {
    /// Joins the group.
    pub(super) async fn join(settings: SourceSettings) -> Result<Self, SinkError> {
        let mut client = settings.connection.client();
        client
            .set("group.id", &settings.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("isolation.level", "read_committed")
            .set("auto.offset.reset", "earliest")
            // Others go on while a member comes or goes.
            .set("partition.assignment.strategy", "cooperative-sticky")
            // A member that was killed holds its partitions for so long.
            .set("session.timeout.ms", "10000")
            .set("heartbeat.interval.ms", "3000")
            // A store that takes nothing holds a member up. After so long it leaves its partitions, and comes again.
            .set("max.poll.interval.ms", "600000")
            // The receiver may make the topic later.
            .set("topic.metadata.refresh.interval.ms", "10000")
            .set("message.max.bytes", LARGEST)
            .set("fetch.message.max.bytes", "4194304")
            .set("queued.max.messages.kbytes", "16384");
        let consumer: StreamConsumer<Context> = client
            .create_with_context(Context::of(&settings.connection))
            .map_err(|error| refused(&error))?;
        let source = Self { consumer: Arc::new(consumer), settings };
        source.nothing_is_gone().await?;
        source.consumer.subscribe(&[&source.settings.topic]).map_err(|error| refused(&error))?;
        Ok(source)
    }

    /// The next records.
    pub(super) async fn batch(&self, limits: Limits) -> Result<Batch, SinkError> {
        let mut batch = Batch { records: Vec::new(), next: BTreeMap::new() };
        let mut size = self.take(&mut batch).await?;
        let end = Instant::now() + limits.delay;
        while batch.records.len() < limits.records && size < limits.size {
            match timeout_at(end, self.take(&mut batch)).await {
                Ok(taken) => size += taken?,
                Err(_) => break,
            }
        }
        Ok(batch)
    }

    /// Commits that all before these offsets is in the store. A commit that does not get through is none: what it was
    /// for comes again one day, and is recognised.
    pub(super) async fn commit(&self, next: BTreeMap<i32, i64>) {
        let (consumer, topic) = (Arc::clone(&self.consumer), self.settings.topic.clone());
        let committed = task::spawn_blocking(move || {
            let mut offsets = TopicPartitionList::new();
            for (partition, offset) in next {
                offsets.add_partition_offset(&topic, partition, Offset::Offset(offset))?;
            }
            consumer.commit(&offsets, CommitMode::Sync)
        });
        match committed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                warn!(%error, "what is written could not be committed, and will come again");
            }
            Err(error) => {
                warn!(%error, "what is written could not be committed, and will come again");
            }
        }
    }

    /// Leaves the group, so that others go on at once.
    pub(super) async fn leave(self) {
        // It waits for the group's coordinator.
        drop(task::spawn_blocking(move || drop(self)).await);
    }

    async fn take(&self, batch: &mut Batch) -> Result<usize, SinkError> {
        loop {
            match self.consumer.recv().await {
                Ok(message) => return add(batch, &message),
                Err(KafkaError::MessageConsumptionFatal(code)) => {
                    return Err(SinkError::failed("read from Kafka", code));
                }
                // Connections come and go, and so do topics that are not made yet; the library goes on by itself.
                Err(error) => debug!(%error, "Kafka"),
            }
        }
    }

    /// Refuses to go on where the topic's retention removed records before the store had them: the trail would have a
    /// hole that nobody hears of.
    async fn nothing_is_gone(&self) -> Result<(), SinkError> {
        let (consumer, settings) = (Arc::clone(&self.consumer), self.settings.clone());
        let looked = task::spawn_blocking(move || gone(&consumer, &settings.topic));
        match looked.await {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some((partition, from, to)))) => Err(SinkError::Refused(format!(
                "offsets {from} to {} of partition {partition} of topic \"{}\" were removed before group \"{}\" had read \
                 them: the index has a hole there. To go on with what is left, set the group's offsets to the earliest \
                 with Kafka's own tool",
                to - 1,
                self.settings.topic,
                self.settings.group
            ))),
            // Whoever cannot be asked now cannot be read either: it is seen then.
            Ok(Err(error)) => {
                warn!(%error, "could not look whether records were removed unread");
                Ok(())
            }
            Err(error) => Err(SinkError::failed("ask Kafka", error)),
        }
    }
}

/// A partition whose records begin behind what was committed.
fn gone(
    consumer: &StreamConsumer<Context>,
    topic: &str,
) -> Result<Option<(i32, i64, i64)>, KafkaError> {
    let metadata = consumer.fetch_metadata(None, ANSWER)?;
    let found = metadata.topics().iter().find(|found| found.name() == topic);
    let mut partitions = TopicPartitionList::new();
    for partition in found.map(MetadataTopic::partitions).unwrap_or_default() {
        partitions.add_partition(topic, partition.id());
    }
    if partitions.count() == 0 {
        return Ok(None);
    }
    for element in consumer.committed_offsets(partitions, ANSWER)?.elements() {
        if let Offset::Offset(committed) = element.offset() {
            let (first, _) = consumer.fetch_watermarks(topic, element.partition(), ANSWER)?;
            if committed < first {
                return Ok(Some((element.partition(), committed, first)));
            }
        }
    }
    Ok(None)
}

fn add(batch: &mut Batch, message: &BorrowedMessage<'_>) -> Result<usize, SinkError> {
    let payload = message.payload().unwrap_or_default();
    let record = Record::parse(payload.to_vec().into()).map_err(|error| {
        SinkError::failed(
            format!(
                "read what is at offset {} of partition {} of topic \"{}\": is it a topic of records?",
                message.offset(),
                message.partition(),
                message.topic()
            ),
            error,
        )
    })?;
    batch.records.push(record);
    batch.next.insert(message.partition(), message.offset() + 1);
    Ok(payload.len())
}

fn refused(error: &KafkaError) -> SinkError {
    SinkError::Refused(format!("Kafka's client does not take its settings: {error}"))
}

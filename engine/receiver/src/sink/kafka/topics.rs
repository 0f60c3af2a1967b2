//! The topics: looked at, made when they are missing and may be, refused when they do not fit.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::metadata::Metadata;
use rdkafka::producer::Producer;
use tokio::time::{self, Instant};
use tracing::{info, warn};

use super::context::Context;
use super::settings::{KafkaSettings, LARGEST, MissingTopics, Sasl};
use super::{Looker, blocking, failed};
use crate::sink::SinkError;

/// How many copies a topic gets where there are as many brokers.
const COPIES: i32 = 3;
/// Between two looks for a topic that was just made.
const PAUSE: Duration = Duration::from_millis(100);

/// A topic as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    partitions: usize,
    copies: usize,
}

/// Sees that both topics are there and fit.
pub(super) async fn prepare(settings: &KafkaSettings, looker: &Looker) -> Result<(), SinkError> {
    let wanted = usize::from(settings.partitions);
    let topics = [(&settings.topic, Kind::Records), (&settings.mark_topic, Kind::Marks)];
    let end = Instant::now() + settings.timeout;
    for (topic, kind) in topics {
        let mut made = false;
        let seen = loop {
            let (seen, brokers) = look(settings, looker, topic).await?;
            match seen {
                Some(seen) => break seen,
                None if made && Instant::now() >= end => {
                    return Err(failed("see the new topic", "it did not appear in time"));
                }
                None if made => time::sleep(PAUSE).await,
                None => {
                    create(settings, topic, kind, brokers).await?;
                    made = true;
                }
            }
        };
        if seen.partitions < wanted {
            return Err(SinkError::Refused(format!(
                "topic \"{topic}\" has {} partitions and the cluster has {wanted}: each of them needs its own, and \
                 adding partitions to the topic is safe for it",
                seen.partitions
            )));
        }
        if seen.copies < 3 {
            warn!(topic, copies = seen.copies, "the topic has fewer than three copies");
        }
    }
    Ok(())
}

/// What a topic is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Records,
    Marks,
}

/// Looks at one topic, and how many brokers there are. All topics are asked for: asking for one may make it, with as
/// many partitions as it happens.
async fn look(
    settings: &KafkaSettings,
    looker: &Looker,
    topic: &str,
) -> Result<(Option<Seen>, usize), SinkError> {
    let metadata = metadata(looker, settings.timeout).await?;
    let seen = metadata.topics().iter().find(|found| found.name() == topic).and_then(|found| {
        let copies = found.partitions().iter().map(|partition| partition.replicas().len()).min();
        Some(Seen { partitions: found.partitions().len(), copies: copies? })
    });
    Ok((seen, metadata.brokers().len()))
}

/// What the brokers tell of themselves and of all topics.
pub(super) async fn metadata(looker: &Looker, timeout: Duration) -> Result<Metadata, SinkError> {
    let looker = Arc::clone(looker);
    blocking("reach Kafka", move || looker.client().fetch_metadata(None, timeout)).await
}

async fn create(
    settings: &KafkaSettings,
    topic: &str,
    kind: Kind,
    brokers: usize,
) -> Result<(), SinkError> {
    if settings.missing_topics == MissingTopics::Refuse {
        return Err(SinkError::Refused(format!("topic \"{topic}\" is not there")));
    }
    if matches!(settings.connection.sasl, Some(Sasl::Token { .. })) {
        return Err(SinkError::Refused(format!(
            "topic \"{topic}\" is not there, and with a token it cannot be made from here: make it with {} partitions",
            settings.partitions
        )));
    }
    let copies = i32::try_from(brokers).map_or(COPIES, |brokers| brokers.clamp(1, COPIES));
    let in_sync = if copies >= COPIES { "2" } else { "1" };
    let new = NewTopic::new(topic, i32::from(settings.partitions), TopicReplication::Fixed(copies))
        .set("min.insync.replicas", in_sync)
        .set("max.message.bytes", LARGEST);
    let new = match kind {
        // Nothing goes away because nobody thought of it.
        Kind::Records => new.set("cleanup.policy", "delete").set("retention.ms", "-1"),
        // The newest mark is read from the start of the topic: it is kept short.
        Kind::Marks => new
            .set("cleanup.policy", "compact")
            .set("segment.bytes", "1048576")
            .set("segment.ms", "3600000")
            .set("min.cleanable.dirty.ratio", "0.1")
            .set("delete.retention.ms", "60000"),
    };
    let doing = || format!("make topic \"{topic}\"");
    let admin: AdminClient<Context> = settings
        .connection
        .client()
        .create_with_context(Context::of(&settings.connection))
        .map_err(|error| failed(doing(), error))?;
    let options = AdminOptions::new().request_timeout(Some(settings.timeout));
    let outcomes =
        admin.create_topics([&new], &options).await.map_err(|error| failed(doing(), error))?;
    for outcome in outcomes {
        match outcome {
            Ok(_) => info!(
                topic,
                partitions = settings.partitions,
                copies,
                in_sync,
                brokers,
                "topic made; records are kept until a retention is set"
            ),
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(failed(doing(), code)),
        }
    }
    Ok(())
}

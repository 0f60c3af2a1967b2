//! Reads what is committed of one partition of a topic, from its start to its end of now.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Offset, TopicPartitionList};

use super::context::Context;
use super::failed;
use super::settings::KafkaSettings;
use crate::sink::SinkError;

/// Whether a reader wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    Stop,
}

/// Hands out each committed message of a partition until its end, or until the reader wants no more. Blocks. It is an
/// error when nothing comes for that time.
pub(super) fn read(
    settings: &KafkaSettings,
    topic: &str,
    partition: i32,
    patience: Duration,
    mut each: impl FnMut(&BorrowedMessage<'_>) -> Result<Next, SinkError>,
) -> Result<(), SinkError> {
    let doing = || format!("read partition {partition} of topic \"{topic}\"");
    let consumer: BaseConsumer<Context> = settings
        .reader()
        .create_with_context(Context::of(&settings.connection))
        .map_err(|error| failed(doing(), error))?;
    let mut assigned = TopicPartitionList::new();
    assigned
        .add_partition_offset(topic, partition, Offset::Beginning)
        .and_then(|()| consumer.assign(&assigned))
        .map_err(|error| failed(doing(), error))?;
    let mut last = "nothing came".to_owned();
    let mut end = Instant::now() + patience;
    while Instant::now() < end {
        match consumer.poll(Duration::from_millis(100)) {
            None => {}
            Some(Ok(message)) => {
                end = Instant::now() + patience;
                if each(&message)? == Next::Stop {
                    return Ok(());
                }
            }
            // With "committed only" this is the end of what is committed, which is what was asked for.
            Some(Err(KafkaError::PartitionEOF(_))) => return Ok(()),
            Some(Err(error)) if is_lasting(&error) => return Err(failed(doing(), error)),
            // Connections come and go; the library goes on by itself.
            Some(Err(error)) => last = error.to_string(),
        }
    }
    Err(failed(doing(), format!("not within {patience:?}, {last}")))
}

/// Whether more patience does not help.
fn is_lasting(error: &KafkaError) -> bool {
    error.rdkafka_error_code().is_some_and(|code| {
        [
            RDKafkaErrorCode::TopicAuthorizationFailed,
            RDKafkaErrorCode::GroupAuthorizationFailed,
            RDKafkaErrorCode::UnknownTopic,
            RDKafkaErrorCode::UnknownPartition,
        ]
        .contains(&code)
    })
}

//! The sink that writes to Kafka, each position exactly once.
//!
//! One topic is one cluster's; partition *n* of the cluster is partition *n* - 1 of the topic. The records of a batch and
//! the mark after them are one transaction, by a producer whose transactional id is the partition's own: a second
//! receiver, or one that was thought dead, is fenced off before the mark is read. See decision 0016.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rdkafka::Message;
use rdkafka::error::KafkaError;
use rdkafka::producer::ThreadedProducer;
use tokio::sync::OnceCell;
use tokio::task;

pub(crate) mod context;
mod reader;
pub mod settings;
mod topics;
mod writer;

use self::context::Context;
use self::reader::Next;
use self::settings::KafkaSettings;
use self::writer::KafkaLog;
use crate::record::{PartitionId, Record};
use crate::sink::{Log, Sink, SinkError};
use crate::verify::{Fingerprint, Reading};

/// A probe is answered within this time or not at all.
const PROBE: Duration = Duration::from_secs(2);
/// When all of a topic is read, the next message comes within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that looks. It has a thread that serves what the library calls back for, such as its log and new tokens.
type Looker = Arc<ThreadedProducer<Context>>;

/// Topics of Kafka.
pub struct KafkaSink {
    settings: Arc<KafkaSettings>,
    looker: Looker,
    /// Set when the topics are there and fit.
    prepared: OnceCell<()>,
}

impl KafkaSink {
    /// The sink of these settings. Nothing is connected yet.
    pub fn new(settings: KafkaSettings) -> Result<Self, SinkError> {
        let looker = settings
            .connection
            .client()
            .create_with_context(Context::of(&settings.connection))
            .map_err(|error| {
                SinkError::Refused(format!("Kafka's client does not take its settings: {error}"))
            })?;
        Ok(Self {
            settings: Arc::new(settings),
            looker: Arc::new(looker),
            prepared: OnceCell::new(),
        })
    }

    /// Reads all that is committed, for a proof.
    pub async fn reading(&self) -> Result<Reading, SinkError> {
        let partitions = topics::metadata(&self.looker, self.settings.timeout)
            .await?
            .topics()
            .iter()
            .find(|topic| topic.name() == self.settings.topic)
            .map(|topic| topic.partitions().len())
            .ok_or_else(|| {
                SinkError::Refused(format!("topic \"{}\" is not there", self.settings.topic))
            })?;
        let settings = Arc::clone(&self.settings);
        on_thread(move || {
            let mut reading = Reading::default();
            for partition in (0..partitions).filter_map(|index| i32::try_from(index).ok()) {
                reader::read(&settings, &settings.topic, partition, PATIENCE, |message| {
                    let offset = message.offset();
                    let value = message.payload().unwrap_or_default().to_vec();
                    let record = Record::parse(value.into()).map_err(|error| {
                        failed(format!("read the record at offset {offset}"), error)
                    })?;
                    let fingerprint = Fingerprint::of(&record).map_err(|error| {
                        failed(format!("read the record at offset {offset}"), error)
                    })?;
                    if i32::from(record.partition.index()) != partition {
                        return Err(SinkError::Refused(format!(
                            "record {} lies in partition {partition} of the topic",
                            record.id()
                        )));
                    }
                    reading.add(record.partition, record.position, fingerprint);
                    Ok(Next::Go)
                })?;
            }
            Ok(reading)
        })
        .await
    }
}

#[async_trait]
impl Sink for KafkaSink {
    async fn prepare(&self) -> Result<(), SinkError> {
        let prepare = || topics::prepare(&self.settings, &self.looker);
        self.prepared.get_or_try_init(prepare).await.copied()
    }

    async fn open(&self, partition: PartitionId) -> Result<Box<dyn Log>, SinkError> {
        self.prepare().await?;
        if partition.number() > self.settings.partitions {
            return Err(SinkError::Refused(format!(
                "records of partition {partition} came, and the configuration says that the cluster has {} partitions",
                self.settings.partitions
            )));
        }
        let log = KafkaLog::open(Arc::clone(&self.settings), partition).await?;
        Ok(Box::new(log))
    }

    async fn probe(&self) -> Result<(), SinkError> {
        topics::metadata(&self.looker, PROBE).await?;
        self.prepare().await
    }
}

fn failed(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> SinkError {
    SinkError::failed(doing, source)
}

/// Runs what blocks on a thread of its own; a panic there is an error here.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SinkError> + Send + 'static,
) -> Result<T, SinkError> {
    task::spawn_blocking(work).await.map_err(|error| failed("work with Kafka", error))?
}

async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T, KafkaError> + Send + 'static,
) -> Result<T, SinkError> {
    on_thread(move || work().map_err(|error| failed(doing, error))).await
}

//! The shape of `zeebe_exporter` in HCL: schema, decoder, encoder and reference page in one.

use std::collections::BTreeMap;

use tf_sdk::{
    Attributes, Computed, Defaulted, Optional, Required, Resource, Secret, Set, Timeouts,
};
use zeebe_scalar::{ByteSize, Span};
use zeebe_spec::{
    BulkRecords, Checksum, ClassName, Directory, ExporterName, IndexPrefix, KafkaBroker,
    KafkaCompression, LakeAddressing, LakeBucketName, LakeEndpoint, LakePrefix, LakeRegion,
    RecordType, Replicas, SaslMechanism, SecretVersion, Shards, SinkUrl, TopicName, ValueType,
};

use crate::resources::key::Key;

zeebe_scalar::choice! {
    /// How far an exporter is.
    pub ExporterPhaseWord {
        Provisioning = "provisioning" /** It was not seen to export as it is wished; the next apply goes on with it. */,
        Paused = "paused" /** Somebody has paused exporting of the cluster through the management API: nothing leaves. The next apply resumes it. */,
        SoftPaused = "soft_paused" /** The same, softly: records leave, and nothing is cut from the log. */,
        Ready = "ready" /** It kept up with the log of every partition when the last apply ended. */,
    }
}

/// One exporter of a cluster: which records leave the brokers, and where to. Brokers learn of it by a restart, one at a
/// time, each when the whole cluster is healthy; exporters that come, change or go in one apply cost one such roll.
/// It is ready when it has come as far as the log on every partition, because a log is not compacted before. Before it
/// goes it is disabled, so that no partition waits for it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Resource)]
#[resource(name = "zeebe_exporter", version = 1)]
pub struct Exporter {
    /// The cluster: `zeebe_cluster.payments.handle`.
    pub cluster: Required<ClusterHandle>,
    /// The exporter's name, which the product knows it by. Another name is another exporter.
    #[attribute(replace)]
    pub name: Required<ExporterName>,
    /// Whether it exports. Switched through the product's management API, without a restart, from 8.6 on; one that is
    /// switched off by hand is seen as a change. While it is off the log does not wait for it, and what was written
    /// meanwhile is not exported later.
    #[attribute(default = true)]
    pub enabled: Defaulted<bool>,
    /// To Elasticsearch, by the product's own exporter.
    pub elasticsearch: Optional<SearchStore>,
    /// To `OpenSearch`, by the product's own exporter.
    pub opensearch: Optional<SearchStore>,
    /// To Kafka, by a receiver that the engine runs beside the brokers, which needs no jar: each position exactly once, in
    /// the order of its partition.
    pub kafka: Optional<Kafka>,
    /// Into a lake: files of Parquet by value type and day, in a folder or a bucket, in which whoever lists them sees each
    /// record once. A receiver writes them that the engine runs beside the brokers.
    pub lake: Optional<Lake>,
    /// By an exporter of somebody else. Those that are known not to run on the supported versions are refused.
    pub jar: Optional<Jar>,
    /// How long each operation may take: create, update and delete 60m, read 1m unless said.
    pub timeouts: Optional<Timeouts>,
    /// The exporter's address, enough to import it: `local:///srv/zeebe/payments/exporters/audit`.
    #[attribute(stable)]
    pub id: Computed<String>,
    /// What is stable enough to be kept in the state.
    pub status: Computed<ExporterStatus>,
    /// What the last change does or did, a sentence a step; known at plan.
    pub last_change: Computed<Vec<String>>,
}

/// What reaches a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ClusterHandle {
    /// The cluster's address. Another cluster's exporter is another exporter.
    #[attribute(replace)]
    pub id: Required<String>,
    /// Its target's settings, in the engine's own form.
    pub settings: Optional<String>,
}

/// A search store. What is left open is as the product has it.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct SearchStore {
    /// Where it answers; several addresses are separated by commas. What signs on is said in `authentication`.
    pub url: Required<SinkUrl>,
    /// How its indices are made.
    pub index: Optional<Index>,
    /// How much goes into one request.
    pub bulk: Optional<Bulk>,
    /// How long the exporter waits for an answer before it sends the same again: 30s unless said.
    pub request_timeout: Optional<Span>,
    /// Which records are exported.
    pub records: Optional<Records>,
    /// What signs on. Unless said, nothing does.
    pub authentication: Optional<SignOn>,
}

/// How indices are made. Changes count for indices that are made later.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Index {
    /// What their names start with: `zeebe-record` unless said. Two exporters that write to one store must differ here,
    /// and neither may start with the other. Another prefix leaves the old indices where they are.
    pub prefix: Optional<IndexPrefix>,
    /// Shards of each: 3 unless said.
    pub shards: Optional<Shards>,
    /// Copies of each: 0 unless said.
    pub replicas: Optional<Replicas>,
}

/// How much goes into one request.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Bulk {
    /// Records: 1000 unless said.
    pub records: Optional<BulkRecords>,
    /// After how long a request is sent that is not full: 5s unless said; whole seconds.
    pub delay: Optional<Span>,
    /// How many bytes of records are gathered at most before a request is sent: 10MiB unless said.
    pub memory: Optional<ByteSize>,
}

/// Which records are exported.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Records {
    /// What they are: `event` alone unless said.
    pub types: Optional<Set<RecordType>>,
    /// What they are about, in the product's words; all others are left out. Unless said, the product's own choice, which
    /// is everything but batches, checkpoints and triggered events.
    pub values: Optional<Set<ValueType>>,
}

/// What signs on at a search store.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct SignOn {
    /// Who.
    pub username: Required<String>,
    /// Where the password is read when a broker starts; or give it in `password_wo`.
    pub password: Optional<Password>,
    /// The password itself, instead of `password`: from Terraform 1.11 and OpenTofu 1.11 on, for which it may come from an
    /// ephemeral resource. It enters no state, plan or log. The cluster's target keeps it where its owner alone may read
    /// it, for brokers that are started later, until the exporter goes or has another one.
    #[attribute(write_only)]
    pub password_wo: Optional<Secret>,
    /// The number of `password_wo`. Terraform does not remember the password, so it does not see that it is another one:
    /// with another number the new password is kept in place of the old one, and each broker is restarted with it.
    pub password_wo_version: Optional<SecretVersion>,
}

/// Where a password is read: exactly one of the sources. The password itself enters no state, plan, log or process list.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Password {
    /// An absolute path of a file that holds it.
    pub file: Optional<Directory>,
    /// A variable of the environment that Terraform runs in.
    pub environment_variable: Optional<String>,
}

/// Topics of Kafka. The receiver makes them where they are missing, with three copies where there are as many brokers.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Kafka {
    /// Where Kafka is first asked.
    pub brokers: Required<Set<KafkaBroker>>,
    /// The topic of the records; how far each partition is written stands in the topic `<topic>-marks`. One topic is one
    /// cluster's. Another topic begins with what the brokers still hold.
    pub topic: Required<TopicName>,
    /// How batches are packed: `zstd` unless said.
    pub compression: Optional<KafkaCompression>,
    /// Which records are exported.
    pub records: Optional<Records>,
    /// Encryption on the way to Kafka. Unless said, there is none.
    pub tls: Optional<KafkaTls>,
    /// What signs on. Unless said, nothing does.
    pub sasl: Optional<KafkaSasl>,
}

/// Encryption on the way to Kafka. Files are in PEM, by absolute paths on the machine of the receiver.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct KafkaTls {
    /// Who vouches for Kafka; unless said, the authorities that the machine trusts.
    pub ca: Optional<Directory>,
    /// A certificate of one's own.
    pub certificate: Optional<Directory>,
    /// Its key.
    pub key: Optional<Directory>,
}

/// What signs on at Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct KafkaSasl {
    /// How.
    pub mechanism: Required<SaslMechanism>,
    /// Who, where there is a password.
    pub username: Optional<String>,
    /// Where the password is read when the receiver starts; or give it in `password_wo`.
    pub password: Optional<Password>,
    /// The password itself, instead of `password`: from Terraform 1.11 and OpenTofu 1.11 on, for which it may come from an
    /// ephemeral resource. It enters no state, plan or log. The cluster's target keeps it where its owner alone may read
    /// it, for a receiver that is started later, until the exporter goes or has another one.
    #[attribute(write_only)]
    pub password_wo: Optional<Secret>,
    /// The number of `password_wo`. Terraform does not remember the password, so it does not see that it is another one:
    /// with another number the new password is kept in place of the old one, and the receiver is restarted with it.
    pub password_wo_version: Optional<SecretVersion>,
    /// The file that holds the token, where there is one. Somebody else keeps it fresh.
    pub token: Optional<Directory>,
}

/// A lake of Parquet: exactly one of the places. One lake is one cluster's, and none lies within another.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Lake {
    /// A folder, by its absolute path on the machine of the receiver; made where it is missing. It is empty or this
    /// cluster's lake. What is in it stays when the exporter goes.
    pub directory: Optional<Directory>,
    /// A bucket of Amazon's S3, or of a store that speaks as it does.
    pub s3: Optional<LakeBucket>,
    /// How long a record waits, durably, until it becomes part of a file that readers see: 5m unless said; 1s to 24h.
    pub seal_after: Optional<Span>,
    /// Or until so much of a partition waits: 64MiB unless said. About eight times as much memory is needed while files are
    /// made.
    pub seal_size: Optional<ByteSize>,
    /// Which records are exported.
    pub records: Optional<Records>,
}

/// A bucket of S3. The store must refuse to overwrite an object when it is told so (`If-None-Match`), as Amazon's does.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct LakeBucket {
    /// Its name. It is there already.
    pub bucket: Required<LakeBucketName>,
    /// What the names of the lake's objects start with. Unless said, the lake has the bucket for itself.
    pub prefix: Optional<LakePrefix>,
    /// Its region.
    pub region: Required<LakeRegion>,
    /// Where the store is: Amazon's of the region unless said. With `http://` there is no encryption on the way.
    pub endpoint: Optional<LakeEndpoint>,
    /// Where in an address the bucket stands: `host` unless said; with an `endpoint`, `path`.
    pub addressing: Optional<LakeAddressing>,
    /// The access key.
    pub access_key: Required<Key>,
    /// The secret key. It must be allowed to get, put, list and delete objects below
    /// the prefix.
    pub secret_key: Required<Key>,
    /// A file in PEM, by its absolute path: one more that may have signed the store's certificate.
    pub ca: Optional<Directory>,
}

/// An exporter of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Jar {
    /// Its archive with all that it needs, by its absolute path on the brokers' machines.
    pub path: Required<Directory>,
    /// The archive's SHA-256: a broker is not restarted with another one.
    pub sha256: Required<Checksum>,
    /// Its class by its full name.
    pub class_name: Required<ClassName>,
    /// What it is told, by its own keys, with dots between words: `producer.servers`.
    pub arguments: Optional<BTreeMap<String, String>>,
}

/// What is stable enough to be kept in the state.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ExporterStatus {
    /// How far the exporter is.
    pub phase: Computed<ExporterPhaseWord>,
}

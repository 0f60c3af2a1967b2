//! The valid wish: what a user may ask for, and nothing else.
//!
//! ```text
//! ClusterParts ── ClusterSpec::new: every mistake at once ──▶ ClusterSpec ──▶ zeebe-plan: desired
//! ```
//!
//! A spec keeps what the user said and what they left open (`Option`), so that it can be stored in the
//! cluster's book and be given back, word for word, to an import.
//!
//! Architecture invariant: no I/O, no clock, no async; nothing of Terraform; nothing of how a platform or
//! a product minor spells a setting.

pub mod backup;
pub mod broker;
pub mod cluster;
pub mod exporter;
pub mod restore;
pub mod retention;
pub mod schedule;
pub mod search_backup;
pub mod secret;
pub mod target;
pub mod topology;
pub mod version;

pub use crate::backup::{
    AccountName, AzureStore, BackupId, BackupStore, BackupsKept, BasePath, BucketName,
    ContainerName, FilesystemStore, GcsAuthentication, GcsStore, RegionName, S3Addressing,
    S3Compression, S3Keys, S3Store, StoreMistake, StoreUrl,
};
pub use crate::broker::{BrokerSize, BrokerSpec, CpuThreads, DiskWatermarks, IoThreads, Preset};
pub use crate::cluster::{
    ClusterName, ClusterParts, ClusterSpec, DataOnDestroy, DeletionProtection, Environment, Roll,
    SettingKey, SpecAttribute, SpecMistake, SpecMistakes,
};
pub use crate::exporter::kafka::{
    KafkaBroker, KafkaCompression, KafkaSasl, KafkaSink, KafkaTls, SaslMechanism, TopicName,
};
pub use crate::exporter::lake::{
    LakeAddressing, LakeBucket, LakeBucketName, LakeEndpoint, LakePlace, LakePrefix, LakeRegion,
    LakeSink,
};
pub use crate::exporter::{
    Authentication, BulkRecords, BulkSpec, ClassName, ExporterMistake, ExporterName, ExporterSpec,
    IndexPrefix, IndexSpec, JarSink, Received, RecordType, RecordsSpec, Replicas, SearchSink,
    Shards, Sink, SinkUrl, ValueType, Working,
};
pub use crate::restore::RestoreFrom;
pub use crate::retention::{Enforcer, RetentionSpec};
pub use crate::schedule::{BackupTimes, ScheduleSpec, TimeOfDay};
pub use crate::search_backup::{RepositoryName, SearchBackup};
pub use crate::secret::{KeptSecret, SecretPurpose, SecretSource, SecretVersion, StoreKey};
pub use crate::target::{
    Checksum, Directory, Distribution, FirstPort, LocalTarget, MavenCoordinates, Seed,
    SimulatedTarget, Source, TargetSpec,
};
pub use crate::topology::{
    BrokerCount, BrokerId, GatewayCount, GatewayIndex, Gateways, PartitionCount, PartitionId,
    ReceiverIndex, ReplicationFactor, TopologySpec,
};
pub use crate::version::{Minor, UpgradeError, Version, may_follow, upgrade_path};

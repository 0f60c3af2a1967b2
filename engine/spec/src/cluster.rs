//! The wish for one cluster, and the rules that hold between its parts.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use zeebe_scalar::{ByteSize, Span};

use crate::backup::{BackupStore, StoreMistake};
use crate::broker::{BrokerSpec, watermarks};
use crate::restore::RestoreFrom;
use crate::secret::{KeptSecret, SecretSource};
use crate::target::TargetSpec;
use crate::topology::{Gateways, TopologySpec};
use crate::version::{Minor, Version};

zeebe_scalar::text! {
    /// The name of a cluster, and of its directory or namespace on its target.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub ClusterName,
    "1 to 40 lower-case letters, digits and single dashes, starting with a letter and not ending with a dash",
    "payments",
    |text| (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

zeebe_scalar::choice! {
    /// What the cluster is for.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub Environment {
        Development = "development" /** Made and thrown away by developers. */,
        Test = "test" /** For tests of a release. */,
        Staging = "staging" /** Like production, without its data. */,
        Production = "production" /** Serves customers. */,
    }
}

zeebe_scalar::text! {
    /// A setting of the product by its own key, as the documentation of the version spells it.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub SettingKey, "a product setting as words with dots between them", "zeebe.broker.gateway.longPolling.enabled",
    |text| !text.is_empty()
        && text.split('.').all(|word| {
            !word.is_empty()
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_[]".contains(&b))
        })
}

zeebe_scalar::choice! {
    /// What becomes of the brokers' data when the cluster is destroyed.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub DataOnDestroy {
        Keep = "keep" /** Data stays on its volumes; a cluster of the same name and place takes it up again. */,
        Delete = "delete" /** Data is deleted. */,
    }
}

/// Whether the cluster may be destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionProtection {
    /// Nothing destroys it.
    On,
    /// It may be destroyed.
    Off,
}

/// How brokers are restarted one after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// How long the cluster must have been whole before the next broker is stopped.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stable_for: Option<Span>,
}

/// The parts of a cluster's wish before the rules between them were checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterParts {
    /// Its name.
    pub name: ClusterName,
    /// The product version.
    pub version: Version,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub environment: Option<Environment>,
    /// Which components and how many.
    pub topology: TopologySpec,
    /// What each broker gets.
    #[serde(default)]
    pub broker: BrokerSpec,
    /// The product's own settings.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub configuration: BTreeMap<SettingKey, String>,
    /// Where the licence key is read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub license: Option<SecretSource>,
    /// Where its backups are kept; none are taken where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub backup_store: Option<BackupStore>,
    /// The backup that it begins with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub restore_from: Option<RestoreFrom>,
    /// How brokers are restarted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub roll: Option<Roll>,
    /// Where it runs.
    pub target: TargetSpec,
    /// Whether it may be destroyed.
    pub deletion_protection: DeletionProtection,
    /// What becomes of its data then.
    pub data_on_destroy: DataOnDestroy,
}

/// The valid wish for one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ClusterParts", into = "ClusterParts")]
pub struct ClusterSpec(ClusterParts);

impl std::ops::Deref for ClusterSpec {
    type Target = ClusterParts;

    fn deref(&self) -> &ClusterParts {
        &self.0
    }
}

impl ClusterSpec {
    /// What the target keeps for it.
    pub fn kept_secrets(&self) -> impl Iterator<Item = &KeptSecret> {
        let keys = self.backup_store.iter().flat_map(BackupStore::secrets);
        self.license.iter().chain(keys).filter_map(SecretSource::kept)
    }
}

impl From<ClusterSpec> for ClusterParts {
    fn from(spec: ClusterSpec) -> Self {
        spec.0
    }
}

impl TryFrom<ClusterParts> for ClusterSpec {
    type Error = SpecMistakes;

    fn try_from(parts: ClusterParts) -> Result<Self, Self::Error> {
        Self::new(parts).map_err(SpecMistakes)
    }
}

/// The attribute that a mistake stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpecAttribute {
    /// `version`
    Version,
    /// `topology.brokers`
    Brokers,
    /// `topology.partitions`
    Partitions,
    /// `topology.replication_factor`
    ReplicationFactor,
    /// `broker.disk`
    Disk,
    /// `broker.memory`
    Memory,
    /// `broker.log_segment_size`
    LogSegmentSize,
    /// `broker.disk_watermarks.processing`
    ProcessingWatermark,
    /// `broker.disk_watermarks.replication`
    ReplicationWatermark,
    /// `target.<kind>.first_port`
    FirstPort,
    /// `license`
    License,
    /// `backup_store`, and what in it.
    BackupStore(&'static str),
    /// `restore_from`
    RestoreFrom,
}

/// One thing in a wish that cannot be: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct SpecMistake {
    /// Where.
    pub at: SpecAttribute,
    /// What is wrong, as a fragment.
    pub summary: String,
    /// What was expected, what was got, what to do, in sentences.
    pub detail: String,
}

/// All mistakes of one wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecMistakes(pub Vec<SpecMistake>);

impl fmt::Display for SpecMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {}", mistake.summary, mistake.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecMistakes {}

/// The least heap with which a broker starts: under it the JVM of 8.5 and 8.6 dies while loading.
const LEAST_MEMORY_MIB: u32 = 128;
/// The least log segment: the product refuses one under twice its greatest message, 4 MiB.
const LEAST_SEGMENT_MIB: u32 = 8;
/// Ports that one broker takes.
pub const PORTS_PER_BROKER: u16 = 10;
/// Receivers that find room among the ports of one broker.
pub const RECEIVERS_PER_BROKER: u16 = 2;
/// Where standalone gateways begin, counted from the first port: behind the greatest number of brokers.
pub const GATEWAY_PORT_OFFSET: u16 = 1000;

impl ClusterSpec {
    /// Checks the rules between the parts; reports every mistake at once.
    pub fn new(parts: ClusterParts) -> Result<Self, Vec<SpecMistake>> {
        let mut mistakes: Vec<SpecMistake> = [
            minor(&parts),
            factor(&parts),
            memory(&parts),
            segment(&parts),
            disk(&parts),
            watermark_order(&parts),
            ports(&parts),
            restore_from(&parts),
        ]
        .into_iter()
        .flatten()
        .collect();
        mistakes.extend(backup_store(&parts));
        if mistakes.is_empty() { Ok(Self(parts)) } else { Err(mistakes) }
    }

    /// The parts, to change and check again.
    pub fn into_parts(self) -> ClusterParts {
        self.0
    }

    /// Free disk that must stay: the user's word, else what the product needs for its partitions, as
    /// (processing, replication).
    pub fn watermarks(&self) -> (ByteSize, ByteSize) {
        effective_watermarks(&self.0)
    }

    /// How long the cluster must have been whole before the next broker is stopped; 10 s unless said.
    pub fn stable_for(&self) -> std::time::Duration {
        self.roll
            .as_ref()
            .and_then(|roll| roll.stable_for.as_ref())
            .map_or(std::time::Duration::from_secs(10), Span::duration)
    }

    /// Where clients connect.
    pub fn gateways(&self) -> Gateways {
        self.topology.gateways.unwrap_or(Gateways::Embedded)
    }

    /// What is worth a warning though it is possible.
    pub fn warnings(&self) -> Vec<SpecMistake> {
        let mut warnings = Vec::new();
        if self.environment == Some(Environment::Production) && self.license.is_none() {
            warnings.push(SpecMistake {
                at: SpecAttribute::License,
                summary: "production cluster has no licence".to_owned(),
                detail: "From 8.6 on the product is free for non-production use only (Camunda License 1.0). \
                         Name where its key is, with `license = { file = … }` or \
                         `license = { environment_variable = … }`."
                    .to_owned(),
            });
        }
        if self.topology.replication_factor.get().is_multiple_of(2) {
            warnings.push(SpecMistake {
                at: SpecAttribute::ReplicationFactor,
                summary: "even replication factor".to_owned(),
                detail: format!(
                    "A factor of {} survives the loss of no more brokers than one of {} does, and costs \
                     one more copy.",
                    self.topology.replication_factor,
                    self.topology.replication_factor.get() - 1
                ),
            });
        }
        warnings
    }
}

fn effective_watermarks(parts: &ClusterParts) -> (ByteSize, ByteSize) {
    let size = parts.broker.size();
    let (processing, replication) =
        watermarks(parts.topology.replicas_per_broker(), &size.log_segment_size);
    let given = parts.broker.disk_watermarks.as_ref();
    (
        given.and_then(|given| given.processing.clone()).unwrap_or(processing),
        given.and_then(|given| given.replication.clone()).unwrap_or(replication),
    )
}

fn backup_store(parts: &ClusterParts) -> impl Iterator<Item = SpecMistake> {
    let minor = parts.version.minor();
    let wrong = parts.backup_store.as_ref().map(|store| store.mistakes(minor));
    wrong.into_iter().flatten().map(|StoreMistake { at, summary, detail }| SpecMistake {
        at: SpecAttribute::BackupStore(at),
        summary: summary.to_owned(),
        detail,
    })
}

fn restore_from(parts: &ClusterParts) -> Option<SpecMistake> {
    let RestoreFrom { backup_id } = parts.restore_from.filter(|_| parts.backup_store.is_none())?;
    Some(SpecMistake {
        at: SpecAttribute::RestoreFrom,
        summary: "there is no store to restore from".to_owned(),
        detail: format!(
            "Backup {backup_id} is looked for in the cluster's own store. Say with `backup_store` where it is."
        ),
    })
}

fn minor(parts: &ClusterParts) -> Option<SpecMistake> {
    let minor = parts.version.minor();
    (!minor.is_supported()).then(|| SpecMistake {
        at: SpecAttribute::Version,
        summary: format!("version {} is not supported", parts.version),
        detail: format!(
            "Supported are the minors {}. Choose a version of one of them.",
            Minor::SUPPORTED.map(|minor| minor.to_string()).join(", ")
        ),
    })
}

fn factor(parts: &ClusterParts) -> Option<SpecMistake> {
    let TopologySpec { brokers, replication_factor, partitions: _, gateways: _ } = parts.topology;
    (replication_factor.get() > brokers.get()).then(|| SpecMistake {
        at: SpecAttribute::ReplicationFactor,
        summary: "replication factor exceeds broker count".to_owned(),
        detail: format!(
            "Each copy of a partition needs a broker of its own. The factor is {replication_factor}, the \
             brokers are {brokers}. Raise `brokers` or lower `replication_factor`."
        ),
    })
}

fn memory(parts: &ClusterParts) -> Option<SpecMistake> {
    let memory = parts.broker.size().memory;
    let least = ByteSize::from_mebibytes(LEAST_MEMORY_MIB);
    (memory < least).then(|| SpecMistake {
        at: SpecAttribute::Memory,
        summary: "memory is too small for a broker".to_owned(),
        detail: format!("A broker needs at least {least} of heap to start, got {memory}."),
    })
}

fn segment(parts: &ClusterParts) -> Option<SpecMistake> {
    let segment = parts.broker.size().log_segment_size;
    let least = ByteSize::from_mebibytes(LEAST_SEGMENT_MIB);
    (segment < least).then(|| SpecMistake {
        at: SpecAttribute::LogSegmentSize,
        summary: "log segment is too small".to_owned(),
        detail: format!(
            "A segment must hold the product's greatest message twice: at least {least}, got {segment}."
        ),
    })
}

fn disk(parts: &ClusterParts) -> Option<SpecMistake> {
    let size = parts.broker.size();
    let copies = parts.topology.replicas_per_broker();
    let (processing, _) = effective_watermarks(parts);
    // What must stay free, and one segment for each copy to write into.
    let least =
        processing.bytes().saturating_add(copies.saturating_mul(size.log_segment_size.bytes()));
    (size.disk.bytes() < least).then(|| SpecMistake {
        at: SpecAttribute::Disk,
        summary: "disk is too small for the partitions".to_owned(),
        detail: format!(
            "Each broker holds up to {copies} partition copies with segments of {}, and stops processing \
             when less than {processing} is free: it needs at least {}, got {}. Raise `disk`, lower \
             `partitions` or `replication_factor`, or make `log_segment_size` smaller.",
            size.log_segment_size,
            ByteSize::from_bytes(least.next_multiple_of(1 << 20)),
            size.disk
        ),
    })
}

fn watermark_order(parts: &ClusterParts) -> Option<SpecMistake> {
    let (processing, replication) = effective_watermarks(parts);
    (processing <= replication).then(|| SpecMistake {
        at: SpecAttribute::ProcessingWatermark,
        summary: "processing watermark is not above the replication watermark".to_owned(),
        detail: format!(
            "A broker must stop taking commands before it stops taking copies: `processing` must be \
             greater than `replication`. They are {processing} and {replication}."
        ),
    })
}

fn ports(parts: &ClusterParts) -> Option<SpecMistake> {
    let first = parts.target.first_port();
    let blocks = match parts.topology.gateways {
        Some(Gateways::Standalone(count)) => {
            u32::from(GATEWAY_PORT_OFFSET) + u32::from(count.get()) * u32::from(PORTS_PER_BROKER)
        }
        Some(Gateways::Embedded) | None => {
            u32::from(parts.topology.brokers.get()) * u32::from(PORTS_PER_BROKER)
        }
    };
    let last = u32::from(first) + blocks - 1;
    (last > u32::from(u16::MAX)).then(|| SpecMistake {
        at: SpecAttribute::FirstPort,
        summary: "ports run out".to_owned(),
        detail: format!(
            "The cluster takes the ports {first} to {last}, and 65535 is the last there is. Lower \
             `first_port`."
        ),
    })
}

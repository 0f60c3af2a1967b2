//! The shape of `zeebe_cluster` in HCL: schema, decoder, encoder and reference page in one.

use std::collections::BTreeMap;

use tf_sdk::{Attributes, Computed, Defaulted, Optional, Required, Resource, Timeouts};
use zeebe_scalar::{ByteSize, Span};
use zeebe_spec::{
    BackupId, BrokerCount, Checksum, ClusterName, CpuThreads, DataOnDestroy, Directory,
    Environment, FirstPort, GatewayCount, IoThreads, MavenCoordinates, PartitionCount, Preset,
    ReplicationFactor, Seed, Version,
};

use super::store::BackupStoreChoice;
use crate::resources::key::Key;

zeebe_scalar::choice! {
    /// What becomes of a cluster whose creation ran out of time.
    pub OnCreateTimeout {
        Keep = "keep" /** It is kept, with a warning and `status.phase = "provisioning"`, and the next apply finishes it. Dependents may start before it is ready: gate them on `status.phase`. */,
        Fail = "fail" /** The apply fails, and Terraform replaces the cluster with the next apply. */,
        Delete = "delete" /** The apply fails, and what was made is taken away again. */,
    }
}

zeebe_scalar::choice! {
    /// Where clients connect.
    pub GatewayMode {
        Embedded = "embedded" /** Every broker is a gateway too. */,
        Standalone = "standalone" /** Gateways are processes of their own. */,
    }
}

zeebe_scalar::choice! {
    /// How far a cluster is.
    pub PhaseWord {
        Provisioning = "provisioning" /** Its creation is not finished; the next apply goes on with it. */,
        Restoring = "restoring" /** It is brought back to a backup, which is not finished; the next apply goes on with it. */,
        Ready = "ready" /** It was whole when the last apply ended. */,
    }
}

/// One Zeebe cluster: its brokers, their partitions and the gateways in front. Changes of size, partitions
/// and replication are carried out through the product's own management API, settings and versions by a
/// roll that waits for the whole cluster; nothing is ever replaced silently.
#[derive(Clone, Debug, PartialEq, Eq, Resource)]
#[resource(name = "zeebe_cluster", version = 1)]
pub struct Cluster {
    /// The cluster's name, and that of its directory or namespace on its target. Cannot change.
    pub name: Required<ClusterName>,
    /// The product version that every broker runs. Patches forward and one minor at a time; a downgrade or
    /// a skipped minor is refused at plan.
    pub version: Required<Version>,
    /// What the cluster is for. Changes nothing but that a `production` cluster without a licence is warned
    /// about.
    pub environment: Optional<Environment>,
    /// Which components there are and how many.
    pub topology: Required<Topology>,
    /// What each broker gets. What is left open comes from `preset`, and else from the preset `dev`.
    pub broker: Optional<Broker>,
    /// The product's own settings by their own keys, as the documentation of the version spells them: the
    /// way out for what this resource has no attribute for. A key that the version does not know, or that
    /// an attribute here sets, is an error.
    pub configuration: Optional<BTreeMap<String, String>>,
    /// Where the licence key is read when a broker starts. The key itself enters no state, plan or log.
    pub license: Optional<Key>,
    /// Where backups are kept. Every broker is told, so a change is a roll; the backups that are in the old place stay
    /// there. Whether the store can be reached is seen by the first backup, or by the data source `zeebe_backups`.
    pub backup_store: Optional<BackupStoreChoice>,
    /// The backup in `backup_store` that a new cluster begins with. It counts once, when the cluster is made: then it may
    /// stay or go and changes nothing. The cluster must have as many partitions as the backup, and run its version or the
    /// minor after it. The creation ends well only when every partition has come to where the backup goes.
    pub restore_from: Optional<RestoreFrom>,
    /// How brokers are restarted one after another.
    pub roll: Optional<Roll>,
    /// Where the cluster runs: exactly one of the targets.
    pub target: Required<Target>,
    /// Whether destroying the cluster is refused: by `destroy`, by a removed block, by `-replace` and for a
    /// tainted object.
    #[attribute(default = true)]
    pub deletion_protection: Defaulted<bool>,
    /// What becomes of the brokers' data when they are destroyed or leave the cluster: with `keep` it stays,
    /// and a cluster of the same name, place and shape takes it up again; with `delete` it is deleted. What
    /// was last applied counts.
    #[attribute(default = "keep")]
    pub data_on_destroy: Defaulted<DataOnDestroy>,
    /// What becomes of the cluster when its creation runs out of time or is interrupted. With `keep` the apply
    /// succeeds with a warning and `status.phase = "provisioning"`, and the next apply finishes it; dependents
    /// may start before it is ready, so gate them on the phase. With `fail` the apply fails, and Terraform
    /// marks the cluster as tainted. With `delete` it fails, and what was made is taken away again.
    #[attribute(default = "keep")]
    pub on_create_timeout: Defaulted<OnCreateTimeout>,
    /// How long each operation may take: create 20m, update 60m, delete 10m, read 1m unless said.
    pub timeouts: Optional<Timeouts>,
    /// The cluster's address, enough to import it: `local:///srv/zeebe/payments`.
    #[attribute(stable)]
    pub id: Computed<String>,
    /// What dependents take to reach the cluster: its address, and its target's settings.
    #[attribute(stable)]
    pub handle: Computed<Handle>,
    /// Where clients connect by gRPC, as `host:port`.
    #[attribute(stable)]
    pub gateway_address: Computed<String>,
    /// Where clients connect by REST, as a URL.
    #[attribute(stable)]
    pub rest_address: Computed<String>,
    /// What is stable enough to be kept in the state; for health and leaders use the data sources.
    pub status: Computed<Status>,
    /// What the last change does or did, a sentence a step; known at plan, with the product's own operations
    /// in it, and the apply does exactly that.
    pub last_change: Computed<Vec<String>>,
}

/// Which components there are and how many.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Topology {
    /// How many brokers share the partitions. Grows and shrinks in place.
    pub brokers: Required<BrokerCount>,
    /// How many partitions the work is spread over. Cannot become fewer; can become more from 8.8 on.
    pub partitions: Required<PartitionCount>,
    /// How many brokers hold a copy of each partition: at most the number of brokers. Changes in place.
    pub replication_factor: Required<ReplicationFactor>,
    /// Where clients connect. Embedded gateways unless said.
    pub gateways: Optional<GatewayChoice>,
}

/// Where clients connect.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct GatewayChoice {
    /// `embedded`: every broker is a gateway too. `standalone`: gateways are processes of their own.
    pub mode: Required<GatewayMode>,
    /// How many standalone gateways; needed for `standalone` and for nothing else.
    pub replicas: Optional<GatewayCount>,
}

/// What each broker gets.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Broker {
    /// The size that all else starts from. `dev`, for a laptop: 256 MiB of heap, 4 GiB of disk, 16 MiB
    /// segments, one thread of each kind (our own measure). `chart`, what the official Helm chart 15 asks
    /// for: 1.5 GiB, 32 GiB of disk, 128 MiB segments, 3 + 3 threads. `baseline`, what the vendor's load
    /// tests use (`sizing-self-managed.md`): 2 GiB, 64 GiB of disk, 128 MiB segments, 3 + 3 threads.
    pub preset: Optional<Preset>,
    /// Memory of one broker's Java heap.
    pub memory: Optional<ByteSize>,
    /// Threads that process work.
    pub cpu_threads: Optional<CpuThreads>,
    /// Threads that read and write.
    pub io_threads: Optional<IoThreads>,
    /// Disk that one broker may count on. Must have room for its partitions, their log segments and the
    /// watermarks.
    pub disk: Optional<ByteSize>,
    /// Size of one file of a partition's log.
    pub log_segment_size: Optional<ByteSize>,
    /// How much disk must stay free; computed from partitions and segment size unless said.
    pub disk_watermarks: Optional<Watermarks>,
}

/// How much disk must stay free.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Watermarks {
    /// Below this a broker takes no more commands.
    pub processing: Optional<ByteSize>,
    /// Below this a broker takes no more copies from leaders.
    pub replication: Optional<ByteSize>,
}

/// The backup that a new cluster begins with.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct RestoreFrom {
    /// Its id, as the data source `zeebe_backups` tells it.
    pub backup_id: Required<BackupId>,
}

/// How brokers are restarted one after another.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Roll {
    /// How long the whole cluster must have been healthy before the next broker is stopped: 10s unless said.
    pub stable_for: Optional<Span>,
}

/// Where the cluster runs: exactly one of the targets.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Target {
    /// Processes of this machine.
    pub local: Optional<Local>,
    /// In memory, kept in a directory: a plan can be tried without anything installed.
    pub simulated: Optional<Simulated>,
}

/// Processes of this machine. They outlive Terraform, and listen on loopback only.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Local {
    /// The directory under which the cluster has its own, named as the cluster. Unless said, the directory
    /// `zeebe-platform` in the user's data directory.
    pub directory: Optional<Directory>,
    /// The first of the cluster's ports: broker i has ten from `first_port + 10 × i` (gateway, command,
    /// internal, REST, management), standalone gateways begin at `first_port + 1000`. 26500 unless said.
    pub first_port: Optional<FirstPort>,
    /// What is run. Unless said, the version's archive from Maven.
    pub distribution: Optional<DistributionChoice>,
    /// A Java runtime of version 21 or later. Unless said, the first that fits, wherever it is.
    pub java_home: Optional<Directory>,
}

/// What is run: at most one of the sources.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct DistributionChoice {
    /// From Maven, by the user's own `mvn` with its mirrors, credentials and proxies.
    pub maven: Optional<Maven>,
    /// From an archive on this machine, by its absolute path.
    pub path: Optional<Directory>,
    /// From a URL.
    pub url: Optional<String>,
    /// The archive's SHA-256. May be left out for versions from Maven whose checksum this provider knows.
    pub sha256: Optional<Checksum>,
}

/// An artifact of Maven.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Maven {
    /// Group and artifact, `io.camunda:camunda-zeebe` unless said; the version is the cluster's.
    pub coordinates: Optional<MavenCoordinates>,
}

/// A simulated cluster.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Simulated {
    /// The directory under which the cluster has its own, named as the cluster.
    pub directory: Required<Directory>,
    /// The first of the ports that its addresses show; nothing listens there. 26500 unless said.
    pub first_port: Optional<FirstPort>,
    /// What its chances start from: the same seed gives the same run.
    pub seed: Optional<Seed>,
}

/// What dependents take to reach the cluster. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Handle {
    /// The cluster's address.
    pub id: Computed<String>,
    /// Its target's settings, in the engine's own form.
    pub settings: Computed<String>,
}

/// What is stable enough to be kept in the state.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Status {
    /// How far the cluster is.
    pub phase: Computed<PhaseWord>,
}

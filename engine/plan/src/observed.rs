//! What a look found: at the book, at the target, at the product.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use zeebe_spec::{
    BackupId, BrokerId, ClusterSpec, ExporterName, ExporterSpec, PartitionId, Received,
    ReceiverIndex, Version,
};

use crate::component::{ComponentId, ComponentState, Observed};
use crate::product::{ClusterTopology, ExporterState, ExportingPhase, GatewayView};

/// How far a cluster is in its life, as its book says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its creation has begun and was not seen to end.
    Creating,
    /// It was whole when the last apply ended.
    Ready,
    /// Its destruction has begun and was not seen to end.
    Destroying,
    /// It was destroyed and its data kept.
    Destroyed,
    /// It is brought back to a backup, and was not seen to stand on it yet.
    Restoring(Restoration),
}

/// One restore of a backup into a cluster that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restoration {
    /// What its data will be.
    pub backup: BackupId,
    /// When it was begun, as a number that people read (`20261123174500`). It tells two restores of one backup apart.
    pub begun: u64,
}

/// What begins the name of data that a restore set aside.
pub const ASIDE: &str = "before-restore-";

/// The name under which it sets aside what was there.
impl fmt::Display for Restoration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { backup, begun } = self;
        write!(f, "{ASIDE}{backup}-{begun}")
    }
}

/// The members and copies that the product was last seen to have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its brokers.
    pub members: BTreeSet<BrokerId>,
    /// How many partitions.
    pub partitions: u16,
    /// How many copies of each.
    pub replication_factor: u16,
}

/// The cluster's own document in its book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterRecord {
    /// The wish that was last taken on.
    pub spec: ClusterSpec,
    /// How far it is.
    pub phase: Phase,
    /// What its brokers were first started as, until the product confirmed another shape.
    pub shape: Shape,
    /// The version that every broker was last seen to run. An upgrade that was cut off leaves the old one.
    pub version: Version,
    /// Whether brokers were restarted one after another and nobody has seen since that deployments reach every
    /// partition.
    #[serde(default, skip_serializing_if = "Canary::is_settled")]
    pub canary: Canary,
}

/// Whether a look is owed at how deployments spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canary {
    /// Nothing was restarted since the last look.
    #[default]
    Settled,
    /// A roll has begun, and no look has ended well since.
    Due,
}

impl Canary {
    /// What needs not be written: a document without a word of it says the same.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    const fn is_settled(&self) -> bool {
        matches!(self, Self::Settled)
    }
}

/// How far an exporter is in its life, as its document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExporterPhase {
    /// It is wished, and no broker is told of it: the receiver that it needs was not seen to reach its place yet. Until then it
    /// is nobody's matter but its own, so that a place that is away restarts nobody and holds up no change of the cluster.
    Arriving,
    /// It is wished, and was not seen to export so yet.
    Due,
    /// It was seen to export as it is wished.
    Ready,
    /// It is no longer wished, and was not seen to be gone.
    Leaving,
}

/// The document of one exporter in the cluster's book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExporterRecord {
    /// The wish that was last taken on.
    pub spec: ExporterSpec,
    /// How far it is.
    pub phase: ExporterPhase,
    /// The receiver that it sends to, where it needs one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub receiver: Option<ReceiverIndex>,
}

impl ExporterRecord {
    /// The receiver that brings its records away, and where to, if it has one.
    pub fn received(&self) -> Option<(ReceiverIndex, Received<'_>)> {
        Some((self.receiver?, self.spec.received()?))
    }
}

/// The exporters of a cluster, by name, as its book has them.
pub type Exporters = BTreeMap<ExporterName, ExporterRecord>;

/// What is to be done for a cluster while no terraform runs, as its book says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duties {
    /// The exporters whose records are not kept for ever.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub retentions: BTreeSet<ExporterName>,
    /// Whether backups are taken when it is their time.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub backups: bool,
}

impl Duties {
    /// Whether there is nothing to be done.
    pub fn is_none(&self) -> bool {
        let Self { retentions, backups } = self;
        retentions.is_empty() && !backups
    }
}

/// How the last apply ended, as the journal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastApply {
    /// There was none.
    None,
    /// It ended, well or not.
    Ended,
    /// It began and nothing says that it ended: it was killed, or it still runs.
    CutOff,
}

/// What the product said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductObserved {
    /// No process of a broker runs, so there is nobody to ask.
    Down,
    /// Brokers run and none has answered yet; they may still be starting. Why nobody answered.
    Silent(String),
    /// A broker answered.
    Answered(ProductAnswer),
}

/// What one broker said of the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAnswer {
    /// Who answered. Only the coordinator, the lowest member, knows of changes under way.
    pub by: BrokerId,
    /// The product's configuration of the cluster.
    pub topology: ClusterTopology,
    /// Where its exporters stand: asked where the book has any and the minor can say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub exporters: BTreeMap<String, ExporterState>,
    /// The partitions whose exporting somebody has paused, as brokers say who hold copies of them: asked where the book has
    /// exporters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub paused: BTreeMap<PartitionId, ExportingPhase>,
}

/// One look at a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterObserved {
    /// The cluster's own document; `None` where there is no book.
    pub record: Option<ClusterRecord>,
    /// Its exporters' documents.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub exporters: Exporters,
    /// What its agent is to do.
    #[serde(skip_serializing_if = "Duties::is_none", default)]
    pub duties: Duties,
    /// How the last apply that the journal knows of ended.
    pub last_apply: LastApply,
    /// Every component that the target knows of.
    pub components: BTreeMap<ComponentId, Observed<ComponentState>>,
    /// What the product said.
    pub product: ProductObserved,
}

impl ClusterObserved {
    /// How somebody has paused exporting, if anybody has: where partitions differ, the harder pause.
    pub fn pause(&self) -> Option<ExportingPhase> {
        match &self.product {
            // A hard pause comes before a soft one in their order.
            ProductObserved::Answered(answer) => answer.paused.values().min().copied(),
            ProductObserved::Down | ProductObserved::Silent(_) => None,
        }
    }

    /// Where the product says that an exporter stands; `None` where it does not know it or cannot say.
    pub fn exporter_state(&self, name: &ExporterName) -> Option<ExporterState> {
        match &self.product {
            ProductObserved::Answered(answer) => answer.exporters.get(name.as_str()).copied(),
            ProductObserved::Down | ProductObserved::Silent(_) => None,
        }
    }
}

/// Volatile facts for data sources and gates: never part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterVitals {
    /// The product's configuration of the cluster.
    pub topology: ClusterTopology,
    /// Leaders and health, as a gateway sees them; `None` where no gateway answered.
    pub gateway: Option<GatewayView>,
}

/// How one exporter is, partition by partition: never part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExporterVitals {
    /// Where the product says that it stands over all; `None` where it does not know it, or cannot say (before 8.6).
    pub state: Option<ExporterState>,
    /// Each partition of the cluster.
    pub partitions: BTreeMap<PartitionId, ExporterAtPartition>,
}

/// How one exporter is with one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExporterAtPartition {
    /// Who leads the partition, and so exports it; without a leader nothing else is known.
    pub leader: Option<BrokerId>,
    /// Where the exporter stands at the leader's copy; `None` where the minor cannot say.
    pub state: Option<ExporterState>,
    /// Whether the copy exports at all.
    pub exporting: Option<ExportingPhase>,
    /// The last record that is safe with its sink. Where its broker has counted nothing for it since it started, that of
    /// the slowest exporter of the partition, which is no farther.
    pub exported: Option<i64>,
    /// The last record that it was given since its broker started.
    pub given: Option<i64>,
    /// The last command that the partition has processed.
    pub processed: Option<i64>,
}

impl ExporterAtPartition {
    /// How many positions lie between what is safe with the sink and the farther of what the exporter was given and what
    /// the partition has processed. Records that its filter will pass over count among them. `None` for one that the log
    /// does not wait for, and where nobody knows.
    pub fn backlog(&self) -> Option<u64> {
        let waits = match self.state {
            Some(ExporterState::Disabled | ExporterState::Disabling) => false,
            Some(
                ExporterState::Enabling
                | ExporterState::Enabled
                | ExporterState::Unknown
                | ExporterState::ConfigNotFound,
            )
            | None => true,
        };
        let end = self.given.max(self.processed)?;
        let exported = self.exported?;
        waits.then(|| u64::try_from(end.saturating_sub(exported)).unwrap_or(0))
    }
}

//! Steps: what a plan is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeebe_spec::{BackupId, BrokerId, ExporterName, GatewayIndex, ReceiverIndex, Version};

use crate::component::{ComponentId, Process, Wanted};
use crate::observed::{ClusterRecord, ExporterRecord, Restoration, Shape};
use crate::product::{ChangeId, ChangeRequest, Operation};

/// What an exporter is switched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It exports.
    On,
    /// It exports nothing, and the log does not wait for it.
    Off,
    /// The product knows it no more.
    Gone,
}

/// Why a component is made so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is new.
    New,
    /// It should run and does not.
    Lost,
    /// Its settings change.
    Settings,
    /// Its version changes.
    Upgrade {
        /// The version that it runs.
        from: Version,
        /// The version that it shall run.
        to: Version,
    },
    /// It is no longer wanted.
    Unwanted,
}

/// What the gate waits for: a condition of the whole cluster, never of one process.
///
/// It holds when, for `stable_for` without a break: the coordinator answers and says that no change is
/// under way; the product's configuration has exactly the shape's members and every partition has exactly
/// its copies, all of them active; a gateway sees exactly one leader for every partition and every copy
/// healthy; and, where `versions` names a broker, that broker says that version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// What for, as the end of "wait until the cluster is whole …"; may be empty.
    pub purpose: String,
    /// The members and copies that there must be.
    pub shape: Shape,
    /// Versions that brokers must say they run.
    pub versions: BTreeMap<BrokerId, Version>,
    /// How long it must hold.
    pub stable_for: Duration,
    /// After how long it is given up.
    pub deadline: Duration,
}

/// Data that makes room for a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aside {
    /// The restore that needs the room; its name is that of the place where the data goes.
    pub restoration: Restoration,
    /// The version that will restore it.
    pub version: Version,
    /// The brokers whose data it is.
    pub brokers: BTreeSet<BrokerId>,
    /// The gateways, which would tell restored brokers of what was.
    pub gateways: BTreeSet<GatewayIndex>,
}

/// One change, or one condition before the next. Running a step twice does what running it once does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Write the cluster's document.
    Record(Box<ClusterRecord>),
    /// Have the distribution of a version at hand.
    Prepare(Version),
    /// Stop the cluster and set its brokers' data aside, never deleting any. What this very restore has set aside is left
    /// alone, with whatever is there since.
    SetAside(Aside),
    /// Have the data of brokers that were never started come from a backup. All of them, or none.
    Restore {
        /// Which.
        backup: BackupId,
        /// Each broker, with the settings that it will be started with.
        brokers: BTreeMap<BrokerId, Process>,
    },
    /// See that every partition stands where the backup goes: the product's own word that it restored one proves
    /// little.
    Restored {
        /// Which.
        backup: BackupId,
        /// How many partitions there are.
        partitions: u16,
        /// The version that the brokers run, which must be able to read it.
        version: Version,
        /// After how long it is given up.
        deadline: Duration,
    },
    /// Make a component so.
    Ensure {
        /// Which.
        id: ComponentId,
        /// What it shall be.
        to: Wanted,
        /// Why.
        why: Why,
    },
    /// Wait for a change of the product that is already under way.
    Await {
        /// Its number.
        change: ChangeId,
        /// After how long waiting is given up; the change itself goes on.
        deadline: Duration,
    },
    /// Have the product change members, copies or partitions.
    Change {
        /// The wish.
        request: ChangeRequest,
        /// What the product said that it will do, where it could be asked. A different answer at apply
        /// stops the apply before the change starts.
        operations: Option<Vec<Operation>>,
        /// After how long waiting for its end is given up; the change itself goes on.
        deadline: Duration,
    },
    /// Deploy a process and see its latest version start on every partition: a deployment that was made while
    /// brokers restarted can be lost on one of them, for ever and without a word (camunda/camunda#63712).
    Canary {
        /// How many partitions there are.
        partitions: u16,
        /// After how long it is given up.
        deadline: Duration,
    },
    /// Have the product take a snapshot of every partition on these brokers, and see that they are new.
    Snapshot {
        /// The brokers.
        brokers: BTreeSet<BrokerId>,
        /// After how long it is given up.
        deadline: Duration,
    },
    /// Write the document of an exporter.
    RecordExporter(Box<ExporterRecord>),
    /// Waits until a receiver can write where it brings records: brokers must not be told of one that cannot.
    Receive {
        /// Which.
        receiver: ReceiverIndex,
        /// Whose records it brings.
        exporter: ExporterName,
        /// How long it may take.
        deadline: Duration,
    },
    /// Have the product switch an exporter on every partition, and see that it is so.
    Switch {
        /// Which.
        exporter: ExporterName,
        /// To what.
        to: Switch,
        /// After how long it is given up.
        deadline: Duration,
    },
    /// Have the product let exporting go on, which somebody has paused, and see that it does on every broker.
    Resume {
        /// After how long it is given up.
        deadline: Duration,
    },
    /// See that exporters come as far on every partition as it was processed when the step began: until they do, the
    /// log does not compact.
    Export {
        /// Which.
        exporters: BTreeSet<ExporterName>,
        /// How many partitions there are.
        partitions: u16,
        /// After how long it is given up.
        deadline: Duration,
    },
    /// Take the document of an exporter away.
    ForgetExporter(ExporterName),
    /// Wait for a condition of the whole cluster.
    Gate(Gate),
    /// Take the book away; what stays of it, if data is kept, is said by `Record` before.
    Forget,
}

/// Steps in order, and the sentences that say them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

//! Brokers and gateways as processes, and the data that outlives them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_plan::component::Fingerprint;
use zeebe_spec::{PartitionId, Version};

use super::configuration::Switch;
use super::pace::Moment;
use super::settings::Settings;

/// A broker: its process, or what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The version that it was last started with.
    pub version: Version,
    /// What else it was last started with.
    pub fingerprint: Fingerprint,
    /// What it was told.
    pub settings: Settings,
    /// Its process, where it runs.
    pub run: Option<Run>,
    /// When it stopped, where it does not.
    pub stopped: Option<Moment>,
    /// Its data.
    pub volume: Volume,
    /// Whether it processes; not kept over a restart.
    pub processing: Switch,
}

/// One run of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Counts all runs of the cluster's processes.
    pub number: u32,
    /// When it started.
    pub started: Moment,
    /// From when on its ports answer.
    pub answers: Moment,
    /// From when on it can be ready.
    pub ready: Moment,
    /// Whether it opens its data at all.
    pub fitness: Fitness,
    /// Whether it said that it is ready: it stays so then, even when it is removed.
    pub readiness: Readiness,
}

/// Whether a broker opens its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fitness {
    /// It does.
    Fit,
    /// Its version does not follow the version that wrote the data: it stays unhealthy and changes nothing.
    WrongVersion,
}

/// Whether a broker said that it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Not yet.
    Waiting,
    /// It did.
    Ready,
}

/// A broker's data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// The version that last opened it whole.
    pub version: Option<Version>,
    /// The copies in it.
    pub copies: BTreeMap<PartitionId, Copy>,
    /// The backup that it was restored from, until a broker is started on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored: Option<u64>,
}

/// The data of one copy of a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// The position that its newest snapshot has processed, if it has one.
    pub snapshot: Option<i64>,
    /// How far the slowest exporter was when that was taken, if there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<i64>,
    /// When the snapshot that is being taken will be there.
    pub due: Option<Moment>,
}

/// A standalone gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayMachine {
    /// The version that it was last started with.
    pub version: Version,
    /// What else it was last started with.
    pub fingerprint: Fingerprint,
    /// Its process, where it runs.
    pub run: Option<Run>,
}

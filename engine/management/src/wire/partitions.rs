//! `GET /actuator/partitions`: a broker's own replicas.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The whole answer: partition id to replica; empty on a broker that is no member.
pub type Partitions = BTreeMap<u16, PartitionStatus>;

/// One replica. Words and positions are `null` where there is nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartitionStatus {
    /// `LEADER`, `FOLLOWER`, `INACTIVE`, …
    pub role: Option<String>,
    /// How far it has processed; -1 where nothing was.
    pub processed_position: Option<i64>,
    /// The name of the newest snapshot: `<index>-<term>-<processed>-<exported>`, with more parts later.
    pub snapshot_id: Option<String>,
    /// How far that snapshot had processed.
    pub processed_position_in_snapshot: Option<i64>,
    /// `PROCESSING` on a leader, `REPLAY` on a follower, `PAUSED`, …
    pub stream_processor_phase: Option<String>,
    /// `EXPORTING`, `PAUSED`, `SOFT_PAUSED`, `CLOSED`, …
    pub exporter_phase: Option<String>,
    /// How far all exporters are; -1 where nothing was.
    pub exported_position: Option<i64>,
    /// The replica's clock (8.6 and later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
}

/// A replica's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    /// What it shows.
    pub instant: String,
    /// `None` where it goes by itself.
    pub modification_type: String,
    /// How it was set.
    pub modification: Value,
}

//! `GET /actuator/health/…`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The answer: HTTP 200 for `UP`, 503 for all else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `UP`, `DOWN`, `OUT_OF_SERVICE`, `UNKNOWN`.
    pub status: String,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<BTreeMap<String, Component>>,
    /// The groups that can be asked for; only in the answer about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
}

/// One part of the health. A standalone gateway's parts have details besides, which are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// As the whole's.
    pub status: String,
}

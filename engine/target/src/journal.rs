//! The journal: intent before deed, outcome after it. One line of JSON an entry, only ever appended.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeebe_plan::product::ChangeId;

use crate::error::LeftBehind;

/// One run of the engine over one cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApplyId(pub String);

impl ApplyId {
    /// A new one.
    pub fn new() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }
}

impl Default for ApplyId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for ApplyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// An apply took the lease, with this to do.
    Began {
        /// What for: `create`, `update`, `destroy`.
        purpose: String,
        /// Its steps, as sentences.
        steps: Vec<String>,
    },
    /// A step is about to be done.
    Started {
        /// Its number in the plan, from 0.
        step: usize,
        /// It, as a sentence.
        what: String,
    },
    /// The product took on a change.
    Accepted {
        /// The step.
        step: usize,
        /// The product's number for the change.
        change: ChangeId,
    },
    /// Something was seen while the step was done: a gate's observations.
    Saw {
        /// The step.
        step: usize,
        /// What was seen.
        what: String,
    },
    /// The step is done.
    Done {
        /// The step.
        step: usize,
    },
    /// The step failed.
    Failed {
        /// The step.
        step: usize,
        /// Why, with all causes.
        why: String,
        /// What it left behind.
        left_behind: LeftBehind,
    },
    /// The apply ended.
    Ended {
        /// How, in one sentence.
        outcome: String,
    },
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// In which run of the engine.
    pub apply: ApplyId,
    /// What.
    pub event: Event,
}

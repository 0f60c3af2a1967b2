//! What may go wrong at a target, and what it leaves behind.

use std::fmt;

use zeebe_plan::component::ComponentId;

/// What a deed that failed left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBehind {
    /// Nothing was changed.
    Nothing,
    /// Something that the next look finds.
    Traceable,
    /// Not known: the honest default.
    Unknown,
}

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Looking.
    Observe,
    /// Checking what stands in the way.
    Preflight,
    /// Fetching or unpacking a distribution.
    Prepare,
    /// Setting data aside.
    SetAside,
    /// Restoring data from a backup.
    Restore,
    /// Starting.
    Start,
    /// Stopping.
    Stop,
    /// Deleting.
    Delete,
    /// Opening a way to it.
    Reach,
    /// Making room for a scratch cluster beside it.
    Lend,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Observe => "observe",
            Self::Preflight => "check the conditions of",
            Self::Prepare => "prepare",
            Self::SetAside => "set aside the data of",
            Self::Restore => "restore",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Delete => "delete",
            Self::Reach => "reach",
            Self::Lend => "make room for a scratch cluster beside",
        })
    }
}

/// A deed at a target that failed.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing} {object}")]
pub struct TargetError {
    /// What was being done.
    pub doing: Doing,
    /// The object, with its kind and its name in quotes: `distribution "8.6.0"`, `broker "1"`.
    pub object: String,
    /// What it left behind.
    pub left_behind: LeftBehind,
    /// Sentences: what was expected, what was found, what to do.
    pub advice: String,
    /// Why.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// One thing that stands in the way of a wish, found before anything was touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct Preflight {
    /// The component that it is about, if it is about one.
    pub component: Option<ComponentId>,
    /// The attribute of the resource that the user can change, as a path with dots: `broker.memory`.
    pub attribute: String,
    /// What is wrong, as a fragment.
    pub summary: String,
    /// What was expected, what was found, what to do, in sentences.
    pub detail: String,
}

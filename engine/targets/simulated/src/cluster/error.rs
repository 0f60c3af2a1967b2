//! What goes wrong with a simulated cluster, in the words of targets.

use zeebe_target::{Doing, LeftBehind, TargetError};

use crate::faults::Timing;
use crate::store::StoreError;

/// The user does not want it any more.
#[derive(Debug, thiserror::Error)]
#[error("it was cancelled")]
pub(super) struct Cancelled;

/// The faults said so.
#[derive(Debug, thiserror::Error)]
#[error("fault injected {}", match .0 { Timing::Before => "before it took effect", Timing::After => "after it took effect" })]
pub(super) struct Injected(pub(super) Timing);

pub(super) fn failed(
    doing: Doing,
    object: String,
    left_behind: LeftBehind,
    advice: String,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> TargetError {
    TargetError { doing, object, left_behind, advice, source: source.into() }
}

pub(super) fn unreadable(doing: Doing, object: String, source: StoreError) -> TargetError {
    let advice = match &source {
        StoreError::Read { path, .. } | StoreError::Write { path, .. } => {
            format!(
                "Whether anything stands there is not known. Make \"{path}\" readable and writable."
            )
        }
        StoreError::Corrupt { path, .. } => format!(
            "The file was changed by hand or by something else; nothing was touched. Bring back what \
             was in \"{path}\", or delete it: the simulated cluster is gone then."
        ),
        StoreError::Newer { .. } => {
            "It was written by a newer version of this engine. Use that one.".to_owned()
        }
    };
    failed(doing, object, LeftBehind::Unknown, advice, source)
}

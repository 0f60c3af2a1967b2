//! `/actuator/exporting`: answered with HTTP 200 and an [`Envelope`](crate::wire::Envelope) always.

use serde::{Deserialize, Serialize};

/// The query of a pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// `true`: records still leave, but the positions do not move, so that nothing is cut from the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soft: Option<bool>,
}

//! What went wrong with a store.

use std::error::Error;

/// A store that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// It may be done, or not, and it may work next time.
    #[error("could not {doing}")]
    Failed {
        /// What was tried.
        doing: String,
        /// What came of it.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// It cannot be done until somebody changes something.
    #[error("{0}")]
    Refused(String),
}

impl SearchError {
    pub(crate) fn failed(
        doing: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Failed { doing: doing.into(), source: source.into() }
    }
}

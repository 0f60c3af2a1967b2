//! The management port of a receiver of ours: whether it reaches the place that it brings records to.

use reqwest::StatusCode;

use crate::error::ManagementError;
use crate::reach::BaseUrl;
use crate::transport::{Request, Transport};

/// What a receiver says of the place that it brings records to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiverReadiness {
    /// It reaches it.
    Ready,
    /// It does not, for this reason.
    NotReady(String),
}

impl Transport {
    /// Asks a receiver whether it reaches the place that it brings records to.
    pub async fn receiver(&self, base: &BaseUrl) -> Result<ReceiverReadiness, ManagementError> {
        let answer = self.send(base, &Request::get("/ready")).await?;
        let (status, answer) = answer.into_health()?;
        let said = answer.text()?;
        Ok(if status == StatusCode::OK {
            ReceiverReadiness::Ready
        } else {
            ReceiverReadiness::NotReady(said.trim().to_owned())
        })
    }
}

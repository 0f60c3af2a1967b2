//! Ephemeral resources: something that is had for a while, and never stored.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::schema::Schema;
use crate::value::Value;

/// One type of ephemeral resource. It is opened anew in each walk: in the plan and in the apply.
#[async_trait]
pub trait EphemeralResource: Send + Sync {
    /// The type's name in HCL, with the provider's prefix.
    fn type_name(&self) -> &str;

    /// Schema of the ephemeral resource.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; any part may still be unknown, and the provider not configured yet.
    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Opens it; all of the configuration is known.
    async fn open(&self, call: Call, config: Value) -> Result<Opened, Vec<Diagnostic>>;

    /// Makes it last longer. What it gave out stays as it is: the protocol has no way to give out anything new.
    async fn renew(&self, call: Call, private: Vec<u8>) -> Result<Renewed, Vec<Diagnostic>>;

    /// Gives it back.
    async fn close(&self, call: Call, private: Vec<u8>) -> Vec<Diagnostic>;
}

/// What [`EphemeralResource::open`] answers.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The configuration with the computed attributes filled in.
    pub result: Value,
    /// When it must be renewed; none where it lasts.
    pub renew_at: Option<Timestamp>,
    /// What a renewal and the end are given.
    pub private: Vec<u8>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
}

/// What [`EphemeralResource::renew`] answers.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// When it must be renewed again; none where it lasts.
    pub renew_at: Option<Timestamp>,
    /// What the next renewal and the end are given.
    pub private: Vec<u8>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
}

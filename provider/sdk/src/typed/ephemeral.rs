//! What an ephemeral resource does, over its model.

use async_trait::async_trait;
use jiff::Timestamp;

use super::decode_config;
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::model::Attributes;
use crate::plan::{effective, settle};
use crate::provider::{EphemeralResource, Opened, Renewed};
use crate::schema::Schema;
use crate::value::Value;

/// One type of ephemeral resource: had for a while, never stored.
#[async_trait]
pub trait Ephemeral: Send + Sync + 'static {
    /// The struct that is its schema: what is given, and what is had.
    type Model: Attributes;

    /// Its name in HCL, with the provider's prefix.
    const NAME: &'static str;
    /// The reference text.
    const DESCRIPTION: &'static str;

    /// Checks what no single attribute can: rules between attributes. Parts may be unknown; rules about them hold back.
    async fn validate(&self, call: &Call, config: &Self::Model) -> Vec<Diagnostic> {
        let _ = (call, config);
        Vec::new()
    }

    /// Opens it: the configuration with what is had filled in.
    async fn open(
        &self,
        call: &Call,
        config: Self::Model,
    ) -> Result<Had<Self::Model>, Vec<Diagnostic>>;

    /// Makes it last longer. What was given out stays as it is.
    async fn renew(&self, call: &Call, private: &[u8]) -> Result<Renewed, Vec<Diagnostic>> {
        let _ = call;
        Ok(Renewed { renew_at: None, private: private.to_vec(), diagnostics: Vec::new() })
    }

    /// Gives it back.
    async fn close(&self, call: &Call, private: &[u8]) -> Vec<Diagnostic> {
        let _ = (call, private);
        Vec::new()
    }
}

/// What was opened.
#[derive(Clone, Debug)]
pub struct Had<M> {
    /// The configuration with what is had filled in.
    pub result: M,
    /// When it must be renewed; none where it lasts.
    pub renew_at: Option<Timestamp>,
    /// What a renewal and the end are given.
    pub private: Vec<u8>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
}

impl<M> Had<M> {
    /// What lasts, and needs no end.
    pub fn lasting(result: M) -> Self {
        Self { result, renew_at: None, private: Vec::new(), diagnostics: Vec::new() }
    }
}

/// A typed ephemeral resource, for [`crate::provider::Provider::with_ephemeral`].
pub fn ephemeral<E: Ephemeral>(ephemeral: E) -> impl EphemeralResource {
    let schema = Schema::new(0, E::DESCRIPTION, E::Model::object().clone());
    Adapter { ephemeral, schema }
}

struct Adapter<E> {
    ephemeral: E,
    schema: Schema,
}

#[async_trait]
impl<E: Ephemeral> EphemeralResource for Adapter<E> {
    fn type_name(&self) -> &str {
        E::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.ephemeral.validate(&call, &config).await,
            Err(diagnostics) => diagnostics,
        }
    }

    async fn open(&self, call: Call, config: Value) -> Result<Opened, Vec<Diagnostic>> {
        let given = effective(E::Model::object(), &config);
        let Had { result, renew_at, private, diagnostics } =
            self.ephemeral.open(&call, E::Model::decode(&given)?).await?;
        Ok(Opened { result: settle(&given, result.encode()), renew_at, private, diagnostics })
    }

    async fn renew(&self, call: Call, private: Vec<u8>) -> Result<Renewed, Vec<Diagnostic>> {
        self.ephemeral.renew(&call, &private).await
    }

    async fn close(&self, call: Call, private: Vec<u8>) -> Vec<Diagnostic> {
        self.ephemeral.close(&call, &private).await
    }
}

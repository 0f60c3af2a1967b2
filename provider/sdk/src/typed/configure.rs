//! The `provider` block, over its model.

use async_trait::async_trait;

use super::decode_config;
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::model::Attributes;
use crate::provider::Configuration;
use crate::schema::Schema;
use crate::value::Value;

/// A provider that takes a configuration.
#[async_trait]
pub trait Configure: Send + Sync + 'static {
    /// The struct that is the schema of the `provider` block.
    type Model: Attributes;

    /// The reference text of the provider.
    const DESCRIPTION: &'static str;

    /// Takes a configuration into use, instead of the one before. Parts may be unknown at plan.
    async fn configure(&self, call: &Call, config: Self::Model) -> Vec<Diagnostic>;
}

/// A typed configuration, for [`crate::provider::Provider::new`].
pub fn configuration<C: Configure>(configure: C) -> impl Configuration {
    let schema = Schema::new(0, C::DESCRIPTION, C::Model::object().clone());
    Adapter { configure, schema }
}

struct Adapter<C> {
    configure: C,
    schema: Schema,
}

#[async_trait]
impl<C: Configure> Configuration for Adapter<C> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate(&self, _call: Call, config: Value) -> Vec<Diagnostic> {
        decode_config::<C::Model>(&config).err().unwrap_or_default()
    }

    async fn configure(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.configure.configure(&call, config).await,
            Err(diagnostics) => diagnostics,
        }
    }
}

/// A `provider` block that takes nothing.
#[derive(Clone, Debug)]
pub struct Unconfigured(Schema);

impl Unconfigured {
    /// An empty block with the provider's reference text.
    pub fn new(description: impl Into<String>) -> Self {
        Self(Schema::empty(description))
    }
}

#[async_trait]
impl Configuration for Unconfigured {
    fn schema(&self) -> &Schema {
        &self.0
    }

    async fn validate(&self, _call: Call, _config: Value) -> Vec<Diagnostic> {
        Vec::new()
    }

    async fn configure(&self, _call: Call, _config: Value) -> Vec<Diagnostic> {
        Vec::new()
    }
}

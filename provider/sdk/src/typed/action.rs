//! What an action does, over its model.

use async_trait::async_trait;

use super::decode_config;
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::model::Attributes;
use crate::provider::{Action, Progress};
use crate::schema::Schema;
use crate::value::Value;

/// One type of action: done once, without a state.
#[async_trait]
pub trait Deed: Send + Sync + 'static {
    /// The struct that is its schema.
    type Config: Attributes;

    /// Its name in HCL, with the provider's prefix.
    const NAME: &'static str;
    /// The reference text.
    const DESCRIPTION: &'static str;

    /// Checks what no single attribute can: rules between attributes. Parts may be unknown; rules about them hold back.
    async fn validate(&self, call: &Call, config: &Self::Config) -> Vec<Diagnostic> {
        let _ = (call, config);
        Vec::new()
    }

    /// Has its say before the apply: warns, refuses. Parts may be unknown; rules about them hold back.
    async fn plan(&self, call: &Call, config: &Self::Config) -> Vec<Diagnostic> {
        let _ = (call, config);
        Vec::new()
    }

    /// Does it, and tells how it gets on. The answer is what a person is told at the end; any error among it fails the action.
    async fn invoke(
        &self,
        call: &Call,
        config: Self::Config,
        progress: &Progress,
    ) -> Vec<Diagnostic>;
}

/// A typed action, for [`crate::provider::Provider::with_action`].
pub fn action<D: Deed>(deed: D) -> impl Action {
    let schema = Schema::new(0, D::DESCRIPTION, D::Config::object().clone());
    Adapter { deed, schema }
}

struct Adapter<D> {
    deed: D,
    schema: Schema,
}

#[async_trait]
impl<D: Deed> Action for Adapter<D> {
    fn type_name(&self) -> &str {
        D::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.deed.validate(&call, &config).await,
            Err(diagnostics) => diagnostics,
        }
    }

    async fn plan(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.deed.plan(&call, &config).await,
            Err(diagnostics) => diagnostics,
        }
    }

    async fn invoke(&self, call: Call, config: Value, progress: Progress) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.deed.invoke(&call, config, &progress).await,
            Err(diagnostics) => diagnostics,
        }
    }
}

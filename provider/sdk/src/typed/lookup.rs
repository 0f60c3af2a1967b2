//! What a data source does, over its model.

use async_trait::async_trait;

use super::decode_config;
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::model::{Attributes, DataSourceModel, Model};
use crate::plan::{effective, settle};
use crate::provider::DataSource;
use crate::schema::Schema;
use crate::value::Value;

/// One type of data source.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// The struct that is its schema.
    type Model: DataSourceModel;

    /// Checks what no single attribute can: rules between attributes. Parts may be unknown; rules about them hold back.
    async fn validate(&self, call: &Call, config: &Self::Model) -> Vec<Diagnostic> {
        let _ = (call, config);
        Vec::new()
    }

    /// Looks; the answer is the configuration with what is computed filled in, and warnings.
    async fn read(
        &self,
        call: &Call,
        config: Self::Model,
    ) -> Result<(Self::Model, Vec<Diagnostic>), Vec<Diagnostic>>;
}

/// A typed data source, for [`crate::provider::Provider::with_data_source`].
pub fn data_source<L: Lookup>(lookup: L) -> impl DataSource {
    Adapter(lookup)
}

struct Adapter<L>(L);

#[async_trait]
impl<L: Lookup> DataSource for Adapter<L> {
    fn type_name(&self) -> &str {
        L::Model::NAME
    }

    fn schema(&self) -> &Schema {
        L::Model::schema()
    }

    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.0.validate(&call, &config).await,
            Err(diagnostics) => diagnostics,
        }
    }

    async fn read(
        &self,
        call: Call,
        config: Value,
    ) -> Result<(Value, Vec<Diagnostic>), Vec<Diagnostic>> {
        let given = effective(L::Model::object(), &config);
        let (found, warnings) = self.0.read(&call, L::Model::decode(&given)?).await?;
        Ok((settle(&given, found.encode()), warnings))
    }
}

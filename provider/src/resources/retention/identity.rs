//! What tells one retention from every other: its address, which names its cluster and its exporter.

use tf_sdk::typed::Identified;
use tf_sdk::{Attributes, Diagnostic, Required};
use zeebe_spec::ExporterName;

use super::manage::RetentionResource;
use super::model::Retention;

/// What tells one retention from every other.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct RetentionIdentity {
    /// Its address, as its attribute `id` says it: `local:///srv/zeebe/payments/retention/audit`.
    pub id: Required<String>,
}

impl Identified for RetentionResource {
    type Identity = RetentionIdentity;

    fn identity(state: &Retention) -> RetentionIdentity {
        RetentionIdentity { id: state.id.clone().into_knowable().into() }
    }

    fn import_id(identity: &RetentionIdentity) -> Result<String, Vec<Diagnostic>> {
        // What is required is there: the decoder has seen to it.
        Ok(identity.id.as_known().cloned().unwrap_or_default())
    }
}

/// The address of how long the records of an exporter are kept.
pub(super) fn address(cluster: &str, exporter: &ExporterName) -> String {
    format!("{cluster}/retention/{exporter}")
}

/// The cluster and the exporter that such an address says.
pub(crate) fn parse(id: &str) -> Option<(&str, ExporterName)> {
    let (cluster, name) = id.rsplit_once("/retention/")?;
    Some((cluster, name.parse().ok()?))
}

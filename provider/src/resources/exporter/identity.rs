//! What tells one exporter from every other: its address, which names its cluster and itself.

use tf_sdk::typed::Identified;
use tf_sdk::{Attributes, Diagnostic, Required};
use zeebe_spec::ExporterName;

use super::manage::ExporterResource;
use super::model::Exporter;

/// What tells one exporter from every other.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ExporterIdentity {
    /// The exporter's address, as its attribute `id` says it: `local:///srv/zeebe/payments/exporters/audit`.
    pub id: Required<String>,
}

impl Identified for ExporterResource {
    type Identity = ExporterIdentity;

    fn identity(state: &Exporter) -> ExporterIdentity {
        ExporterIdentity { id: state.id.clone().into_knowable().into() }
    }

    fn import_id(identity: &ExporterIdentity) -> Result<String, Vec<Diagnostic>> {
        // What is required is there: the decoder has seen to it.
        Ok(identity.id.as_known().cloned().unwrap_or_default())
    }
}

/// The address of an exporter.
pub(crate) fn address(cluster: &str, name: &ExporterName) -> String {
    format!("{cluster}/exporters/{name}")
}

/// The cluster and the name that an address says.
pub(crate) fn parse(id: &str) -> Option<(&str, ExporterName)> {
    let (cluster, name) = id.rsplit_once("/exporters/")?;
    Some((cluster, name.parse().ok()?))
}

//! `/actuator/exporters` (8.6 and later).

use serde::{Deserialize, Serialize};

/// One exporter of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExporterStatus {
    /// Its id in the brokers' settings.
    pub exporter_id: String,
    /// `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED`, `UNKNOWN`; `CONFIG_NOT_FOUND` later.
    pub status: String,
}

/// The body of `POST /actuator/exporters/{id}/enable`, which may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnableExporter {
    /// An exporter of the same type, whose position it takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initialize_from: Option<String>,
}

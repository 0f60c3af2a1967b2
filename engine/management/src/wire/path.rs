//! Where everything stands, below a broker's management address (or a gateway's REST address).

use zeebe_spec::Minor;

/// `GET` the configuration of the cluster; `PATCH` it from 8.6 on.
pub const CLUSTER: &str = "/actuator/cluster";
/// `POST` the ids of all brokers after the change: the only form that 8.5 has.
pub const CLUSTER_BROKERS: &str = "/actuator/cluster/brokers";
/// `GET` this broker's replicas.
pub const PARTITIONS: &str = "/actuator/partitions";
/// `POST`: this broker's replicas take a snapshot.
pub const TAKE_SNAPSHOT: &str = "/actuator/partitions/takeSnapshot";
/// `GET` the exporters; below it `/{id}/enable`, `/{id}/disable`, `/{id}/delete`.
pub const EXPORTERS: &str = "/actuator/exporters";
/// `GET` what this broker counts, in the text format of Prometheus.
pub const METRICS: &str = "/actuator/prometheus";
/// `POST`: all exporting of the cluster stops, softly with `?soft=true`.
pub const EXPORTING_PAUSE: &str = "/actuator/exporting/pause";
/// `POST`: all exporting of the cluster goes on.
pub const EXPORTING_RESUME: &str = "/actuator/exporting/resume";
/// `POST`: leaders move to the replicas with the highest priority.
pub const REBALANCE: &str = "/actuator/rebalance";
/// `GET` whether this broker is ready.
pub const READINESS: &str = "/actuator/health/readiness";
/// `GET`: an old name of [`READINESS`], answered with a redirect.
pub const READY: &str = "/ready";

/// Where a gateway's REST server has the topology in this minor.
pub fn gateway_topology(minor: Minor) -> &'static str {
    if minor < Minor::V8_6 { "/v1/topology" } else { "/v2/topology" }
}

/// `GET` the backups in the store, `POST` for one more; below it `/{id}`, to `GET` or `DELETE` one.
pub fn backups(minor: Minor) -> &'static str {
    if minor < Minor::V8_8 { "/actuator/backups" } else { "/actuator/backupRuntime" }
}

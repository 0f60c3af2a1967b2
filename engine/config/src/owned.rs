//! Settings that the engine sets itself, and what to use instead.

use crate::keys::is_meant;

const COUNTS: &str = "Use `topology`.";
const IDENTITY: &str =
    "Members are named and numbered by the engine, from `name` and `topology.brokers`.";
const NETWORK: &str = "Addresses and ports follow from the target: use `first_port` there.";
const GATEWAYS: &str = "Use `topology.gateways`.";
const PLACES: &str = "Where data is kept follows from the target: use `directory` there.";
const SEGMENT: &str = "Use `broker.log_segment_size`.";
const WATERMARKS: &str = "Use `broker.disk_watermarks`.";
const CPU_THREADS: &str = "Use `broker.cpu_threads`.";
const IO_THREADS: &str = "Use `broker.io_threads`.";
const EXPORTERS: &str = "Exporters are resources of their own: use `zeebe_exporter`.";
const LICENSE: &str = "Use `license`, so that the key is in no state and no plan.";
const MANAGEMENT: &str =
    "The engine looks after the cluster through the management API, and must find it.";
const CLIENT_TLS: &str = "The engine asks gateways for the topology without TLS and without a token; \
                          protect the clients' side with a proxy.";
const AUTHENTICATION: &str = "Clusters run without secondary storage, so they have no users, and the engine \
                              asks gateways without a token; protect the clients' side with a proxy.";
const PROFILES: &str = "Which parts of the product run follows from `topology`.";
const SECONDARY_STORAGE: &str = "Clusters run without secondary storage: search and web applications are not \
                                 part of `zeebe_cluster`.";
const LOGS: &str =
    "Logs are written beside the data and rolled; levels are set with `logging.level.<package>`.";

const BACKUPS: &str = "Use `backup_store`, so that its keys are in no state and no plan.";

/// Each pattern with what to do instead; the first that fits counts.
const OWNED: &[(&str, &str)] = &[
    ("zeebe.broker.cluster.clusterSize", COUNTS),
    ("zeebe.broker.cluster.partitionsCount", COUNTS),
    ("zeebe.broker.cluster.replicationFactor", COUNTS),
    ("zeebe.broker.cluster.nodeId", IDENTITY),
    ("zeebe.broker.cluster.clusterName", IDENTITY),
    ("zeebe.broker.cluster.clusterId", IDENTITY),
    ("zeebe.broker.cluster.initialContactPoints*", NETWORK),
    ("zeebe.broker.network.host", NETWORK),
    ("zeebe.broker.network.advertisedHost", NETWORK),
    ("zeebe.broker.network.portOffset", NETWORK),
    ("zeebe.broker.network.commandApi.*", NETWORK),
    ("zeebe.broker.network.internalApi.*", NETWORK),
    ("zeebe.broker.gateway.enable", GATEWAYS),
    ("zeebe.broker.gateway.network.host", NETWORK),
    ("zeebe.broker.gateway.network.port", NETWORK),
    ("zeebe.broker.gateway.security.*", CLIENT_TLS),
    ("zeebe.broker.data.directory", PLACES),
    ("zeebe.broker.data.backup.store", BACKUPS),
    ("zeebe.broker.data.backup.s3.bucketName", BACKUPS),
    ("zeebe.broker.data.backup.s3.basePath", BACKUPS),
    ("zeebe.broker.data.backup.s3.region", BACKUPS),
    ("zeebe.broker.data.backup.s3.endpoint", BACKUPS),
    ("zeebe.broker.data.backup.s3.forcePathStyleAccess", BACKUPS),
    ("zeebe.broker.data.backup.s3.compression", BACKUPS),
    ("zeebe.broker.data.backup.s3.accessKey", BACKUPS),
    ("zeebe.broker.data.backup.s3.secretKey", BACKUPS),
    ("zeebe.broker.data.backup.gcs.*", BACKUPS),
    ("zeebe.broker.data.backup.azure.basePath", BACKUPS),
    ("zeebe.broker.data.backup.azure.endpoint", BACKUPS),
    ("zeebe.broker.data.backup.azure.accountName", BACKUPS),
    ("zeebe.broker.data.backup.azure.accountKey", BACKUPS),
    ("zeebe.broker.data.backup.azure.connectionString", BACKUPS),
    ("zeebe.broker.data.backup.filesystem.*", BACKUPS),
    ("camunda.data.backup.store", BACKUPS),
    ("camunda.data.backup.s3.bucket-name", BACKUPS),
    ("camunda.data.backup.s3.base-path", BACKUPS),
    ("camunda.data.backup.s3.region", BACKUPS),
    ("camunda.data.backup.s3.endpoint", BACKUPS),
    ("camunda.data.backup.s3.force-path-style-access", BACKUPS),
    ("camunda.data.backup.s3.compression", BACKUPS),
    ("camunda.data.backup.s3.access-key", BACKUPS),
    ("camunda.data.backup.s3.secret-key", BACKUPS),
    ("camunda.data.backup.gcs.bucket-name", BACKUPS),
    ("camunda.data.backup.gcs.base-path", BACKUPS),
    ("camunda.data.backup.gcs.host", BACKUPS),
    ("camunda.data.backup.gcs.auth", BACKUPS),
    ("camunda.data.backup.azure.base-path", BACKUPS),
    ("camunda.data.backup.azure.endpoint", BACKUPS),
    ("camunda.data.backup.azure.account-name", BACKUPS),
    ("camunda.data.backup.azure.account-key", BACKUPS),
    ("camunda.data.backup.azure.connection-string", BACKUPS),
    ("camunda.data.backup.filesystem.*", BACKUPS),
    ("camunda.data.primary-storage.backup.store", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.bucket-name", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.base-path", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.region", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.endpoint", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.force-path-style-access", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.compression", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.access-key", BACKUPS),
    ("camunda.data.primary-storage.backup.s3.secret-key", BACKUPS),
    ("camunda.data.primary-storage.backup.gcs.bucket-name", BACKUPS),
    ("camunda.data.primary-storage.backup.gcs.base-path", BACKUPS),
    ("camunda.data.primary-storage.backup.gcs.host", BACKUPS),
    ("camunda.data.primary-storage.backup.gcs.auth", BACKUPS),
    ("camunda.data.primary-storage.backup.azure.base-path", BACKUPS),
    ("camunda.data.primary-storage.backup.azure.endpoint", BACKUPS),
    ("camunda.data.primary-storage.backup.azure.account-name", BACKUPS),
    ("camunda.data.primary-storage.backup.azure.account-key", BACKUPS),
    ("camunda.data.primary-storage.backup.azure.connection-string", BACKUPS),
    ("camunda.data.primary-storage.backup.filesystem.*", BACKUPS),
    ("zeebe.broker.data.logSegmentSize", SEGMENT),
    ("zeebe.broker.data.disk.freeSpace.*", WATERMARKS),
    ("zeebe.broker.data.diskUsageCommandWatermark", WATERMARKS),
    ("zeebe.broker.data.diskUsageReplicationWatermark", WATERMARKS),
    ("zeebe.broker.threads.cpuThreadCount", CPU_THREADS),
    ("zeebe.broker.threads.ioThreadCount", IO_THREADS),
    ("zeebe.broker.exporters.*", EXPORTERS),
    ("zeebe.gateway.network.host", NETWORK),
    ("zeebe.gateway.network.port", NETWORK),
    ("zeebe.gateway.security.*", CLIENT_TLS),
    ("zeebe.gateway.cluster.clusterName", IDENTITY),
    ("zeebe.gateway.cluster.memberId", IDENTITY),
    ("zeebe.gateway.cluster.initialContactPoints*", NETWORK),
    ("zeebe.gateway.cluster.contactPoint", NETWORK),
    ("zeebe.gateway.cluster.host", NETWORK),
    ("zeebe.gateway.cluster.port", NETWORK),
    ("zeebe.gateway.cluster.advertisedHost", NETWORK),
    ("zeebe.gateway.cluster.advertisedPort", NETWORK),
    ("camunda.cluster.size", COUNTS),
    ("camunda.cluster.partition-count", COUNTS),
    ("camunda.cluster.replication-factor", COUNTS),
    ("camunda.cluster.node-id", IDENTITY),
    ("camunda.cluster.node-id-provider.*", IDENTITY),
    ("camunda.cluster.name", IDENTITY),
    ("camunda.cluster.id", IDENTITY),
    ("camunda.cluster.gateway-id", IDENTITY),
    ("camunda.cluster.initial-contact-points*", NETWORK),
    ("camunda.cluster.network.host", NETWORK),
    ("camunda.cluster.network.advertised-host", NETWORK),
    ("camunda.cluster.network.port-offset", NETWORK),
    ("camunda.cluster.network.command-api.*", NETWORK),
    ("camunda.cluster.network.internal-api.*", NETWORK),
    ("camunda.api.grpc.address", NETWORK),
    ("camunda.api.grpc.port", NETWORK),
    ("camunda.api.grpc.ssl.*", CLIENT_TLS),
    ("camunda.data.primary-storage.directory", PLACES),
    ("camunda.data.primary-storage.logstream.log-segment-size", SEGMENT),
    ("camunda.data.primary-storage.disk.free-space.*", WATERMARKS),
    ("camunda.data.secondary-storage.*", SECONDARY_STORAGE),
    ("camunda.data.exporters.*", EXPORTERS),
    ("camunda.security.authentication.*", AUTHENTICATION),
    ("camunda.security.authorizations.*", AUTHENTICATION),
    ("camunda.security.initialization.*", AUTHENTICATION),
    ("camunda.insecure", AUTHENTICATION),
    ("camunda.system.cpu-thread-count", CPU_THREADS),
    ("camunda.system.io-thread-count", IO_THREADS),
    ("camunda.license.key", LICENSE),
    ("camunda.mode", PROFILES),
    ("camunda.webapps.*", SECONDARY_STORAGE),
    ("camunda.database.*", SECONDARY_STORAGE),
    ("server.port", NETWORK),
    ("server.address", NETWORK),
    ("server.servlet.context-path", MANAGEMENT),
    ("server.ssl.*", CLIENT_TLS),
    ("management.server.*", MANAGEMENT),
    ("management.endpoints.*", MANAGEMENT),
    ("management.endpoint.health.*", MANAGEMENT),
    ("management.endpoint.cluster.*", MANAGEMENT),
    ("management.endpoint.partitions.*", MANAGEMENT),
    ("management.endpoint.exporters.*", MANAGEMENT),
    ("management.endpoint.exporting.*", MANAGEMENT),
    ("management.endpoint.backups.*", MANAGEMENT),
    ("management.endpoint.rebalance.*", MANAGEMENT),
    ("spring.profiles.*", PROFILES),
    ("logging.config", LOGS),
    ("logging.file.*", LOGS),
];

/// What to use instead of a key that the engine sets.
pub(crate) fn instead(given: &str) -> Option<&'static str> {
    OWNED.iter().find(|(pattern, _)| is_meant(pattern, given)).map(|(_, instead)| *instead)
}

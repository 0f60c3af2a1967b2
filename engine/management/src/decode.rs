//! From the wire to our words. What we have no word for is an error at its path, but for states of members
//! and replicas, which have [`MemberState::Unknown`].

use std::collections::{BTreeMap, BTreeSet};

use zeebe_plan::backup::{Backup, BackupState, PartitionBackup};
use zeebe_plan::product::{
    BrokerView, ChangeId, ChangeStatus, ClusterTopology, ExporterState, ExportingPhase,
    GatewayView, Health, LastChange, Member, MemberState, Operation, PartitionView, PendingChange,
    PlannedChange, Replica, Role,
};
use zeebe_spec::{BackupId, BrokerId, PartitionId};

use crate::answer::ReplicaExporters;
use crate::error::ManagementError;
use crate::transport::Decoded;
use crate::wire;

/// Something that is well-formed and that we have no word for.
#[derive(Debug)]
struct Misfit {
    path: String,
    what: String,
}

impl Misfit {
    fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self { path: path.into(), what: what.into() }
    }
}

/// Turns a decoded answer into our words.
fn convert<W, T>(
    decoded: Decoded<W>,
    convert: impl FnOnce(W) -> Result<T, Misfit>,
) -> Result<T, ManagementError> {
    let Decoded { call, value } = decoded;
    convert(value).map_err(|Misfit { path, what }| ManagementError::Shape {
        call,
        path,
        source: what.into(),
    })
}

pub(crate) fn cluster(
    decoded: Decoded<wire::Topology>,
) -> Result<ClusterTopology, ManagementError> {
    convert(decoded, configuration)
}

fn configuration(topology: wire::Topology) -> Result<ClusterTopology, Misfit> {
    let wire::Topology { version, brokers, last_change, pending_change, routing, cluster_id: _ } =
        topology;
    let version = version.ok_or_else(|| Misfit::new("version", "no version"))?;
    let mut members = BTreeMap::new();
    for (index, broker) in brokers.into_iter().enumerate() {
        let id = broker_id(&broker.id, || format!("brokers[{index}].id"))?;
        members.insert(id, member(broker));
    }
    Ok(ClusterTopology {
        version,
        members,
        active_partitions: routing
            .and_then(|routing| routing.active())
            .map(|active| active.into_iter().map(PartitionId).collect::<BTreeSet<_>>()),
        last_change: last_change
            .map(|change| {
                let status = change_status(&change.status, "lastChange.status")?;
                Ok(LastChange { id: ChangeId(change.id), status })
            })
            .transpose()?,
        pending_change: pending_change.map(pending).transpose()?,
    })
}

/// All backups.
pub(crate) fn backups(decoded: Decoded<Vec<wire::Backup>>) -> Result<Vec<Backup>, ManagementError> {
    convert(decoded, |backups| {
        let one = |(index, backup)| taken(backup, &format!("[{index}]."));
        backups.into_iter().enumerate().map(one).collect()
    })
}

/// One backup.
pub(crate) fn backup(decoded: Decoded<wire::Backup>) -> Result<Backup, ManagementError> {
    convert(decoded, |backup| taken(backup, ""))
}

fn taken(backup: wire::Backup, at: &str) -> Result<Backup, Misfit> {
    let wire::Backup { backup_id, state, failure_reason, details } = backup;
    let id = i64::try_from(backup_id).ok().and_then(|id| BackupId::try_from(id).ok());
    let id = id.ok_or_else(|| Misfit::new(format!("{at}backupId"), format!("id {backup_id}")))?;
    let mut partitions = BTreeMap::new();
    for (index, detail) in details.into_iter().enumerate() {
        let wire::PartitionBackup {
            partition_id,
            state,
            failure_reason,
            created_at,
            last_updated_at: _,
            snapshot_id: _,
            checkpoint_position,
            broker_version,
        } = detail;
        let part = PartitionBackup {
            state: backup_state(&state, || format!("{at}details[{index}].state"))?,
            failure: failure_reason.filter(|why| !why.is_empty()),
            began: created_at,
            position: checkpoint_position,
            version: broker_version,
        };
        partitions.insert(PartitionId(partition_id), part);
    }
    Ok(Backup {
        id,
        state: backup_state(&state, || format!("{at}state"))?,
        failure: failure_reason.filter(|why| !why.is_empty()),
        partitions,
    })
}

fn backup_state(word: &str, at: impl FnOnce() -> String) -> Result<BackupState, Misfit> {
    Ok(match word {
        "DOES_NOT_EXIST" => BackupState::DoesNotExist,
        "IN_PROGRESS" => BackupState::InProgress,
        "COMPLETED" => BackupState::Completed,
        "FAILED" => BackupState::Failed,
        "INCOMPLETE" => BackupState::Incomplete,
        "INCOMPATIBLE" => BackupState::Incompatible,
        other => return Err(Misfit::new(at(), format!("state {other:?}"))),
    })
}

/// The exporters of every replica.
pub(crate) fn replica_exporters(
    decoded: Decoded<wire::Topology>,
) -> Result<ReplicaExporters, ManagementError> {
    convert(decoded, |topology| {
        let mut exporters = ReplicaExporters::new();
        for (index, broker) in topology.brokers.into_iter().enumerate() {
            let id = broker_id(&broker.id, || format!("brokers[{index}].id"))?;
            for partition in broker.partitions {
                let wire::Partition { id: number, state: _, priority: _, config } = partition;
                let known = config.into_iter().flat_map(|config| config.exporting.exporters);
                let states = known.map(|seen| (seen.id, exporter_state(&seen.state))).collect();
                exporters.insert((id, PartitionId(number)), states);
            }
        }
        Ok(exporters)
    })
}

fn broker_id(key: &wire::BrokerKey, path: impl Fn() -> String) -> Result<BrokerId, Misfit> {
    key.broker()
        .ok_or_else(|| Misfit::new(path(), format!("brokers of zones are not supported: {key:?}")))
}

fn member(broker: wire::Broker) -> Member {
    let partitions = broker
        .partitions
        .into_iter()
        .map(|partition| {
            let wire::Partition { id, state, priority, config: _ } = partition;
            (PartitionId(id), Replica { state: member_state(&state), priority })
        })
        .collect();
    Member { state: member_state(&broker.state), partitions }
}

fn member_state(word: &str) -> MemberState {
    match word {
        "JOINING" => MemberState::Joining,
        "ACTIVE" => MemberState::Active,
        "LEAVING" => MemberState::Leaving,
        "LEFT" => MemberState::Left,
        _ => MemberState::Unknown,
    }
}

fn change_status(word: &str, path: &str) -> Result<ChangeStatus, Misfit> {
    match word {
        "IN_PROGRESS" => Ok(ChangeStatus::InProgress),
        "COMPLETED" => Ok(ChangeStatus::Completed),
        "FAILED" => Ok(ChangeStatus::Failed),
        "CANCELLED" => Ok(ChangeStatus::Cancelled),
        other => Err(Misfit::new(path, format!("unknown status \"{other}\""))),
    }
}

fn pending(change: wire::PendingChange) -> Result<PendingChange, Misfit> {
    let wire::PendingChange { id, status, started_at: _, completed, pending } = change;
    Ok(PendingChange {
        id: ChangeId(id),
        status: change_status(&status, "pendingChange.status")?,
        completed: operations(completed, "pendingChange.completed")?,
        pending: operations(pending, "pendingChange.pending")?,
    })
}

fn operations(operations: Vec<wire::Operation>, path: &str) -> Result<Vec<Operation>, Misfit> {
    operations
        .into_iter()
        .enumerate()
        .map(|(index, operation)| {
            let wire::Operation {
                operation: kind,
                broker_id: actor,
                partition_id,
                priority,
                brokers,
                exporter_id: _,
                completed_at: _,
            } = operation;
            let key = removed(&kind, brokers.as_deref()).or(actor.as_ref());
            let broker = key
                .map(|key| broker_id(key, || format!("{path}[{index}].brokerId")))
                .transpose()?;
            Ok(Operation { kind, broker, partition: partition_id.map(PartitionId), priority })
        })
        .collect()
}

/// The broker that a forced removal is about: its `brokerId` is the one that carries it out.
fn removed<'a>(kind: &str, brokers: Option<&'a [wire::BrokerKey]>) -> Option<&'a wire::BrokerKey> {
    match (kind, brokers) {
        ("BROKER_REMOVE" | "BROKER_FORCE_REMOVE", Some([gone])) => Some(gone),
        _ => None,
    }
}

pub(crate) fn planned(
    decoded: Decoded<wire::PlannedChange>,
) -> Result<PlannedChange, ManagementError> {
    convert(decoded, |change| {
        let operations = operations(change.planned_changes, "plannedChanges")?;
        Ok(PlannedChange { id: ChangeId(change.change_id), operations })
    })
}

pub(crate) fn partitions(
    decoded: Decoded<wire::Partitions>,
) -> BTreeMap<PartitionId, PartitionView> {
    decoded
        .value
        .into_iter()
        .map(|(id, status)| {
            let wire::PartitionStatus {
                role,
                processed_position,
                snapshot_id,
                processed_position_in_snapshot: _,
                stream_processor_phase: _,
                exporter_phase,
                exported_position,
                clock: _,
            } = status;
            let view = PartitionView {
                role: role.as_deref().and_then(role_of),
                snapshot: snapshot_id,
                processed_position,
                exported_position,
                exporting: exporter_phase.as_deref().map(exporting_of),
            };
            (PartitionId(id), view)
        })
        .collect()
}

fn exporting_of(word: &str) -> ExportingPhase {
    match word {
        "EXPORTING" => ExportingPhase::Exporting,
        "PAUSED" => ExportingPhase::Paused,
        "SOFT_PAUSED" => ExportingPhase::SoftPaused,
        "CLOSED" => ExportingPhase::Closed,
        _ => ExportingPhase::Unknown,
    }
}

fn role_of(word: &str) -> Option<Role> {
    match word.to_ascii_lowercase().as_str() {
        "leader" => Some(Role::Leader),
        "follower" => Some(Role::Follower),
        "inactive" => Some(Role::Inactive),
        _ => None,
    }
}

pub(crate) fn gateway(
    decoded: Decoded<wire::GatewayTopology>,
) -> Result<GatewayView, ManagementError> {
    convert(decoded, view)
}

fn view(topology: wire::GatewayTopology) -> Result<GatewayView, Misfit> {
    let wire::GatewayTopology {
        brokers,
        cluster_size,
        partitions_count,
        replication_factor,
        gateway_version: _,
        last_completed_change_id: _,
        cluster_id: _,
    } = topology;
    let mut views = BTreeMap::new();
    for (index, broker) in brokers.into_iter().flatten().enumerate() {
        let wire::GatewayBroker { node_id, host: _, port: _, partitions, version } = broker;
        let mut replicas = BTreeMap::new();
        for (at, partition) in partitions.into_iter().flatten().enumerate() {
            let wire::GatewayPartition { partition_id, role, health } = partition;
            let place = || format!("brokers[{index}].partitions[{at}]");
            let role = role_of(&role).ok_or_else(|| {
                Misfit::new(format!("{}.role", place()), format!("unknown role \"{role}\""))
            })?;
            let health = health_of(&health).ok_or_else(|| {
                Misfit::new(format!("{}.health", place()), format!("unknown health \"{health}\""))
            })?;
            replicas.insert(PartitionId(partition_id), (role, health));
        }
        views.insert(BrokerId(node_id), BrokerView { version, partitions: replicas });
    }
    Ok(GatewayView {
        cluster_size: known(cluster_size),
        partitions: known(partitions_count),
        replication_factor: known(replication_factor),
        brokers: views,
    })
}

fn health_of(word: &str) -> Option<Health> {
    match word.to_ascii_lowercase().as_str() {
        "healthy" => Some(Health::Healthy),
        "unhealthy" => Some(Health::Unhealthy),
        "dead" => Some(Health::Dead),
        _ => None,
    }
}

/// A gateway that has heard of nobody yet says -1.
fn known(count: i32) -> u16 {
    u16::try_from(count).unwrap_or(0)
}

/// A topology that somebody kept as text, and which of the two it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptTopology {
    /// The configuration of the cluster: `GET /actuator/cluster` of a broker.
    Configuration(ClusterTopology),
    /// What a gateway sees: `GET /v1/topology`, or `/v2/topology` from 8.6 on.
    Gateway(GatewayView),
}

/// Why a text is no topology.
#[derive(Debug, thiserror::Error)]
pub enum ParseTopologyError {
    /// It is not JSON.
    #[error("expected an answer of the product in JSON")]
    Json(#[source] serde_json::Error),
    /// It is JSON, and neither of the two topologies.
    #[error(
        "expected the answer of `/actuator/cluster` or of a gateway's topology; {path} does not fit: {what}"
    )]
    Shape {
        /// What does not fit.
        path: String,
        /// Why.
        what: String,
    },
}

/// Reads a topology that somebody kept as text.
pub fn parse_topology(text: &str) -> Result<KeptTopology, ParseTopologyError> {
    let json: serde_json::Value = serde_json::from_str(text).map_err(ParseTopologyError::Json)?;
    // Both have `brokers`; only a gateway says how many there should be.
    if json.get("clusterSize").is_some() {
        let kept = kept(json)?;
        view(kept).map(KeptTopology::Gateway).map_err(misfit)
    } else {
        let kept = kept(json)?;
        configuration(kept).map(KeptTopology::Configuration).map_err(misfit)
    }
}

fn kept<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> Result<T, ParseTopologyError> {
    serde_path_to_error::deserialize(json).map_err(|error| ParseTopologyError::Shape {
        path: error.path().to_string(),
        what: error.into_inner().to_string(),
    })
}

fn misfit(Misfit { path, what }: Misfit) -> ParseTopologyError {
    ParseTopologyError::Shape { path, what }
}

/// Where an exporter stands, in the product's word.
pub(crate) fn exporter_state(word: &str) -> ExporterState {
    match word {
        "ENABLING" => ExporterState::Enabling,
        "ENABLED" => ExporterState::Enabled,
        "DISABLING" => ExporterState::Disabling,
        "DISABLED" => ExporterState::Disabled,
        "CONFIG_NOT_FOUND" => ExporterState::ConfigNotFound,
        _ => ExporterState::Unknown,
    }
}

//! From the model to the shapes on the wire.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use zeebe_management::wire;
use zeebe_plan::product::{ChangeStatus, MemberState};
use zeebe_spec::{BrokerId, Minor, PartitionId, Version};

use crate::clock::time_of_day;
use crate::model::{
    Answer, Configuration, Exporting, GOSSIP, Member, Model, Moment, Operation, Replica, Standing,
    Switch,
};

/// What the product says of a member that never changed.
const NEVER: &str = "0000-01-01T00:00:00Z";

fn time(moment: Moment) -> String {
    time_of_day(moment).to_string()
}

/// The product's own word for a state.
const fn state(state: MemberState) -> &'static str {
    match state {
        MemberState::Joining => "JOINING",
        MemberState::Active => "ACTIVE",
        MemberState::Leaving => "LEAVING",
        MemberState::Left => "LEFT",
        MemberState::Unknown => "UNKNOWN",
    }
}

const fn status(status: ChangeStatus) -> &'static str {
    match status {
        ChangeStatus::InProgress => "IN_PROGRESS",
        ChangeStatus::Completed => "COMPLETED",
        ChangeStatus::Failed => "FAILED",
        ChangeStatus::Cancelled => "CANCELLED",
    }
}

/// `GET /actuator/cluster`.
pub(super) fn topology(
    model: &Model,
    configuration: &Configuration,
    minor: Minor,
) -> wire::Topology {
    wire::Topology {
        version: Some(configuration.version),
        brokers: brokers(model, configuration, minor),
        last_change: configuration.last.map(|last| wire::CompletedChange {
            id: last.id,
            status: status(last.status).to_owned(),
            started_at: Some(time(last.started)),
            completed_at: Some(time(last.ended)),
        }),
        pending_change: configuration.change.as_ref().map(|change| wire::PendingChange {
            id: change.id,
            status: status(ChangeStatus::InProgress).to_owned(),
            started_at: (minor > Minor::V8_6).then(|| time(change.started)),
            completed: change
                .completed
                .iter()
                .map(|(operation, at)| wire::Operation {
                    completed_at: Some(time(at / 1_000 * 1_000)),
                    ..self::operation(operation, minor)
                })
                .collect(),
            pending: change.pending.iter().map(|it| operation(it, minor)).collect(),
        }),
        routing: model.says_routing().then(|| routing(configuration, minor)),
        cluster_id: (minor >= Minor::V8_8).then(|| "simulated".to_owned()),
    }
}

fn routing(configuration: &Configuration, minor: Minor) -> wire::Routing {
    let active: Vec<u16> = configuration.active.iter().map(|partition| partition.0).collect();
    let count = u16::try_from(active.len()).unwrap_or(u16::MAX);
    let message_correlation =
        Some(wire::MessageCorrelation { strategy: "HashMod".to_owned(), partition_count: count });
    let version = configuration.routing_version;
    if minor < Minor::V8_8 {
        return wire::Routing {
            version,
            active_partitions: Some(active),
            request_handling: None,
            message_correlation,
        };
    }
    let all = configuration.partitions();
    let inactive: Vec<u16> =
        all.difference(&configuration.active).map(|partition| partition.0).collect();
    let handling = if inactive.is_empty() {
        wire::RequestHandling {
            strategy: "AllPartitions".to_owned(),
            partition_count: Some(count),
            ..wire::RequestHandling::default()
        }
    } else {
        wire::RequestHandling {
            strategy: "ActivePartitions".to_owned(),
            base_partition_count: Some(count),
            additional_active_partitions: Some(Vec::new()),
            inactive_partitions: Some(inactive),
            ..wire::RequestHandling::default()
        }
    };
    wire::Routing {
        version,
        active_partitions: None,
        request_handling: Some(handling),
        message_correlation,
    }
}

fn brokers(model: &Model, configuration: &Configuration, minor: Minor) -> Vec<wire::Broker> {
    let order = model.set_order().of(configuration.members.keys().copied());
    let members = order.into_iter().filter_map(|id| Some((id, configuration.members.get(&id)?)));
    members.map(|(id, member)| broker(id, member, minor)).collect()
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Enabled => "ENABLED",
        Standing::Disabled => "DISABLED",
        Standing::ConfigNotFound => "CONFIG_NOT_FOUND",
    }
}

fn broker(id: BrokerId, member: &Member, minor: Minor) -> wire::Broker {
    let exporters = |replica: &Replica| {
        let known = replica.exporters.iter();
        known
            .map(|(id, at)| wire::Exporter { id: id.clone(), state: standing(*at).to_owned() })
            .collect()
    };
    wire::Broker {
        id: id.into(),
        state: state(member.state).to_owned(),
        version: Some(member.version),
        last_updated_at: Some(member.updated.map_or_else(|| NEVER.to_owned(), time)),
        partitions: member
            .partitions
            .iter()
            .map(|(partition, replica)| wire::Partition {
                id: partition.0,
                state: state(replica.state).to_owned(),
                priority: replica.priority,
                config: (minor >= Minor::V8_6).then(|| wire::PartitionConfig {
                    exporting: wire::Exporting { exporters: exporters(replica) },
                }),
            })
            .collect(),
    }
}

/// One operation. 8.6 and later write an empty list of brokers where it means nothing; 8.5 leaves it out.
fn operation(operation: &Operation, minor: Minor) -> wire::Operation {
    let of = |word: &str, broker: BrokerId| wire::Operation {
        operation: word.to_owned(),
        broker_id: Some(broker.into()),
        brokers: (minor >= Minor::V8_6).then(Vec::new),
        ..wire::Operation::default()
    };
    let replica = |word, broker, partition: &PartitionId, priority: Option<i64>| wire::Operation {
        partition_id: Some(partition.0),
        priority,
        ..of(word, broker)
    };
    match operation {
        Operation::BrokerAdd { broker } => of("BROKER_ADD", *broker),
        Operation::BrokerRemove { broker } => of("BROKER_REMOVE", *broker),
        Operation::BrokerForceRemove { by, gone } => wire::Operation {
            brokers: Some(gone.iter().map(|broker| (*broker).into()).collect()),
            ..of("BROKER_REMOVE", *by)
        },
        Operation::PartitionJoin { broker, partition, priority } => {
            replica("PARTITION_JOIN", *broker, partition, Some(*priority))
        }
        Operation::PartitionLeave { broker, partition } => {
            replica("PARTITION_LEAVE", *broker, partition, None)
        }
        Operation::PartitionReconfigurePriority { broker, partition, priority } => {
            replica("PARTITION_RECONFIGURE_PRIORITY", *broker, partition, Some(*priority))
        }
        Operation::PartitionForceReconfigure { broker, partition, stay } => wire::Operation {
            brokers: Some(stay.iter().map(|broker| (*broker).into()).collect()),
            ..replica("PARTITION_FORCE_RECONFIGURE", *broker, partition, None)
        },
        // 8.6 has no word for what it does there.
        Operation::PartitionBootstrap { .. } if minor < Minor::V8_8 => wire::Operation {
            operation: "UNKNOWN".to_owned(),
            brokers: Some(Vec::new()),
            ..wire::Operation::default()
        },
        Operation::PartitionBootstrap { broker, partition, priority } => {
            replica("PARTITION_BOOTSTRAP", *broker, partition, Some(*priority))
        }
        Operation::StartPartitionScaleUp { broker, .. } => of("START_PARTITION_SCALE_UP", *broker),
        Operation::AwaitRedistribution { broker, .. } => of("AWAIT_REDISTRIBUTION", *broker),
        Operation::AwaitRelocation { broker, .. } => of("AWAIT_RELOCATION", *broker),
        Operation::ExporterEnable { broker, partition, exporter, from: _ } => wire::Operation {
            exporter_id: Some(exporter.clone()),
            ..replica("PARTITION_ENABLE_EXPORTER", *broker, partition, None)
        },
        Operation::ExporterDisable { broker, partition, exporter } => wire::Operation {
            exporter_id: Some(exporter.clone()),
            ..replica("PARTITION_DISABLE_EXPORTER", *broker, partition, None)
        },
        Operation::ExporterDelete { broker, partition, exporter } => wire::Operation {
            exporter_id: Some(exporter.clone()),
            ..replica("PARTITION_DELETE_EXPORTER", *broker, partition, None)
        },
        Operation::Foreign { broker, .. } => {
            replica("PARTITION_RECONFIGURE_PRIORITY", *broker, &PartitionId(1), Some(1))
        }
    }
}

/// The answer to a change.
pub(super) fn planned(model: &Model, taken: &Answer, minor: Minor) -> wire::PlannedChange {
    wire::PlannedChange {
        change_id: taken.id,
        current_topology: brokers(model, &taken.before, minor),
        planned_changes: taken.operations.iter().map(|it| operation(it, minor)).collect(),
        expected_topology: brokers(model, &taken.after, minor),
    }
}

/// `GET /actuator/exporters`: the product's summary over all copies that know an exporter. Where they differ, it
/// goes by what a change under way is about to do.
pub(super) fn exporters(configuration: &Configuration) -> Vec<wire::ExporterStatus> {
    let pending = configuration.change.iter().flat_map(|change| &change.pending);
    let switching: BTreeMap<&str, Switch> = pending.filter_map(Operation::switching).collect();
    let status = |id: &str, standings: &[Standing]| {
        let first = standings.first().copied();
        match (switching.get(id), first) {
            (_, Some(first)) if standings.iter().all(|it| *it == first) => standing(first),
            (Some(Switch::Enabled), _) => "ENABLING",
            (Some(Switch::Disabled), _) => "DISABLING",
            (None, _) => "UNKNOWN",
        }
    };
    let exporters = configuration.exporters().into_iter();
    exporters
        .map(|(id, standings)| wire::ExporterStatus {
            exporter_id: id.to_owned(),
            status: status(id, &standings).to_owned(),
        })
        .collect()
}

/// `GET /actuator/prometheus`: of all that a broker counts, how far its exporters are.
pub(super) fn metrics(model: &Model, broker: BrokerId) -> String {
    let exporters = model.exported_by(broker).flat_map(|(partition, of)| {
        of.iter().map(move |(id, position)| (partition, id, *position))
    });
    let (mut given, mut sent) = (String::new(), String::new());
    let [of_given, of_sent] =
        ["zeebe_exporter_last_exported_position", "zeebe_exporter_last_updated_exported_position"];
    for (PartitionId(partition), exporter, position) in exporters {
        let labels = format!("{{exporter=\"{exporter}\",partition=\"{partition}\",}}");
        let all = model.given(PartitionId(partition), exporter, position);
        for (lines, name, value) in [(&mut given, of_given, all), (&mut sent, of_sent, position)] {
            // What was never counted is not shown.
            if value >= 0 {
                // Writing to a string cannot fail.
                let _written = writeln!(lines, "{name}{labels} {value}.0");
            }
        }
    }
    format!("# TYPE {of_given} gauge\n{given}# TYPE {of_sent} gauge\n{sent}")
}

/// `GET /actuator/partitions`.
pub(super) fn partitions(model: &Model, broker: BrokerId, minor: Minor) -> wire::Partitions {
    let machine = match model.answering(broker) {
        Some((machine, _)) if model.ready(broker) => machine,
        Some(_) | None => return wire::Partitions::new(),
    };
    let configuration = model.configuration();
    let member = configuration.and_then(|it| it.members.get(&broker));
    let exports = |partition| {
        let replica = member.and_then(|member| member.partitions.get(&partition));
        replica.is_some_and(|replica| !replica.exporters.is_empty())
    };
    let exporter_phase = |partition| match model.exporting() {
        _ if minor < Minor::V8_6 && !exports(partition) => "CLOSED",
        Exporting::Exporting => "EXPORTING",
        Exporting::Paused => "PAUSED",
        Exporting::SoftPaused => "SOFT_PAUSED",
    };
    let status = |partition: PartitionId| {
        let copy = machine.volume.copies.get(&partition)?;
        let leads = model.leader(partition) == Some(broker);
        let position = model.position(partition);
        let phase = match (machine.processing, leads) {
            (Switch::Disabled, _) => "PAUSED",
            (Switch::Enabled, true) => "PROCESSING",
            (Switch::Enabled, false) => "REPLAY",
        };
        let term = model.term(partition).map_or(1, |term| term.number);
        Some(wire::PartitionStatus {
            role: Some(role(model, broker, partition).to_uppercase()),
            processed_position: Some(position),
            snapshot_id: copy.snapshot.map(|at| {
                let by = if minor < Minor::V8_6 { String::new() } else { format!("-{broker}") };
                // The log may be cut where both are.
                let index = copy.exported.map_or(at, |exported| exported.clamp(0, at.max(0)));
                let exported = copy.exported.map_or(i64::MAX, |exported| exported.max(0));
                format!("{index}-{term}-{at}-{exported}{by}")
            }),
            processed_position_in_snapshot: copy.snapshot,
            stream_processor_phase: Some(phase.to_owned()),
            exporter_phase: Some(exporter_phase(partition).to_owned()),
            exported_position: Some(model.exported(broker, partition)),
            clock: (minor >= Minor::V8_6).then(|| wire::Clock {
                instant: time(model.now()),
                modification_type: "None".to_owned(),
                modification: serde_json::Value::Object(serde_json::Map::new()),
            }),
        })
    };
    let mine = member.iter().flat_map(|member| member.partitions.keys().copied());
    mine.filter_map(|partition| Some((partition.0, status(partition)?))).collect()
}

fn role(model: &Model, broker: BrokerId, partition: PartitionId) -> &'static str {
    let before = model.term(partition).and_then(|term| term.before);
    match model.leader(partition) {
        Some(leader) if leader == broker => "leader",
        // Nobody has told the others yet that their leader is gone.
        None if before == Some(broker) && !model.works(broker) => "leader",
        _ if model.answering(broker).is_some() && !model.works(broker) => "inactive",
        Some(_) | None => "follower",
    }
}

/// Whether any partition has a leader.
pub(super) fn has_leader(model: &Model) -> bool {
    model
        .configuration()
        .is_some_and(|it| it.partitions().into_iter().any(|id| model.leader(id).is_some()))
}

/// A gateway's topology. It knows brokers by gossip: those that answer, members or not, and those that
/// stopped a moment ago; a replica that joined is known a moment later.
pub(super) fn gateway_topology(
    model: &Model,
    configuration: &Configuration,
    version: &Version,
) -> wire::GatewayTopology {
    let known = model.brokers().iter().filter(|(id, _)| model.believed(**id));
    let brokers = known.map(|(id, machine)| wire::GatewayBroker {
        node_id: id.0,
        host: machine.settings.host.clone(),
        port: machine.settings.port,
        partitions: match configuration.members.get(id) {
            // A broker of 8.5 takes leave of the others when it stops.
            Some(_) if version.minor() < Minor::V8_6 && machine.run.is_none() => Some(Vec::new()),
            Some(member) => Some(gateway_partitions(model, *id, member)),
            None => Some(Vec::new()),
        }
        // 8.5 leaves an empty list out.
        .filter(|list| version.minor() >= Minor::V8_6 || !list.is_empty()),
        version: machine.version.to_string(),
    });
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let late = version.minor() >= Minor::V8_8;
    wire::GatewayTopology {
        brokers: Some(brokers.collect()),
        cluster_size: count(configuration.members.len()),
        partitions_count: count(configuration.partitions().len()),
        replication_factor: count(configuration.replication_factor()),
        gateway_version: version.to_string(),
        last_completed_change_id: late.then(|| {
            configuration.last.map_or_else(|| "-1".to_owned(), |last| last.id.to_string())
        }),
        cluster_id: late.then(|| "simulated".to_owned()),
    }
}

fn gateway_partitions(model: &Model, id: BrokerId, member: &Member) -> Vec<wire::GatewayPartition> {
    let known = member.partitions.iter().filter(|(_, replica)| match replica.state {
        MemberState::Active | MemberState::Leaving => {
            member.updated.is_none() || replica.since + GOSSIP <= model.now()
        }
        MemberState::Joining | MemberState::Left | MemberState::Unknown => false,
    });
    // A broker that runs says nothing of copies that are not open yet; of one that stopped, others know what it
    // last said.
    if model.answering(id).is_some() && !model.ready(id) {
        return Vec::new();
    }
    known
        .map(|(partition, _)| wire::GatewayPartition {
            partition_id: partition.0,
            role: role(model, id, *partition).to_owned(),
            health: if model.holds(id, *partition) { "healthy" } else { "unhealthy" }.to_owned(),
        })
        .collect()
}

//! Every detail that follows from a wish. Cannot fail: what could was checked by `ClusterSpec::new` and by
//! `zeebe_config::check`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_config::{
    Bootstrap, BrokerIntent, BrokerPorts, ChosenBy, EmbeddedGateway, GatewayIntent, GatewayPorts,
    ReceiverIntent, ReceiverPorts, Rendered, RenderedReceiver, Watermarks,
};
use zeebe_scalar::ByteSize;
use zeebe_spec::cluster::{GATEWAY_PORT_OFFSET, PORTS_PER_BROKER, RECEIVERS_PER_BROKER};
use zeebe_spec::{
    BrokerId, ClusterSpec, ExporterName, GatewayIndex, Gateways, Received, ReceiverIndex,
    SecretSource, Sink,
};

use crate::component::{ComponentId, JavaOptions, Process, Program};
use crate::observed::{Duties, ExporterPhase, ExporterRecord, Exporters, Shape};

/// Where a cluster's things are on its target; follows from the wish alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The cluster's address, enough to import it: `local:///srv/zeebe/payments`.
    pub id: String,
    /// The host that brokers bind to and reach each other by.
    pub host: String,
    /// The cluster's own directory, as its processes see it. A broker's data is in `brokers/<id>/data`
    /// under it, its logs in `brokers/<id>/logs`; a gateway's in `gateways/<index>/logs`.
    pub root: String,
}

/// A cluster as it shall be, with nothing left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterDesired {
    /// The wish that it follows from.
    pub spec: ClusterSpec,
    /// Its members and copies.
    pub shape: Shape,
    /// Every process.
    pub components: BTreeMap<ComponentId, Process>,
}

/// A standalone gateway's heap: it keeps no state, and the product's own load tests give it this much.
const GATEWAY_MEMORY_MIB: u32 = 128;

/// The ports of one broker: a block of ten from `first_port + 10 × id`.
pub fn broker_ports(first_port: u16, id: BrokerId) -> BrokerPorts {
    let first = first_port.saturating_add(id.0.saturating_mul(PORTS_PER_BROKER));
    BrokerPorts {
        gateway: first,
        command: first.saturating_add(1),
        internal: first.saturating_add(2),
        rest: first.saturating_add(3),
        management: first.saturating_add(4),
    }
}

/// The ports of one standalone gateway, behind those of the greatest number of brokers.
pub fn gateway_ports(first_port: u16, index: GatewayIndex) -> GatewayPorts {
    let ports = broker_ports(first_port.saturating_add(GATEWAY_PORT_OFFSET), BrokerId(index.0));
    GatewayPorts {
        gateway: ports.gateway,
        internal: ports.internal,
        rest: ports.rest,
        management: ports.management,
    }
}

/// The ports of a receiver: behind those of a broker, in the broker's own block.
pub fn receiver_ports(first_port: u16, index: ReceiverIndex) -> ReceiverPorts {
    let (block, place) = (index.0 / RECEIVERS_PER_BROKER, index.0 % RECEIVERS_PER_BROKER);
    let first = broker_ports(first_port, BrokerId(block)).management.saturating_add(1);
    let records = first.saturating_add(place.saturating_mul(2));
    ReceiverPorts { records, management: records.saturating_add(1) }
}

/// The port at which the agent tells how it is: the last of the first broker's block.
pub fn agent_port(first_port: u16) -> u16 {
    broker_ports(first_port, BrokerId(0)).gateway.saturating_add(PORTS_PER_BROKER - 1)
}

const _: () = assert!(
    5 + 2 * RECEIVERS_PER_BROKER < PORTS_PER_BROKER,
    "a block has no port for the agent behind the broker's and the receivers'"
);

/// Where clients connect by gRPC: the first gateway, or the first broker where gateways are embedded.
pub fn gateway_address(spec: &ClusterSpec, place: &Place) -> String {
    format!("{}:{}", place.host, client_ports(spec).0)
}

/// Where clients connect by REST.
pub fn rest_address(spec: &ClusterSpec, place: &Place) -> String {
    format!("http://{}:{}", place.host, client_ports(spec).1)
}

fn client_ports(spec: &ClusterSpec) -> (u16, u16) {
    let first_port = spec.target.first_port();
    match spec.gateways() {
        Gateways::Embedded => {
            let ports = broker_ports(first_port, BrokerId(0));
            (ports.gateway, ports.rest)
        }
        Gateways::Standalone(_) => {
            let ports = gateway_ports(first_port, GatewayIndex(0));
            (ports.gateway, ports.rest)
        }
    }
}

/// Everything that follows from a wish, from those of the cluster's exporters, and from what its agent is to do.
pub fn cluster(
    spec: &ClusterSpec,
    exporters: &Exporters,
    duties: &Duties,
    place: &Place,
) -> ClusterDesired {
    let staying = staying(exporters);
    let contact_points: Vec<String> = spec
        .topology
        .broker_ids()
        .map(|id| format!("{}:{}", place.host, broker_ports(spec.target.first_port(), id).internal))
        .collect();
    let mut components = BTreeMap::new();
    for id in spec.topology.broker_ids() {
        components
            .insert(ComponentId::Broker(id), broker(spec, &staying, place, id, &contact_points));
    }
    if let Gateways::Standalone(count) = spec.gateways() {
        for index in (0..count.get()).map(GatewayIndex) {
            components
                .insert(ComponentId::Gateway(index), gateway(spec, place, index, &contact_points));
        }
    }
    for (index, sink) in staying.iter().filter_map(|record| record.received()) {
        components.insert(ComponentId::Receiver(index), receiver(spec, place, index, sink));
    }
    if !duties.is_none() {
        components.insert(ComponentId::Agent, agent(spec, exporters, duties, place));
    }
    ClusterDesired {
        spec: spec.clone(),
        shape: Shape {
            members: spec.topology.broker_ids().collect(),
            partitions: spec.topology.partitions.get(),
            replication_factor: spec.topology.replication_factor.get(),
        },
        components,
    }
}

/// Those that brokers are told of: neither on their way in nor out.
fn staying(exporters: &Exporters) -> Vec<&ExporterRecord> {
    let stays = |record: &&ExporterRecord| match record.phase {
        ExporterPhase::Due | ExporterPhase::Ready => true,
        ExporterPhase::Arriving | ExporterPhase::Leaving => false,
    };
    exporters.values().filter(stays).collect()
}

/// Where the receivers of these exporters listen.
fn receivers(
    spec: &ClusterSpec,
    exporters: &[&ExporterRecord],
    place: &Place,
) -> BTreeMap<ExporterName, String> {
    let of = |record: &&ExporterRecord| {
        let ports = receiver_ports(spec.target.first_port(), record.receiver?);
        Some((record.spec.name.clone(), format!("http://{}:{}", place.host, ports.records)))
    };
    exporters.iter().filter_map(of).collect()
}

fn broker(
    spec: &ClusterSpec,
    exporters: &[&ExporterRecord],
    place: &Place,
    id: BrokerId,
    contact_points: &[String],
) -> Process {
    let size = spec.broker.size();
    let ports = broker_ports(spec.target.first_port(), id);
    let embedded_gateway = match spec.gateways() {
        Gateways::Embedded => EmbeddedGateway::On,
        Gateways::Standalone(_) => EmbeddedGateway::Off,
    };
    let rendered = zeebe_config::broker(
        spec.version.minor(),
        &BrokerIntent {
            cluster_name: spec.name.to_string(),
            node: id,
            bootstrap: Bootstrap {
                brokers: spec.topology.brokers.get(),
                partitions: spec.topology.partitions.get(),
                replication_factor: spec.topology.replication_factor.get(),
            },
            ports,
            host: place.host.clone(),
            contact_points: contact_points.to_vec(),
            data_directory: format!("{}/brokers/{id}/data", place.root),
            size: size.clone(),
            watermarks: watermarks(spec),
            embedded_gateway,
            exporters: exporters.iter().map(|record| record.spec.clone()).collect(),
            receivers: receivers(spec, exporters, place),
            backup_store: spec.backup_store.clone(),
            configuration: spec.configuration.clone(),
        },
    );
    let mut named = BTreeMap::from([
        ("command".to_owned(), ports.command),
        ("internal".to_owned(), ports.internal),
        ("rest".to_owned(), ports.rest),
        ("management".to_owned(), ports.management),
    ]);
    if embedded_gateway == EmbeddedGateway::On {
        named.insert("gateway".to_owned(), ports.gateway);
    }
    let jars = exporters.iter().filter_map(|exporter| match &exporter.spec.sink {
        Sink::Jar(jar) => Some((jar.path.to_string(), jar.sha256.clone())),
        Sink::Elasticsearch(_) | Sink::Opensearch(_) | Sink::Kafka(_) | Sink::Lake(_) => None,
    });
    Process { jars: jars.collect(), ..process(spec, rendered, size.memory, size.disk, named) }
}

fn watermarks(spec: &ClusterSpec) -> Watermarks {
    let (processing, replication) = spec.watermarks();
    let by = if spec.broker.disk_watermarks.is_some() { ChosenBy::User } else { ChosenBy::Engine };
    Watermarks { processing, replication, by }
}

fn gateway(
    spec: &ClusterSpec,
    place: &Place,
    index: GatewayIndex,
    contact_points: &[String],
) -> Process {
    let ports = gateway_ports(spec.target.first_port(), index);
    let memory = ByteSize::from_mebibytes(GATEWAY_MEMORY_MIB);
    let rendered = zeebe_config::gateway(
        spec.version.minor(),
        &GatewayIntent {
            cluster_name: spec.name.to_string(),
            index,
            ports,
            host: place.host.clone(),
            contact_points: contact_points.to_vec(),
            directory: format!("{}/gateways/{index}", place.root),
            memory: memory.clone(),
            configuration: spec.configuration.clone(),
        },
    );
    let named = BTreeMap::from([
        ("gateway".to_owned(), ports.gateway),
        ("internal".to_owned(), ports.internal),
        ("rest".to_owned(), ports.rest),
        ("management".to_owned(), ports.management),
    ]);
    process(spec, rendered, memory, ByteSize::from_mebibytes(1), named)
}

/// What a receiver's own memory is, as it was measured under load.
const RECEIVER_MEMORY_MIB: u32 = 128;
/// What the receiver of a lake gathers for a file when nothing is said, and how many times as much its memory is while files
/// are made, as it was measured under load.
const SEAL_SIZE_MIB: u32 = 64;
const LAKE_MEMORY: u64 = 8;

fn receiver_memory(sink: Received<'_>) -> ByteSize {
    let least = ByteSize::from_mebibytes(RECEIVER_MEMORY_MIB);
    match sink {
        Received::Kafka(_) => least,
        Received::Lake(lake) => {
            let usual = ByteSize::from_mebibytes(SEAL_SIZE_MIB);
            let sealed = lake.seal_size.as_ref().unwrap_or(&usual).bytes();
            least.max(ByteSize::from_bytes(sealed.saturating_mul(LAKE_MEMORY)))
        }
    }
}

fn receiver(
    spec: &ClusterSpec,
    place: &Place,
    index: ReceiverIndex,
    sink: Received<'_>,
) -> Process {
    let ports = receiver_ports(spec.target.first_port(), index);
    let RenderedReceiver { configuration, secrets } = zeebe_config::receiver(&ReceiverIntent {
        cluster_name: spec.name.to_string(),
        host: place.host.clone(),
        ports,
        partitions: spec.topology.partitions.get(),
        sink,
    });
    let file = format!("{}/receivers/{index}/receiver.toml", place.root);
    Process {
        program: Program::Receiver,
        version: spec.version.clone(),
        launcher: "zeebe-receiver".to_owned(),
        arguments: vec!["serve".to_owned(), "--config".to_owned(), file.clone()],
        settings: BTreeMap::new(),
        bootstrap: BTreeMap::new(),
        java_options: JavaOptions::default(),
        secrets,
        jars: BTreeMap::new(),
        files: BTreeMap::from([(file, configuration)]),
        memory: receiver_memory(sink),
        disk: ByteSize::from_mebibytes(1),
        ports: BTreeMap::from([
            ("records".to_owned(), ports.records),
            ("management".to_owned(), ports.management),
        ]),
        license: None,
    }
}

/// What an agent's own memory is: it holds lists of indices and of backups, and nothing of their content.
const AGENT_MEMORY_MIB: u32 = 64;

fn agent(spec: &ClusterSpec, exporters: &Exporters, duties: &Duties, place: &Place) -> Process {
    let port = agent_port(spec.target.first_port());
    // What is kept in a file or at the target it reads there itself, each time.
    let variable = |record: &ExporterRecord| {
        let password = &record.spec.store()?.authentication.as_ref()?.password;
        match password {
            SecretSource::EnvironmentVariable(name) => Some((name.clone(), password.clone())),
            SecretSource::File(_) | SecretSource::Kept(_) => None,
        }
    };
    let retained = exporters.values().filter(|it| duties.retentions.contains(&it.spec.name));
    Process {
        program: Program::Agent,
        version: spec.version.clone(),
        launcher: "zeebe-agent".to_owned(),
        arguments: vec![
            "--cluster".to_owned(),
            place.id.clone(),
            "--management".to_owned(),
            format!("{}:{port}", place.host),
        ],
        settings: BTreeMap::new(),
        bootstrap: BTreeMap::new(),
        java_options: JavaOptions::default(),
        secrets: retained.filter_map(variable).collect(),
        jars: BTreeMap::new(),
        files: BTreeMap::new(),
        memory: ByteSize::from_mebibytes(AGENT_MEMORY_MIB),
        disk: ByteSize::from_mebibytes(1),
        ports: BTreeMap::from([("management".to_owned(), port)]),
        license: None,
    }
}

fn process(
    spec: &ClusterSpec,
    rendered: Rendered,
    memory: ByteSize,
    disk: ByteSize,
    ports: BTreeMap<String, u16>,
) -> Process {
    let Rendered { settings, bootstrap, launcher, java_options, secrets, files } = rendered;
    let named = |settings: BTreeMap<zeebe_config::SettingName, String>| {
        settings.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
    };
    Process {
        program: Program::Product,
        version: spec.version.clone(),
        launcher: launcher.path().to_owned(),
        arguments: Vec::new(),
        settings: named(settings),
        bootstrap: named(bootstrap),
        java_options: JavaOptions {
            variable: zeebe_config::JAVA_OPTIONS_VARIABLE.to_owned(),
            options: java_options,
        },
        secrets: secrets.into_iter().map(|(name, source)| (name.to_string(), source)).collect(),
        jars: BTreeMap::new(),
        files,
        memory,
        disk,
        ports,
        license: spec.license.clone(),
    }
}

//! From a wish and a look to the state: what import and refresh write.

use tf_sdk::{Computed, Defaulted, Optional, Required};
use zeebe_engine::{Addresses, Cluster as Place, ClusterRecord, Phase};
use zeebe_spec::{
    BrokerSpec, ClusterParts, ClusterSpec, DeletionProtection, DiskWatermarks, Distribution,
    Gateways, LocalTarget, RestoreFrom, Roll, SimulatedTarget, Source, TargetSpec, TopologySpec,
};

use super::model::{self, Cluster, GatewayMode, OnCreateTimeout, PhaseWord};
use super::store;
use crate::resources::key::Key;

/// Writes the attributes that follow from the wish and its place.
pub(crate) fn addresses(cluster: &mut Cluster, addresses: &Addresses) {
    let Addresses { id, settings, gateway, rest } = addresses;
    cluster.id.set(id.clone());
    cluster.handle.set(model::Handle {
        id: Computed::of(id.clone()),
        settings: Computed::of(settings.clone()),
    });
    cluster.gateway_address.set(gateway.clone());
    cluster.rest_address.set(rest.clone());
}

/// Writes how far the cluster is.
pub(crate) fn phase(cluster: &mut Cluster, phase: Phase) {
    let word = match phase {
        Phase::Creating => PhaseWord::Provisioning,
        Phase::Restoring(_) => PhaseWord::Restoring,
        Phase::Ready | Phase::Destroying | Phase::Destroyed => PhaseWord::Ready,
    };
    cluster.status.set(model::Status { phase: Computed::of(word) });
}

/// The configuration that says this wish: what an import puts into the state.
pub(crate) fn imported(spec: &ClusterSpec) -> Cluster {
    let ClusterParts {
        name,
        version,
        environment,
        topology,
        broker,
        configuration,
        license,
        backup_store,
        restore_from,
        roll,
        target,
        deletion_protection,
        data_on_destroy,
    } = spec.clone().into_parts();
    let settings = configuration.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
    Cluster {
        name: Required::of(name),
        version: Required::of(version),
        environment: environment.into(),
        topology: Required::of(self::topology(topology)),
        broker: (broker != BrokerSpec::default()).then(|| self::broker(broker)).into(),
        configuration: Some(settings)
            .filter(|settings: &std::collections::BTreeMap<_, _>| !settings.is_empty())
            .into(),
        license: license.map(Key::from).into(),
        backup_store: backup_store.map(store::imported).into(),
        restore_from: restore_from
            .map(|RestoreFrom { backup_id }| model::RestoreFrom {
                backup_id: Required::of(backup_id),
            })
            .into(),
        roll: roll.map(|Roll { stable_for }| model::Roll { stable_for: stable_for.into() }).into(),
        target: Required::of(self::target(target)),
        deletion_protection: Defaulted::of(match deletion_protection {
            DeletionProtection::On => true,
            DeletionProtection::Off => false,
        }),
        data_on_destroy: Defaulted::of(data_on_destroy),
        on_create_timeout: Defaulted::of(OnCreateTimeout::Keep),
        timeouts: Optional::null(),
        id: Computed::null(),
        handle: Computed::null(),
        gateway_address: Computed::null(),
        rest_address: Computed::null(),
        status: Computed::null(),
        last_change: Computed::of(Vec::new()),
    }
}

/// The state of a cluster that was never in one, by its book alone.
pub(crate) fn state_of(place: &Place, record: &ClusterRecord) -> Cluster {
    let mut state = imported(&record.spec);
    addresses(&mut state, &place.addresses(&record.spec));
    phase(&mut state, record.phase);
    state
}

fn topology(topology: TopologySpec) -> model::Topology {
    let TopologySpec { brokers, partitions, replication_factor, gateways } = topology;
    model::Topology {
        brokers: Required::of(brokers),
        partitions: Required::of(partitions),
        replication_factor: Required::of(replication_factor),
        gateways: gateways
            .map(|gateways| match gateways {
                Gateways::Embedded => model::GatewayChoice {
                    mode: Required::of(GatewayMode::Embedded),
                    replicas: Optional::null(),
                },
                Gateways::Standalone(count) => model::GatewayChoice {
                    mode: Required::of(GatewayMode::Standalone),
                    replicas: Optional::of(count),
                },
            })
            .into(),
    }
}

fn broker(broker: BrokerSpec) -> model::Broker {
    let BrokerSpec {
        preset,
        memory,
        cpu_threads,
        io_threads,
        disk,
        log_segment_size,
        disk_watermarks,
    } = broker;
    model::Broker {
        preset: preset.into(),
        memory: memory.into(),
        cpu_threads: cpu_threads.into(),
        io_threads: io_threads.into(),
        disk: disk.into(),
        log_segment_size: log_segment_size.into(),
        disk_watermarks: disk_watermarks
            .map(|DiskWatermarks { processing, replication }| model::Watermarks {
                processing: processing.into(),
                replication: replication.into(),
            })
            .into(),
    }
}

fn target(target: TargetSpec) -> model::Target {
    match target {
        TargetSpec::Local(LocalTarget { directory, first_port, distribution, java_home }) => {
            model::Target {
                local: Optional::of(model::Local {
                    directory: directory.into(),
                    first_port: first_port.into(),
                    distribution: distribution.map(self::distribution).into(),
                    java_home: java_home.into(),
                }),
                simulated: Optional::null(),
            }
        }
        TargetSpec::Simulated(SimulatedTarget { directory, first_port, seed }) => model::Target {
            local: Optional::null(),
            simulated: Optional::of(model::Simulated {
                directory: Required::of(directory),
                first_port: first_port.into(),
                seed: seed.into(),
            }),
        },
    }
}

fn distribution(distribution: Distribution) -> model::DistributionChoice {
    let Distribution { source, sha256 } = distribution;
    let mut choice = model::DistributionChoice {
        maven: Optional::null(),
        path: Optional::null(),
        url: Optional::null(),
        sha256: sha256.into(),
    };
    match source {
        Source::Maven(coordinates) => {
            choice.maven = Optional::of(model::Maven { coordinates: coordinates.into() });
        }
        Source::Path(path) => choice.path = Optional::of(path),
        Source::Url(url) => choice.url = Optional::of(url),
    }
    choice
}

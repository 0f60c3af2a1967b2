//! From configuration to a valid wish: `ClusterSpec`, or everything that is wrong with it.

use std::collections::BTreeMap;

use tf_sdk::{Diagnostic, NotYetKnown, Optional, Path, Step};
use zeebe_engine::{Engine, GivenSecrets};
use zeebe_spec::{
    BrokerSpec, ClusterParts, ClusterSpec, DeletionProtection, DiskWatermarks, Distribution,
    Gateways, LocalTarget, RestoreFrom, Roll, SecretPurpose, SecretSource, SettingKey,
    SimulatedTarget, Source, TargetSpec, TopologySpec,
};

use super::model::{self, Cluster, GatewayMode};
use super::store;
use crate::explain;
use crate::resources::choice::{Missing, SpecError, only};
use crate::resources::key::{Key, NamedKey};

/// The wish that a configuration says.
pub(crate) fn spec(cluster: &Cluster) -> Result<ClusterSpec, SpecError> {
    let Cluster {
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
        on_create_timeout: _,
        timeouts: _,
        id: _,
        handle: _,
        gateway_address: _,
        rest_address: _,
        status: _,
        last_change: _,
    } = cluster;
    let mut wrong = Vec::new();
    let topology = self::topology(topology.known()?, &mut wrong)?;
    let license = self::license(license, &mut wrong)?;
    let backup_store = store::spec(backup_store, &mut wrong)?;
    let target = self::target(target.known()?, &mut wrong)?;
    let configuration = self::configuration(configuration, &mut wrong)?;
    let parts = ClusterParts {
        name: name.known()?.clone(),
        version: version.known()?.clone(),
        environment: environment.known()?.copied(),
        topology,
        broker: self::broker(broker)?,
        configuration,
        license,
        backup_store,
        restore_from: match restore_from.known()? {
            None => None,
            Some(model::RestoreFrom { backup_id }) => {
                Some(RestoreFrom { backup_id: *backup_id.known()? })
            }
        },
        roll: match roll.known()? {
            None => None,
            Some(model::Roll { stable_for }) => {
                Some(Roll { stable_for: stable_for.known()?.cloned() })
            }
        },
        target: match target {
            Some(target) => target,
            None => return Err(SpecError::Wrong(wrong)),
        },
        deletion_protection: if *deletion_protection.known()? {
            DeletionProtection::On
        } else {
            DeletionProtection::Off
        },
        data_on_destroy: *data_on_destroy.known()?,
    };
    wrong.extend(Engine::check(&parts).iter().map(explain::setting));
    match ClusterSpec::new(parts.clone()) {
        Ok(spec) if wrong.is_empty() => Ok(spec),
        Ok(_) => Err(SpecError::Wrong(wrong)),
        Err(mistakes) => {
            wrong.extend(mistakes.iter().map(|mistake| explain::mistake(mistake, &parts.target)));
            Err(SpecError::Wrong(wrong))
        }
    }
}

fn topology(
    topology: &model::Topology,
    wrong: &mut Vec<Diagnostic>,
) -> Result<TopologySpec, NotYetKnown> {
    let model::Topology { brokers, partitions, replication_factor, gateways } = topology;
    let gateways = match gateways.known()? {
        None => None,
        Some(model::GatewayChoice { mode, replicas }) => {
            let at = || Path::attribute("topology").then("gateways").then("replicas");
            match (mode.known()?, replicas.known()?) {
                (GatewayMode::Embedded, None) => Some(Gateways::Embedded),
                (GatewayMode::Standalone, Some(count)) => Some(Gateways::Standalone(*count)),
                (GatewayMode::Embedded, Some(count)) => {
                    wrong.push(
                        Diagnostic::error(
                            "embedded gateways have no number",
                            format!(
                                "Every broker is a gateway; got `replicas = {count}`. Leave `replicas` \
                                 out, or set `mode = \"standalone\"`."
                            ),
                        )
                        .at(at()),
                    );
                    None
                }
                (GatewayMode::Standalone, None) => {
                    wrong.push(
                        Diagnostic::error(
                            "standalone gateways need a number",
                            "Set `replicas` to how many gateways there shall be, or set \
                             `mode = \"embedded\"`.",
                        )
                        .at(at()),
                    );
                    None
                }
            }
        }
    };
    Ok(TopologySpec {
        brokers: *brokers.known()?,
        partitions: *partitions.known()?,
        replication_factor: *replication_factor.known()?,
        gateways,
    })
}

fn broker(broker: &Optional<model::Broker>) -> Result<BrokerSpec, NotYetKnown> {
    let Some(broker) = broker.known()? else {
        return Ok(BrokerSpec::default());
    };
    let model::Broker {
        preset,
        memory,
        cpu_threads,
        io_threads,
        disk,
        log_segment_size,
        disk_watermarks,
    } = broker;
    Ok(BrokerSpec {
        preset: preset.known()?.copied(),
        memory: memory.known()?.cloned(),
        cpu_threads: cpu_threads.known()?.copied(),
        io_threads: io_threads.known()?.copied(),
        disk: disk.known()?.cloned(),
        log_segment_size: log_segment_size.known()?.cloned(),
        disk_watermarks: match disk_watermarks.known()? {
            None => None,
            Some(model::Watermarks { processing, replication }) => Some(DiskWatermarks {
                processing: processing.known()?.cloned(),
                replication: replication.known()?.cloned(),
            }),
        },
    })
}

fn configuration(
    configuration: &Optional<BTreeMap<String, String>>,
    wrong: &mut Vec<Diagnostic>,
) -> Result<BTreeMap<SettingKey, String>, NotYetKnown> {
    let mut settings = BTreeMap::new();
    for (key, value) in configuration.known()?.into_iter().flatten() {
        match zeebe_scalar::parse_text::<SettingKey>(key.clone()) {
            Ok(key) => {
                settings.insert(key, value.clone());
            }
            Err(error) => wrong.push(
                Diagnostic::error(
                    format!("setting \"{key}\" is not a setting's name"),
                    format!("Expected {}, got {}.", error.expected, error.got),
                )
                .at(Path::attribute("configuration").with(Step::Key(key.clone()))),
            ),
        }
    }
    Ok(settings)
}

fn license(
    license: &Optional<Key>,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<SecretSource>, NotYetKnown> {
    match license.known()? {
        None => Ok(None),
        Some(key) => key.source(&Path::attribute("license"), SecretPurpose::License, wrong),
    }
}

/// Every key that a configuration has.
fn keys(config: &Cluster) -> impl Iterator<Item = NamedKey<'_>> {
    let license = config.license.as_known().map(|key| {
        let at = Path::attribute("license");
        NamedKey { at, purpose: SecretPurpose::License, key }
    });
    license.into_iter().chain(store::keys(&config.backup_store))
}

/// What a configuration gets wrong that a state, which remembers no key, does not.
pub(crate) fn forgotten(config: &Cluster) -> impl Iterator<Item = Diagnostic> {
    keys(config).filter_map(|key| key.forgotten())
}

/// The keys that a configuration gives to be kept.
pub(crate) fn given(config: &Cluster) -> GivenSecrets {
    keys(config).filter_map(NamedKey::given).collect()
}

fn target(
    target: &model::Target,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<TargetSpec>, NotYetKnown> {
    let model::Target { local, simulated } = target;
    let local = match local.known()? {
        None => None,
        Some(local) => Some(TargetSpec::Local(self::local(local, wrong)?)),
    };
    let simulated = match simulated.known()? {
        None => None,
        Some(model::Simulated { directory, first_port, seed }) => {
            Some(TargetSpec::Simulated(SimulatedTarget {
                directory: directory.known()?.clone(),
                first_port: first_port.known()?.copied(),
                seed: seed.known()?.copied(),
            }))
        }
    };
    let given: Vec<TargetSpec> = [local, simulated].into_iter().flatten().collect();
    let at = Path::attribute("target");
    Ok(only(&at, &["local", "simulated"], given, Missing::IsWrong, wrong))
}

fn local(local: &model::Local, wrong: &mut Vec<Diagnostic>) -> Result<LocalTarget, NotYetKnown> {
    let model::Local { directory, first_port, distribution, java_home } = local;
    Ok(LocalTarget {
        directory: directory.known()?.cloned(),
        first_port: first_port.known()?.copied(),
        distribution: match distribution.known()? {
            None => None,
            Some(choice) => Some(self::distribution(choice, wrong)?),
        },
        java_home: java_home.known()?.cloned(),
    })
}

fn distribution(
    choice: &model::DistributionChoice,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Distribution, NotYetKnown> {
    let model::DistributionChoice { maven, path, url, sha256 } = choice;
    let maven = match maven.known()? {
        None => None,
        Some(model::Maven { coordinates }) => Some(Source::Maven(coordinates.known()?.cloned())),
    };
    let given: Vec<Source> =
        [maven, path.known()?.cloned().map(Source::Path), url.known()?.cloned().map(Source::Url)]
            .into_iter()
            .flatten()
            .collect();
    let at = Path::attribute("target").then("local").then("distribution");
    let source = only(&at, &["maven", "path", "url"], given, Missing::MeansDefault, wrong);
    Ok(Distribution {
        source: source.unwrap_or(Source::Maven(None)),
        sha256: sha256.known()?.cloned(),
    })
}

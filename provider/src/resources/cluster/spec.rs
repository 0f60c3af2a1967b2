//! From configuration to a valid wish: `ClusterSpec`, or everything that is wrong with it.

use std::collections::BTreeMap;

use tf_sdk::{Diagnostic, NotYetKnown, Optional, Path, Step};
use zeebe_engine::Engine;
use zeebe_spec::{
    BrokerSpec, ClusterParts, ClusterSpec, DeletionProtection, DiskWatermarks, Distribution,
    Gateways, LicenseSource, LocalTarget, Roll, SettingKey, SimulatedTarget, Source, TargetSpec,
    TopologySpec,
};

use super::model::{self, Cluster, GatewayMode};
use crate::explain;

/// Why there is no spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpecError {
    /// Something that it depends on is known only at apply: plan on without it.
    NotYetKnown,
    /// It is wrong: every mistake, each at its attribute.
    Wrong(Vec<Diagnostic>),
}

impl From<NotYetKnown> for SpecError {
    fn from(_: NotYetKnown) -> Self {
        Self::NotYetKnown
    }
}

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

/// The one of several attributes that is given; says what is wrong where it is not exactly one.
fn only<T>(
    at: &Path,
    names: &[&str],
    given: Vec<T>,
    none: None,
    wrong: &mut Vec<Diagnostic>,
) -> Option<T> {
    let expected = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let count = given.len();
    let mut given = given.into_iter();
    match (count, none) {
        (1, _) | (0, None::MeansDefault) => given.next(),
        (0, None::IsWrong) | (2.., _) => {
            wrong.push(
                Diagnostic::error(
                    format!(
                        "{at} names {} of its choices",
                        if count == 0 { "none" } else { "several" }
                    ),
                    format!("Expected exactly one of {expected}, got {count}."),
                )
                .at(at.clone()),
            );
            Option::None
        }
    }
}

/// What it means that none is given.
#[derive(Clone, Copy)]
enum None {
    IsWrong,
    MeansDefault,
}

fn license(
    license: &Optional<model::License>,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<LicenseSource>, NotYetKnown> {
    let Some(model::License { file, environment_variable }) = license.known()? else {
        return Ok(Option::None);
    };
    let given: Vec<LicenseSource> = [
        file.known()?.cloned().map(LicenseSource::File),
        environment_variable.known()?.cloned().map(LicenseSource::EnvironmentVariable),
    ]
    .into_iter()
    .flatten()
    .collect();
    let at = Path::attribute("license");
    Ok(only(&at, &["file", "environment_variable"], given, None::IsWrong, wrong))
}

fn target(
    target: &model::Target,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<TargetSpec>, NotYetKnown> {
    let model::Target { local, simulated } = target;
    let local = match local.known()? {
        None => Option::None,
        Some(local) => Some(TargetSpec::Local(self::local(local, wrong)?)),
    };
    let simulated = match simulated.known()? {
        None => Option::None,
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
    Ok(only(&at, &["local", "simulated"], given, None::IsWrong, wrong))
}

fn local(local: &model::Local, wrong: &mut Vec<Diagnostic>) -> Result<LocalTarget, NotYetKnown> {
    let model::Local { directory, first_port, distribution, java_home } = local;
    Ok(LocalTarget {
        directory: directory.known()?.cloned(),
        first_port: first_port.known()?.copied(),
        distribution: match distribution.known()? {
            None => Option::None,
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
        None => Option::None,
        Some(model::Maven { coordinates }) => Some(Source::Maven(coordinates.known()?.cloned())),
    };
    let given: Vec<Source> =
        [maven, path.known()?.cloned().map(Source::Path), url.known()?.cloned().map(Source::Url)]
            .into_iter()
            .flatten()
            .collect();
    let at = Path::attribute("target").then("local").then("distribution");
    let source = only(&at, &["maven", "path", "url"], given, None::MeansDefault, wrong);
    Ok(Distribution {
        source: source.unwrap_or(Source::Maven(Option::None)),
        sha256: sha256.known()?.cloned(),
    })
}

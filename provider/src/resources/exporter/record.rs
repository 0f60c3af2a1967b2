//! From a wish and a look to the state: what import and refresh write.

use tf_sdk::{Computed, Defaulted, Optional, Required, Set};
use zeebe_engine::product::ExportingPhase;
use zeebe_engine::{ExporterPhase, ExporterSeen, ExporterState};
use zeebe_spec::{
    Authentication, BulkSpec, ExporterSpec, IndexSpec, JarSink, KafkaSasl, KafkaSink, KafkaTls,
    RecordsSpec, SearchSink, SecretSource, SecretVersion, Sink, Working,
};

use super::lake;
use super::model::{self, Exporter, ExporterPhaseWord};

/// Writes how far it is.
pub(super) fn phase(exporter: &mut Exporter, seen: &ExporterSeen) {
    let works = working(seen);
    let word = match (seen.record.phase, seen.pause) {
        (ExporterPhase::Arriving | ExporterPhase::Due | ExporterPhase::Leaving, _) => {
            ExporterPhaseWord::Provisioning
        }
        (ExporterPhase::Ready, Some(ExportingPhase::Paused)) if works => ExporterPhaseWord::Paused,
        (ExporterPhase::Ready, Some(ExportingPhase::SoftPaused)) if works => {
            ExporterPhaseWord::SoftPaused
        }
        (ExporterPhase::Ready, _) => ExporterPhaseWord::Ready,
    };
    exporter.status.set(model::ExporterStatus { phase: Computed::of(word) });
}

/// Whether it exports, as the product says; as its wish says where the product cannot say.
pub(super) fn working(seen: &ExporterSeen) -> bool {
    match seen.state {
        Some(ExporterState::Enabled | ExporterState::Enabling) => true,
        Some(ExporterState::Disabled | ExporterState::Disabling) => false,
        Some(ExporterState::Unknown | ExporterState::ConfigNotFound) | None => {
            seen.record.spec.working == Working::On
        }
    }
}

/// The configuration that says this wish: what an import puts into the state.
pub(super) fn imported(spec: &ExporterSpec) -> Exporter {
    let ExporterSpec { name, working, sink } = spec;
    let mut exporter = Exporter {
        cluster: Required::null(),
        name: Required::of(name.clone()),
        enabled: Defaulted::of(*working == Working::On),
        elasticsearch: Optional::null(),
        opensearch: Optional::null(),
        kafka: Optional::null(),
        lake: Optional::null(),
        jar: Optional::null(),
        timeouts: Optional::null(),
        id: Computed::null(),
        status: Computed::null(),
        last_change: Computed::of(Vec::new()),
    };
    match sink {
        Sink::Elasticsearch(sink) => exporter.elasticsearch = Optional::of(search(sink)),
        Sink::Opensearch(sink) => exporter.opensearch = Optional::of(search(sink)),
        Sink::Kafka(sink) => exporter.kafka = Optional::of(kafka(sink)),
        Sink::Lake(sink) => exporter.lake = Optional::of(lake::imported(sink)),
        Sink::Jar(JarSink { path, sha256, class_name, arguments }) => {
            exporter.jar = Optional::of(model::Jar {
                path: Required::of(path.clone()),
                sha256: Required::of(sha256.clone()),
                class_name: Required::of(class_name.clone()),
                arguments: (!arguments.is_empty()).then(|| arguments.clone()).into(),
            });
        }
    }
    exporter
}

fn search(sink: &SearchSink) -> model::SearchStore {
    let SearchSink { url, index, bulk, request_timeout, records, authentication } = sink;
    model::SearchStore {
        url: Required::of(url.clone()),
        index: (*index != IndexSpec::default())
            .then(|| {
                let IndexSpec { prefix, shards, replicas } = index.clone();
                model::Index {
                    prefix: prefix.into(),
                    shards: shards.into(),
                    replicas: replicas.into(),
                }
            })
            .into(),
        bulk: (*bulk != BulkSpec::default())
            .then(|| {
                let BulkSpec { records, delay, memory } = bulk.clone();
                model::Bulk { records: records.into(), delay: delay.into(), memory: memory.into() }
            })
            .into(),
        request_timeout: request_timeout.clone().into(),
        records: self::records(records).into(),
        authentication: authentication
            .as_ref()
            .map(|Authentication { username, password }| model::SignOn {
                username: Required::of(username.clone()),
                password: self::password(password).into(),
                password_wo: Optional::null(),
                password_wo_version: version(password).into(),
            })
            .into(),
    }
}

fn kafka(sink: &KafkaSink) -> model::Kafka {
    let KafkaSink { brokers, topic, compression, records, tls, sasl } = sink.clone();
    model::Kafka {
        brokers: Required::of(Set::new(brokers)),
        topic: Required::of(topic),
        compression: compression.into(),
        records: self::records(&records).into(),
        tls: tls
            .map(|KafkaTls { ca, certificate, key }| model::KafkaTls {
                ca: ca.into(),
                certificate: certificate.into(),
                key: key.into(),
            })
            .into(),
        sasl: sasl
            .map(|KafkaSasl { mechanism, username, password, token }| model::KafkaSasl {
                mechanism: Required::of(mechanism),
                username: username.into(),
                password: password.as_ref().and_then(self::password).into(),
                password_wo: Optional::null(),
                password_wo_version: password.as_ref().and_then(version).into(),
                token: token.into(),
            })
            .into(),
    }
}

pub(super) fn records(records: &RecordsSpec) -> Option<model::Records> {
    (*records != RecordsSpec::default()).then(|| {
        let RecordsSpec { types, values } = records.clone();
        model::Records { types: types.map(Set::new).into(), values: values.map(Set::new).into() }
    })
}

fn version(source: &SecretSource) -> Option<SecretVersion> {
    source.kept().map(|kept| kept.version)
}

pub(super) fn password(source: &SecretSource) -> Option<model::Password> {
    Some(match source {
        SecretSource::Kept(_) => return None,
        SecretSource::File(file) => model::Password {
            file: Optional::of(file.clone()),
            environment_variable: Optional::null(),
        },
        SecretSource::EnvironmentVariable(name) => model::Password {
            file: Optional::null(),
            environment_variable: Optional::of(name.clone()),
        },
    })
}

//! From configuration to a valid wish: `ExporterSpec`, or everything that is wrong with it.

use std::collections::BTreeSet;

use tf_sdk::{Diagnostic, NotYetKnown, Optional, Path, Set};
use zeebe_spec::{
    Authentication, BulkSpec, ExporterSpec, IndexSpec, JarSink, KafkaSasl, KafkaSink, KafkaTls,
    RecordsSpec, SearchSink, Sink, Working,
};

use super::model::{self, Exporter};
use crate::explain;
use crate::resources::choice::{Missing, SpecError, only, secret};

/// The wish that a configuration says.
pub(super) fn spec(exporter: &Exporter) -> Result<ExporterSpec, SpecError> {
    let Exporter {
        cluster: _,
        name,
        enabled,
        elasticsearch,
        opensearch,
        kafka,
        jar,
        timeouts: _,
        id: _,
        status: _,
        last_change: _,
    } = exporter;
    let mut wrong = Vec::new();
    let elasticsearch = match elasticsearch.known()? {
        None => None,
        Some(store) => Some(Sink::Elasticsearch(search("elasticsearch", store, &mut wrong)?)),
    };
    let opensearch = match opensearch.known()? {
        None => None,
        Some(store) => Some(Sink::Opensearch(search("opensearch", store, &mut wrong)?)),
    };
    let kafka = match kafka.known()? {
        None => None,
        Some(topics) => Some(Sink::Kafka(self::kafka(topics, &mut wrong)?)),
    };
    let jar = match jar.known()? {
        None => None,
        Some(model::Jar { path, sha256, class_name, arguments }) => Some(Sink::Jar(JarSink {
            path: path.known()?.clone(),
            sha256: sha256.known()?.clone(),
            class_name: class_name.known()?.clone(),
            arguments: arguments.known()?.cloned().unwrap_or_default(),
        })),
    };
    let given: Vec<Sink> = [elasticsearch, opensearch, kafka, jar].into_iter().flatten().collect();
    let names = ["elasticsearch", "opensearch", "kafka", "jar"];
    let Some(sink) = only(&Path::root(), &names, given, Missing::IsWrong, &mut wrong) else {
        return Err(SpecError::Wrong(wrong));
    };
    let working = if *enabled.known()? { Working::On } else { Working::Off };
    let spec = ExporterSpec { name: name.known()?.clone(), working, sink };
    wrong.extend(spec.mistakes().iter().map(explain::exporter_mistake));
    if wrong.is_empty() { Ok(spec) } else { Err(SpecError::Wrong(wrong)) }
}

fn search(
    kind: &str,
    store: &model::SearchStore,
    wrong: &mut Vec<Diagnostic>,
) -> Result<SearchSink, NotYetKnown> {
    let model::SearchStore { url, index, bulk, request_timeout, records, authentication } = store;
    let index = match index.known()? {
        None => IndexSpec::default(),
        Some(model::Index { prefix, shards, replicas }) => IndexSpec {
            prefix: prefix.known()?.cloned(),
            shards: shards.known()?.copied(),
            replicas: replicas.known()?.copied(),
        },
    };
    let bulk = match bulk.known()? {
        None => BulkSpec::default(),
        Some(model::Bulk { records, delay, memory }) => BulkSpec {
            records: records.known()?.copied(),
            delay: delay.known()?.cloned(),
            memory: memory.known()?.cloned(),
        },
    };
    let records = self::records(records)?;
    let authentication = match authentication.known()? {
        None => None,
        Some(model::SignOn { username, password }) => {
            let model::Password { file, environment_variable } = password.known()?;
            let at = Path::attribute(kind).then("authentication").then("password");
            let password = secret(&at, file, environment_variable, wrong)?;
            let username = username.known()?.clone();
            // What is wrong with it was told; the rest is looked at all the same.
            password.map(|password| Authentication { username, password })
        }
    };
    Ok(SearchSink {
        url: url.known()?.clone(),
        index,
        bulk,
        request_timeout: request_timeout.known()?.cloned(),
        records,
        authentication,
    })
}

fn kafka(topics: &model::Kafka, wrong: &mut Vec<Diagnostic>) -> Result<KafkaSink, NotYetKnown> {
    let model::Kafka { brokers, topic, compression, records, tls, sasl } = topics;
    let tls = match tls.known()? {
        None => None,
        Some(model::KafkaTls { ca, certificate, key }) => Some(KafkaTls {
            ca: ca.known()?.cloned(),
            certificate: certificate.known()?.cloned(),
            key: key.known()?.cloned(),
        }),
    };
    let sasl = match sasl.known()? {
        None => None,
        Some(model::KafkaSasl { mechanism, username, password, token }) => Some(KafkaSasl {
            mechanism: *mechanism.known()?,
            username: username.known()?.cloned(),
            password: match password.known()? {
                None => None,
                Some(model::Password { file, environment_variable }) => {
                    let at = Path::attribute("kafka").then("sasl").then("password");
                    secret(&at, file, environment_variable, wrong)?
                }
            },
            token: token.known()?.cloned(),
        }),
    };
    Ok(KafkaSink {
        brokers: brokers.known()?.iter().cloned().collect(),
        topic: topic.known()?.clone(),
        compression: compression.known()?.copied(),
        records: self::records(records)?,
        tls,
        sasl,
    })
}

fn records(records: &Optional<model::Records>) -> Result<RecordsSpec, NotYetKnown> {
    Ok(match records.known()? {
        None => RecordsSpec::default(),
        Some(model::Records { types, values }) => {
            RecordsSpec { types: set(types)?, values: set(values)? }
        }
    })
}

fn set<T: Ord + Copy + PartialEq>(
    given: &Optional<Set<T>>,
) -> Result<Option<BTreeSet<T>>, NotYetKnown> {
    Ok(given.known()?.map(|given| given.iter().copied().collect()))
}

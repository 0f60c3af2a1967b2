//! From configuration to a valid wish: `ExporterSpec`, or everything that is wrong with it.

use std::collections::BTreeSet;

use secrecy::SecretString;
use tf_sdk::{Diagnostic, NotYetKnown, Optional, Path, Secret, Set};
use zeebe_engine::GivenSecrets;
use zeebe_spec::{
    Authentication, BulkSpec, ExporterName, ExporterSpec, IndexSpec, JarSink, KafkaSasl, KafkaSink,
    KafkaTls, KeptSecret, RecordsSpec, SearchSink, SecretPurpose, SecretSource, SecretVersion,
    Sink, Working,
};

use super::lake;
use super::model::{self, Exporter};
use crate::explain;
use crate::resources::choice::{Missing, SpecError, missing, only, secret, unnumbered};
use crate::resources::key::NamedKey;

/// The wish that a configuration says.
pub(super) fn spec(exporter: &Exporter) -> Result<ExporterSpec, SpecError> {
    let Exporter {
        cluster: _,
        name,
        enabled,
        elasticsearch,
        opensearch,
        kafka,
        lake: files,
        jar,
        timeouts: _,
        id: _,
        status: _,
        last_change: _,
    } = exporter;
    let mut wrong = Vec::new();
    let elasticsearch = match elasticsearch.known()? {
        None => None,
        Some(store) => {
            Some(Sink::Elasticsearch(search(name.known()?, "elasticsearch", store, &mut wrong)?))
        }
    };
    let opensearch = match opensearch.known()? {
        None => None,
        Some(store) => {
            Some(Sink::Opensearch(search(name.known()?, "opensearch", store, &mut wrong)?))
        }
    };
    let kafka = match kafka.known()? {
        None => None,
        Some(topics) => Some(Sink::Kafka(self::kafka(name.known()?, topics, &mut wrong)?)),
    };
    let files = match files.known()? {
        None => None,
        Some(files) => match lake::spec(files, name.known()?, &mut wrong)? {
            Some(sink) => Some(Sink::Lake(sink)),
            // What is wrong with it was told.
            None => return Err(SpecError::Wrong(wrong)),
        },
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
    let given: Vec<Sink> =
        [elasticsearch, opensearch, kafka, files, jar].into_iter().flatten().collect();
    let names = ["elasticsearch", "opensearch", "kafka", "lake", "jar"];
    let Some(sink) = only(&Path::root(), &names, given, Missing::IsWrong, &mut wrong) else {
        return Err(SpecError::Wrong(wrong));
    };
    let working = if *enabled.known()? { Working::On } else { Working::Off };
    let spec = ExporterSpec { name: name.known()?.clone(), working, sink };
    wrong.extend(spec.mistakes().iter().map(explain::exporter_mistake));
    if wrong.is_empty() { Ok(spec) } else { Err(SpecError::Wrong(wrong)) }
}

fn search(
    exporter: &ExporterName,
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
        Some(sign_on @ model::SignOn { username, .. }) => {
            let given = Given::to_store(kind, sign_on);
            let password = given.source(exporter, Missing::IsWrong, wrong)?;
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

fn kafka(
    exporter: &ExporterName,
    topics: &model::Kafka,
    wrong: &mut Vec<Diagnostic>,
) -> Result<KafkaSink, NotYetKnown> {
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
        Some(sasl @ model::KafkaSasl { mechanism, username, token, .. }) => {
            let told = wrong.len();
            // Whether there must be one depends on the mechanism.
            let password = Given::to_kafka(sasl).source(exporter, Missing::MeansDefault, wrong)?;
            let sasl = KafkaSasl {
                mechanism: *mechanism.known()?,
                username: username.known()?.cloned(),
                password,
                token: token.known()?.cloned(),
            };
            // One that was given wrongly is not told to be missing as well.
            (wrong.len() == told).then_some(sasl)
        }
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

pub(super) fn records(records: &Optional<model::Records>) -> Result<RecordsSpec, NotYetKnown> {
    Ok(match records.known()? {
        None => RecordsSpec::default(),
        Some(model::Records { types, values }) => {
            RecordsSpec { types: set(types)?, values: set(values)? }
        }
    })
}

/// What a configuration gets wrong that a state, which remembers no secret, does not.
pub(super) fn forgotten(config: &Exporter) -> Vec<Diagnostic> {
    let passwords = givens(config)
        .filter(|given| !given.version.is_null() && given.once.is_null())
        .map(|given| missing("password", &given.at));
    passwords.chain(keys(config).iter().filter_map(NamedKey::forgotten)).collect()
}

/// The secrets that a configuration gives to be kept.
pub(super) fn given(config: &Exporter) -> GivenSecrets {
    let Some(name) = config.name.as_known() else { return GivenSecrets::new() };
    let passwords = givens(config).filter_map(|given| {
        let purpose = SecretPurpose::ExporterPassword(name.clone());
        let kept = KeptSecret { purpose, version: *given.version.as_known()? };
        Some((kept, SecretString::from(given.once.as_known()?.expose().to_owned())))
    });
    passwords.chain(keys(config).into_iter().filter_map(NamedKey::given)).collect()
}

fn keys(config: &Exporter) -> Vec<NamedKey<'_>> {
    config.name.as_known().map(|name| lake::keys(name, &config.lake)).unwrap_or_default()
}

/// A password as a configuration gives it: where it is read, or once.
struct Given<'a> {
    at: Path,
    read: &'a Optional<model::Password>,
    once: &'a Optional<Secret>,
    version: &'a Optional<SecretVersion>,
}

fn givens(config: &Exporter) -> impl Iterator<Item = Given<'_>> {
    let stores = [("elasticsearch", &config.elasticsearch), ("opensearch", &config.opensearch)]
        .into_iter()
        .filter_map(|(kind, store)| {
            Some(Given::to_store(kind, store.as_known()?.authentication.as_known()?))
        });
    let sasl = config.kafka.as_known().and_then(|kafka| kafka.sasl.as_known());
    stores.chain(sasl.map(Given::to_kafka))
}

impl<'a> Given<'a> {
    fn to_store(kind: &str, sign_on: &'a model::SignOn) -> Self {
        let model::SignOn { username: _, password, password_wo, password_wo_version } = sign_on;
        let at = Path::attribute(kind).then("authentication");
        Self { at, read: password, once: password_wo, version: password_wo_version }
    }

    fn to_kafka(sasl: &'a model::KafkaSasl) -> Self {
        let model::KafkaSasl {
            mechanism: _,
            username: _,
            password,
            password_wo,
            password_wo_version,
            token: _,
        } = sasl;
        let at = Path::attribute("kafka").then("sasl");
        Self { at, read: password, once: password_wo, version: password_wo_version }
    }

    /// Where the password is: read at its source, or given once and kept at the target.
    fn source(
        self,
        exporter: &ExporterName,
        missing: Missing,
        wrong: &mut Vec<Diagnostic>,
    ) -> Result<Option<SecretSource>, NotYetKnown> {
        let Self { at, read, once, version } = self;
        let read = match read.known()? {
            None => None,
            Some(model::Password { file, environment_variable }) => {
                Some(secret(&at.clone().then("password"), file, environment_variable, wrong)?)
            }
        };
        let version = version.known()?;
        if version.is_none() && !once.is_null() {
            wrong.push(unnumbered("password", &at));
            return Ok(None);
        }
        let kept = version.map(|version| {
            let purpose = SecretPurpose::ExporterPassword(exporter.clone());
            Some(SecretSource::Kept(KeptSecret { purpose, version: *version }))
        });
        let given: Vec<Option<SecretSource>> = [read, kept].into_iter().flatten().collect();
        Ok(only(&at, &["password", "password_wo"], given, missing, wrong).flatten())
    }
}

fn set<T: Ord + Copy + PartialEq>(
    given: &Optional<Set<T>>,
) -> Result<Option<BTreeSet<T>>, NotYetKnown> {
    Ok(given.known()?.map(|given| given.iter().copied().collect()))
}

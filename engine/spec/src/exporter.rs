//! The wish for one exporter of a cluster: which records leave the brokers, and where to.

pub mod kafka;
pub mod lake;
mod records;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeebe_scalar::{ByteSize, Span};

use crate::exporter::kafka::KafkaSink;
use crate::exporter::lake::{LakePlace, LakeSink};
pub use crate::exporter::records::{RecordType, ValueType};
use crate::secret::{KeptSecret, SecretSource};
use crate::target::{Checksum, Directory};
use crate::version::{Minor, Version};

zeebe_scalar::text! {
    /// The name of an exporter, which the product knows it by. Brokers are told of it in environment variables, whose
    /// names have neither dashes nor small letters, so it has none either.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub ExporterName, "1 to 30 lower-case letters and digits, starting with a letter", "audit",
    |text| (1..=30).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

zeebe_scalar::text! {
    /// Where a search store answers. What signs on is said apart, so that no address holds a secret.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub SinkUrl,
    "an http or https address without user, query or fragment; several are separated by commas",
    "https://search.example.com:9200",
    |text| !text.is_empty() && text.split(',').all(|one| {
        one.strip_prefix("http://").or_else(|| one.strip_prefix("https://")).is_some_and(|rest| {
            let host = rest.split('/').next().unwrap_or_default();
            !host.is_empty()
                && !host.starts_with(':')
                && rest.bytes().all(|b| b.is_ascii_graphic() && !b"@?#\"\\<>".contains(&b))
        })
    })
}

zeebe_scalar::text! {
    /// What the names of an exporter's indices start with.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub IndexPrefix,
    "1 to 80 lower-case letters, digits and dashes, starting with a letter (the product splits names at \"_\")",
    "audit",
    |text| (1..=80).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

zeebe_scalar::text! {
    /// The class of an exporter by its full name.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub ClassName, "the full name of a Java class", "com.example.AuditExporter",
    |text| text.contains('.') && text.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$')
    })
}

zeebe_scalar::integer! {
    /// How many shards an index has.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub Shards, u16, 1..=1024, 3
}

zeebe_scalar::integer! {
    /// How many copies of an index there are beside it.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub Replicas, u16, 0..=64, 0
}

zeebe_scalar::integer! {
    /// How many records go into one request.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub BulkRecords, u32, 1..=100_000, 1000
}

/// Whether an exporter works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Working {
    /// It exports.
    #[default]
    On,
    /// It is there and exports nothing; the log does not wait for it.
    Off,
}

/// The wish for one exporter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExporterSpec {
    /// Its name.
    pub name: ExporterName,
    /// Whether it works.
    pub working: Working,
    /// Where records go to.
    pub sink: Sink,
}

/// Where records go to, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sink {
    /// By the product's own exporter for Elasticsearch.
    Elasticsearch(SearchSink),
    /// By the product's own exporter for `OpenSearch`.
    Opensearch(SearchSink),
    /// Into Kafka, by a receiver of ours beside the brokers.
    Kafka(KafkaSink),
    /// Into files of Parquet, by such a receiver.
    Lake(LakeSink),
    /// By an exporter of somebody else.
    Jar(JarSink),
}

/// What is written through a receiver beside the brokers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<'a> {
    /// Topics of Kafka.
    Kafka(&'a KafkaSink),
    /// A lake.
    Lake(&'a LakeSink),
}

impl<'a> Received<'a> {
    /// Which records come there: the brokers are told of it, and the receiver of all else.
    pub const fn records(self) -> &'a RecordsSpec {
        match self {
            Self::Kafka(sink) => &sink.records,
            Self::Lake(sink) => &sink.records,
        }
    }

    /// The same place, for these records.
    #[must_use]
    pub fn with_records(self, records: &RecordsSpec) -> Sink {
        let records = records.clone();
        match self {
            Self::Kafka(sink) => Sink::Kafka(KafkaSink { records, ..sink.clone() }),
            Self::Lake(sink) => Sink::Lake(LakeSink { records, ..sink.clone() }),
        }
    }
}

/// A search store. What is left open is as the product has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchSink {
    /// Where it answers.
    pub url: SinkUrl,
    /// How its indices are made.
    #[serde(default)]
    pub index: IndexSpec,
    /// How much goes into one request.
    #[serde(default)]
    pub bulk: BulkSpec,
    /// How long the exporter waits for an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_timeout: Option<Span>,
    /// Which records; nothing said means the product's own choice.
    #[serde(default)]
    pub records: RecordsSpec,
    /// What signs on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authentication: Option<Authentication>,
}

impl SearchSink {
    /// What the names of its indices start with.
    pub fn prefix(&self) -> &str {
        self.index.prefix.as_ref().map_or(USUAL_PREFIX, IndexPrefix::as_str)
    }
}

/// The product's own prefix, in the exporters of 8.5.8 and 8.6.0.
const USUAL_PREFIX: &str = "zeebe-record";

/// How indices are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSpec {
    /// What their names start with; `zeebe-record` unless said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prefix: Option<IndexPrefix>,
    /// Shards of each.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shards: Option<Shards>,
    /// Copies of each.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replicas: Option<Replicas>,
}

/// How much goes into one request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkSpec {
    /// Records.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub records: Option<BulkRecords>,
    /// After how long a request is sent that is not full.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delay: Option<Span>,
    /// Bytes of records that wait in memory before a request is sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub memory: Option<ByteSize>,
}

/// Which records are exported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsSpec {
    /// Their types; events alone unless said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub types: Option<BTreeSet<RecordType>>,
    /// What they are about; the product's own choice unless said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub values: Option<BTreeSet<ValueType>>,
}

/// What signs on at a search store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// Who.
    pub username: String,
    /// Where the password is read.
    pub password: SecretSource,
}

/// An exporter of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JarSink {
    /// The archive, by its absolute path on the brokers' machines.
    pub path: Directory,
    /// What it must hash to.
    pub sha256: Checksum,
    /// Its class.
    pub class_name: ClassName,
    /// What it is told, by its own keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub arguments: BTreeMap<String, String>,
}

/// One thing in a wish for an exporter that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct ExporterMistake {
    /// Where, as `opensearch.bulk.delay`.
    pub at: String,
    /// What is wrong, as a fragment.
    pub summary: String,
    /// What was expected, what was got, what to do, in sentences.
    pub detail: String,
}

/// A class that does not run on any version that is supported here, and why.
const INCOMPATIBLE: [(&str, &str); 2] = [
    (
        "io.zeebe.exporters.kafka.KafkaExporter",
        "It was built for Zeebe 1.3 and the vendor says that it does not support 8.x (camunda-docs#5066).",
    ),
    (
        "io.zeebe.hazelcast.exporter.HazelcastExporter",
        "Its last release, 1.4.0, fails on record types that 8.5 and later write (zeebe-hazelcast-exporter#356).",
    ),
];

/// While a request is waited for, its partition exports nothing else: a longer wait is taken for a mistake in the unit.
const LONGEST_REQUEST_S: u64 = 600;

impl ExporterSpec {
    /// The word of its sink in HCL.
    pub const fn kind(&self) -> &'static str {
        match &self.sink {
            Sink::Elasticsearch(_) => "elasticsearch",
            Sink::Opensearch(_) => "opensearch",
            Sink::Kafka(_) => "kafka",
            Sink::Lake(_) => "lake",
            Sink::Jar(_) => "jar",
        }
    }

    /// The search store that it writes to, if it is one.
    pub const fn store(&self) -> Option<&SearchSink> {
        match &self.sink {
            Sink::Elasticsearch(sink) | Sink::Opensearch(sink) => Some(sink),
            Sink::Kafka(_) | Sink::Lake(_) | Sink::Jar(_) => None,
        }
    }

    /// What it writes through a receiver beside the brokers, if it does.
    pub const fn received(&self) -> Option<Received<'_>> {
        match &self.sink {
            Sink::Kafka(sink) => Some(Received::Kafka(sink)),
            Sink::Lake(sink) => Some(Received::Lake(sink)),
            Sink::Elasticsearch(_) | Sink::Opensearch(_) | Sink::Jar(_) => None,
        }
    }

    /// Which records it exports, where that is said to the product's own exporters.
    const fn records(&self) -> Option<&RecordsSpec> {
        match &self.sink {
            Sink::Elasticsearch(sink) | Sink::Opensearch(sink) => Some(&sink.records),
            Sink::Kafka(sink) => Some(&sink.records),
            Sink::Lake(sink) => Some(&sink.records),
            Sink::Jar(_) => None,
        }
    }

    /// What the target keeps for it to sign on with.
    pub fn kept_secrets(&self) -> impl Iterator<Item = &KeptSecret> {
        let (password, keys) = match &self.sink {
            Sink::Elasticsearch(store) | Sink::Opensearch(store) => {
                (store.authentication.as_ref().map(|it| &it.password), None)
            }
            Sink::Kafka(kafka) => (kafka.sasl.as_ref().and_then(|it| it.password.as_ref()), None),
            Sink::Lake(LakeSink { place: LakePlace::S3(bucket), .. }) => {
                (None, Some([&bucket.access_key, &bucket.secret_key]))
            }
            Sink::Lake(_) | Sink::Jar(_) => (None, None),
        };
        password.into_iter().chain(keys.into_iter().flatten()).filter_map(SecretSource::kept)
    }

    /// Every mistake that can be told without a look at the cluster.
    pub fn mistakes(&self) -> Vec<ExporterMistake> {
        let kind = self.kind();
        let mut mistakes = Vec::new();
        let mut wrong = |at: String, summary: String, detail: String| {
            mistakes.push(ExporterMistake { at, summary, detail });
        };
        match &self.sink {
            Sink::Elasticsearch(sink) | Sink::Opensearch(sink) => {
                if let Some(delay) = &sink.bulk.delay
                    && (delay.duration().as_secs() == 0 || delay.duration().subsec_nanos() != 0)
                {
                    wrong(
                        format!("{kind}.bulk.delay"),
                        "the product counts the delay in whole seconds".to_owned(),
                        format!("Expected 1s or more, without a fraction, got {}.", delay.as_str()),
                    );
                }
                if let Some(timeout) = &sink.request_timeout
                    && !(1..=LONGEST_REQUEST_S).contains(&timeout.duration().as_secs())
                {
                    wrong(
                        format!("{kind}.request_timeout"),
                        "request timeout is out of bounds".to_owned(),
                        format!("Expected 1s to 10m, got {}.", timeout.as_str()),
                    );
                }
                if let Some(memory) = &sink.bulk.memory
                    && (memory.bytes() == 0 || i32::try_from(memory.bytes()).is_err())
                {
                    wrong(
                        format!("{kind}.bulk.memory"),
                        "memory of a bulk is out of bounds".to_owned(),
                        format!("Expected 1B to less than 2GiB, got {}.", memory.as_str()),
                    );
                }
            }
            Sink::Kafka(_) | Sink::Lake(_) => {}
            Sink::Jar(jar) => {
                let known =
                    INCOMPATIBLE.iter().find(|(class, _)| *class == jar.class_name.as_str());
                if let Some((class, why)) = known {
                    wrong(
                        "jar.class_name".to_owned(),
                        format!("exporter {class} does not run on the supported versions"),
                        (*why).to_owned(),
                    );
                }
                for key in jar.arguments.keys() {
                    let fits = key.split('.').all(|word| {
                        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric())
                    });
                    if !fits {
                        wrong(
                            "jar.arguments".to_owned(),
                            format!("argument \"{key}\" cannot be given to a broker"),
                            "Expected words of letters and digits with dots between them: brokers are told of it in an \
                             environment variable."
                                .to_owned(),
                        );
                    }
                }
            }
        }
        if let Some(records) = self.records() {
            for (name, empty) in [
                ("types", records.types.as_ref().is_some_and(BTreeSet::is_empty)),
                ("values", records.values.as_ref().is_some_and(BTreeSet::is_empty)),
            ] {
                if empty {
                    wrong(
                        format!("{kind}.records.{name}"),
                        "an exporter of nothing".to_owned(),
                        format!(
                            "Expected at least one of the {name}, got none. Leave `{name}` out for the product's own \
                             choice, or set `enabled = false`."
                        ),
                    );
                }
            }
        }
        mistakes.extend(match self.received() {
            Some(Received::Kafka(sink)) => sink.mistakes(),
            Some(Received::Lake(sink)) => sink.mistakes(),
            None => Vec::new(),
        });
        mistakes
    }

    /// Every mistake of it on a cluster of that version.
    pub fn mistakes_on(&self, version: &Version) -> Vec<ExporterMistake> {
        let minor = version.minor();
        let mut mistakes = Vec::new();
        if self.working == Working::Off && minor < Minor::FIRST_WITH_EXPORTER_SWITCH {
            mistakes.push(ExporterMistake {
                at: "enabled".to_owned(),
                summary: format!("version {version} cannot disable an exporter"),
                detail: format!(
                    "The product can do so from {} on. Remove the exporter, or upgrade the cluster first.",
                    Minor::FIRST_WITH_EXPORTER_SWITCH
                ),
            });
        }
        if let Some(records) = self.records() {
            for value in records.values.iter().flatten() {
                if minor < value.since() {
                    mistakes.push(ExporterMistake {
                        at: format!("{}.records.values", self.kind()),
                        summary: format!("version {version} writes no records of {value}"),
                        detail: format!("{} is the first that does.", value.since()),
                    });
                }
            }
        }
        mistakes
    }
}

#[cfg(test)]
mod tests;

//! A broker's exporters as settings.
//!
//! The arguments are the exporters' own, in the spelling of their classes: `requestTimeoutMs`, `index.numberOfShards`
//! (fields of the configuration classes in the exporters of 8.5.8 and 8.6.0).

use std::collections::BTreeMap;

use zeebe_scalar::{ByteSize, Span};
use zeebe_spec::{
    Authentication, BulkSpec, ExporterName, ExporterSpec, IndexSpec, JarSink, KafkaSink, LakeSink,
    Minor, RecordType, RecordsSpec, SearchSink, SecretSource, Sink, ValueType,
};

use crate::name::SettingName;

const ELASTICSEARCH: &str = "io.camunda.zeebe.exporter.ElasticsearchExporter";
const OPENSEARCH: &str = "io.camunda.zeebe.exporter.opensearch.OpensearchExporter";

/// The product counts a delay in whole seconds.
const SHORTEST_DELAY_S: u64 = 1;

/// What a broker must be told of its exporters, and where it finds what must stay secret.
#[derive(Default)]
pub(super) struct Exporters {
    pub(super) settings: BTreeMap<SettingName, String>,
    pub(super) secrets: BTreeMap<SettingName, SecretSource>,
}

pub(super) fn exporters(
    minor: Minor,
    exporters: &[ExporterSpec],
    receivers: &BTreeMap<ExporterName, String>,
) -> Exporters {
    let mut told = Exporters::default();
    for exporter in exporters {
        let name = |key: &str| {
            // 8.8 brought the newer form, which lists its class by another word; a setting must never be there in both.
            let (start, class, jar) = if minor >= Minor::V8_8 {
                ("camunda.data.exporters", "class-name", "jar-path")
            } else {
                ("zeebe.broker.exporters", "className", "jarPath")
            };
            let key = match key {
                "class" => class,
                "jar" => jar,
                other => other,
            };
            SettingName::of(&format!("{start}.{}.{key}", exporter.name))
        };
        let mut tell = |key: &str, value: String| {
            told.settings.insert(name(key), value);
        };
        match &exporter.sink {
            Sink::Elasticsearch(sink) => {
                tell("class", ELASTICSEARCH.to_owned());
                search(minor, sink, &mut tell);
            }
            Sink::Opensearch(sink) => {
                tell("class", OPENSEARCH.to_owned());
                search(minor, sink, &mut tell);
            }
            Sink::Kafka(KafkaSink { records: which, .. })
            | Sink::Lake(LakeSink { records: which, .. }) => {
                tell("class", ELASTICSEARCH.to_owned());
                if let Some(url) = receivers.get(&exporter.name) {
                    tell("args.url", url.clone());
                }
                // What is gathered here waits here: a receiver takes one request of a partition at a time, so that under
                // load they fill all the same.
                tell("args.bulk.delay", SHORTEST_DELAY_S.to_string());
                records(minor, which, &mut tell);
            }
            Sink::Jar(JarSink { path, sha256: _, class_name, arguments }) => {
                tell("class", class_name.to_string());
                tell("jar", path.to_string());
                for (key, value) in arguments {
                    tell(&format!("args.{key}"), value.clone());
                }
            }
        }
        if let Some(source) = password(&exporter.sink) {
            told.secrets.insert(name("args.authentication.password"), source.clone());
        }
    }
    told
}

fn password(sink: &Sink) -> Option<&SecretSource> {
    match sink {
        Sink::Elasticsearch(sink) | Sink::Opensearch(sink) => {
            sink.authentication.as_ref().map(|authentication| &authentication.password)
        }
        Sink::Kafka(_) | Sink::Lake(_) | Sink::Jar(_) => None,
    }
}

fn search(minor: Minor, sink: &SearchSink, tell: &mut impl FnMut(&str, String)) {
    let SearchSink { url, index, bulk, request_timeout, records: which, authentication } = sink;
    tell("args.url", url.to_string());
    let IndexSpec { prefix, shards, replicas } = index;
    let BulkSpec { records: size, delay, memory } = bulk;
    let optional = [
        ("args.index.prefix", prefix.as_ref().map(ToString::to_string)),
        ("args.index.numberOfShards", shards.map(|shards| shards.to_string())),
        ("args.index.numberOfReplicas", replicas.map(|replicas| replicas.to_string())),
        ("args.bulk.size", size.map(|size| size.to_string())),
        ("args.bulk.delay", delay.as_ref().map(|delay| delay.duration().as_secs().to_string())),
        (
            "args.bulk.memoryLimit",
            memory.as_ref().map(ByteSize::bytes).map(|bytes| bytes.to_string()),
        ),
        ("args.requestTimeoutMs", request_timeout.as_ref().map(milliseconds)),
        (
            "args.authentication.username",
            authentication
                .as_ref()
                .map(|Authentication { username, password: _ }| username.clone()),
        ),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            tell(key, value);
        }
    }
    records(minor, which, tell);
}

fn records(minor: Minor, which: &RecordsSpec, tell: &mut impl FnMut(&str, String)) {
    let RecordsSpec { types, values } = which;
    if let Some(types) = types {
        for kind in RecordType::ALL {
            tell(&format!("args.index.{kind}"), types.contains(kind).to_string());
        }
    }
    if let Some(values) = values {
        for value in ValueType::ALL.iter().filter(|value| value.since() <= minor) {
            tell(
                &format!("args.index.{}", camel(value.as_str())),
                values.contains(value).to_string(),
            );
        }
    }
}

fn milliseconds(span: &Span) -> String {
    span.duration().as_millis().to_string()
}

/// `process_instance` as `processInstance`.
fn camel(words: &str) -> String {
    let mut camel = String::with_capacity(words.len());
    let mut capital = false;
    for letter in words.chars() {
        if letter == '_' {
            capital = true;
        } else if std::mem::take(&mut capital) {
            camel.push(letter.to_ascii_uppercase());
        } else {
            camel.push(letter);
        }
    }
    camel
}

#[cfg(test)]
mod tests;

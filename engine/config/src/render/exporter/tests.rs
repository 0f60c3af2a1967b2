use std::collections::BTreeSet;

use zeebe_spec::{KafkaSink, Working};

use super::*;

fn search() -> ExporterSpec {
    ExporterSpec {
        name: "audit".parse().unwrap(),
        working: Working::On,
        sink: Sink::Elasticsearch(SearchSink {
            url: "https://search.example.com:9200".parse().unwrap(),
            index: IndexSpec {
                prefix: Some("payments".parse().unwrap()),
                shards: Some(1.try_into().unwrap()),
                replicas: None,
            },
            bulk: BulkSpec {
                records: Some(500.try_into().unwrap()),
                delay: Some(zeebe_scalar::parse_text("2s".to_owned()).unwrap()),
                memory: Some(zeebe_scalar::parse_text("5MiB".to_owned()).unwrap()),
            },
            request_timeout: Some(zeebe_scalar::parse_text("45s".to_owned()).unwrap()),
            records: RecordsSpec {
                types: Some(BTreeSet::from([RecordType::Event, RecordType::Rejection])),
                values: None,
            },
            authentication: Some(Authentication {
                username: "zeebe".to_owned(),
                password: SecretSource::EnvironmentVariable("SEARCH_PASSWORD".to_owned()),
            }),
        }),
    }
}

fn lines(told: &Exporters) -> Vec<String> {
    let settings = told.settings.iter().map(|(name, value)| format!("{name}={value}"));
    let secrets = told.secrets.iter().map(|(name, source)| format!("{name} from {source:?}"));
    settings.chain(secrets).collect()
}

#[test]
fn a_search_store_is_told_in_the_words_of_the_exporters_class() {
    assert_eq!(
        lines(&exporters(Minor::V8_6, &[search()], &BTreeMap::new())),
        [
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_AUTHENTICATION_USERNAME=zeebe",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_BULK_DELAY=2",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_BULK_MEMORYLIMIT=5242880",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_BULK_SIZE=500",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_COMMAND=false",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_EVENT=true",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_NUMBEROFSHARDS=1",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_PREFIX=payments",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_REJECTION=true",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_REQUESTTIMEOUTMS=45000",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_URL=https://search.example.com:9200",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_CLASSNAME=io.camunda.zeebe.exporter.ElasticsearchExporter",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_AUTHENTICATION_PASSWORD from EnvironmentVariable(\"SEARCH_PASSWORD\")",
        ]
    );
}

#[test]
fn a_setting_is_there_in_one_form_only() {
    for minor in Minor::SUPPORTED {
        let told = exporters(minor, &[search()], &BTreeMap::new());
        let start = if minor >= Minor::V8_8 {
            "CAMUNDA_DATA_EXPORTERS_"
        } else {
            "ZEEBE_BROKER_EXPORTERS_"
        };
        assert!(told.settings.keys().all(|name| name.as_str().starts_with(start)), "{minor}");
        assert!(told.secrets.keys().all(|name| name.as_str().starts_with(start)), "{minor}");
    }
}

#[test]
fn values_that_are_named_exclude_all_others_that_the_minor_knows() {
    let mut spec = search();
    if let Sink::Elasticsearch(sink) = &mut spec.sink {
        sink.records.values = Some(BTreeSet::from([ValueType::ProcessInstance]));
    }
    let told = |minor| exporters(minor, std::slice::from_ref(&spec), &BTreeMap::new()).settings;
    let on: Vec<String> = told(Minor::V8_6)
        .into_iter()
        .filter(|(name, value)| name.as_str().contains("_INDEX_") && value == "true")
        .map(|(name, _)| name.to_string())
        .collect();
    assert_eq!(
        on,
        [
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_EVENT",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_PROCESSINSTANCE",
            "ZEEBE_BROKER_EXPORTERS_AUDIT_ARGS_INDEX_REJECTION",
        ]
    );
    let user = SettingName::of("zeebe.broker.exporters.audit.args.index.user");
    assert_eq!(told(Minor::V8_6).get(&user).map(String::as_str), Some("false"));
    assert_eq!(told(Minor::V8_5).get(&user), None);
}

#[test]
fn an_exporter_of_somebody_else_is_told_its_own_arguments() {
    let spec = ExporterSpec {
        name: "mine".parse().unwrap(),
        working: Working::On,
        sink: Sink::Jar(JarSink {
            path: "/srv/exporters/mine.jar".parse().unwrap(),
            sha256: "0".repeat(64).parse().unwrap(),
            class_name: "com.example.Mine".parse().unwrap(),
            arguments: BTreeMap::from([("producer.servers".to_owned(), "b:9092".to_owned())]),
        }),
    };
    assert_eq!(
        lines(&exporters(Minor::V8_10, &[spec], &BTreeMap::new())),
        [
            "CAMUNDA_DATA_EXPORTERS_MINE_ARGS_PRODUCER_SERVERS=b:9092",
            "CAMUNDA_DATA_EXPORTERS_MINE_CLASSNAME=com.example.Mine",
            "CAMUNDA_DATA_EXPORTERS_MINE_JARPATH=/srv/exporters/mine.jar",
        ]
    );
}

#[test]
fn kafka_is_told_as_the_receiver_that_brings_records_there() {
    let name: ExporterName = "kafka".parse().unwrap();
    let spec = ExporterSpec {
        name: name.clone(),
        working: Working::On,
        sink: Sink::Kafka(KafkaSink {
            brokers: ["kafka-0:9093".parse().unwrap()].into(),
            topic: "zeebe-payments".parse().unwrap(),
            compression: None,
            records: RecordsSpec {
                types: Some(RecordType::ALL.iter().copied().collect()),
                values: None,
            },
            tls: None,
            sasl: None,
        }),
    };
    let receivers = BTreeMap::from([(name, "http://127.0.0.1:26505".to_owned())]);
    assert_eq!(
        lines(&exporters(Minor::V8_6, &[spec], &receivers)),
        [
            "ZEEBE_BROKER_EXPORTERS_KAFKA_ARGS_BULK_DELAY=1",
            "ZEEBE_BROKER_EXPORTERS_KAFKA_ARGS_INDEX_COMMAND=true",
            "ZEEBE_BROKER_EXPORTERS_KAFKA_ARGS_INDEX_EVENT=true",
            "ZEEBE_BROKER_EXPORTERS_KAFKA_ARGS_INDEX_REJECTION=true",
            "ZEEBE_BROKER_EXPORTERS_KAFKA_ARGS_URL=http://127.0.0.1:26505",
            "ZEEBE_BROKER_EXPORTERS_KAFKA_CLASSNAME=io.camunda.zeebe.exporter.ElasticsearchExporter",
        ]
    );
}

use super::*;

fn version(text: &str) -> Version {
    zeebe_scalar::parse_text(text.to_owned()).unwrap()
}

fn search(change: impl FnOnce(&mut SearchSink)) -> ExporterSpec {
    let mut sink = SearchSink {
        url: "http://127.0.0.1:9200".parse().unwrap(),
        index: IndexSpec::default(),
        bulk: BulkSpec::default(),
        request_timeout: None,
        records: RecordsSpec::default(),
        authentication: None,
    };
    change(&mut sink);
    ExporterSpec {
        name: "audit".parse().unwrap(),
        working: Working::On,
        sink: Sink::Opensearch(sink),
    }
}

fn jar(class_name: &str, arguments: &[&str]) -> ExporterSpec {
    ExporterSpec {
        name: "audit".parse().unwrap(),
        working: Working::On,
        sink: Sink::Jar(JarSink {
            path: "/srv/exporters/audit.jar".parse().unwrap(),
            sha256: "0".repeat(64).parse().unwrap(),
            class_name: class_name.parse().unwrap(),
            arguments: arguments.iter().map(|key| ((*key).to_owned(), "1".to_owned())).collect(),
        }),
    }
}

fn told(mistakes: &[ExporterMistake]) -> Vec<String> {
    mistakes.iter().map(|m| format!("{}: {}. {}", m.at, m.summary, m.detail)).collect()
}

#[test]
fn what_is_left_open_is_no_mistake() {
    let spec = search(|_| {});
    assert_eq!(told(&spec.mistakes()), Vec::<String>::new());
    assert_eq!(told(&spec.mistakes_on(&version("8.5.8"))), Vec::<String>::new());
    assert_eq!(spec.store().map(SearchSink::prefix), Some("zeebe-record"));
}

#[test]
fn every_mistake_is_told_at_once_where_it_stands() {
    let spec = search(|sink| {
        sink.bulk.delay = Some(zeebe_scalar::parse_text("1500ms".to_owned()).unwrap());
        sink.bulk.memory = Some(zeebe_scalar::parse_text("2GiB".to_owned()).unwrap());
        sink.request_timeout = Some(zeebe_scalar::parse_text("11m".to_owned()).unwrap());
        sink.records.types = Some(BTreeSet::new());
    });
    assert_eq!(
        told(&spec.mistakes()),
        [
            "opensearch.bulk.delay: the product counts the delay in whole seconds. Expected 1s or more, without a \
             fraction, got 1500ms.",
            "opensearch.request_timeout: request timeout is out of bounds. Expected 1s to 10m, got 11m.",
            "opensearch.bulk.memory: memory of a bulk is out of bounds. Expected 1B to less than 2GiB, got 2GiB.",
            "opensearch.records.types: an exporter of nothing. Expected at least one of the types, got none. Leave \
             `types` out for the product's own choice, or set `enabled = false`.",
        ]
    );
}

#[test]
fn exporters_that_are_known_not_to_run_are_refused_with_the_reason() {
    let spec = jar("io.zeebe.exporters.kafka.KafkaExporter", &["producer.servers", "topic-name"]);
    assert_eq!(
        told(&spec.mistakes()),
        [
            "jar.class_name: exporter io.zeebe.exporters.kafka.KafkaExporter does not run on the supported versions. It \
             was built for Zeebe 1.3 and the vendor says that it does not support 8.x (camunda-docs#5066).",
            "jar.arguments: argument \"topic-name\" cannot be given to a broker. Expected words of letters and digits \
             with dots between them: brokers are told of it in an environment variable.",
        ]
    );
    assert_eq!(told(&jar("com.example.Audit", &["a.b"]).mistakes()), Vec::<String>::new());
}

#[test]
fn what_a_version_cannot_do_is_told_with_the_first_that_can() {
    let mut spec = search(|sink| {
        sink.records.values = Some(BTreeSet::from([ValueType::Job, ValueType::User]));
    });
    spec.working = Working::Off;
    assert_eq!(
        told(&spec.mistakes_on(&version("8.5.8"))),
        [
            "enabled: version 8.5.8 cannot disable an exporter. The product can do so from 8.6 on. Remove the exporter, \
             or upgrade the cluster first.",
            "opensearch.records.values: version 8.5.8 writes no records of user. 8.6 is the first that does.",
        ]
    );
    assert_eq!(told(&spec.mistakes_on(&version("8.6.0"))), Vec::<String>::new());
}

#[test]
fn an_address_holds_no_secret() {
    for good in ["http://127.0.0.1:9200", "https://a.example/base,https://b.example:443"] {
        assert!(good.parse::<SinkUrl>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "127.0.0.1:9200",
        "https://",
        "https://:9200",
        "http://user:word@host",
        "http://host?key=word",
    ] {
        assert!(bad.parse::<SinkUrl>().is_err(), "{bad}");
    }
}

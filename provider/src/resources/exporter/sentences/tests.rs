use zeebe_spec::{
    BulkSpec, IndexSpec, KafkaSink, LakePlace, LakeSink, RecordType, RecordsSpec, SearchSink, Sink,
};

use super::*;

fn spec(working: Working, port: u16) -> ExporterSpec {
    ExporterSpec {
        name: "audit".parse().unwrap(),
        working,
        sink: Sink::Elasticsearch(SearchSink {
            url: format!("http://127.0.0.1:{port}").parse().unwrap(),
            index: IndexSpec::default(),
            bulk: BulkSpec::default(),
            request_timeout: None,
            records: RecordsSpec::default(),
            authentication: None,
        }),
    }
}

const SEE: &str = "see exporter \"audit\" come as far as the log of every partition";

#[test]
fn what_is_as_it_is_wished_says_nothing() {
    for working in [Working::On, Working::Off] {
        let spec = spec(working, 9200);
        assert_eq!(sentences(Some((&spec, Seen::Finished)), &spec), Vec::<String>::new());
    }
}

#[test]
fn what_was_not_seen_to_its_end_is_looked_at() {
    let on = spec(Working::On, 9200);
    assert_eq!(sentences(Some((&on, Seen::Unfinished)), &on), [SEE]);
    let off = spec(Working::Off, 9200);
    assert_eq!(
        sentences(Some((&off, Seen::Unfinished)), &off),
        ["see exporter \"audit\" disabled on every partition"]
    );
}

#[test]
fn an_exporter_that_comes_switched_off_is_not_seen_to_export() {
    assert_eq!(
        sentences(None, &spec(Working::Off, 9200)),
        [
            "restart every broker, one at a time, with the settings of exporter \"audit\"",
            "disable exporter \"audit\" on every partition",
        ]
    );
}

#[test]
fn settings_and_switch_may_change_together() {
    let (before, after) = (spec(Working::Off, 9200), spec(Working::On, 9201));
    assert_eq!(
        sentences(Some((&before, Seen::Finished)), &after),
        [
            "restart every broker, one at a time, with the changed settings of exporter \"audit\"",
            "enable exporter \"audit\" on every partition",
            SEE,
        ]
    );
}

#[test]
fn brokers_are_restarted_only_for_what_they_are_told() {
    let kafka = |topic: &str, types: Option<RecordType>| ExporterSpec {
        sink: Sink::Kafka(KafkaSink {
            brokers: ["kafka-0:9092".parse().unwrap()].into(),
            topic: topic.parse().unwrap(),
            compression: None,
            records: RecordsSpec { types: types.map(|types| [types].into()), values: None },
            tls: None,
            sasl: None,
        }),
        ..spec(Working::On, 9200)
    };
    let before = kafka("one", None);
    let receiver = "restart the receiver of exporter \"audit\" and see it reach Kafka";
    let brokers =
        "restart every broker, one at a time, with the changed settings of exporter \"audit\"";
    for (after, steps) in [
        (kafka("one", None), vec![]),
        (kafka("two", None), vec![receiver, SEE]),
        (kafka("one", Some(RecordType::Command)), vec![brokers, SEE]),
        (kafka("two", Some(RecordType::Command)), vec![receiver, brokers, SEE]),
    ] {
        assert_eq!(sentences(Some((&before, Seen::Finished)), &after), steps);
    }
}

#[test]
fn the_receiver_of_a_lake_is_told_of_all_but_the_records() {
    let lake = |directory: &str, types: Option<RecordType>| ExporterSpec {
        sink: Sink::Lake(LakeSink {
            place: LakePlace::Directory(directory.parse().unwrap()),
            seal_after: None,
            seal_size: None,
            records: RecordsSpec { types: types.map(|types| [types].into()), values: None },
        }),
        ..spec(Working::On, 9200)
    };
    let before = lake("/srv/one", None);
    let receiver = "restart the receiver of exporter \"audit\" and see it reach its lake";
    let brokers =
        "restart every broker, one at a time, with the changed settings of exporter \"audit\"";
    for (after, steps) in [
        (lake("/srv/one", None), vec![]),
        (lake("/srv/two", None), vec![receiver, SEE]),
        (lake("/srv/one", Some(RecordType::Command)), vec![brokers, SEE]),
    ] {
        assert_eq!(sentences(Some((&before, Seen::Finished)), &after), steps);
    }
}

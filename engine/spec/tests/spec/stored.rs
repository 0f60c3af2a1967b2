use std::collections::BTreeMap;

use rstest::rstest;
use zeebe_spec::{
    BrokerSpec, ClusterParts, ClusterSpec, DataOnDestroy, DeletionProtection, DiskWatermarks,
    Distribution, Environment, Gateways, LocalTarget, Preset, Roll, SecretSource, SimulatedTarget,
    Source, TargetSpec, TopologySpec,
};

use crate::parts::{number, parts, text, topology};

/// Every part said.
fn full() -> ClusterParts {
    ClusterParts {
        name: text("payments-eu"),
        version: text("8.5.8"),
        environment: Some(Environment::Production),
        topology: TopologySpec {
            gateways: Some(Gateways::Standalone(number(2))),
            ..topology(5, 12, 3)
        },
        broker: BrokerSpec {
            preset: Some(Preset::Baseline),
            memory: Some(text("1536MiB")),
            cpu_threads: Some(number(2)),
            io_threads: Some(number(4)),
            disk: Some(text("1TiB")),
            log_segment_size: Some(text("64MiB")),
            disk_watermarks: Some(DiskWatermarks {
                processing: Some(text("4GiB")),
                replication: Some(text("2048MiB")),
            }),
        },
        configuration: BTreeMap::from([(
            text("zeebe.broker.gateway.longPolling.enabled"),
            "false".to_owned(),
        )]),
        license: Some(SecretSource::File(text("/run/secrets/licence"))),
        backup_store: None,
        restore_from: None,
        roll: Some(Roll { stable_for: Some(text("1h30m")) }),
        target: TargetSpec::Local(LocalTarget {
            directory: Some(text("/srv/zeebe")),
            first_port: Some(number(30000)),
            distribution: Some(Distribution {
                source: Source::Maven(Some(text("io.camunda:camunda-zeebe"))),
                sha256: Some(text(
                    "5c699e86a6c9d290dd7b1f0b2ea648fb57fd1dacf1cab22c874219e58827ea45",
                )),
            }),
            java_home: Some(text("/opt/java")),
        }),
        deletion_protection: DeletionProtection::Off,
        data_on_destroy: DataOnDestroy::Delete,
    }
}

fn simulated() -> ClusterParts {
    ClusterParts {
        target: TargetSpec::Simulated(SimulatedTarget {
            directory: text("/tmp/simulated"),
            first_port: None,
            seed: Some(number(7)),
        }),
        license: Some(SecretSource::EnvironmentVariable("LICENCE".to_owned())),
        backup_store: None,
        restore_from: None,
        ..parts()
    }
}

#[rstest]
#[case::nothing_but_the_musts(parts())]
#[case::every_part(full())]
#[case::simulated(simulated())]
fn stored_wish_is_read_back_word_for_word(#[case] parts: ClusterParts) {
    let spec = ClusterSpec::new(parts).unwrap();
    let stored = serde_json::to_string(&spec).unwrap();
    let read: ClusterSpec = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, spec);
    // Equality of sizes and spans is by value; the user's own form must come back as well.
    assert_eq!(serde_json::to_string(&read).unwrap(), stored);
}

#[test]
fn what_was_left_open_is_not_stored() {
    let stored = serde_json::to_value(ClusterSpec::new(parts()).unwrap()).unwrap();
    assert_eq!(
        stored,
        serde_json::json!({
            "name": "payments",
            "version": "8.6.0",
            "topology": {
                "brokers": 3, "partitions": 3, "replication_factor": 3, "gateways": null
            },
            "broker": {},
            "target": { "local": {} },
            "deletion_protection": "on",
            "data_on_destroy": "keep",
        })
    );
}

#[test]
fn stored_wish_that_breaks_a_rule_is_refused_with_every_mistake() {
    let mut stored = serde_json::to_value(ClusterSpec::new(parts()).unwrap()).unwrap();
    stored["topology"]["brokers"] = 1.into();
    stored["version"] = "8.4.0".into();
    let error = serde_json::from_value::<ClusterSpec>(stored).unwrap_err().to_string();
    assert_eq!(
        error,
        "version 8.4.0 is not supported: Supported are the minors 8.5, 8.6, 8.7, 8.8, 8.9, 8.10. Choose a \
         version of one of them.; replication factor exceeds broker count: Each copy of a partition needs \
         a broker of its own. The factor is 3, the brokers are 1. Raise `brokers` or lower \
         `replication_factor`."
    );
}

#[rstest]
#[case("name", "Payments".into())]
#[case("version", "8.6".into())]
#[case("data_on_destroy", "burn".into())]
fn stored_value_outside_its_rule_is_refused(#[case] part: &str, #[case] value: serde_json::Value) {
    let mut stored = serde_json::to_value(ClusterSpec::new(parts()).unwrap()).unwrap();
    stored[part] = value;
    assert!(serde_json::from_value::<ClusterSpec>(stored).is_err());
}

#[rstest]
#[case("payments", true)]
#[case("a", true)]
#[case("a-1-b", true)]
#[case("a234567890123456789012345678901234567890", true)]
#[case("a2345678901234567890123456789012345678901", false)]
#[case("", false)]
#[case("1a", false)]
#[case("a-", false)]
#[case("a--b", false)]
#[case("a/b", false)]
#[case("..", false)]
#[case("Ünal", false)]
fn name_must_be_able_to_be_a_directory(#[case] name: &str, #[case] accepted: bool) {
    assert_eq!(zeebe_scalar::parse_text::<zeebe_spec::ClusterName>(name).is_ok(), accepted);
}

#[rstest]
#[case("/srv/zeebe", true)]
#[case("/", true)]
#[case("/with space/é", true)]
#[case("srv", false)]
#[case("/srv/../etc", false)]
#[case("/srv//zeebe", false)]
#[case("/srv/", false)]
#[case("/srv/./zeebe", false)]
#[case("/srv/a\nb", false)]
#[case("", false)]
fn directory_must_be_absolute_and_plain(#[case] path: &str, #[case] accepted: bool) {
    assert_eq!(zeebe_scalar::parse_text::<zeebe_spec::Directory>(path).is_ok(), accepted);
}

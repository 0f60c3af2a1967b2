use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use proptest::prelude::*;
use rstest::rstest;
use zeebe_scalar::{ByteSize, parse_text};
use zeebe_spec::{BrokerId, BrokerSpec, GatewayIndex, Minor, SettingKey};

use super::{Rendered, broker, data_size, gateway};
use crate::intent::{
    Bootstrap, BrokerIntent, BrokerPorts, ChosenBy, EmbeddedGateway, GatewayIntent, GatewayPorts,
    Watermarks,
};
use crate::keys;
use crate::name::SettingName;
use crate::{Launcher, check};

fn broker_intent(embedded_gateway: EmbeddedGateway) -> BrokerIntent {
    BrokerIntent {
        cluster_name: "payments".to_owned(),
        node: BrokerId(1),
        bootstrap: Bootstrap { brokers: 3, partitions: 6, replication_factor: 3 },
        ports: BrokerPorts {
            gateway: 26510,
            command: 26511,
            internal: 26512,
            rest: 26513,
            management: 26514,
        },
        host: "127.0.0.1".to_owned(),
        contact_points: [26502, 26512, 26522].map(|port| format!("127.0.0.1:{port}")).to_vec(),
        data_directory: "/srv/zeebe/payments/brokers/1/data".to_owned(),
        size: BrokerSpec::default().size(),
        watermarks: Watermarks {
            processing: ByteSize::from_mebibytes(320),
            replication: ByteSize::from_mebibytes(224),
            by: ChosenBy::User,
        },
        embedded_gateway,
        exporters: Vec::new(),
        receivers: BTreeMap::new(),
        backup_store: None,
        configuration: BTreeMap::new(),
    }
}

fn gateway_intent() -> GatewayIntent {
    GatewayIntent {
        cluster_name: "payments".to_owned(),
        index: GatewayIndex(0),
        ports: GatewayPorts { gateway: 27500, internal: 27502, rest: 27503, management: 27504 },
        host: "127.0.0.1".to_owned(),
        contact_points: [26502, 26512, 26522].map(|port| format!("127.0.0.1:{port}")).to_vec(),
        directory: "/srv/zeebe/payments/gateways/0".to_owned(),
        memory: ByteSize::from_mebibytes(1024),
        configuration: BTreeMap::new(),
    }
}

fn configuration(pairs: &[(&str, &str)]) -> BTreeMap<SettingKey, String> {
    pairs.iter().map(|(key, value)| (parse_text(*key).unwrap(), (*value).to_owned())).collect()
}

/// A user's wishes in the form that the minor reads: one for brokers, one for gateways, one for both.
fn wishes(minor: Minor) -> BTreeMap<SettingKey, String> {
    let (period, polling) = if minor < Minor::V8_8 {
        ("zeebe.broker.data.snapshotPeriod", "zeebe.gateway.longPolling.enabled")
    } else {
        ("camunda.data.snapshot-period", "camunda.api.long-polling.enabled")
    };
    configuration(&[(period, "10m"), (polling, "false"), ("logging.level.io.atomix", "warn")])
}

fn page(rendered: &Rendered) -> String {
    let Rendered { settings, bootstrap, launcher, java_options, secrets, files } = rendered;
    assert_eq!(secrets.len(), 0);
    let mut page = format!("{}\n{}\n", launcher.path(), java_options.join(" "));
    for (title, variables) in [("settings", settings), ("bootstrap", bootstrap)] {
        writeln!(page, "\n[{title}]").unwrap();
        for (name, value) in variables {
            writeln!(page, "{name}={value}").unwrap();
        }
    }
    writeln!(page, "\n[files]").unwrap();
    for path in files.keys() {
        writeln!(page, "{path}").unwrap();
    }
    page
}

#[rstest]
#[case("8_05", Minor::V8_5)]
#[case("8_06", Minor::V8_6)]
#[case("8_07", Minor::V8_7)]
#[case("8_08", Minor::V8_8)]
#[case("8_09", Minor::V8_9)]
#[case("8_10", Minor::V8_10)]
fn each_minor_gets_its_own_settings(#[case] name: &str, #[case] minor: Minor) {
    let configuration = wishes(minor);
    assert_eq!(check(minor, &configuration), []);
    let embedded =
        BrokerIntent { configuration: configuration.clone(), ..broker_intent(EmbeddedGateway::On) };
    let split = BrokerIntent {
        configuration: configuration.clone(),
        ..broker_intent(EmbeddedGateway::Off)
    };
    let standalone = GatewayIntent { configuration, ..gateway_intent() };
    insta::assert_snapshot!(
        format!("{name}_broker_with_embedded_gateway"),
        page(&broker(minor, &embedded))
    );
    insta::assert_snapshot!(
        format!("{name}_broker_behind_standalone_gateway"),
        page(&broker(minor, &split))
    );
    insta::assert_snapshot!(
        format!("{name}_standalone_gateway"),
        page(&gateway(minor, &standalone))
    );
}

#[test]
fn logging_is_rolled_beside_the_data() {
    let rendered = broker(Minor::V8_6, &broker_intent(EmbeddedGateway::On));
    let file = &rendered.files["/srv/zeebe/payments/brokers/1/log4j2.xml"];
    insta::assert_snapshot!("logging", file);
    assert_eq!(
        rendered.settings[&SettingName::of("log4j.configuration.file")],
        "file:///srv/zeebe/payments/brokers/1/log4j2.xml"
    );
}

/// Tried with brokers of 8.5.8 and 8.6.0: the logs are written and rolled in just that directory.
#[test]
fn path_with_signs_of_xml_of_uris_and_of_log4j_stays_a_path() {
    let intent = BrokerIntent {
        data_directory: "/srv/%d a&c $1 <\"${x}\">/data".to_owned(),
        ..broker_intent(EmbeddedGateway::On)
    };
    let rendered = broker(Minor::V8_6, &intent);
    let file = &rendered.files["/srv/%d a&c $1 <\"${x}\">/log4j2.xml"];
    let names: Vec<&str> =
        file.lines().filter(|line| line.contains("RollingFile name")).map(str::trim).collect();
    assert_eq!(
        names,
        ["<RollingFile name=\"File\" \
          fileName=\"/srv/%d a&amp;c $1 &lt;&quot;$${x}&quot;>/logs/zeebe.log\" \
          filePattern=\"/srv/%%d a&amp;c $1 &lt;&quot;$${x}&quot;>/logs/zeebe-%i.log.gz\">"]
    );
    assert_eq!(
        rendered.settings[&SettingName::of("log4j.configuration.file")],
        "file:///srv/%25d%20a%26c%20%241%20%3C%22%24%7Bx%7D%22%3E/log4j2.xml"
    );
}

/// Settings that Spring and Log4j read, whatever the minor.
const OF_THE_FRAMES: [&str; 6] = [
    "log4j.configuration.file",
    "management.server.address",
    "management.server.port",
    "server.address",
    "server.port",
    "spring.profiles.active",
];

#[test]
fn every_setting_is_rendered_in_the_form_that_the_minor_reads() {
    for minor in Minor::SUPPORTED {
        let read: BTreeSet<SettingName> = keys::all()
            .filter(|key| key.is_read_by(minor))
            .map(|key| SettingName::of(key.name))
            .chain(OF_THE_FRAMES.map(SettingName::of))
            .collect();
        let rendered = [
            broker(minor, &broker_intent(EmbeddedGateway::On)),
            broker(minor, &broker_intent(EmbeddedGateway::Off)),
            gateway(minor, &gateway_intent()),
        ];
        let unread: Vec<&SettingName> = rendered
            .iter()
            .flat_map(|rendered| rendered.settings.keys().chain(rendered.bootstrap.keys()))
            .filter(|name| !read.contains(name))
            .collect();
        assert_eq!(unread, Vec::<&SettingName>::new(), "{minor}");
    }
}

#[rstest]
#[case(256, &["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])]
#[case(512, &["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"])]
#[case(513, &["-Xmx513m"])]
#[case(2048, &["-Xmx2048m"])]
fn small_heaps_start_quickly_and_large_ones_run_quickly(
    #[case] mebibytes: u32,
    #[case] expected: &[&str],
) {
    let memory = ByteSize::from_mebibytes(mebibytes);
    let rendered = gateway(Minor::V8_6, &GatewayIntent { memory, ..gateway_intent() });
    assert_eq!(rendered.java_options, expected);
}

#[rstest]
#[case("1GiB", "1GB")]
#[case("1025MiB", "1025MB")]
#[case("16MiB", "16MB")]
#[case("3KiB", "3KB")]
#[case("1023B", "1023B")]
#[case("2TiB", "2048GB")]
fn size_is_written_in_the_products_binary_units(#[case] size: &str, #[case] expected: &str) {
    assert_eq!(data_size(&parse_text(size).unwrap()), expected);
}

#[test]
fn changed_counts_and_contact_points_change_no_setting() {
    for minor in Minor::SUPPORTED {
        let before = broker(minor, &broker_intent(EmbeddedGateway::On));
        let after = broker(
            minor,
            &BrokerIntent {
                bootstrap: Bootstrap { brokers: 5, partitions: 9, replication_factor: 1 },
                contact_points: vec!["127.0.0.1:26502".to_owned()],
                ..broker_intent(EmbeddedGateway::On)
            },
        );
        assert_eq!(after, Rendered { bootstrap: after.bootstrap.clone(), ..before.clone() });
        assert_ne!(after.bootstrap, before.bootstrap);
    }
}

#[test]
fn what_the_engine_sets_wins_over_a_key_that_was_not_checked() {
    let intent = BrokerIntent {
        configuration: configuration(&[("server.port", "1"), ("zeebe.broker.cluster.nodeId", "9")]),
        ..broker_intent(EmbeddedGateway::On)
    };
    assert_eq!(
        broker(Minor::V8_6, &intent),
        broker(Minor::V8_6, &broker_intent(EmbeddedGateway::On))
    );
}

#[test]
fn what_the_user_sets_wins_over_what_the_engine_would_choose() {
    let strategy = "camunda.data.primary-storage.rocksdb.memory-allocation-strategy";
    let intent = BrokerIntent {
        configuration: configuration(&[(strategy, "BROKER")]),
        ..broker_intent(EmbeddedGateway::On)
    };
    assert_eq!(check(Minor::V8_10, &intent.configuration), []);
    assert_eq!(broker(Minor::V8_10, &intent).settings[&SettingName::of(strategy)], "BROKER");
}

#[test]
fn environment_holds_everything_and_the_java_options() {
    let rendered = broker(Minor::V8_6, &broker_intent(EmbeddedGateway::On));
    let environment = rendered.environment();
    assert_eq!(environment.len(), rendered.settings.len() + rendered.bootstrap.len() + 1);
    assert_eq!(environment["JAVA_OPTS"], "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    assert_eq!(rendered.launcher, Launcher::Broker);
}

/// Keys that a user may give, by minor.
static GIVABLE: LazyLock<BTreeMap<Minor, Vec<SettingKey>>> = LazyLock::new(|| {
    let givable = |minor: Minor| {
        keys::all()
            .filter(|key| key.is_read_by(minor))
            .filter_map(|key| {
                parse_text(key.name.replace("[]", "[0]").replace('*', "some.thing")).ok()
            })
            .filter(|key: &SettingKey| {
                check(minor, &BTreeMap::from([(key.clone(), String::new())])).is_empty()
            })
            .collect()
    };
    Minor::SUPPORTED.into_iter().map(|minor| (minor, givable(minor))).collect()
});

/// The user's settings that a minor reads, with a value.
fn own(minor: Minor) -> impl Strategy<Value = BTreeMap<SettingKey, String>> {
    let keys = proptest::sample::select(GIVABLE[&minor].as_slice());
    proptest::collection::btree_map(keys, "[a-z0-9]{1,4}", 0..12).prop_map(move |mut given| {
        for mistake in check(minor, &given) {
            given.remove(&mistake.key);
        }
        given
    })
}

fn minor() -> impl Strategy<Value = Minor> {
    proptest::sample::select(Minor::SUPPORTED.to_vec())
}

/// Variables of settings that stand there in more than one form.
fn doubled(variables: &BTreeSet<&SettingName>) -> Vec<Vec<SettingName>> {
    keys::all()
        .map(|key| {
            std::iter::once(key.name)
                .chain(key.was.iter().copied())
                .map(SettingName::of)
                .filter(|name| variables.contains(name))
                .collect::<BTreeSet<_>>()
        })
        .filter(|forms| forms.len() > 1)
        .map(|forms| forms.into_iter().collect())
        .collect()
}

proptest! {
    #[test]
    fn no_setting_stands_in_two_forms_and_no_name_twice(
        (minor, configuration) in minor().prop_flat_map(|minor| (Just(minor), own(minor))),
        embedded in any::<bool>(),
        brokers in 1u16..100,
        first_port in 1024u16..60000,
        mebibytes in 128u32..8192,
    ) {
        let embedded_gateway = if embedded { EmbeddedGateway::On } else { EmbeddedGateway::Off };
        let intent = BrokerIntent {
            bootstrap: Bootstrap { brokers, partitions: brokers, replication_factor: 1 },
            contact_points: (0..brokers).map(|id| format!("h:{}", first_port + id)).collect(),
            size: BrokerSpec {
                memory: Some(ByteSize::from_mebibytes(mebibytes)),
                ..BrokerSpec::default()
            }
            .size(),
            configuration: configuration.clone(),
            ..broker_intent(embedded_gateway)
        };
        let standalone =
            GatewayIntent { configuration: configuration.clone(), ..gateway_intent() };
        let (broker, gateway) = (broker(minor, &intent), gateway(minor, &standalone));
        for rendered in [&broker, &gateway] {
            let names: BTreeSet<&SettingName> =
                rendered.settings.keys().chain(rendered.bootstrap.keys()).collect();
            prop_assert_eq!(names.len(), rendered.settings.len() + rendered.bootstrap.len());
            prop_assert_eq!(doubled(&names), Vec::<Vec<SettingName>>::new());
            prop_assert!(rendered.java_options.iter().all(|option| !option.contains(' ')));
            if minor < Minor::V8_8 {
                let ours: BTreeSet<SettingName> =
                    configuration.keys().map(|key| SettingName::of(key.as_str())).collect();
                prop_assert!(
                    names.iter().all(|name| {
                        ours.contains(*name) || !name.as_str().starts_with("CAMUNDA_")
                    }),
                    "{names:?}"
                );
            }
        }
        for (key, value) in &configuration {
            let name = SettingName::of(key.as_str());
            let given = [broker.settings.get(&name), gateway.settings.get(&name)];
            prop_assert!(given.contains(&Some(value)), "{name} is lost");
        }
    }
}

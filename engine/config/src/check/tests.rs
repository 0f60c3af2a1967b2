use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;
use zeebe_scalar::parse_text;
use zeebe_spec::{Minor, SettingKey};

use super::check;
use crate::keys;

fn mistakes(minor: Minor, keys: &[&str]) -> Vec<String> {
    let configuration: BTreeMap<SettingKey, String> =
        keys.iter().map(|key| (parse_text(*key).unwrap(), "1".to_owned())).collect();
    check(minor, &configuration)
        .into_iter()
        .map(|mistake| format!("{}: {}. {}", mistake.key, mistake.summary, mistake.detail))
        .collect()
}

#[rstest]
#[case(Minor::V8_5, "zeebe.broker.gateway.longPolling.enabled")]
#[case(Minor::V8_6, "zeebe.broker.flowControl.write.enabled")]
#[case(Minor::V8_6, "zeebe.broker.experimental.rocksdb.columnFamilyOptions.max_open_files")]
#[case(Minor::V8_7, "zeebe.gateway.interceptors[0].className")]
#[case(Minor::V8_8, "camunda.data.snapshot-period")]
#[case(Minor::V8_8, "zeebe.broker.cluster.membership.probeInterval")]
#[case(Minor::V8_9, "camunda.cluster.membership.probe-interval")]
#[case(Minor::V8_10, "zeebe.broker.experimental.engine.caches.drgCacheCapacity")]
#[case(Minor::V8_10, "camunda.cluster.zone")]
#[case(Minor::V8_5, "logging.level.io.camunda.zeebe.broker")]
#[case(Minor::V8_5, "management.endpoint.loggers.enabled")]
#[case(Minor::V8_5, "spring.lifecycle.timeout-per-shutdown-phase")]
fn setting_that_the_minor_reads_passes(#[case] minor: Minor, #[case] key: &str) {
    assert_eq!(mistakes(minor, &[key]), Vec::<String>::new());
}

#[rstest]
#[case::misspelt(
    Minor::V8_6,
    "zeebe.broker.gateway.longPoling.enabled",
    "unknown setting. Version 8.6 reads no setting `zeebe.broker.gateway.longPoling.enabled`. \
     Did you mean `zeebe.broker.gateway.longPolling.enabled`?"
)]
#[case::misspelt_newer(
    Minor::V8_9,
    "camunda.cluster.membership.probe-intervall",
    "unknown setting. Version 8.9 reads no setting `camunda.cluster.membership.probe-intervall`. \
     Did you mean `camunda.cluster.membership.probe-interval`?"
)]
#[case::of_another_world(
    Minor::V8_6,
    "kafka.bootstrap",
    "unknown setting. Version 8.6 reads no setting `kafka.bootstrap`, nor one with a name like it. \
     The documentation of the version lists them."
)]
fn unknown_setting_is_refused_with_the_nearest_name(
    #[case] minor: Minor,
    #[case] key: &str,
    #[case] expected: &str,
) {
    assert_eq!(mistakes(minor, &[key]), [format!("{key}: {expected}")]);
}

#[rstest]
#[case("zeebe.broker.cluster.clusterSize", "Use `topology`.")]
#[case("camunda.cluster.partition-count", "Use `topology`.")]
#[case("zeebe.broker.gateway.enable", "Use `topology.gateways`.")]
#[case(
    "zeebe.broker.network.commandApi.port",
    "Addresses and ports follow from the target: use `first_port` there."
)]
#[case(
    "camunda.cluster.initial-contact-points[0]",
    "Addresses and ports follow from the target: use `first_port` there."
)]
#[case(
    "zeebe.broker.data.directory",
    "Where data is kept follows from the target: use `directory` there."
)]
#[case("zeebe.broker.data.logSegmentSize", "Use `broker.log_segment_size`.")]
#[case(
    "camunda.data.primary-storage.log-stream.log-segment-size",
    "Use `broker.log_segment_size`."
)]
#[case("zeebe.broker.data.disk.freeSpace.processing", "Use `broker.disk_watermarks`.")]
#[case("zeebe.broker.threads.cpuThreadCount", "Use `broker.cpu_threads`.")]
#[case("camunda.system.io-thread-count", "Use `broker.io_threads`.")]
#[case(
    "zeebe.broker.exporters.audit.className",
    "Exporters are resources of their own: use `zeebe_exporter`."
)]
#[case(
    "camunda.data.exporters.audit.args.url",
    "Exporters are resources of their own: use `zeebe_exporter`."
)]
#[case("camunda.license.key", "Use `license`, so that the key is in no state and no plan.")]
#[case("spring.profiles.active", "Which parts of the product run follows from `topology`.")]
#[case(
    "camunda.security.authentication.method",
    "Clusters run without secondary storage, so they have no users, and the engine asks gateways without a \
     token; protect the clients' side with a proxy."
)]
#[case(
    "management.server.base-path",
    "The engine looks after the cluster through the management API, and must find it."
)]
fn setting_of_the_engine_is_refused_with_the_attribute_to_use(
    #[case] key: &str,
    #[case] instead: &str,
) {
    for minor in Minor::SUPPORTED {
        assert_eq!(
            mistakes(minor, &[key]),
            [format!(
                "{key}: setting belongs to the engine. The engine sets `{key}` itself. {instead}"
            )]
        );
    }
}

#[rstest]
#[case::older_in_a_newer(
    Minor::V8_10,
    "zeebe.broker.gateway.longPolling.enabled",
    "From version 8.8 on, `zeebe.broker.gateway.longPolling.enabled` is \
     `camunda.api.long-polling.enabled`. Use that key."
)]
#[case::older_that_moved_with_8_9(
    Minor::V8_9,
    "zeebe.broker.cluster.membership.probeInterval",
    "From version 8.9 on, `zeebe.broker.cluster.membership.probeInterval` is \
     `camunda.cluster.membership.probe-interval`. Use that key."
)]
#[case::newer_in_an_older(
    Minor::V8_6,
    "camunda.api.long-polling.enabled",
    "Version 8.6 does not know `camunda.api.long-polling.enabled` yet. Use \
     `zeebe.gateway.longPolling.enabled` or `zeebe.broker.gateway.longPolling.enabled`."
)]
#[case::newer_that_8_8_does_not_have(
    Minor::V8_8,
    "camunda.cluster.raft.request-timeout",
    "Version 8.8 does not know `camunda.cluster.raft.request-timeout` yet. Use \
     `zeebe.broker.experimental.raft.requestTimeout`."
)]
#[case::moved_twice(
    Minor::V8_9,
    "camunda.data.backup.s3.api-call-timeout",
    "From version 8.9 on, `camunda.data.backup.s3.api-call-timeout` is \
     `camunda.data.primary-storage.backup.s3.api-call-timeout`. Use that key."
)]
#[case::not_yet(
    Minor::V8_5,
    "zeebe.broker.flowControl.write.enabled",
    "Version 8.5 does not read `zeebe.broker.flowControl.write.enabled`: 8.6 is the first that does."
)]
#[case::no_longer_a_switch(
    Minor::V8_8,
    "zeebe.broker.experimental.features.enablePartitionScaling",
    "Version 8.8 does not read `zeebe.broker.experimental.features.enablePartitionScaling`: 8.6 to 8.7 \
     read it."
)]
#[case::no_longer(
    Minor::V8_6,
    "zeebe.broker.experimental.features.enableDynamicClusterTopology",
    "Version 8.6 does not read `zeebe.broker.experimental.features.enableDynamicClusterTopology`: \
     8.5 is the last that does."
)]
fn setting_of_another_minor_is_refused_with_the_key_to_use(
    #[case] minor: Minor,
    #[case] key: &str,
    #[case] detail: &str,
) {
    assert_eq!(
        mistakes(minor, &[key]),
        [format!("{key}: setting is not read by version {minor}. {detail}")]
    );
}

#[test]
fn logger_with_capitals_is_refused_because_the_environment_has_none() {
    assert_eq!(
        mistakes(Minor::V8_6, &["logging.level.io.atomix.Raft"]),
        [
            "logging.level.io.atomix.Raft: logger has capital letters. Settings reach the product as \
          environment variables, which carry no capitals in a logger's name. Name the package instead \
          of the class in `logging.level.io.atomix.Raft`."
        ]
    );
}

#[rstest]
#[case::spelling(
    "zeebe.broker.gateway.long-polling.enabled",
    "zeebe.broker.gateway.longPolling.enabled"
)]
#[case::older_and_oldest(
    "zeebe.broker.backpressure.algorithm",
    "zeebe.broker.flowControl.request.algorithm"
)]
fn one_setting_given_twice_is_refused(#[case] first: &str, #[case] second: &str) {
    assert_eq!(
        mistakes(Minor::V8_6, &[first, second]),
        [format!(
            "{second}: setting is given twice. `{first}` and `{second}` are one setting. Keep one of them."
        )]
    );
}

#[test]
fn brokers_and_gateways_may_differ_and_so_may_the_items_of_a_list() {
    let keys = [
        "zeebe.broker.gateway.longPolling.enabled",
        "zeebe.gateway.interceptors[0].id",
        "zeebe.gateway.interceptors[1].id",
        "zeebe.gateway.longPolling.enabled",
    ];
    assert_eq!(mistakes(Minor::V8_6, &keys), Vec::<String>::new());
}

#[test]
fn every_mistake_is_reported_at_once_in_the_order_of_the_keys() {
    let summaries: Vec<String> = mistakes(
        Minor::V8_6,
        &[
            "zeebe.broker.gateway.longPoling.enabled",
            "zeebe.broker.gateway.longPolling.enabled",
            "camunda.api.long-polling.enabled",
            "server.port",
        ],
    )
    .into_iter()
    .map(|mistake| mistake.split(". ").next().unwrap_or_default().to_owned())
    .collect();
    assert_eq!(
        summaries,
        [
            "camunda.api.long-polling.enabled: setting is not read by version 8.6",
            "server.port: setting belongs to the engine",
            "zeebe.broker.gateway.longPoling.enabled: unknown setting",
        ]
    );
}

#[test]
fn a_key_that_a_mistake_recommends_passes_or_belongs_to_the_engine() {
    for minor in Minor::SUPPORTED {
        for older in keys::all().map(|key| key.name) {
            if let Some(newer) = keys::successor(older, minor) {
                let concrete = newer.replace("[]", "[0]").replace('*', "x");
                let refused: Vec<String> = mistakes(minor, &[&concrete])
                    .into_iter()
                    .filter(|mistake| !mistake.contains("setting belongs to the engine"))
                    .collect();
                assert_eq!(refused, Vec::<String>::new(), "{minor}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_key_is_answered(minor in 0..Minor::SUPPORTED.len(), key in "[a-z]{1,8}(\\.[a-zA-Z0-9_-]{1,12}){0,4}") {
        let minor = Minor::SUPPORTED[minor];
        let configuration = BTreeMap::from([(parse_text::<SettingKey>(key).unwrap(), String::new())]);
        let mistakes = check(minor, &configuration);
        prop_assert!(mistakes.len() <= 1);
        for mistake in mistakes {
            prop_assert!(mistake.summary.starts_with(|first: char| first.is_lowercase()));
            prop_assert!(mistake.detail.ends_with(['.', '?']));
        }
    }
}

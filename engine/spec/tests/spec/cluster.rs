use rstest::rstest;
use zeebe_scalar::{ByteSize, Span};
use zeebe_spec::broker::watermarks;
use zeebe_spec::{
    BrokerSpec, ClusterParts, ClusterSpec, DiskWatermarks, Environment, Gateways, LocalTarget,
    Preset, Roll, SecretSource, SpecAttribute, SpecMistake, TargetSpec, TopologySpec,
};

use crate::parts::{number, parts, text, topology};

fn mistakes(parts: ClusterParts) -> Vec<(SpecAttribute, String, String)> {
    let given = |mistake: SpecMistake| {
        let SpecMistake { at, summary, detail } = mistake;
        (at, summary, detail)
    };
    ClusterSpec::new(parts).err().unwrap_or_default().into_iter().map(given).collect()
}

fn one(at: SpecAttribute, summary: &str, detail: &str) -> Vec<(SpecAttribute, String, String)> {
    vec![(at, summary.to_owned(), detail.to_owned())]
}

fn local(first_port: i64) -> TargetSpec {
    TargetSpec::Local(LocalTarget {
        first_port: Some(number(first_port)),
        ..LocalTarget::default()
    })
}

fn disk_watermarks(processing: &str, replication: &str) -> DiskWatermarks {
    DiskWatermarks { processing: Some(text(processing)), replication: Some(text(replication)) }
}

#[test]
fn three_brokers_with_nothing_else_said_are_a_valid_wish() {
    assert_eq!(mistakes(parts()), []);
}

#[rstest]
#[case("8.4.0")]
#[case("8.11.0")]
#[case("7.22.0")]
fn version_of_an_unknown_minor_is_refused_with_the_known_ones(#[case] version: &str) {
    assert_eq!(
        mistakes(ClusterParts { version: text(version), ..parts() }),
        one(
            SpecAttribute::Version,
            &format!("version {version} is not supported"),
            "Supported are the minors 8.5, 8.6, 8.7, 8.8, 8.9, 8.10. Choose a version of one of them."
        )
    );
}

#[test]
fn replication_factor_over_the_brokers_is_refused() {
    assert_eq!(
        mistakes(ClusterParts { topology: topology(1, 3, 3), ..parts() }),
        one(
            SpecAttribute::ReplicationFactor,
            "replication factor exceeds broker count",
            "Each copy of a partition needs a broker of its own. The factor is 3, the brokers are 1. Raise \
             `brokers` or lower `replication_factor`."
        )
    );
}

#[test]
fn memory_that_no_broker_starts_with_is_refused() {
    let broker = BrokerSpec { memory: Some(text("127MiB")), ..BrokerSpec::default() };
    assert_eq!(
        mistakes(ClusterParts { broker, ..parts() }),
        one(
            SpecAttribute::Memory,
            "memory is too small for a broker",
            "A broker needs at least 128MiB of heap to start, got 127MiB."
        )
    );
}

#[test]
fn log_segment_that_cannot_hold_two_messages_is_refused() {
    let broker = BrokerSpec { log_segment_size: Some(text("4MiB")), ..BrokerSpec::default() };
    assert_eq!(
        mistakes(ClusterParts { broker, ..parts() }),
        one(
            SpecAttribute::LogSegmentSize,
            "log segment is too small",
            "A segment must hold the product's greatest message twice: at least 8MiB, got 4MiB."
        )
    );
}

#[test]
fn disk_that_the_watermarks_leave_nothing_of_is_refused_with_the_least_size() {
    // 3 copies on each broker: 2 × 3 × 16 MiB + 128 MiB must stay free, and 3 × 16 MiB to write into.
    let broker = BrokerSpec { disk: Some(text("271MiB")), ..BrokerSpec::default() };
    assert_eq!(
        mistakes(ClusterParts { broker, ..parts() }),
        one(
            SpecAttribute::Disk,
            "disk is too small for the partitions",
            "Each broker holds up to 3 partition copies with segments of 16MiB, and stops processing when \
             less than 224MiB is free: it needs at least 272MiB, got 271MiB. Raise `disk`, lower \
             `partitions` or `replication_factor`, or make `log_segment_size` smaller."
        )
    );
}

#[test]
fn disk_of_exactly_the_least_size_is_enough() {
    let broker = BrokerSpec { disk: Some(text("272MiB")), ..BrokerSpec::default() };
    assert_eq!(mistakes(ClusterParts { broker, ..parts() }), []);
}

#[rstest]
#[case("1GiB", "1GiB")]
#[case("512MiB", "1GiB")]
fn processing_watermark_not_above_the_replication_watermark_is_refused(
    #[case] processing: &str,
    #[case] replication: &str,
) {
    let broker = BrokerSpec {
        disk_watermarks: Some(disk_watermarks(processing, replication)),
        ..BrokerSpec::default()
    };
    assert_eq!(
        mistakes(ClusterParts { broker, ..parts() }),
        one(
            SpecAttribute::ProcessingWatermark,
            "processing watermark is not above the replication watermark",
            &format!(
                "A broker must stop taking commands before it stops taking copies: `processing` must be \
                 greater than `replication`. They are {processing} and {replication}."
            )
        )
    );
}

#[rstest]
#[case(None)]
#[case(Some(Gateways::Standalone(number(20))))]
fn largest_cluster_at_the_highest_first_port_still_has_its_ports(
    #[case] gateways: Option<Gateways>,
) {
    let topology = TopologySpec { gateways, ..topology(100, 1, 1) };
    assert_eq!(mistakes(ClusterParts { topology, target: local(60000), ..parts() }), []);
}

#[test]
fn every_mistake_is_reported_at_once() {
    let broker = BrokerSpec {
        memory: Some(text("64MiB")),
        disk: Some(text("1MiB")),
        log_segment_size: Some(text("1MiB")),
        disk_watermarks: Some(disk_watermarks("1GiB", "2GiB")),
        ..BrokerSpec::default()
    };
    let all = mistakes(ClusterParts {
        version: text("8.4.0"),
        topology: topology(1, 1, 3),
        broker,
        ..parts()
    });
    assert_eq!(
        all.into_iter().map(|(at, _, _)| at).collect::<Vec<_>>(),
        [
            SpecAttribute::Version,
            SpecAttribute::ReplicationFactor,
            SpecAttribute::Memory,
            SpecAttribute::LogSegmentSize,
            SpecAttribute::Disk,
            SpecAttribute::ProcessingWatermark,
        ]
    );
}

#[rstest]
#[case::the_vendors_least(3, "128MiB", "1792MiB", "1408MiB")]
#[case::one_copy(1, "128MiB", "1280MiB", "1152MiB")]
#[case::many_copies(12, "128MiB", "4GiB", "2560MiB")]
#[case::large_segments(1, "512MiB", "2GiB", "1536MiB")]
#[case::laptop(3, "16MiB", "224MiB", "176MiB")]
#[case::no_copy(0, "16MiB", "128MiB", "128MiB")]
fn watermarks_follow_from_copies_and_segments(
    #[case] copies: u64,
    #[case] segment: &str,
    #[case] processing: &str,
    #[case] replication: &str,
) {
    assert_eq!(
        watermarks(copies, &text(segment)),
        (text::<ByteSize>(processing), text::<ByteSize>(replication))
    );
}

#[test]
fn watermark_given_by_the_user_replaces_only_itself() {
    let broker = BrokerSpec {
        disk_watermarks: Some(DiskWatermarks { processing: Some(text("1GiB")), replication: None }),
        ..BrokerSpec::default()
    };
    let spec = ClusterSpec::new(ClusterParts { broker, ..parts() }).unwrap();
    assert_eq!(spec.watermarks(), (text("1GiB"), text("176MiB")));
}

#[rstest]
#[case(3, 3, 3, 3)]
#[case(3, 6, 3, 6)]
#[case(5, 3, 3, 2)]
#[case(100, 1, 1, 1)]
fn copies_on_one_broker_are_rounded_up(
    #[case] brokers: i64,
    #[case] partitions: i64,
    #[case] replication_factor: i64,
    #[case] copies: u64,
) {
    assert_eq!(topology(brokers, partitions, replication_factor).replicas_per_broker(), copies);
}

#[rstest]
#[case(None, "256MiB", "4GiB", "16MiB", 1)]
#[case(Some(Preset::Dev), "256MiB", "4GiB", "16MiB", 1)]
#[case(Some(Preset::Chart), "1536MiB", "32GiB", "128MiB", 3)]
#[case(Some(Preset::Baseline), "2GiB", "64GiB", "128MiB", 3)]
fn preset_fills_what_is_left_open(
    #[case] preset: Option<Preset>,
    #[case] memory: &str,
    #[case] disk: &str,
    #[case] segment: &str,
    #[case] threads: u16,
) {
    let size = BrokerSpec { preset, ..BrokerSpec::default() }.size();
    assert_eq!(
        (size.memory, size.disk, size.log_segment_size),
        (text(memory), text(disk), text(segment))
    );
    assert_eq!((size.cpu_threads.get(), size.io_threads.get()), (threads, threads));
}

#[rstest]
#[case(Preset::Dev)]
#[case(Preset::Chart)]
#[case(Preset::Baseline)]
fn every_preset_carries_three_partitions_in_three_copies(#[case] preset: Preset) {
    let broker = BrokerSpec { preset: Some(preset), ..BrokerSpec::default() };
    assert_eq!(mistakes(ClusterParts { broker, ..parts() }), []);
}

#[test]
fn word_of_the_user_wins_over_the_preset() {
    let size = BrokerSpec {
        preset: Some(Preset::Chart),
        memory: Some(text("3GiB")),
        cpu_threads: Some(number(8)),
        ..BrokerSpec::default()
    }
    .size();
    assert_eq!((size.memory, size.cpu_threads.get()), (text("3GiB"), 8));
    assert_eq!((size.disk, size.io_threads.get()), (text("32GiB"), 3));
}

#[test]
fn roll_waits_ten_seconds_unless_said() {
    let spec = ClusterSpec::new(parts()).unwrap();
    assert_eq!(spec.stable_for().as_secs(), 10);
    let roll = Some(Roll { stable_for: Some(text::<Span>("1m30s")) });
    let spec = ClusterSpec::new(ClusterParts { roll, ..parts() }).unwrap();
    assert_eq!(spec.stable_for().as_secs(), 90);
}

#[test]
fn gateways_are_embedded_unless_said() {
    assert_eq!(ClusterSpec::new(parts()).unwrap().gateways(), Gateways::Embedded);
}

fn warnings(parts: ClusterParts) -> Vec<(SpecAttribute, String)> {
    ClusterSpec::new(parts)
        .unwrap()
        .warnings()
        .into_iter()
        .map(|warning| (warning.at, warning.to_string()))
        .collect()
}

#[test]
fn production_without_a_licence_is_warned_of() {
    let production = || ClusterParts { environment: Some(Environment::Production), ..parts() };
    assert_eq!(
        warnings(production()),
        [(SpecAttribute::License, "production cluster has no licence".to_owned())]
    );
    let license = Some(SecretSource::EnvironmentVariable("KEY".to_owned()));
    assert_eq!(warnings(ClusterParts { license, ..production() }), []);
}

#[test]
fn even_replication_factor_is_warned_of() {
    let even = ClusterParts { topology: topology(3, 3, 2), ..parts() };
    let [warning] = ClusterSpec::new(even).unwrap().warnings().try_into().unwrap();
    assert_eq!(
        (warning.at, warning.summary.as_str(), warning.detail.as_str()),
        (
            SpecAttribute::ReplicationFactor,
            "even replication factor",
            "A factor of 2 survives the loss of no more brokers than one of 1 does, and costs one more copy."
        )
    );
}

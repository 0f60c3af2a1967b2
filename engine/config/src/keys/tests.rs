use std::collections::BTreeSet;

use rstest::rstest;
use zeebe_spec::Minor;

use super::{LEGACY, SPRING, UNIFIED, all, comparable, form, meant_by, nearest, row};

#[test]
fn every_line_of_the_tables_is_a_comment_or_a_key() {
    let unread: Vec<&str> = [LEGACY, UNIFIED, SPRING]
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| !line.starts_with('#') && row(line).is_none())
        .collect();
    assert_eq!(unread, Vec::<&str>::new());
}

#[test]
fn every_minor_that_a_table_names_is_a_supported_one() {
    let words = [LEGACY, UNIFIED, SPRING].into_iter().flat_map(str::lines).flat_map(|line| {
        line.split_ascii_whitespace().filter(|_| !line.starts_with('#')).collect::<Vec<_>>()
    });
    let minors: BTreeSet<&str> =
        words.filter(|word| word.starts_with(|first: char| first.is_ascii_digit())).collect();
    let supported: BTreeSet<String> = Minor::SUPPORTED.iter().map(ToString::to_string).collect();
    assert!(minors.iter().all(|minor| supported.contains(*minor)), "{minors:?}");
}

#[test]
fn no_key_stands_in_the_tables_twice() {
    let mut seen = BTreeSet::new();
    let twice: Vec<&str> =
        all().filter(|key| !seen.insert(comparable(key.name))).map(|key| key.name).collect();
    assert_eq!(twice, Vec::<&str>::new());
}

#[test]
fn every_older_key_is_a_key_of_its_own() {
    let lost: Vec<&str> = all()
        .flat_map(|key| key.was.iter().copied())
        .filter(|was| !all().any(|key| comparable(key.name) == comparable(was)))
        .collect();
    assert_eq!(lost, Vec::<&str>::new());
}

#[test]
fn a_setting_moves_forward_only() {
    for legacy in all().filter(|key| key.name.starts_with("zeebe.")) {
        let reads: Vec<bool> =
            Minor::SUPPORTED.iter().map(|minor| legacy.is_read_by(*minor)).collect();
        let changes = reads.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(changes <= 2, "{} is read by {reads:?}", legacy.name);
    }
}

#[rstest]
#[case(Minor::V8_7, "zeebe.broker.threads.cpuThreadCount")]
#[case(Minor::V8_8, "camunda.system.cpu-thread-count")]
#[case(Minor::V8_10, "camunda.system.cpu-thread-count")]
fn form_is_the_newest_that_the_minor_reads(#[case] minor: Minor, #[case] expected: &str) {
    assert_eq!(
        form(minor, "zeebe.broker.threads.cpuThreadCount", "camunda.system.cpu-thread-count"),
        expected
    );
}

/// 8.8 brought only a part of the unified keys: what it does not read yet must keep its older form.
#[rstest]
#[case(Minor::V8_8, "zeebe.broker.cluster.initialContactPoints")]
#[case(Minor::V8_9, "camunda.cluster.initial-contact-points")]
fn what_moved_with_8_9_keeps_its_older_form_in_8_8(#[case] minor: Minor, #[case] expected: &str) {
    assert_eq!(
        form(
            minor,
            "zeebe.broker.cluster.initialContactPoints",
            "camunda.cluster.initial-contact-points"
        ),
        expected
    );
}

#[rstest]
#[case("zeebe.broker.gateway.longPolling.enabled")]
#[case("zeebe.broker.gateway.long-polling.enabled")]
#[case("ZEEBE.broker.gateway.longpolling.ENABLED")]
fn dashes_and_capitals_do_not_count(#[case] given: &str) {
    let names: Vec<&str> = meant_by(given).iter().map(|key| key.name).collect();
    assert_eq!(names, ["zeebe.broker.gateway.longPolling.enabled"]);
}

#[test]
fn any_index_means_the_pattern() {
    let names: Vec<&str> =
        meant_by("zeebe.gateway.interceptors[12].jarPath").iter().map(|key| key.name).collect();
    assert_eq!(names, ["zeebe.gateway.interceptors[].jarPath"]);
}

#[test]
fn of_two_names_as_near_the_one_in_the_same_branch_is_named() {
    assert_eq!(
        nearest(Minor::V8_6, "zeebe.gateway.longPolling.timeot"),
        Some("zeebe.gateway.longPolling.timeout")
    );
}

#[test]
fn nothing_is_near_to_a_name_of_another_world() {
    assert_eq!(nearest(Minor::V8_6, "kafka.bootstrap"), None);
}

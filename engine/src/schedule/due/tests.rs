use std::collections::BTreeMap;

use rstest::rstest;
use zeebe_plan::backup::PartitionBackup;
use zeebe_spec::{PartitionId, ScheduleSpec};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn backup(id: i64, state: BackupState, began: Option<&str>) -> Backup {
    let part = PartitionBackup {
        state,
        failure: None,
        began: began.map(str::to_owned),
        position: None,
        version: None,
    };
    let partitions = BTreeMap::from([(PartitionId(1), part)]);
    Backup { id: id.try_into().unwrap(), state, failure: None, partitions }
}

fn every(span: &str, since: &str) -> ScheduleRecord {
    record(BackupTimes::Every(span.to_owned().try_into().unwrap()), since)
}

fn daily(time: &str, since: &str) -> ScheduleRecord {
    record(BackupTimes::DailyAt(time.to_owned().try_into().unwrap()), since)
}

fn record(times: BackupTimes, since: &str) -> ScheduleRecord {
    ScheduleRecord {
        spec: ScheduleSpec { times, keep: None, search_store: None },
        since: at(since),
    }
}

#[rstest]
// The first is due at once, and an older one counts as well.
#[case::the_first(every("6h", "2026-11-24T10:00:00Z"), None, "2026-11-24T10:00:00Z")]
#[case::after_one(
    every("6h", "2026-11-24T10:00:00Z"),
    Some("2026-11-24T10:00:05Z"),
    "2026-11-24T16:00:05Z"
)]
#[case::after_an_older_one(
    every("6h", "2026-11-24T10:00:00Z"),
    Some("2026-11-24T05:00:00Z"),
    "2026-11-24T11:00:00Z"
)]
// Nobody was to take it before it was wished.
#[case::after_a_much_older_one(
    every("6h", "2026-11-24T10:00:00Z"),
    Some("2026-11-20T05:00:00Z"),
    "2026-11-24T10:00:00Z"
)]
#[case::later_today(daily("12:30", "2026-11-24T10:00:00Z"), None, "2026-11-24T12:30:00Z")]
#[case::tomorrow(daily("02:30", "2026-11-24T10:00:00Z"), None, "2026-11-25T02:30:00Z")]
#[case::not_now(daily("10:00", "2026-11-24T10:00:00Z"), None, "2026-11-25T10:00:00Z")]
#[case::after_this_days(
    daily("02:30", "2026-11-20T10:00:00Z"),
    Some("2026-11-24T02:30:01Z"),
    "2026-11-25T02:30:00Z"
)]
#[case::after_days_without_one(
    daily("02:30", "2026-11-20T10:00:00Z"),
    Some("2026-11-21T02:30:01Z"),
    "2026-11-22T02:30:00Z"
)]
fn the_next_follows_from_the_last_and_from_when_it_was_wished(
    #[case] record: ScheduleRecord,
    #[case] last: Option<&str>,
    #[case] next: &str,
) {
    let backups: Vec<Backup> =
        last.iter().map(|began| backup(7, BackupState::Completed, Some(began))).collect();
    let due = due(&record, &backups, at("2026-11-24T12:00:00Z"));
    assert_eq!(due.next, at(next));
    assert_eq!(due.last, last.map(|began| (7.try_into().unwrap(), at(began))));
}

#[rstest]
#[case("2026-11-24T15:59:59Z", Scheduled::Waits, 1)]
#[case("2026-11-24T16:00:00Z", Scheduled::IsDue, 0)]
#[case("2026-11-24T16:59:59Z", Scheduled::IsDue, 0)]
#[case("2026-11-24T17:00:00Z", Scheduled::IsLate, 0)]
fn one_is_late_an_hour_after_its_time(
    #[case] now: &str,
    #[case] scheduled: Scheduled,
    #[case] rests: u64,
) {
    let record = every("6h", "2026-11-24T00:00:00Z");
    let last = backup(7, BackupState::Completed, Some("2026-11-24T10:00:00Z"));
    let due = due(&record, &[last], at(now));
    assert_eq!((due.scheduled(), due.rests()), (scheduled, Duration::from_secs(rests)));
}

#[test]
fn only_a_whole_one_counts_and_the_newest_of_these() {
    let record = every("6h", "2026-11-24T00:00:00Z");
    let backups = [
        backup(1, BackupState::Completed, Some("2026-11-24T10:00:00Z")),
        // Who takes one by hand may give it any id.
        backup(9, BackupState::Completed, Some("2026-11-24T08:00:00Z")),
        backup(11, BackupState::Failed, Some("2026-11-24T11:00:00Z")),
        backup(12, BackupState::Completed, None),
        backup(13, BackupState::Completed, Some("yesterday")),
    ];
    let due = due(&record, &backups, at("2026-11-24T12:00:00Z"));
    assert_eq!(due.last, Some((1.try_into().unwrap(), at("2026-11-24T10:00:00Z"))));
    assert_eq!(due.next, at("2026-11-24T16:00:00Z"));
}

#[rstest]
#[case(Some("2026-11-24T11:45:00Z"), Scheduled::Waits)]
#[case(Some("2026-11-24T11:29:00Z"), Scheduled::IsLate)]
#[case(None, Scheduled::IsLate)]
fn one_under_way_is_waited_for_as_long_as_it_may_take(
    #[case] began: Option<&str>,
    #[case] scheduled: Scheduled,
) {
    let record = every("6h", "2026-11-24T00:00:00Z");
    let backups = [backup(7, BackupState::InProgress, began)];
    let due = due(&record, &backups, at("2026-11-24T12:00:00Z"));
    assert_eq!(due.scheduled(), scheduled);
}

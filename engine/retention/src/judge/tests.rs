use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400;
/// 2026-11-23T12:00:00Z.
const NOW: i64 = 1_795_435_200;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn index(name: &str) -> Index {
    Index { name: name.to_owned(), bytes: 10, documents: 1 }
}

fn thirty_days() -> Rule<'static> {
    Rule { prefix: "audit", minimum_age: SignedDuration::from_hours(30 * 24) }
}

fn names(verdict: &Verdict) -> Vec<&str> {
    verdict.too_old.iter().map(|index| index.name.as_str()).collect()
}

fn facts() -> Facts {
    Facts { now: at(NOW), reached: at(NOW), running: Running::None }
}

#[test]
fn what_is_older_than_allowed_goes_the_oldest_first_and_the_rest_stays() {
    let indices = [
        index("audit_job_8.6.0_2026-10-24"),
        index("audit_job_8.6.0_2026-10-22"),
        index("audit_job_8.5.8_2026-01-02"),
        index("audit_job_8.6.0_2026-10-23"),
        index("audit_refused"),
        index("audit-two_job_8.6.0_2020-01-01"),
        index("orders_2020-01-01"),
    ];
    let verdict = judge(thirty_days(), &indices, &facts());
    let expected =
        ["audit_job_8.5.8_2026-01-02", "audit_job_8.6.0_2026-10-22", "audit_job_8.6.0_2026-10-23"];
    assert_eq!(names(&verdict), expected);
    assert_eq!(verdict.kept_back, []);
    assert_eq!(verdict.undated, ["audit_refused"]);
    assert_eq!((verdict.total, verdict.bytes), (4, 40));
    assert_eq!(verdict.oldest, Some(date(2026, 1, 2)));
    // That of 10-23 is late by half a day, and that of 10-22 by one and a half.
    assert_eq!(verdict.overdue, 2);
}

#[test]
fn what_a_running_instance_began_in_stays_with_all_that_came_after() {
    let indices = [
        index("audit_job_8.6.0_2026-01-01"),
        index("audit_job_8.6.0_2026-01-02"),
        index("audit_job_8.6.0_2026-01-03"),
    ];
    let began: Timestamp = "2026-01-02T00:00:00Z".parse().unwrap();
    let facts = Facts { running: Running::Since(began), ..facts() };
    let verdict = judge(thirty_days(), &indices, &facts);
    assert_eq!(names(&verdict), ["audit_job_8.6.0_2026-01-01"]);
    let kept: Vec<_> = verdict.kept_back.iter().map(|kept| &kept.reason).collect();
    assert_eq!(kept, [&Reason::Running(began), &Reason::Running(began)]);
}

#[test]
fn nothing_goes_while_nobody_can_tell_what_runs() {
    let facts = Facts { running: Running::Unclear("no answer".to_owned()), ..facts() };
    let verdict = judge(thirty_days(), &[index("audit_job_8.6.0_2026-01-01")], &facts);
    assert_eq!(names(&verdict), [""; 0]);
    assert_eq!(verdict.kept_back[0].reason, Reason::Unclear("no answer".to_owned()));
}

#[test]
fn a_day_that_the_exporter_has_not_passed_stays() {
    let reached: Timestamp = "2026-01-02T10:00:00Z".parse().unwrap();
    let indices = [index("audit_job_8.6.0_2026-01-01"), index("audit_job_8.6.0_2026-01-02")];
    let verdict = judge(thirty_days(), &indices, &Facts { reached, ..facts() });
    assert_eq!(names(&verdict), ["audit_job_8.6.0_2026-01-01"]);
    assert_eq!(verdict.kept_back[0].reason, Reason::NotExported(reached));
}

/// A name of an index, ours or nearly ours, and its day where it is ours.
fn any_name() -> impl Strategy<Value = String> {
    let prefix = prop_oneof![
        Just("audit"),
        Just("audit-two"),
        Just("aud"),
        Just("audit2"),
        Just("other"),
        Just("audit_x")
    ];
    let day = (2020_i16..2028, 1_i8..13, 1_i8..32);
    (prefix, "[a-z-]{1,8}", "[0-9]\\.[0-9]\\.[0-9]", day).prop_map(
        |(prefix, value_type, version, (year, month, day))| {
            format!("{prefix}_{value_type}_{version}_{year:04}-{month:02}-{day:02}")
        },
    )
}

proptest! {
    #[test]
    fn what_goes_is_ours_old_enough_older_than_what_runs_and_wholly_exported(
        names in prop::collection::vec(any_name(), 0..40),
        age in 1_i64..1_000,
        now in NOW - 700 * DAY..NOW + 700 * DAY,
        ran in prop::option::of(0_i64..2_000 * DAY),
        lag in 0_i64..1_000 * DAY,
    ) {
        let began = ran.map(|ran| at(now - ran));
        let facts = Facts {
            now: at(now),
            reached: at(now - lag),
            running: began.map_or(Running::None, Running::Since),
        };
        let rule = Rule { prefix: "audit", minimum_age: SignedDuration::from_hours(24 * age) };
        let indices: Vec<Index> = names.iter().map(|name| index(name)).collect();
        let verdict = judge(rule, &indices, &facts);
        for gone in &verdict.too_old {
            let ours = gone.name.strip_prefix("audit_").unwrap();
            prop_assert_eq!(ours.split('_').count(), 3, "{}", gone.name);
            // Said apart from the code above, from the text of the name alone.
            let day = gone.name.rsplit('_').next().unwrap();
            let last: Timestamp = format!("{day}T23:59:59.999999999Z").parse().unwrap();
            let age_of_last = facts.now.duration_since(last);
            prop_assert!(age_of_last > rule.minimum_age, "{} is {age_of_last} old", gone.name);
            prop_assert!(began.is_none_or(|began| last < began), "{} has an instance", gone.name);
            prop_assert!(last < facts.reached, "{} may grow", gone.name);
        }
        // Whatever stays had a reason: all that is ours and old is told of.
        let all = verdict.too_old.len() + verdict.kept_back.len();
        prop_assert!(verdict.overdue <= verdict.too_old.len() && all <= verdict.total);
    }
}

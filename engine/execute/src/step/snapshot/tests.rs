use super::*;

fn view(snapshot: Option<&str>, processed: Option<i64>) -> PartitionView {
    PartitionView {
        role: None,
        snapshot: snapshot.map(str::to_owned),
        processed_position: processed,
        exported_position: None,
        exporting: None,
    }
}

fn is_enough(before: PartitionView, now: PartitionView) -> bool {
    let views = |view| BTreeMap::from([(PartitionId(1), view)]);
    lacks(BrokerId(0), &views(before), &views(now)).is_empty()
}

#[test]
fn a_new_snapshot_is_enough() {
    assert!(is_enough(view(None, Some(40)), view(Some("10-1-40-39"), Some(44))));
    assert!(is_enough(view(Some("10-1-40-39"), Some(90)), view(Some("22-1-90-90"), Some(91))));
}

#[test]
fn an_old_snapshot_is_not() {
    assert!(!is_enough(view(Some("10-1-40-39"), Some(90)), view(Some("10-1-40-39"), Some(90))));
    assert!(!is_enough(view(None, Some(40)), view(None, Some(40))));
    // Another one, which was under way when it was asked for, and holds less than was processed by then.
    assert!(!is_enough(view(Some("10-1-40-39"), Some(90)), view(Some("16-1-60-60"), Some(91))));
}

#[test]
fn a_snapshot_whose_name_says_no_position_has_to_be_another_one() {
    assert!(is_enough(view(Some("first"), Some(90)), view(Some("second"), Some(91))));
    assert!(!is_enough(view(Some("first"), Some(90)), view(Some("first"), Some(91))));
}

#[test]
fn a_replica_that_has_nothing_new_needs_no_new_snapshot() {
    assert!(is_enough(view(Some("10-1-40-39"), Some(40)), view(Some("10-1-40-39"), Some(40))));
    assert!(is_enough(view(None, None), view(None, None)));
    assert!(is_enough(view(None, Some(-1)), view(None, Some(-1))));
}

#[test]
fn what_is_missing_names_the_replica() {
    let views = BTreeMap::from([(PartitionId(2), view(None, Some(40)))]);
    assert_eq!(lacks(BrokerId(1), &views, &views), ["partition 2 on broker 1 has no new snapshot"]);
}

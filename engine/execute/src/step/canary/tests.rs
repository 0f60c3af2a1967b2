use super::*;

/// An instance of that version on that partition.
fn started(partition: i64, version: i32) -> Started {
    Started { key: (partition << 51) + 7, version }
}

fn seen(instances: &[(i64, i32)]) -> Seen {
    let mut seen = Seen { version: 4, partitions: 3, latest: BTreeMap::new() };
    for (partition, version) in instances {
        seen.add(started(*partition, *version));
    }
    seen
}

#[test]
fn every_partition_must_have_started_the_version() {
    assert!(seen(&[(3, 4), (1, 4), (2, 4)]).everywhere());
    // Somebody may have deployed the canary anew meanwhile, and a partition may have caught up.
    assert!(seen(&[(3, 5), (1, 3), (2, 4), (1, 4)]).everywhere());
    assert!(!seen(&[(1, 4), (2, 4)]).everywhere());
    assert!(!seen(&[(1, 4), (2, 3), (3, 4)]).everywhere());
}

#[test]
fn a_partition_that_lags_is_named() {
    assert_eq!(
        seen(&[(1, 4), (2, 3)]).lacks(),
        [
            "partition 2 starts version 3 of the canary and not 4",
            "partition 3 starts no version of the canary",
        ]
    );
}

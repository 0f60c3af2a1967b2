use std::collections::BTreeMap;

use zeebe_scalar::Raw;
use zeebe_scalar::Scalar;
use zeebe_spec::{BackupId, PartitionId};

use super::{Backup, BackupState, PartitionBackup, beyond};

fn id(number: i64) -> BackupId {
    BackupId::parse(Raw::Integer(number)).unwrap()
}

fn backup(number: i64, state: BackupState) -> Backup {
    Backup { id: id(number), state, failure: None, partitions: BTreeMap::new() }
}

fn part(state: BackupState, began: &str, version: &str) -> PartitionBackup {
    PartitionBackup {
        state,
        failure: None,
        began: Some(began.to_owned()),
        position: None,
        version: Some(version.to_owned()),
    }
}

#[test]
fn only_what_is_older_than_the_newest_whole_ones_goes() {
    use BackupState::{Completed, Failed, InProgress, Incomplete};
    let all = [
        backup(5, InProgress),
        backup(1, Completed),
        backup(2, Failed),
        backup(3, Completed),
        backup(4, Incomplete),
        backup(6, Completed),
        backup(7, Failed),
    ];
    assert_eq!(beyond(&all, 1), [1, 2, 3, 4].map(id));
    assert_eq!(beyond(&all, 2), [1, 2].map(id));
    assert_eq!(beyond(&all, 3), []);
    assert_eq!(beyond(&all, 4), []);
}

#[test]
fn nothing_goes_while_nothing_whole_would_stay() {
    let all = [backup(1, BackupState::Failed), backup(2, BackupState::InProgress)];
    assert_eq!(beyond(&all, 1), []);
    assert_eq!(beyond(&[backup(1, BackupState::Completed)], 0), []);
}

#[test]
fn a_backup_says_when_it_began_by_whom_and_what_is_missing() {
    let mut whole = backup(1, BackupState::Incomplete);
    whole.partitions = BTreeMap::from([
        (PartitionId(1), part(BackupState::Completed, "2026-11-23T17:47:13.2Z", "8.6.0")),
        (PartitionId(2), part(BackupState::Failed, "2026-11-23T17:47:13.1Z", "8.6.0")),
        (
            PartitionId(3),
            PartitionBackup {
                state: BackupState::DoesNotExist,
                failure: Some("lost".to_owned()),
                began: None,
                position: None,
                version: Some("8.6.0".to_owned()),
            },
        ),
    ]);
    assert_eq!(whole.began(), Some("2026-11-23T17:47:13.1Z"));
    assert_eq!(whole.version(), Some("8.6.0"));
    assert_eq!(whole.lacks(), ["partition 2 is FAILED", "partition 3 is DOES_NOT_EXIST (lost)"]);
    whole.partitions.get_mut(&PartitionId(2)).unwrap().version = Some("8.5.8".to_owned());
    assert_eq!(whole.version(), None);
}

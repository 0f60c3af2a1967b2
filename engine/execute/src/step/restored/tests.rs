use zeebe_plan::backup::PartitionBackup;
use zeebe_plan::product::{PartitionView, Role};
use zeebe_spec::BrokerId;

use super::*;

/// A backup of two partitions, up to 100 and 200.
fn backup(state: BackupState) -> Backup {
    let part = |position| PartitionBackup {
        state,
        failure: None,
        began: None,
        position: Some(position),
        version: Some("8.5.8".to_owned()),
    };
    Backup {
        id: BackupId::try_from(7).unwrap(),
        state,
        failure: None,
        partitions: BTreeMap::from([(PartitionId(1), part(100)), (PartitionId(2), part(200))]),
    }
}

fn version(text: &str) -> Version {
    Version::try_from(text.to_owned()).unwrap()
}

fn led(processed: i64) -> Led {
    let view = PartitionView {
        role: Some(Role::Leader),
        snapshot: None,
        processed_position: Some(processed),
        exported_position: None,
        exporting: None,
    };
    Led { by: BrokerId(0), view, exporters: BTreeMap::new() }
}

#[test]
fn a_whole_backup_of_the_same_version_or_the_minor_before_is_right() {
    assert_eq!(wrong(&backup(BackupState::Completed), 2, &version("8.5.8")), [""; 0]);
    assert_eq!(wrong(&backup(BackupState::Completed), 2, &version("8.6.0")), [""; 0]);
}

#[test]
fn a_backup_that_is_not_whole_is_wrong() {
    assert_eq!(
        wrong(&backup(BackupState::Failed), 2, &version("8.5.8")),
        ["the store says that it is FAILED", "partition 1 is FAILED", "partition 2 is FAILED"]
    );
}

#[test]
fn another_number_of_partitions_and_a_version_that_may_not_follow_are_wrong() {
    let wrong = wrong(&backup(BackupState::Completed), 3, &version("8.7.0"));
    assert_eq!(wrong[0], "it holds 2 partitions, and the cluster has 3");
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}

#[test]
fn every_partition_must_have_come_to_where_the_backup_goes() {
    let backup = backup(BackupState::Completed);
    let leaders = BTreeMap::from([(PartitionId(1), led(100)), (PartitionId(2), led(250))]);
    assert_eq!(behind(&backup, &leaders), [""; 0]);
    let leaders = BTreeMap::from([(PartitionId(2), led(199))]);
    assert_eq!(
        behind(&backup, &leaders),
        [
            "partition 1 shows no leader",
            "partition 2 has processed up to 199, and the backup goes up to 200"
        ]
    );
}

#[test]
fn a_backup_that_does_not_say_how_far_it_goes_proves_nothing() {
    let mut backup = backup(BackupState::Completed);
    backup.partitions.values_mut().for_each(|part| part.position = None);
    let leaders = BTreeMap::from([(PartitionId(1), led(100)), (PartitionId(2), led(250))]);
    assert_eq!(
        behind(&backup, &leaders),
        [
            "the backup does not say how far partition 1 goes",
            "the backup does not say how far partition 2 goes"
        ]
    );
}

use std::fs;

use camino::Utf8Path;
use zeebe_plan::component::ComponentId;
use zeebe_scalar::{Raw, Scalar, parse_text};
use zeebe_spec::BrokerId;

use super::*;

fn note(begun: u64) -> AsideNote {
    AsideNote {
        restoration: Restoration { backup: Scalar::parse(Raw::Integer(7)).unwrap(), begun },
        version: parse_text("8.6.0").unwrap(),
    }
}

/// A broker that has worked, with the note of the backup that it once began with.
fn worked(root: &Utf8Path) -> Home {
    let home = Home::of(root, ComponentId::Broker(BrokerId(0)));
    fs::create_dir_all(home.data().join("raft-partition")).unwrap();
    fs::write(home.data().join("raft-partition/1.log"), "work").unwrap();
    fs::create_dir_all(home.logs()).unwrap();
    let restored = r#"{"backup": 3, "version": "8.6.0", "progress": "done"}"#;
    fs::write(home.restore_note(), restored).unwrap();
    fs::write(home.record(), "{}").unwrap();
    home
}

#[test]
fn all_that_a_broker_wrote_is_set_aside_and_nothing_is_deleted() {
    let root = camino_tempfile::tempdir().unwrap();
    let home = worked(root.path());
    set_aside(&home, &note(1)).unwrap();
    let names = |path: &Utf8Path| file::names_in(path).unwrap();
    assert_eq!(names(home.path()), ["aside.json", "before-restore-7-1"]);
    let aside = home.path().join("before-restore-7-1");
    assert_eq!(names(&aside), ["data", "logs", "process.json", "restore.json"]);
    assert_eq!(fs::read_to_string(aside.join("data/raft-partition/1.log")).unwrap(), "work");
    assert!(is_aside(&home, &note(1).restoration).unwrap());
    assert!(!is_aside(&home, &note(2).restoration).unwrap());
}

/// Whoever is killed between two of its moves begins again, and ends the same.
#[test]
fn what_is_set_aside_in_part_is_set_aside_whole_the_next_time() {
    for moved in 0..=4 {
        let root = camino_tempfile::tempdir().unwrap();
        let home = worked(root.path());
        let aside = home.aside(&note(1).restoration);
        let written = [home.data(), home.logs(), home.restore_note(), home.record()];
        for path in written.iter().take(moved) {
            move_into(&aside, path).unwrap();
        }
        if moved < 4 {
            assert!(!is_only_restored(&home).unwrap(), "taken for a backup's after {moved} moves");
        }
        set_aside(&home, &note(1)).unwrap();
        let names = file::names_in(&aside).unwrap();
        assert_eq!(names, ["data", "logs", "process.json", "restore.json"], "after {moved}");
        assert!(!home.data().exists());
    }
}

#[test]
fn what_was_only_restored_makes_room_for_another_backup_and_what_is_aside_stays() {
    let root = camino_tempfile::tempdir().unwrap();
    let home = worked(root.path());
    set_aside(&home, &note(1)).unwrap();
    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.restore_note(), r#"{"backup": 7, "version": "8.6.0", "progress": "done"}"#)
        .unwrap();
    set_aside(&home, &note(2)).unwrap();
    assert_eq!(file::names_in(home.path()).unwrap(), ["aside.json", "before-restore-7-1"]);
    assert!(is_aside(&home, &note(2).restoration).unwrap());
}

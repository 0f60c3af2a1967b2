//! The state in its directory.

use camino_tempfile::Utf8TempDir;
use zeebe_spec::BrokerId;

use super::{Store, StoreError};
use crate::cluster::tests::process;

fn store() -> (Utf8TempDir, Store) {
    let directory = camino_tempfile::tempdir().unwrap();
    let store = Store::new(directory.path().join("payments"), 1);
    (directory, store)
}

#[test]
fn a_look_at_nothing_makes_nothing() {
    let (directory, store) = store();
    assert!(store.look().unwrap().is_empty());
    store.pass(1_000).unwrap();
    assert_eq!((store.clock(), directory.path().read_dir_utf8().unwrap().count()), (1_000, 0));
}

#[test]
fn what_one_engine_wrote_the_next_one_reads() {
    let (_directory, store) = store();
    store.change(|model, _| model.start(BrokerId(0), &process("8.6.0", [1, 1, 1]))).unwrap();
    store.pass(7_000).unwrap();
    let next = Store::new(store.root().to_owned(), 1);
    assert_eq!(next.look().unwrap(), store.look().unwrap());
    assert_eq!(next.clock(), 7_000);
}

#[test]
fn nothing_is_left_of_a_cluster_that_was_deleted() {
    let (directory, store) = store();
    store.change(|model, _| model.start(BrokerId(0), &process("8.6.0", [1, 1, 1]))).unwrap();
    store.change(|model, _| model.delete(BrokerId(0))).unwrap();
    store.tidy();
    assert_eq!(directory.path().read_dir_utf8().unwrap().count(), 0);
}

#[test]
fn a_state_that_is_not_whole_or_newer_is_refused_and_left_alone() {
    let (_directory, store) = store();
    std::fs::create_dir_all(store.root()).unwrap();
    let refused = |text: &str| {
        std::fs::write(store.file(), text).unwrap();
        let error = store.change(|model, _| model.work(1)).unwrap_err();
        assert_eq!(std::fs::read_to_string(store.file()).unwrap(), text);
        error
    };
    assert!(matches!(refused("{\"format\": 1"), StoreError::Corrupt { .. }));
    assert!(matches!(refused("{\"format\": 2, \"model\": 5}"), StoreError::Newer { found: 2, .. }));
}

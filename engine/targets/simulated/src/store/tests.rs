//! The state in its directory.

use camino_tempfile::Utf8TempDir;
use zeebe_plan::component::ComponentId;
use zeebe_spec::BrokerId;
use zeebe_target::LeftBehind;

use super::{Store, StoreError};
use crate::cluster::tests::process;
use crate::faults::{Disturbance, EnsureFault, Faults, Timing};

fn store() -> (Utf8TempDir, Store) {
    let directory = camino_tempfile::tempdir().unwrap();
    let store = Store::new(directory.path().join("payments"), 1);
    (directory, store)
}

#[test]
fn a_look_at_nothing_makes_nothing() {
    let (directory, store) = store();
    assert!(store.look().unwrap().is_empty());
    store.pass(1_000, 1_000).unwrap();
    assert_eq!((store.clock(), directory.path().read_dir_utf8().unwrap().count()), (1_000, 0));
}

#[test]
fn what_one_engine_wrote_the_next_one_reads() {
    let (_directory, store) = store();
    store.change(|model, _| model.start(BrokerId(0), &process("8.6.0", [1, 1, 1]))).unwrap();
    store.pass(7_000, 7_000).unwrap();
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

#[test]
fn what_another_engine_or_a_person_wrote_meanwhile_is_seen() {
    let (_directory, store) = store();
    store.change(|model, _| model.start(BrokerId(0), &process("8.6.0", [1, 1, 1]))).unwrap();
    let other = Store::new(store.root().to_owned(), 1);
    store.pass(1_000, 1_000).unwrap();
    for round in 0..50 {
        // All of one length, and twice by the other, so that the file's number may be one that it had before.
        for engine in [&other, &other, &store, &other, &other] {
            engine.pass(1, 1).unwrap();
        }
        assert_eq!(store.look().unwrap().now(), 1_005 + 5 * round);
    }
    let text = std::fs::read_to_string(store.file()).unwrap();
    std::fs::write(store.file(), text.replace("\"now\":1250,", "\"now\":12345,")).unwrap();
    assert_eq!(store.look().unwrap().now(), 12_345);
}

#[test]
fn time_passes_to_the_next_sight_unless_something_shall_go_wrong() {
    let (_directory, store) = store();
    store.change(|model, _| model.start(BrokerId(0), &process("8.6.0", [1, 1, 1]))).unwrap();
    store.pass(100, 300).unwrap();
    assert_eq!(store.clock(), 300, "no longer than is allowed");
    store.pass(100, 60_000).unwrap();
    let begun = store.look().unwrap();
    assert!(begun.configuration().is_some_and(|it| it.members.len() == 1));
    assert!((4_000..=5_000).contains(&store.clock()), "{}", store.clock());
    let mut before = store.clock();
    while store.look().unwrap().next_sight().is_some() {
        store.pass(100, 60_000).unwrap();
        assert!(store.clock() - before >= 100, "no shorter than is usual");
        before = store.clock();
    }
    store.pass(100, 60_000).unwrap();
    assert_eq!(store.clock(), before + 100, "as usual where nothing is to come");

    store.change(|model, _| model.stop(BrokerId(0))).unwrap();
    let ensure = EnsureFault {
        component: Some(ComponentId::Broker(BrokerId(0))),
        when: Disturbance::default(),
        timing: Timing::Before,
        left_behind: LeftBehind::Nothing,
    };
    let faults = Faults { ensures: vec![ensure], ..Faults::default() };
    store.change(|_, before| *before = faults).unwrap();
    let before = store.clock();
    assert!(store.look().unwrap().next_sight().is_some());
    store.pass(100, 60_000).unwrap();
    assert_eq!(store.clock(), before + 100, "as usual while something shall go wrong");
}

//! Clusters that are there, brought back to a backup of their own.

use std::collections::BTreeSet;
use std::time::Duration;

use zeebe_execute::{BackupWish, back_up};
use zeebe_plan::component::ComponentId;
use zeebe_plan::observed::{Phase, Restoration};
use zeebe_plan::{Plan, bring_back};
use zeebe_spec::{BackupId, BrokerId, PartitionId};
use zeebe_target::Call;
use zeebe_target_simulated::model::RestoreTrouble;
use zeebe_target_simulated::{CrashMoment, CrashPoint};

use crate::bench::{Bench, End, Wish, hurried, wish};

const STORED: Wish = Wish { store: Some("zeebe-backups"), ..wish(3, 3, 3) };

/// How far each partition was when backup 7 was taken.
const BACKED_UP: i64 = 99;
/// What it did afterwards.
const LATER: i64 = 5000;

fn to(backup: i64, begun: u64) -> Restoration {
    Restoration { backup: BackupId::try_from(backup).unwrap(), begun }
}

/// A cluster that took backup 7 and went on.
async fn worked() -> Bench {
    let bench = Bench::with(&STORED).await;
    let engine = bench.engine();
    engine.target.meddle(|model| model.work(BACKED_UP + 1)).unwrap();
    let wish = BackupWish { id: Some(to(7, 1).backup), keep: None };
    back_up(&engine.cluster(), wish, Duration::from_mins(1), &Call::quiet()).await.unwrap();
    engine.target.meddle(|model| model.work(LATER)).unwrap();
    bench
}

fn plan(bench: &Bench, restoration: Restoration) -> Plan {
    bring_back(&bench.engine().desired(&STORED), restoration, Duration::from_mins(5))
}

/// What is there, how far it is, and what is set aside.
async fn end(bench: &Bench) -> (End, bool, BTreeSet<(BrokerId, String, bool)>) {
    let model = bench.engine().target.model().unwrap();
    let is_back = (1..=3).map(PartitionId).all(|id| model.position(id) < LATER);
    let aside = model.aside().iter().flat_map(|(broker, aside)| {
        aside.iter().map(|(name, data)| (*broker, name.clone(), data.is_some()))
    });
    (bench.end().await, is_back, aside.collect())
}

fn aside(name: &str) -> BTreeSet<(BrokerId, String, bool)> {
    (0..3).map(|broker| (BrokerId(broker), name.to_owned(), true)).collect()
}

#[tokio::test]
async fn a_cluster_that_is_there_goes_back_to_its_backup_and_what_it_had_is_aside() {
    let bench = worked().await;
    let engine = bench.engine();
    engine.execute(&plan(&bench, to(7, 1))).await.unwrap();
    let (end, is_back, set_aside) = end(&bench).await;
    assert_eq!((end.phase, is_back), (Some(Phase::Ready), true));
    assert!(end.components.values().all(|(runs, _)| *runs), "{end:?}");
    assert_eq!(set_aside, aside("before-restore-7-1"));
    assert_eq!(bench.engine().plan(&STORED).await.steps, []);
}

/// Who finishes a restore that was cut off.
#[derive(Clone, Copy, Debug)]
enum Finisher {
    /// Whoever asks for it again.
    SameCall,
    /// The next apply of the cluster.
    Apply,
}

#[tokio::test]
async fn it_ends_the_same_wherever_it_is_killed_by_the_same_call_and_by_the_next_apply() {
    let bench = worked().await;
    let start = bench.saved();
    let untouched = end(&bench).await;
    let engine = bench.engine();
    engine.execute(&plan(&bench, to(7, 1))).await.unwrap();
    let whole = end(&bench).await;
    for mutation in 0..engine.target.mutations() {
        for moment in [CrashMoment::Before, CrashMoment::After] {
            for finisher in [Finisher::SameCall, Finisher::Apply] {
                let point = CrashPoint { mutation, moment };
                bench.restore(&start);
                let killed = hurried(plan(&bench, to(7, 1)), Duration::from_mins(2));
                let outcome = bench.engine().crashing_at(point).execute(&killed).await;
                let next = match finisher {
                    Finisher::SameCall => plan(&bench, to(7, 1)),
                    Finisher::Apply => bench.engine().plan(&STORED).await,
                };
                let found = bench.engine().observed().await;
                let phase = found.record.map(|record| record.phase);
                if !next.steps.is_empty() {
                    bench.engine().execute(&next).await.unwrap();
                }
                let ended = end(&bench).await;
                let said = format!("{point:?}, {finisher:?}, {outcome:?}");
                match (finisher, phase) {
                    // Nothing was touched before the book said so.
                    (Finisher::Apply, Some(Phase::Ready)) if !ended.1 => {
                        assert_eq!(ended, untouched, "{said}");
                    }
                    _ => assert_eq!(ended, whole, "{said}"),
                }
                assert_eq!(bench.engine().plan(&STORED).await.steps, [], "{said}");
            }
        }
    }
}

#[tokio::test]
async fn a_backup_that_cannot_be_restored_leaves_the_data_aside_and_another_one_can_follow() {
    let bench = worked().await;
    let engine = bench.engine();
    let trouble = |it| engine.target.meddle(|model| model.trouble_mut().restores = it).unwrap();
    trouble(Some(RestoreTrouble::Corrupt));
    let error = engine.execute(&plan(&bench, to(7, 1))).await.unwrap_err();
    assert!(error.chain().contains("what is in the store cannot be read"), "{}", error.chain());
    let (failed, _, set_aside) = end(&bench).await;
    assert_eq!(failed.phase, Some(Phase::Restoring(to(7, 1))));
    assert_eq!(set_aside, aside("before-restore-7-1"));
    let runs = |(id, (runs, _)): (&ComponentId, &(bool, String))| runs.then_some(*id);
    assert_eq!(failed.components.iter().filter_map(runs).collect::<Vec<_>>(), []);

    // An apply tries the same again, and starts nobody either.
    assert!(bench.engine().apply(&STORED).await.is_err());
    assert_eq!(end(&bench).await.0, failed);

    trouble(None);
    engine.execute(&plan(&bench, to(7, 2))).await.unwrap();
    let (ended, is_back, set_aside) = end(&bench).await;
    assert_eq!((ended.phase, is_back), (Some(Phase::Ready), true));
    // There was nothing to set aside the second time.
    let nothing = (0..3).map(|broker| (BrokerId(broker), "before-restore-7-2".to_owned(), false));
    assert_eq!(set_aside, aside("before-restore-7-1").into_iter().chain(nothing).collect());
}

/// What was started on a backup that fell short is data too: it is set aside as any other.
#[tokio::test]
async fn what_falls_short_is_never_called_ready_and_makes_room_in_its_turn() {
    let bench = worked().await;
    let engine = bench.engine();
    let trouble = |it| engine.target.meddle(|model| model.trouble_mut().restores = it).unwrap();
    trouble(Some(RestoreTrouble::FallsShort));
    let error = engine.execute(&plan(&bench, to(7, 1))).await.unwrap_err();
    assert!(error.chain().contains("is not what the cluster stands on"), "{}", error.chain());
    assert_eq!(bench.end().await.phase, Some(Phase::Restoring(to(7, 1))));
    trouble(None);
    engine.execute(&plan(&bench, to(7, 2))).await.unwrap();
    let (ended, _, set_aside) = end(&bench).await;
    assert_eq!(ended.phase, Some(Phase::Ready));
    let both = aside("before-restore-7-1").into_iter().chain(aside("before-restore-7-2"));
    assert_eq!(set_aside, both.collect());
}

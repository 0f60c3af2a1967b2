//! Clusters that begin with a backup of one that is gone.

use std::time::Duration;

use zeebe_execute::{BackupWish, ExecuteError, StepError, back_up};
use zeebe_plan::PlanError;
use zeebe_plan::observed::Phase;
use zeebe_plan::order::converge;
use zeebe_spec::{BackupId, DataOnDestroy, PartitionId};
use zeebe_target::{Call, LeftBehind};
use zeebe_target_simulated::model::RestoreTrouble;

use crate::bench::{Bench, Wish, wish};
use crate::resume::{To, ends_the_same_from};

const STORED: Wish = Wish { store: Some("zeebe-backups"), ..wish(3, 3, 3) };
const RESTORED: Wish = Wish { restore_from: Some(7), ..STORED };

/// How far each partition was when backup 7 was taken.
const BACKED_UP: i64 = 99;

/// A place where a cluster was that left backup 7.
async fn gone() -> Bench {
    let bench = Bench::with(&STORED).await;
    let engine = bench.engine();
    engine.target.meddle(|model| model.work(BACKED_UP + 1)).unwrap();
    let id = Some(BackupId::try_from(7).unwrap());
    let wish = BackupWish { id, keep: None };
    back_up(&engine.cluster(), wish, Duration::from_mins(1), &Call::quiet()).await.unwrap();
    engine.target.meddle(|model| model.work(50)).unwrap();
    engine.destroy().await.unwrap();
    bench
}

fn positions(bench: &Bench) -> Vec<i64> {
    let model = bench.engine().target.model().unwrap();
    (1..=3).map(|partition| model.position(PartitionId(partition))).collect()
}

/// Why the restore was not done, and what it left.
fn refused(outcome: Result<(), ExecuteError>) -> (String, LeftBehind) {
    let error = outcome.unwrap_err();
    assert!(matches!(error.why, StepError::Target(_)), "{error:?}");
    (error.chain(), error.left_behind)
}

#[tokio::test]
async fn a_cluster_begins_where_its_backup_ends() {
    let bench = gone().await;
    let engine = bench.engine();
    let plan = engine.plan(&RESTORED).await;
    assert_eq!(
        plan.sentences(),
        [
            "have Zeebe 8.6.0 at hand",
            "restore backup 7 as the data of brokers 0, 1, 2",
            "start broker 0",
            "start broker 1",
            "start broker 2",
            "wait until brokers 0, 1, 2 lead 3 partitions with 3 healthy copies each",
            "see each of 3 partitions process from where backup 7 goes",
            "deploy a canary process and see it start on each of 3 partitions",
        ]
    );
    engine.execute(&plan).await.unwrap();
    // The canary comes after it; what the lost cluster did after the backup does not.
    let positions = positions(&bench);
    assert!(positions.iter().all(|at| (BACKED_UP..BACKED_UP + 50).contains(at)), "{positions:?}");
    let said = engine.seen().await.join("\n");
    assert!(said.contains("partition 2 is at 99 and the backup goes up to 99"), "{said}");
    assert_eq!(engine.plan(&RESTORED).await.steps, []);
    assert_eq!(bench.end().await.phase, Some(Phase::Ready));
}

#[tokio::test]
async fn a_restore_ends_the_same_wherever_it_is_killed() {
    ends_the_same_from(&gone().await, To::Wish(RESTORED)).await;
}

#[tokio::test]
async fn what_cannot_be_restored_leaves_nothing() {
    let bench = gone().await;
    for (wish, why) in [
        (Wish { restore_from: Some(8), ..RESTORED }, "BackupNotFoundException"),
        (Wish { partitions: 2, ..RESTORED }, "to have 2 partitions, but has 3"),
    ] {
        let engine = bench.engine();
        let plan = zeebe_plan::create(&engine.desired(&wish));
        let (said, left) = refused(engine.execute(&plan).await);
        assert!(said.contains("could not restore broker \"0\""), "{said}");
        assert!(said.contains(why), "{said}");
        assert_eq!(left, LeftBehind::Nothing);
        assert!(bench.end().await.components.is_empty());
    }
    let engine = bench.engine();
    engine
        .target
        .meddle(|model| model.trouble_mut().restores = Some(RestoreTrouble::Corrupt))
        .unwrap();
    let plan = zeebe_plan::create(&engine.desired(&RESTORED));
    let (said, left) = refused(engine.execute(&plan).await);
    assert!(said.contains("what is in the store cannot be read"), "{said}");
    assert_eq!(left, LeftBehind::Nothing);
    assert!(bench.end().await.components.is_empty());
}

/// The vendor's own program has said that all was well where it was not (camunda/camunda#63568).
#[tokio::test]
async fn a_cluster_that_falls_short_of_its_backup_is_never_called_restored() {
    let bench = gone().await;
    let engine = bench.engine();
    engine
        .target
        .meddle(|model| model.trouble_mut().restores = Some(RestoreTrouble::FallsShort))
        .unwrap();
    let error = engine.apply(&RESTORED).await.unwrap_err();
    assert!(
        error.chain().contains("partition 1 has processed up to 98, and the backup goes up to 99"),
        "{}",
        error.chain()
    );
    assert_eq!(bench.end().await.phase, Some(Phase::Creating));
}

#[tokio::test]
async fn what_was_begun_with_one_backup_is_not_gone_on_with_another() {
    let bench = gone().await;
    bench.engine().apply(&RESTORED).await.unwrap();
    let engine = bench.engine();
    let seen = engine.observed().await;
    let record = seen.record.clone().unwrap();
    let other = Wish { restore_from: Some(8), ..RESTORED };
    let ready = converge(&engine.desired(&other), &record, &seen).unwrap_err();
    assert!(matches!(ready, PlanError::RestoreFrom { .. }), "{ready:?}");
    // What was done may be left out; what is under way may not.
    assert!(converge(&engine.desired(&STORED), &record, &seen).is_ok());
    let creating = zeebe_plan::observed::ClusterRecord { phase: Phase::Creating, ..record };
    let under_way = converge(&engine.desired(&STORED), &creating, &seen).unwrap_err();
    assert!(matches!(under_way, PlanError::RestoreFrom { .. }), "{under_way:?}");
}

#[tokio::test]
async fn data_that_was_kept_is_not_restored_over() {
    let bench = gone().await;
    let kept = Wish { data: DataOnDestroy::Keep, ..RESTORED };
    bench.engine().apply(&kept).await.unwrap();
    bench.engine().destroy().await.unwrap();
    let engine = bench.engine();
    let record = engine.observed().await.record.unwrap();
    let refused = zeebe_plan::order::adopt(&engine.desired(&kept), &record, "here").unwrap_err();
    assert!(refused.to_string().contains("a cluster with another wish stands"), "{refused}");
}

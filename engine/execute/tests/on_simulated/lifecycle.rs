//! Whole lives of clusters, without anything going wrong.

use zeebe_plan::observed::{LastApply, Phase};
use zeebe_spec::DataOnDestroy;
use zeebe_target::Event;

use crate::bench::{Bench, Wish, wish};

async fn changed(from: &Wish, to: &Wish) -> Bench {
    let bench = Bench::with(from).await;
    bench.engine().apply(to).await.unwrap();
    assert_eq!(bench.engine().plan(to).await.steps, []);
    bench
}

fn copies(factor: usize, partitions: usize) -> Vec<usize> {
    vec![factor; partitions]
}

#[tokio::test]
async fn a_created_cluster_is_whole_and_needs_nothing_more() {
    let bench = Bench::with(&wish(3, 3, 3)).await;
    let end = bench.end().await;
    assert_eq!(end.phase, Some(Phase::Ready));
    assert!(end.components.values().all(|(runs, version)| *runs && version == "8.6.0"));
    assert_eq!((end.components.len(), end.started), (3, Some(3)));
    assert_eq!(end.copies.values().copied().collect::<Vec<_>>(), copies(3, 3));
    assert_eq!(bench.engine().observed().await.last_apply, LastApply::Ended);
    assert_eq!(bench.engine().plan(&wish(3, 3, 3)).await.steps, []);
}

#[tokio::test]
async fn the_journal_has_an_intent_before_and_an_outcome_after_every_step() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let events: Vec<String> = bench
        .engine()
        .journal()
        .await
        .into_iter()
        .map(|entry| match entry.event {
            Event::Began { steps, .. } => format!("began {}", steps.len()),
            Event::Started { step, what } => format!("started {step}: {what}"),
            Event::Accepted { step, .. } => format!("accepted {step}"),
            Event::Saw { step, .. } => format!("saw {step}"),
            Event::Done { step } => format!("done {step}"),
            Event::Failed { step, .. } => format!("failed {step}"),
            Event::Ended { outcome } => format!("ended: {outcome}"),
        })
        .collect();
    let mut without_repetition = events.clone();
    without_repetition.dedup();
    assert_eq!(
        without_repetition,
        [
            "began 5",
            "started 0: write the wish into the book",
            "done 0",
            "started 1: have Zeebe 8.6.0 at hand",
            "done 1",
            "started 2: start broker 0",
            "done 2",
            "started 3: wait until broker 0 leads 1 partition with 1 healthy copy each",
            "saw 3",
            "done 3",
            "started 4: write the wish into the book",
            "done 4",
            "ended: all 5 steps are done",
        ]
    );
}

#[tokio::test]
async fn brokers_and_copies_grow_by_one_change_of_the_product() {
    let bench = changed(&wish(1, 3, 1), &wish(3, 3, 3)).await;
    let end = bench.end().await;
    assert_eq!((end.components.len(), end.started, end.changes), (3, Some(3), 1));
    assert_eq!(end.copies.values().copied().collect::<Vec<_>>(), copies(3, 3));
}

#[tokio::test]
async fn brokers_and_copies_shrink_and_what_left_is_gone() {
    let bench = changed(&wish(3, 3, 3), &wish(1, 3, 1)).await;
    let end = bench.end().await;
    assert_eq!((end.components.len(), end.started, end.changes), (1, Some(1), 1));
    assert_eq!(end.copies.values().copied().collect::<Vec<_>>(), copies(1, 3));
}

#[tokio::test]
async fn growing_and_shrinking_restart_nobody_who_stays() {
    let bench = changed(&wish(3, 3, 3), &wish(5, 3, 3)).await;
    assert_eq!(bench.end().await.started, Some(5));
    bench.engine().apply(&wish(3, 3, 1)).await.unwrap();
    let runs: Vec<u32> = bench
        .engine()
        .target
        .model()
        .unwrap()
        .brokers()
        .values()
        .filter_map(|machine| machine.run)
        .map(|run| run.number)
        .collect();
    assert_eq!((runs, bench.end().await.changes), (vec![1, 2, 3], 2));
}

#[tokio::test]
async fn an_upgrade_restarts_every_broker_once_and_ends_with_a_snapshot() {
    let old = Wish { version: "8.5.8", ..wish(3, 3, 3) };
    let bench = changed(&old, &wish(3, 3, 3)).await;
    let end = bench.end().await;
    assert!(end.components.values().all(|(runs, version)| *runs && version == "8.6.0"));
    assert_eq!((end.started, end.changes), (Some(6), 0));
}

#[tokio::test]
async fn a_roll_ends_with_a_canary_on_every_partition_that_is_taken_away_again() {
    let old = Wish { version: "8.5.8", ..wish(3, 3, 3) };
    let bench = changed(&old, &wish(3, 3, 3)).await;
    let seen = |line: &String| line.contains("canary");
    let seen: Vec<String> = bench.engine().seen().await.into_iter().filter(seen).collect();
    assert_eq!(seen, ["version 1 of the canary starts on every partition: 1, 2, 3"]);
    assert!(bench.end().await.processes.is_empty());
    // What was taken away is deployed anew by the next roll, as another version.
    let changed = Wish { setting: Some("false"), ..wish(3, 3, 3) };
    bench.engine().apply(&changed).await.unwrap();
    let last = bench.engine().seen().await.into_iter().rfind(|line| line.contains("canary"));
    assert_eq!(last.as_deref(), Some("version 2 of the canary starts on every partition: 1, 2, 3"));
}

#[tokio::test]
async fn a_grown_8_5_cluster_is_asked_in_its_own_words() {
    let old = |brokers| Wish { version: "8.5.8", ..wish(brokers, 1, 1) };
    let end = changed(&old(1), &old(2)).await.end().await;
    assert_eq!((end.components.len(), end.changes), (2, 1));
}

#[tokio::test]
async fn a_changed_setting_restarts_the_highest_broker_first() {
    let bench = Bench::with(&wish(3, 1, 3)).await;
    let to = Wish { setting: Some("false"), ..wish(3, 1, 3) };
    let engine = bench.engine().heard();
    engine.apply(&to).await.unwrap();
    let restarts: Vec<String> =
        engine.said().into_iter().filter(|line| line.contains(": restart")).collect();
    assert_eq!(
        restarts,
        [
            "step 4 of 11: restart broker 2 with changed settings",
            "step 6 of 11: restart broker 1 with changed settings",
            "step 8 of 11: restart broker 0 with changed settings",
        ]
    );
    assert_eq!(bench.end().await.started, Some(6));
}

#[tokio::test]
async fn a_destroyed_cluster_leaves_nothing() {
    let bench = Bench::with(&wish(3, 3, 3)).await;
    bench.engine().destroy().await.unwrap();
    let end = bench.end().await;
    assert_eq!((end.components.len(), end.phase), (0, None));
    assert_eq!(bench.engine().journal().await, []);
    assert!(!bench.engine().target.root().join("book").exists());
}

#[tokio::test]
async fn a_destroyed_cluster_whose_data_is_kept_is_made_again_over_it() {
    let kept = Wish { data: DataOnDestroy::Keep, ..wish(3, 3, 3) };
    let bench = Bench::with(&kept).await;
    bench.engine().destroy().await.unwrap();
    assert_eq!(bench.end().await.phase, Some(Phase::Destroyed));
    bench.engine().apply(&kept).await.unwrap();
    assert_eq!(bench.end().await.phase, Some(Phase::Ready));
    assert_eq!(bench.engine().plan(&kept).await.steps, []);
}

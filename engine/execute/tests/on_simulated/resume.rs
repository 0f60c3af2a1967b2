//! The end of the engine at every point of every kind of apply, and the next apply after it.

use std::time::Duration;

use zeebe_spec::{DataOnDestroy, Working};
use zeebe_target_simulated::{CrashMoment, CrashPoint};

use crate::bench::{Bench, Wish, hurried, wish};

/// What is applied: a wish, or the end of the cluster.
pub(crate) enum To {
    Wish(Wish),
    Gone,
}

async fn begun(from: Option<&Wish>) -> Bench {
    match from {
        None => Bench::new(),
        Some(wish) => Bench::with(wish).await,
    }
}

async fn applied(bench: &Bench, to: &To, point: Option<CrashPoint>) -> (bool, u32) {
    let engine = bench.engine();
    let plan = match to {
        To::Wish(wish) => engine.plan(wish).await,
        To::Gone => engine.plan_of_destruction().await,
    };
    let (engine, plan) = match point {
        None => (engine, plan),
        // What is dead need not wait long for an answer.
        Some(point) => (engine.crashing_at(point), hurried(plan, Duration::from_mins(2))),
    };
    let outcome = engine.execute(&plan).await;
    (outcome.is_ok(), engine.target.mutations())
}

/// Kills an engine at every mutation, before and after it took effect; has another one apply; and expects
/// the end that an engine reaches which nobody kills: the same processes, started as often, and as many
/// changes of the product.
async fn ends_the_same_wherever_it_is_killed(from: Option<&Wish>, to: To) {
    let bench = begun(from).await;
    ends_the_same_from(&bench, to).await;
}

/// The same from what is there.
pub(crate) async fn ends_the_same_from(bench: &Bench, to: To) {
    let start = bench.saved();
    let (done, mutations) = applied(bench, &to, None).await;
    assert!(done);
    let end = bench.end().await;
    for mutation in 0..mutations {
        for moment in [CrashMoment::Before, CrashMoment::After] {
            let point = CrashPoint { mutation, moment };
            bench.restore(&start);
            applied(bench, &to, Some(point)).await;
            let (done, _) = applied(bench, &to, None).await;
            assert!(done, "after the end at {point:?}");
            assert_eq!(bench.end().await, end, "after the end at {point:?}");
            if let To::Wish(wish) = &to {
                let plan = bench.engine().plan(wish).await;
                assert_eq!(plan.steps, [], "after the end at {point:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_creation_ends_the_same_wherever_it_is_killed() {
    ends_the_same_wherever_it_is_killed(None, To::Wish(wish(3, 3, 3))).await;
}

#[tokio::test]
async fn a_growth_ends_the_same_wherever_it_is_killed() {
    ends_the_same_wherever_it_is_killed(Some(&wish(1, 3, 1)), To::Wish(wish(3, 3, 3))).await;
}

#[tokio::test]
async fn a_shrinking_ends_the_same_wherever_it_is_killed() {
    ends_the_same_wherever_it_is_killed(Some(&wish(3, 3, 3)), To::Wish(wish(1, 3, 1))).await;
}

#[tokio::test]
async fn an_upgrade_ends_the_same_wherever_it_is_killed() {
    let new = Wish { stable_for: Some("1s"), ..wish(3, 3, 3) };
    let old = Wish { version: "8.5.8", ..new.clone() };
    ends_the_same_wherever_it_is_killed(Some(&old), To::Wish(new)).await;
}

#[tokio::test]
async fn a_roll_ends_the_same_wherever_it_is_killed() {
    let changed = Wish { setting: Some("false"), ..wish(1, 1, 1) };
    ends_the_same_wherever_it_is_killed(Some(&wish(1, 1, 1)), To::Wish(changed)).await;
}

#[tokio::test]
async fn a_destruction_ends_the_same_wherever_it_is_killed() {
    ends_the_same_wherever_it_is_killed(Some(&wish(3, 3, 3)), To::Gone).await;
}

#[tokio::test]
async fn a_destruction_that_keeps_data_ends_the_same_wherever_it_is_killed() {
    let kept = Wish { data: DataOnDestroy::Keep, ..wish(2, 1, 2) };
    ends_the_same_wherever_it_is_killed(Some(&kept), To::Gone).await;
}

const AUDIT: &[(&str, Working)] = &[("audit", Working::On)];

/// Brokers that may be restarted a second after the cluster was whole.
fn exporting(brokers: i64, exporters: &'static [(&'static str, Working)]) -> Wish {
    Wish { stable_for: Some("1s"), exporters, ..wish(brokers, 1, brokers) }
}

#[tokio::test]
async fn an_exporters_arrival_ends_the_same_wherever_it_is_killed() {
    let bare = exporting(2, &[]);
    ends_the_same_wherever_it_is_killed(Some(&bare), To::Wish(exporting(2, AUDIT))).await;
}

#[tokio::test]
async fn an_exporters_departure_ends_the_same_wherever_it_is_killed() {
    let old = Wish { version: "8.8.0", ..exporting(2, AUDIT) };
    let new = Wish { version: "8.8.0", ..exporting(2, &[]) };
    ends_the_same_wherever_it_is_killed(Some(&old), To::Wish(new)).await;
}

const RECEIVED: &[(&str, Working)] = &[("kafka", Working::On), ("lake", Working::On)];

#[tokio::test]
async fn an_arrival_with_receivers_ends_the_same_wherever_it_is_killed() {
    let bare = exporting(1, &[]);
    ends_the_same_wherever_it_is_killed(Some(&bare), To::Wish(exporting(1, RECEIVED))).await;
}

#[tokio::test]
async fn a_departure_with_receivers_ends_the_same_wherever_it_is_killed() {
    let there = exporting(1, RECEIVED);
    ends_the_same_wherever_it_is_killed(Some(&there), To::Wish(exporting(1, &[]))).await;
}

#[tokio::test]
async fn switching_an_exporter_off_ends_the_same_wherever_it_is_killed() {
    let off = exporting(1, &[("audit", Working::Off)]);
    ends_the_same_wherever_it_is_killed(Some(&exporting(1, AUDIT)), To::Wish(off)).await;
}

#[tokio::test]
async fn switching_an_exporter_on_ends_the_same_wherever_it_is_killed() {
    let off = exporting(1, &[("audit", Working::Off)]);
    ends_the_same_wherever_it_is_killed(Some(&off), To::Wish(exporting(1, AUDIT))).await;
}

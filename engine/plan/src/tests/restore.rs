//! A cluster that is there, brought back to a backup.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;
use zeebe_scalar::{Raw, Scalar};
use zeebe_spec::BrokerId;

use super::world::{World, text};
use crate::component::ComponentId;
use crate::observed::{ClusterRecord, LastApply, Phase, ProductObserved, Restoration};
use crate::step::Step;
use crate::{PlanError, bring_back, check};

fn restoration() -> Restoration {
    Restoration { backup: Scalar::parse(Raw::Integer(7)).unwrap(), begun: 20_261_124_130_500 }
}

/// A cluster whose restore was cut off when everything was down.
fn cut_off(mut world: World) -> World {
    world.record.phase = Phase::Restoring(restoration());
    world.observed.last_apply = LastApply::CutOff;
    world.observed.product = ProductObserved::Down;
    world.observed.components.clear();
    world
}

#[test]
fn the_book_says_it_first_and_data_is_set_aside_before_anything_is_restored() {
    let world = World::of("8.6.0", 3, 3, 3).with_gateways(1);
    let plan = bring_back(&world.desired(), restoration(), Duration::from_mins(30));
    assert_snapshot!(text(&plan));
    let Some(Step::Record(first)) = plan.steps.first() else { panic!("{plan:?}") };
    assert_eq!(first.phase, Phase::Restoring(restoration()));
    let Some(Step::Record(last)) = plan.steps.last() else { panic!("{plan:?}") };
    assert_eq!(last.phase, Phase::Ready);
}

#[test]
fn every_plan_of_a_cluster_whose_restore_was_cut_off_is_that_restore() {
    let world = cut_off(World::of("8.6.0", 3, 3, 3));
    let planned = world.converge_to(&world).unwrap();
    let begun = bring_back(&world.desired(), restoration(), Duration::from_mins(30));
    assert_eq!(planned.sentences(), begun.sentences());
}

#[test]
fn another_size_or_version_waits_until_the_restore_is_done() {
    let world = cut_off(World::of("8.6.0", 3, 3, 3));
    for other in [World::of("8.6.0", 5, 3, 3), World::of("8.7.0", 3, 3, 3)] {
        let refused = world.converge_to(&other).unwrap_err();
        assert_eq!(refused, PlanError::Restoring { backup: restoration().backup });
    }
}

#[test]
fn a_broker_without_data_is_never_started() {
    let world = World::of("8.6.0", 2, 1, 1);
    let mut plan = bring_back(&world.desired(), restoration(), Duration::from_mins(30));
    plan.steps.retain(|step| !matches!(step, Step::Restore { .. }));
    let broker = |step, broker| check::Broken::StartWithoutData { step, broker: BrokerId(broker) };
    assert_eq!(check::plan(&plan), [broker(3, 0), broker(4, 1)]);
    assert!(matches!(&plan.steps[3], Step::Ensure { id: ComponentId::Broker(BrokerId(0)), .. }));
}

#[test]
fn books_of_before_are_read_and_a_restore_says_which_backup() {
    let mut record = World::of("8.6.0", 1, 1, 1).record;
    let written = serde_json::to_value(&record).unwrap();
    assert_eq!(written["phase"], json!("ready"));
    assert_eq!(serde_json::from_value::<ClusterRecord>(written).unwrap(), record);
    record.phase = Phase::Restoring(restoration());
    let written = serde_json::to_value(&record).unwrap();
    assert_eq!(
        written["phase"],
        json!({ "restoring": { "backup": 7, "begun": 20_261_124_130_500_u64 } })
    );
    assert_eq!(serde_json::from_value::<ClusterRecord>(written).unwrap(), record);
}

//! Whole plans, scenario by scenario, as a user reads them.

mod agent;
mod exporters;
mod restore;
mod world;

use insta::assert_snapshot;
use rstest::rstest;
use zeebe_spec::{BrokerId, DataOnDestroy, DeletionProtection};

use self::world::{World, text};
use crate::component::{ComponentId, Observed};
use crate::observed::{Canary, LastApply, Phase, ProductObserved};
use crate::product::{ChangeId, ChangeStatus, Operation, PendingChange};
use crate::{PlanError, check, converge, create, destroy};

#[test]
fn creation_starts_every_broker_and_waits_for_the_whole() {
    let world = World::of("8.6.0", 3, 3, 3);
    assert_snapshot!(text(&create(&world.desired())));
}

#[test]
fn a_whole_cluster_needs_nothing() {
    let world = World::of("8.6.0", 3, 3, 3);
    assert_eq!(world.converge_to(&world).unwrap().steps, []);
}

#[test]
fn growth_starts_brokers_then_asks_the_product() {
    let world = World::of("8.6.0", 1, 3, 1);
    let plan = world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap();
    assert_snapshot!(text(&plan));
    let request = plan.question().unwrap().clone();
    assert_eq!(request.add, [BrokerId(1), BrokerId(2)].into());
    assert_eq!(request.replication_factor, Some(3));
}

#[test]
fn shrinking_asks_the_product_before_it_stops_brokers() {
    let world = World::of("8.6.0", 5, 3, 3);
    let plan = world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap();
    assert_snapshot!(text(&plan));
}

#[test]
fn the_products_answer_is_part_of_the_sentence() {
    let world = World::of("8.6.0", 1, 1, 1);
    let plan = world.converge_to(&World::of("8.6.0", 2, 1, 1)).unwrap();
    let answered = plan.answered(vec![Operation {
        kind: "BROKER_ADD".to_owned(),
        broker: Some(BrokerId(1)),
        partition: None,
        priority: None,
    }]);
    assert_eq!(answered.sentences()[2], "ask the product to add broker 1: BROKER_ADD broker 1");
    assert_eq!(answered.question(), None);
}

#[test]
fn an_upgrade_rolls_from_the_highest_id_down_with_a_gate_before_each() {
    let world = World::of("8.5.8", 3, 3, 3);
    let plan = world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap();
    assert_snapshot!(text(&plan));
}

#[test]
fn an_upgrade_that_was_cut_off_goes_on_with_the_brokers_that_are_left() {
    let mut world = World::of("8.5.8", 3, 3, 3);
    let wished = World::of("8.6.0", 3, 3, 3);
    world.record.spec = wished.record.spec.clone();
    world.restart(BrokerId(2), &wished);
    assert_snapshot!(text(&world.converge_to(&wished).unwrap()));
}

#[test]
fn an_upgrade_and_a_growth_roll_first_and_ask_the_product_later() {
    let world = World::of("8.5.8", 1, 1, 1);
    let plan = world.converge_to(&World::of("8.6.0", 2, 1, 1)).unwrap();
    assert_eq!(plan.question(), None);
    assert_snapshot!(text(&plan));
}

#[test]
fn an_upgrade_and_a_shrinking_leave_the_leaving_brokers_as_they_are() {
    let world = World::of("8.5.8", 2, 1, 1);
    assert_snapshot!(text(&world.converge_to(&World::of("8.6.0", 1, 1, 1)).unwrap()));
}

#[test]
fn a_lost_process_is_started_again_and_nothing_else_is_touched() {
    let mut world = World::of("8.6.0", 3, 3, 3);
    world.stop(BrokerId(1));
    assert_snapshot!(text(&world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap()));
}

#[test]
fn a_machine_that_was_restarted_gets_all_its_brokers_back() {
    let mut world = World::of("8.6.0", 3, 3, 3);
    for id in 0..3 {
        world.stop(BrokerId(id));
    }
    world.observed.product = ProductObserved::Down;
    assert_snapshot!(text(&world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap()));
}

#[test]
fn a_lost_broker_is_replaced_while_a_majority_has_the_data() {
    let mut world = World::of("8.6.0", 3, 3, 3);
    world.lose(BrokerId(1));
    assert_snapshot!(text(&world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap()));
    world.lose(BrokerId(2));
    assert_eq!(
        world.converge_to(&World::of("8.6.0", 3, 3, 3)),
        Err(PlanError::QuorumLost { lost: [BrokerId(1), BrokerId(2)].into() })
    );
}

#[test]
fn a_change_under_way_is_waited_for_and_not_asked_for_again() {
    let mut world = World::of("8.6.0", 1, 1, 1);
    let wished = World::of("8.6.0", 2, 1, 1);
    world.record.spec = wished.record.spec.clone();
    world.start(BrokerId(1), &wished);
    world.answer().topology.pending_change = Some(PendingChange {
        id: ChangeId(7),
        status: ChangeStatus::InProgress,
        completed: Vec::new(),
        pending: vec![Operation {
            kind: "BROKER_ADD".to_owned(),
            broker: Some(BrokerId(1)),
            partition: None,
            priority: None,
        }],
    });
    assert_snapshot!(text(&world.converge_to(&wished).unwrap()));
}

#[test]
fn brokers_that_the_product_let_go_are_stopped_after_a_cut() {
    let mut world = World::of("8.6.0", 1, 1, 1);
    let former = World::of("8.6.0", 2, 1, 1);
    world.start(BrokerId(1), &former);
    assert_snapshot!(text(&world.converge_to(&World::of("8.6.0", 1, 1, 1)).unwrap()));
}

#[test]
fn standalone_gateways_come_before_the_brokers_stop_being_gateways() {
    let world = World::of("8.6.0", 2, 1, 1);
    let wished = World::of("8.6.0", 2, 1, 1).with_gateways(1);
    assert_snapshot!(text(&world.converge_to(&wished).unwrap()));
    let back = wished.converge_to(&world).unwrap();
    assert_snapshot!(text(&back));
}

#[test]
fn destruction_stops_all_and_keeps_or_deletes_data_as_asked() {
    let mut world = World::of("8.6.0", 2, 1, 1).with_gateways(1);
    let plan = destroy(&world.seen(), DeletionProtection::Off).unwrap();
    assert_snapshot!(text(&plan));
    world.keep_data(DataOnDestroy::Delete);
    let plan = destroy(&world.seen(), DeletionProtection::Off).unwrap();
    assert_snapshot!(text(&plan));
    assert_eq!(
        destroy(&world.seen(), DeletionProtection::On),
        Err(PlanError::Protected { name: "payments".to_owned() })
    );
}

#[test]
fn a_creation_that_made_nothing_leaves_no_book() {
    let mut world = World::of("8.6.0", 1, 1, 1);
    world.observed.components.clear();
    let plan = destroy(&world.seen(), DeletionProtection::Off).unwrap();
    assert_eq!(plan.steps.last(), Some(&crate::Step::Forget));
}

#[rstest]
#[case(("8.6.0", 3), ("8.5.8", 3), "a downgrade from 8.6.0 to 8.5.8 is not possible")]
#[case(("8.5.8", 3), ("8.7.0", 3), "an upgrade from 8.5.8 to 8.7.0 skips a minor")]
#[case(("8.6.0", 3), ("8.6.0", 1), "a cluster of 3 partitions cannot have 1")]
#[case(("8.6.0", 3), ("8.6.0", 6), "version 8.6.0 cannot grow from 3 to 6 partitions")]
fn what_the_product_cannot_do_is_refused(
    #[case] from: (&str, u16),
    #[case] to: (&str, u16),
    #[case] message: &str,
) {
    let world = World::of(from.0, 3, from.1, 3);
    let error = world.converge_to(&World::of(to.0, 3, to.1, 3)).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn partitions_grow_where_the_minor_documents_it() {
    let world = World::of("8.8.0", 3, 3, 3);
    let plan = world.converge_to(&World::of("8.8.0", 3, 6, 3)).unwrap();
    assert!(plan.sentences().contains(&"ask the product to have 6 partitions".to_owned()));
}

#[test]
fn silence_is_an_error_unless_an_apply_was_cut_off() {
    let mut world = World::of("8.6.0", 1, 1, 1);
    world.observed.product = ProductObserved::Silent("broker 0: no answer within 5 s".to_owned());
    let error = world.converge_to(&World::of("8.6.0", 1, 1, 1)).unwrap_err();
    assert_eq!(error, PlanError::Silent { why: "broker 0: no answer within 5 s".to_owned() });
    world.observed.last_apply = LastApply::CutOff;
    world.record.phase = Phase::Creating;
    assert_snapshot!(text(&world.converge_to(&World::of("8.6.0", 1, 1, 1)).unwrap()));
}

#[test]
fn silence_is_explained_by_a_coordinator_that_does_not_run() {
    let mut world = World::of("8.6.0", 3, 3, 3);
    world.stop(BrokerId(0));
    world.observed.product = ProductObserved::Silent("502 from brokers 1 and 2".to_owned());
    let plan = world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap();
    assert_eq!(
        text(&plan),
        "- have Zeebe 8.6.0 at hand\n\
         - start broker 0, which does not run\n\
         - wait until brokers 0, 1, 2 lead 3 partitions with 3 healthy copies each\n\
         - write the wish into the book\n"
    );
}

#[test]
fn what_is_unclear_is_never_taken_for_absent() {
    let mut world = World::of("8.6.0", 1, 1, 1);
    let id = ComponentId::Broker(BrokerId(0));
    world.observed.components.insert(id, Observed::Unclear("permission denied".to_owned()));
    assert_eq!(
        world.converge_to(&World::of("8.6.0", 1, 1, 1)),
        Err(PlanError::Unclear { id, why: "permission denied".to_owned() })
    );
}

#[test]
fn a_canary_that_was_owed_when_an_apply_ended_is_tried_by_the_next() {
    let wished = World::of("8.6.0", 3, 3, 3);
    let mut world = World::of("8.6.0", 3, 3, 3);
    world.record.canary = Canary::Due;
    let plan = world.converge_to(&wished).unwrap();
    assert_eq!(
        text(&plan),
        "- deploy a canary process and see it start on each of 3 partitions\n- write the wish into the book\n"
    );
    let Some(crate::Step::Record(record)) = plan.steps.last() else { unreachable!() };
    assert_eq!(record.canary, Canary::Settled);
}

#[test]
fn an_upgrade_writes_down_that_it_owes_a_canary_before_it_restarts_anything() {
    let world = World::of("8.5.8", 1, 1, 1);
    let plan = world.converge_to(&World::of("8.6.0", 1, 1, 1)).unwrap();
    let Some(crate::Step::Record(record)) = plan.steps.first() else { unreachable!() };
    assert_eq!(record.canary, Canary::Due);
}

#[test]
fn a_canary_that_is_left_out_is_found() {
    let world = World::of("8.5.8", 3, 3, 3);
    let mut plan = world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap();
    plan.steps.retain(|step| !matches!(step, crate::Step::Canary { .. }));
    let broken: Vec<String> = check::plan(&plan).iter().map(ToString::to_string).collect();
    assert_eq!(broken, ["no canary comes after the restart at step 7"]);
}

#[test]
fn a_gate_that_is_left_out_is_found() {
    let world = World::of("8.5.8", 3, 3, 3);
    let mut plan = world.converge_to(&World::of("8.6.0", 3, 3, 3)).unwrap();
    assert_eq!(check::plan(&plan), []);
    plan.steps.retain(|step| !matches!(step, crate::Step::Gate(_)));
    assert_eq!(
        check::plan(&plan).first().map(ToString::to_string),
        Some("step 2 restarts broker 2 and no gate stands before it".to_owned())
    );
}

#[test]
fn two_plans_of_the_same_inputs_are_equal() {
    let (from, to) = (World::of("8.5.8", 3, 3, 3), World::of("8.6.0", 5, 3, 3));
    assert_eq!(from.converge_to(&to), from.converge_to(&to));
    assert_eq!(converge(&to.desired(), &from.record, &from.seen()), from.converge_to(&to),);
}

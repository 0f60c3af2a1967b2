//! What goes wrong while an engine lives.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use zeebe_execute::StepError;
use zeebe_plan::step::{Plan, Step};
use zeebe_spec::{BrokerId, PartitionId};
use zeebe_target::LeftBehind;
use zeebe_target_simulated::model::Model;
use zeebe_target_simulated::{AnswerFault, Disturbance, Faults, InsteadOfAnswer, TroubleAhead};

use crate::bench::{Bench, Engine, Wish, hurried, wish};

const PATCH: &str = "PATCH";

/// Requests for changes, but not dry runs, cannot be told apart by their path: the first is the dry run of
/// the plan, the second that of the executor, the third is the request.
fn at_the_request(with: InsteadOfAnswer) -> Faults {
    Faults {
        answers: vec![AnswerFault {
            method: Some(PATCH.to_owned()),
            path: None,
            broker: None,
            when: Disturbance { skip: 1, ..Disturbance::default() },
            with,
        }],
        ..Faults::default()
    }
}

/// Grows a cluster from one broker to two, with a fault that is there from after the plan on.
async fn grown_through(faults: Faults) -> Bench {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine();
    let plan = engine.plan(&wish(2, 1, 2)).await;
    engine.target.inject(faults).unwrap();
    engine.execute(&plan).await.unwrap();
    let end = bench.end().await;
    assert_eq!((end.components.len(), end.changes), (2, 1));
    assert!(bench.engine().target.faults().unwrap().is_empty());
    bench
}

#[tokio::test]
async fn a_request_whose_answer_is_lost_is_not_made_twice() {
    for with in [InsteadOfAnswer::DropAfter, InsteadOfAnswer::GatewayTimeout] {
        let bench = grown_through(at_the_request(with)).await;
        let seen = bench.engine().seen().await;
        assert!(
            seen[0].starts_with("the answer to the request is not clear"),
            "{with:?}: {seen:?}"
        );
        assert_eq!(seen.iter().filter(|line| line.starts_with("accepted")).count(), 1, "{seen:?}");
    }
}

#[tokio::test]
async fn a_request_that_was_lost_is_made_again_after_a_look() {
    for with in [InsteadOfAnswer::DropBefore, InsteadOfAnswer::GatewayError] {
        grown_through(at_the_request(with)).await;
    }
}

#[tokio::test]
async fn a_request_that_meets_another_change_waits_and_is_made_again() {
    grown_through(at_the_request(InsteadOfAnswer::Conflict)).await;
}

#[tokio::test]
async fn a_request_that_is_answered_with_a_failure_in_200_is_an_error() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine();
    let plan = engine.plan(&wish(2, 1, 2)).await;
    engine.target.inject(at_the_request(InsteadOfAnswer::EnvelopeWithError)).unwrap();
    let error = engine.execute(&plan).await.unwrap_err();
    assert!(matches!(error.why, StepError::Product(_)), "{}", error.chain());
    assert_eq!(error.left_behind, LeftBehind::Unknown);
    bench.engine().apply(&wish(2, 1, 2)).await.unwrap();
    assert_eq!(bench.end().await.changes, 1);
}

#[tokio::test]
async fn somebody_elses_change_is_waited_for_and_named() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine().heard();
    let plan = engine.plan(&wish(2, 1, 2)).await;
    let trouble = TroubleAhead { foreign_change: Some(20_000), ..TroubleAhead::default() };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    engine.execute(&plan).await.unwrap();
    assert_eq!(bench.end().await.changes, 2);
    let seen = bench.engine().seen().await;
    assert!(seen.iter().any(|line| line.contains("which is not ours, is under way")), "{seen:?}");
}

#[tokio::test]
async fn a_change_that_stands_still_is_given_up_and_adopted_by_the_next_apply() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine();
    let plan = hurried(engine.plan(&wish(2, 1, 2)).await, Duration::from_mins(1));
    let trouble =
        TroubleAhead { stuck_until_restart: Some(BrokerId(1)), ..TroubleAhead::default() };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    let error = engine.execute(&plan).await.unwrap_err();
    assert_eq!(error.left_behind, LeftBehind::Traceable);
    let StepError::TimedOut { after, lacks } = &error.why else { panic!("{}", error.chain()) };
    assert_eq!(*after, Duration::from_mins(1));
    assert!(lacks[0].starts_with("change 2 of the product has done"), "{lacks:?}");

    // Somebody restarts the broker that holds it up.
    bench.engine().target.meddle(|model| model.stop(BrokerId(1))).unwrap();
    bench.engine().apply(&wish(2, 1, 2)).await.unwrap();
    let end = bench.end().await;
    assert_eq!((end.components.len(), end.changes), (2, 1));
}

#[tokio::test]
async fn a_change_that_the_product_gives_up_is_an_error() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine();
    let plan = engine.plan(&wish(2, 1, 2)).await;
    let trouble = TroubleAhead { fails_after: Some(1), ..TroubleAhead::default() };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    let error = engine.execute(&plan).await.unwrap_err();
    assert_eq!(
        error.why.to_string(),
        "the product's change 2 ended as failed",
        "{}",
        error.chain()
    );
}

#[tokio::test]
async fn a_change_that_would_be_another_than_planned_is_not_begun() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine();
    let mut plan = engine.plan(&wish(2, 1, 2)).await;
    for step in &mut plan.steps {
        if let Step::Change { operations: Some(operations), .. } = step {
            operations.pop();
        }
    }
    let error = engine.execute(&plan).await.unwrap_err();
    assert!(matches!(error.why, StepError::Differs { .. }), "{}", error.chain());
    assert_eq!(error.left_behind, LeftBehind::Nothing);
    assert_eq!(bench.end().await.changes, 0);
}

#[tokio::test]
async fn a_gate_holds_while_leaders_come_and_go() {
    let bench = Bench::with(&wish(3, 3, 3)).await;
    let engine = bench.engine();
    let to = crate::bench::Wish { setting: Some("false"), ..wish(3, 3, 3) };
    let plan = engine.plan(&to).await;
    let before = engine.target.model().unwrap().now();
    let trouble = TroubleAhead {
        flapping_for: Some(60_000),
        flapping_every: 4_000,
        ..TroubleAhead::default()
    };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    engine.execute(&plan).await.unwrap();
    // Nothing was restarted before leaders had stayed for the ten seconds of the gate.
    let first_restart = engine
        .target
        .model()
        .unwrap()
        .brokers()
        .values()
        .filter_map(|machine| machine.run)
        .map(|run| run.started)
        .min()
        .unwrap();
    assert!(first_restart >= before + 60_000, "{before} {first_restart}");
}

#[tokio::test]
async fn a_gate_that_is_given_up_says_what_is_missing() {
    let bench = Bench::new();
    let engine = bench.engine();
    let plan = hurried(engine.plan(&wish(2, 1, 2)).await, Duration::from_secs(30));
    let slow = BTreeMap::from([(BrokerId(1), 200_000)]);
    let trouble = TroubleAhead { slow, ..TroubleAhead::default() };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    let error = engine.execute(&plan).await.unwrap_err();
    let StepError::TimedOut { lacks, .. } = &error.why else { panic!("{}", error.chain()) };
    assert!(lacks.iter().all(|lack| lack.contains("broker 1")), "{lacks:?}");
    // It was only slow: the next apply waits on, and starts nothing again.
    bench.engine().apply(&wish(2, 1, 2)).await.unwrap();
    assert_eq!(bench.end().await.started, Some(2));
}

#[tokio::test]
async fn a_broker_that_dies_while_it_is_waited_for_ends_the_wait() {
    let bench = Bench::new();
    let engine = bench.engine();
    let plan = engine.plan(&wish(2, 1, 2)).await;
    let gate = plan.steps.len() - 2;
    let (start, wait) = plan.steps.split_at(gate);
    engine.execute(&Plan { steps: start.to_vec() }).await.unwrap();
    engine.target.meddle(|model| model.stop(BrokerId(1))).unwrap();
    let error = engine.execute(&Plan { steps: wait.to_vec() }).await.unwrap_err();
    assert_eq!(error.why.to_string(), "broker 1 has ended");
    assert!(error.advice().contains("/brokers/1/logs"), "{}", error.advice());
}

/// Cancels an apply once something holds; without the cancellation it would go on for an hour.
async fn cancelled_once(
    engine: &Engine<'_>,
    plan: &Plan,
    cancel: &CancellationToken,
    holds: impl Fn(&Engine<'_>) -> bool,
) {
    let stop = async {
        while !holds(engine) {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(engine.execute(plan), stop);
    let error = outcome.unwrap_err();
    assert!(error.is_cancelled(), "{}", error.chain());
}

#[tokio::test]
async fn a_cancelled_apply_stops_and_is_finished_by_the_next() {
    let bench = Bench::with(&wish(1, 1, 1)).await.patient();
    let cancel = CancellationToken::new();
    let engine = bench.engine().stopped_by(&cancel);
    let plan = engine.plan(&wish(2, 1, 2)).await;
    // The product never answers the request, so that nothing but the user ends the wait.
    engine
        .target
        .inject(Faults {
            answers: vec![AnswerFault {
                method: Some(PATCH.to_owned()),
                path: None,
                broker: None,
                when: Disturbance { times: 1000, ..Disturbance::default() },
                with: InsteadOfAnswer::SilenceBefore,
            }],
            ..Faults::default()
        })
        .unwrap();
    let is_asked =
        |engine: &Engine<'_>| engine.target.faults().unwrap().answers[0].when.times < 1000;
    cancelled_once(&engine, &plan, &cancel, is_asked).await;
    bench.engine().target.inject(Faults::default()).unwrap();
    bench.engine().apply(&wish(2, 1, 2)).await.unwrap();
    assert_eq!(bench.end().await.changes, 1);
}

#[tokio::test]
async fn a_cancelled_gate_says_so_in_the_journal() {
    let bench = Bench::new();
    let cancel = CancellationToken::new();
    let engine = bench.engine().stopped_by(&cancel);
    let plan = hurried(engine.plan(&wish(1, 1, 1)).await, Duration::from_hours(1_000));
    let trouble = TroubleAhead {
        slow: BTreeMap::from([(BrokerId(0), u64::from(u32::MAX))]),
        ..TroubleAhead::default()
    };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    let waits = |engine: &Engine<'_>| engine.said().iter().any(|line| line.starts_with("waiting"));
    cancelled_once(&engine, &plan, &cancel, waits).await;
    let seen = bench.engine().seen().await;
    assert_eq!(seen.last().map(String::as_str), Some("failed: the apply was cancelled"));
}

const CANARY: &str = "zeebe-provision-canary";

/// In virtual time what arrives at all arrives at once.
fn with_a_short_canary(mut plan: Plan) -> Plan {
    for step in &mut plan.steps {
        if let Step::Canary { deadline, .. } = step {
            *deadline = Duration::from_secs(2);
        }
    }
    plan
}

/// Rolls a cluster whose deployments do not reach one partition; gives why the apply ended.
async fn rolled_with_a_lagging_partition(
    partitions: u16,
    lagging: PartitionId,
    before: impl FnOnce(&mut Model),
) -> (Bench, String) {
    let old = wish(1, partitions.into(), 1);
    let bench = Bench::with(&old).await;
    let engine = bench.engine();
    engine.target.meddle(before).unwrap();
    let trouble = TroubleAhead { lagging: [lagging].into(), ..TroubleAhead::default() };
    engine.target.inject(Faults { trouble: Some(trouble), ..Faults::default() }).unwrap();
    let plan = engine.plan(&Wish { setting: Some("false"), ..old }).await;
    let error = engine.execute(&with_a_short_canary(plan)).await.unwrap_err();
    assert_eq!(error.left_behind, LeftBehind::Traceable);
    (bench, error.why.to_string())
}

#[tokio::test]
async fn a_partition_that_deployments_do_not_reach_is_named_in_100_of_100_runs() {
    for run in 0..100_u16 {
        let partitions = 2 + run % 4;
        let lagging = PartitionId(2 + (run / 4) % (partitions - 1));
        let turns = run / 12;
        let (_, why) = rolled_with_a_lagging_partition(partitions, lagging, |model| {
            // Whose turn it is differs, and every other cluster has an older canary.
            model.deploy("other", "other").unwrap();
            for _ in 0..turns {
                model.start_instance("other").unwrap();
            }
            if run % 2 == 0 {
                model.deploy(CANARY, "an older one").unwrap();
            }
        })
        .await;
        let lack = if run % 2 == 0 {
            format!("partition {lagging} starts version 1 of the canary and not 2")
        } else {
            format!(
                "partition {lagging} starts no version of the canary, the call to start an instance names what \
                 is not there (NotFound: Command rejected with code 'NOT_FOUND': Expected to find \
                 '{CANARY}', but none found)"
            )
        };
        let expected = format!(
            "2 s after its deployment the canary process does not start everywhere: {lack}"
        );
        assert_eq!(why, expected, "run {run}");
    }
}

#[tokio::test]
async fn a_canary_that_failed_is_tried_again_until_it_starts_everywhere() {
    let (bench, _) = rolled_with_a_lagging_partition(3, PartitionId(3), |_| {}).await;
    let wished = Wish { setting: Some("false"), ..wish(1, 3, 1) };
    let engine = bench.engine();
    let plan = engine.plan(&wished).await;
    assert_eq!(
        plan.sentences(),
        [
            "wait until broker 0 leads 3 partitions with 1 healthy copy each",
            "deploy a canary process and see it start on each of 3 partitions",
        ]
    );
    assert!(engine.execute(&with_a_short_canary(plan.clone())).await.is_err());
    // What was lost once stays lost: somebody deploys anew, and from now on everything arrives.
    engine
        .target
        .meddle(|model| {
            model.trouble_mut().lagging.clear();
            model.deploy(CANARY, "deployed again by hand").unwrap();
        })
        .unwrap();
    engine.execute(&plan).await.unwrap();
    assert_eq!(bench.engine().plan(&wished).await.steps, []);
}

#[tokio::test]
async fn a_gateway_that_asks_for_credentials_is_left_alone_and_the_journal_says_so() {
    let bench = Bench::with(&wish(1, 1, 1)).await;
    let engine = bench.engine();
    let fault = AnswerFault {
        method: None,
        path: Some("/gateway_protocol.Gateway/DeployResource".to_owned()),
        broker: None,
        when: Disturbance::default(),
        with: InsteadOfAnswer::Unauthenticated,
    };
    engine.target.inject(Faults { answers: vec![fault], ..Faults::default() }).unwrap();
    engine.apply(&Wish { setting: Some("false"), ..wish(1, 1, 1) }).await.unwrap();
    let seen = bench.engine().seen().await;
    assert!(
        seen.iter()
            .any(|line| line.starts_with("no canary was tried: the gateway asks for credentials")),
        "{seen:?}"
    );
}

//! What can be made to go wrong, and how it looks from outside.

use std::time::Duration;

use rstest::rstest;
use zeebe_management::{Client, ManagementError, ManagementReach, Timeouts, Transport, Unclarity};
use zeebe_plan::component::{ComponentId, Wanted};
use zeebe_plan::product::{ChangeRequest, ChangeStatus};
use zeebe_spec::{BrokerId, Minor, PartitionId};
use zeebe_target::{Call, DocumentName, LeftBehind, Target};

use crate::cluster::SimulatedCluster;
use crate::cluster::tests::{Lab, process};
use crate::crash::{CrashPoint, Crashed, Moment};
use crate::faults::{
    AnswerFault, Disturbance, EnsureFault, Faults, InsteadOfAnswer, Timing, TroubleAhead,
};
use crate::host::SimulatedHost;

/// Copies 3 → 2: a change that needs no new broker.
fn fewer_copies() -> ChangeRequest {
    ChangeRequest {
        members: (0..3).map(BrokerId).collect(),
        add: [].into(),
        remove: [].into(),
        replication_factor: Some(2),
        partitions: None,
    }
}

pub(super) async fn client(lab: &Lab) -> Client {
    client_of(lab, Minor::V8_6).await
}

pub(super) async fn client_of(lab: &Lab, minor: Minor) -> Client {
    let timeouts =
        Timeouts { connect: Duration::from_secs(5), request: Duration::from_millis(500) };
    let mut reach = ManagementReach::default();
    for broker in 0..3 {
        let base = lab.base(broker).await;
        reach.brokers.insert(BrokerId(broker), zeebe_management::BaseUrl::parse(&base).unwrap());
        let rest = format!("{base}/rest");
        reach.gateways.push(zeebe_management::BaseUrl::parse(&rest).unwrap());
    }
    Client::with_transport(minor, reach, Transport::new(timeouts).unwrap())
}

fn at_changes(with: InsteadOfAnswer, times: u32) -> Faults {
    Faults {
        answers: vec![AnswerFault {
            method: Some("PATCH".to_owned()),
            path: Some("/actuator/cluster".to_owned()),
            broker: None,
            when: Disturbance { times, ..Disturbance::default() },
            with,
        }],
        ..Faults::default()
    }
}

fn inside(trouble: TroubleAhead) -> Faults {
    Faults { trouble: Some(trouble), ..Faults::default() }
}

async fn under_way(client: &Client) -> bool {
    client.cluster(BrokerId(0)).await.unwrap().pending_change.is_some()
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Accepted,
    Conflict,
    TimedOut,
    Dropped,
    Answered(u16),
    Other,
}

fn outcome<T>(result: &Result<T, ManagementError>) -> Outcome {
    match result {
        Ok(_) => Outcome::Accepted,
        Err(ManagementError::Conflict { .. }) => Outcome::Conflict,
        Err(ManagementError::Unclear { why: Unclarity::TimedOut { .. }, .. }) => Outcome::TimedOut,
        Err(ManagementError::Unclear { why: Unclarity::Dropped { .. }, .. }) => Outcome::Dropped,
        Err(ManagementError::Unclear { why: Unclarity::Answered { status, .. }, .. }) => {
            Outcome::Answered(*status)
        }
        Err(_) => Outcome::Other,
    }
}

#[rstest]
#[case(InsteadOfAnswer::Conflict, Outcome::Conflict, false)]
#[case(InsteadOfAnswer::InternalError, Outcome::Answered(500), false)]
#[case(InsteadOfAnswer::GatewayError, Outcome::Answered(502), false)]
#[case(InsteadOfAnswer::GatewayTimeout, Outcome::Answered(504), true)]
#[case(InsteadOfAnswer::DropBefore, Outcome::Dropped, false)]
#[case(InsteadOfAnswer::DropAfter, Outcome::Dropped, true)]
#[case(InsteadOfAnswer::SilenceBefore, Outcome::TimedOut, false)]
#[case(InsteadOfAnswer::SilenceAfter, Outcome::TimedOut, true)]
#[tokio::test]
async fn an_answer_goes_wrong_once_and_then_no_more(
    #[case] with: InsteadOfAnswer,
    #[case] expected: Outcome,
    #[case] begun: bool,
) {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let client = client(&lab).await;
    lab.cluster.inject(at_changes(with, 1)).unwrap();
    let first = outcome(&client.change(&fewer_copies()).await);
    let pending = under_way(&client).await;
    let left = lab.cluster.faults().unwrap();
    assert_eq!((first, pending, left), (expected, begun, Faults::default()));
}

#[tokio::test]
async fn a_conflict_comes_back_as_often_as_it_was_asked_for() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let client = client(&lab).await;
    lab.cluster.inject(at_changes(InsteadOfAnswer::Conflict, 2)).unwrap();
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        outcomes.push(outcome(&client.change(&fewer_copies()).await));
    }
    assert_eq!(outcomes, [Outcome::Conflict, Outcome::Conflict, Outcome::Accepted]);
}

#[tokio::test]
async fn an_envelope_says_500_behind_http_200() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let fault = AnswerFault {
        method: Some("POST".to_owned()),
        path: None,
        broker: None,
        when: Disturbance::default(),
        with: InsteadOfAnswer::EnvelopeWithError,
    };
    lab.cluster.inject(Faults { answers: vec![fault], ..Faults::default() }).unwrap();
    let paused = client(&lab).await.resume_exporting().await;
    assert!(paused.is_err(), "{paused:?}");
}

#[rstest]
#[case(Timing::Before, LeftBehind::Nothing, 3)]
#[case(Timing::After, LeftBehind::Unknown, 2)]
#[tokio::test]
async fn an_ensure_fails_before_or_after_its_effect(
    #[case] timing: Timing,
    #[case] left_behind: LeftBehind,
    #[case] running: usize,
) {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let component = ComponentId::Broker(BrokerId(2));
    let fault = EnsureFault {
        component: Some(component),
        when: Disturbance::default(),
        timing,
        left_behind,
    };
    lab.cluster.inject(Faults { ensures: vec![fault], ..Faults::default() }).unwrap();
    let call = Call::quiet();
    let stop = || lab.cluster.ensure(&component, &Wanted::Stopped, &call);
    let failed = stop().await.unwrap_err();
    let count = |lab: &Lab| {
        let model = lab.cluster.model().unwrap();
        model.brokers().values().filter(|machine| machine.run.is_some()).count()
    };
    assert_eq!((failed.left_behind, count(&lab)), (left_behind, running));
    stop().await.unwrap();
    assert_eq!(count(&lab), 2);
}

#[tokio::test]
async fn a_stuck_change_goes_on_when_its_broker_was_restarted() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let client = client(&lab).await;
    let trouble =
        TroubleAhead { stuck_until_restart: Some(BrokerId(1)), ..TroubleAhead::default() };
    lab.cluster.inject(inside(trouble)).unwrap();
    client.change(&fewer_copies()).await.unwrap();
    lab.wait(600).await;
    assert!(under_way(&client).await);
    let one = ComponentId::Broker(BrokerId(1));
    let start = Wanted::Running(Box::new(process("8.6.0", [3, 3, 3])));
    for wanted in [Wanted::Stopped, start] {
        lab.cluster.ensure(&one, &wanted, &Call::quiet()).await.unwrap();
    }
    lab.wait(60).await;
    assert!(!under_way(&client).await);
}

#[tokio::test]
async fn a_change_is_given_up_half_way() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let client = client(&lab).await;
    let trouble = TroubleAhead { fails_after: Some(2), ..TroubleAhead::default() };
    lab.cluster.inject(inside(trouble)).unwrap();
    let planned = client.change(&fewer_copies()).await.unwrap();
    lab.wait(60).await;
    let topology = client.cluster(BrokerId(0)).await.unwrap();
    let last = topology.last_change.unwrap();
    assert_eq!((last.id, last.status), (planned.id, ChangeStatus::Failed));
    assert!(topology.pending_change.is_none());
}

#[tokio::test]
async fn leaders_come_and_go_for_a_while() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let leads = |lab: &Lab| lab.cluster.model().unwrap().leader(PartitionId(1)).is_some();
    let trouble = TroubleAhead {
        flapping_for: Some(20_000),
        flapping_every: 5_000,
        ..TroubleAhead::default()
    };
    lab.cluster.inject(inside(trouble)).unwrap();
    let mut seen = Vec::new();
    for _ in 0..30 {
        lab.wait(1).await;
        seen.push(leads(&lab));
    }
    let changes = seen.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes >= 6, "{seen:?}");
    assert!(seen.iter().skip(23).all(|leads| *leads), "{seen:?}");
}

#[tokio::test]
async fn somebody_elses_change_is_in_the_way_for_a_while() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let client = client(&lab).await;
    let trouble = TroubleAhead { foreign_change: Some(30_000), ..TroubleAhead::default() };
    lab.cluster.inject(inside(trouble)).unwrap();
    assert!(under_way(&client).await);
    assert_eq!(outcome(&client.change(&fewer_copies()).await), Outcome::Conflict);
    lab.wait(31).await;
    assert_eq!(outcome(&client.change(&fewer_copies()).await), Outcome::Accepted);
}

#[tokio::test]
async fn a_slow_broker_is_healthy_late_and_a_killed_one_is_gone() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let trouble = TroubleAhead {
        slow: [(BrokerId(1), 60_000)].into(),
        killed: vec![BrokerId(1), BrokerId(2)],
        ..TroubleAhead::default()
    };
    lab.cluster.inject(inside(trouble)).unwrap();
    let wanted = Wanted::Running(Box::new(process("8.6.0", [3, 3, 3])));
    let one = ComponentId::Broker(BrokerId(1));
    lab.cluster.ensure(&one, &wanted, &Call::quiet()).await.unwrap();
    lab.wait(30).await;
    let ready = |lab: &Lab| {
        let model = lab.cluster.model().unwrap();
        [1, 2].map(|id| {
            let run = model.answering(BrokerId(id)).map(|(_, run)| run.ready <= model.now());
            run.map_or("away", |ready| if ready { "healthy" } else { "not yet" })
        })
    };
    assert_eq!(ready(&lab), ["not yet", "away"]);
    lab.wait(60).await;
    assert_eq!(ready(&lab), ["healthy", "away"]);
}

#[tokio::test]
async fn an_engine_that_ended_can_do_nothing_more() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let client = client(&lab).await;
    let made = lab.cluster.mutations();
    lab.cluster.crash_at(CrashPoint { mutation: made + 1, moment: Moment::After });
    let book = lab.cluster.book();
    let document = DocumentName::cluster();
    book.write(&document, &serde_json::json!({"a": 1})).await.unwrap();
    let last = outcome(&client.change(&fewer_copies()).await);
    let after = (
        book.read(&document).await.is_err(),
        lab.cluster.observe(&Call::quiet()).await.is_err(),
        outcome(&client.cluster(BrokerId(0)).await),
    );
    assert_eq!((last, after), (Outcome::Dropped, (true, true, Outcome::Dropped)));
    // Another engine finds what the last mutation did.
    let model = lab.cluster.model().unwrap();
    assert!(model.configuration().unwrap().change.is_some());
    assert_eq!(Crashed.to_string(), "the engine was stopped by its crash point");
}

#[test]
fn faults_are_written_as_people_would_write_them() {
    let text = r#"{
        "answers": [{"method": "PATCH", "when": {"skip": 1, "times": 3}, "with": "conflict"}],
        "ensures": [{"component": "broker 1", "timing": "after", "left_behind": "unknown"}],
        "trouble": {"stuck_until_restart": 1, "slow": {"2": 5000}}
    }"#;
    let faults: Faults = serde_json::from_str(text).unwrap();
    let again: Faults = serde_json::from_str(&serde_json::to_string(&faults).unwrap()).unwrap();
    assert_eq!(again, faults);
    assert_eq!(faults.answers[0].when, Disturbance { skip: 1, times: 3, chance: 100 });
    assert!(serde_json::from_str::<Faults>(r#"{"answer": []}"#).is_err());
}

/// Set in the process that is to be killed: where its cluster is.
const DOOMED: &str = "ZEEBE_SIMULATED_DOOMED";

#[tokio::test]
async fn a_process_is_killed_at_the_mutation_that_was_named_and_the_next_one_is_spared() {
    if let Ok(root) = std::env::var(DOOMED) {
        let engine = SimulatedCluster::at(root.as_str(), &SimulatedHost::default());
        for broker in 0..3 {
            let component = ComponentId::Broker(BrokerId(broker));
            engine.ensure(&component, &Wanted::Stopped, &Call::quiet()).await.unwrap();
        }
        return;
    }
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    lab.cluster.inject(Faults { abort_at_mutation: Some(1), ..Faults::default() }).unwrap();
    let name = "cluster::tests::faults::a_process_is_killed_at_the_mutation_that_was_named_and_the_next_one_is_spared";
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(DOOMED, lab.cluster.root())
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    let running = |lab: &Lab| -> Vec<u16> {
        let model = lab.cluster.model().unwrap();
        let running = model.brokers().iter().filter(|(_, machine)| machine.run.is_some());
        running.map(|(broker, _)| broker.0).collect()
    };
    let faults = lab.cluster.faults().unwrap();
    assert_eq!((status.success(), running(&lab), faults), (false, vec![1, 2], Faults::default()));
    let next = SimulatedCluster::at(lab.cluster.root(), &SimulatedHost::default());
    let one = ComponentId::Broker(BrokerId(1));
    next.ensure(&one, &Wanted::Stopped, &Call::quiet()).await.unwrap();
    assert_eq!(running(&lab), [2]);
}

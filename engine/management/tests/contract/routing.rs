//! Whom the client asks, and whom it asks next.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_management::{
    BaseUrl, Client, Effect, ForcedRemoval, ManagementError, ManagementReach, Unclarity,
};
use zeebe_plan::product::ChangeRequest;
use zeebe_spec::{BrokerId, Minor};

use crate::captures::capture;
use crate::server::{Reply, Server, deserted};

fn client(brokers: impl IntoIterator<Item = BaseUrl>, gateways: Vec<BaseUrl>) -> Client {
    let brokers = (0..).map(BrokerId).zip(brokers).collect::<BTreeMap<_, _>>();
    Client::new(Minor::V8_6, ManagementReach { brokers, gateways }).expect("a client")
}

fn change() -> ChangeRequest {
    ChangeRequest {
        members: BTreeSet::from([BrokerId(0), BrokerId(1), BrokerId(2)]),
        add: BTreeSet::from([BrokerId(2)]),
        remove: BTreeSet::new(),
        replication_factor: Some(3),
        partitions: None,
    }
}

#[tokio::test]
async fn the_lowest_id_that_answers_is_the_one_that_is_asked() {
    let cluster = capture("8.6.0/cluster-three");
    let (first, second) =
        (Server::always(cluster.reply()).await, Server::always(cluster.reply()).await);
    let client = client([first.address(), second.address()], Vec::new());
    assert_eq!(client.cluster_from_any().await.expect("an answer").by, BrokerId(0));
    assert_eq!((first.received().len(), second.received().len()), (1, 0));
}

#[tokio::test]
async fn a_question_goes_on_past_brokers_that_are_away_or_do_not_know() {
    let away = deserted().await;
    let unknowing = Server::always(capture("8.6.0/cluster-coordinator-away-on-1").reply()).await;
    let knowing = Server::always(capture("8.6.0/cluster-three").reply()).await;
    let client = client([away, unknowing.address(), knowing.address()], Vec::new());
    assert_eq!(client.cluster_from_any().await.expect("an answer").by, BrokerId(2));
}

#[tokio::test]
async fn while_the_coordinator_is_away_nothing_is_known() {
    let away = deserted().await;
    let unknowing = Server::always(capture("8.6.0/cluster-coordinator-away-on-1").reply()).await;
    let client = client([away, unknowing.address()], Vec::new());
    let error = client.cluster_from_any().await.expect_err("nobody");
    let ManagementError::NobodyAnswered { tried } = error else { panic!("{error:?}") };
    assert!(
        matches!(
            tried.as_slice(),
            [
                ManagementError::NotReachable { .. },
                ManagementError::Unclear { why: Unclarity::Answered { status: 502, .. }, .. },
            ]
        ),
        "{tried:?}"
    );
}

#[tokio::test]
async fn a_change_goes_on_past_a_broker_that_is_away() {
    let away = deserted().await;
    let there = Server::always(capture("8.6.0/change-grow").reply()).await;
    let client = client([away, there.address()], Vec::new());
    assert_eq!(client.change(&change()).await.expect("an answer").operations.len(), 10);
    assert_eq!(there.received().len(), 1);
}

#[tokio::test]
async fn a_change_is_never_asked_for_twice_after_an_unclear_answer() {
    for reply in [
        Reply::HangUp,
        Reply::HalfAnAnswer,
        Reply::Body(502, "{\"message\": \"Failed to connect\"}".to_owned()),
        Reply::Body(202, "garbage".to_owned()),
    ] {
        let unclear = Server::always(reply.clone()).await;
        let next = Server::always(capture("8.6.0/change-grow").reply()).await;
        let client = client([unclear.address(), next.address()], Vec::new());
        let error = client.change(&change()).await.expect_err("unclear");
        assert_eq!(error.effect(), Effect::Possible, "{reply:?}: {error}");
        assert_eq!((unclear.received().len(), next.received()), (1, Vec::new()), "{reply:?}");
    }
}

#[tokio::test]
async fn a_refusal_ends_the_asking() {
    let refusing = Server::always(capture("8.6.0/patch-dryrun-replication-too-high").reply()).await;
    let next = Server::always(capture("8.6.0/change-grow").reply()).await;
    let client = client([refusing.address(), next.address()], Vec::new());
    let error = client.dry_run(&change()).await.expect_err("refused");
    assert!(matches!(error, ManagementError::Refused { status: 400, .. }), "{error:?}");
    assert_eq!(next.received(), Vec::new());
}

#[tokio::test]
async fn a_forced_removal_asks_only_brokers_that_stay() {
    let lost = Server::always(capture("8.6.0/force-remove").reply()).await;
    let staying = Server::always(capture("8.6.0/force-remove").reply()).await;
    let client = client([lost.address(), staying.address()], Vec::new());
    let removal = ForcedRemoval {
        remove: BTreeSet::from([BrokerId(0)]),
        remaining: BTreeSet::from([BrokerId(1)]),
    };
    client.force_remove(&removal).await.expect("an answer");
    assert_eq!((lost.received().len(), staying.received().len()), (0, 1));
}

#[tokio::test]
async fn the_first_gateway_that_answers_gives_the_view() {
    let away = deserted().await;
    let there = Server::always(capture("8.6.0/topology-v2-three").reply()).await;
    let client = client([], vec![away, there.address()]);
    assert_eq!(client.gateway_view().await.expect("an answer").brokers.len(), 3);
}

#[tokio::test]
async fn without_addresses_nobody_is_asked() {
    let client = client([], Vec::new());
    let errors = [
        client.cluster_from_any().await.expect_err("nobody"),
        client.change(&change()).await.expect_err("nobody"),
        client.gateway_view().await.expect_err("nobody"),
        client.ready(BrokerId(4)).await.expect_err("nobody"),
    ];
    assert_eq!(
        errors.map(|error| (error.to_string(), error.effect())),
        [
            "the cluster has no management address",
            "the cluster has no management address",
            "the cluster has no gateway address",
            "broker 4 has no management address",
        ]
        .map(|text| (text.to_owned(), Effect::None))
    );
}

#[tokio::test]
async fn a_path_before_everything_is_kept() {
    let server = Server::always(capture("8.6.0/health-readiness").reply()).await;
    let base = BaseUrl::parse(&format!("{}/zeebe/", server.address())).expect("an address");
    client([base], Vec::new()).ready(BrokerId(0)).await.expect("an answer");
    assert_eq!(server.received()[0].path, "/zeebe/actuator/health/readiness");
}

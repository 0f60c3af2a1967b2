//! What networks and failing brokers do, and what the client makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use zeebe_management::{
    BaseUrl, Client, Effect, ManagementError, ManagementReach, Readiness, Timeouts, Transport,
    Unclarity,
};
use zeebe_plan::product::{ChangeRequest, MemberState};
use zeebe_spec::{BrokerId, Minor};

use crate::captures::capture;
use crate::server::{Reply, Server, deserted};

const BROKER: BrokerId = BrokerId(0);

fn client(address: BaseUrl) -> Client {
    impatient(address, Timeouts::default().request)
}

fn impatient(address: BaseUrl, request: Duration) -> Client {
    let timeouts = Timeouts { request, ..Timeouts::default() };
    let reach =
        ManagementReach { brokers: BTreeMap::from([(BROKER, address)]), gateways: Vec::new() };
    Client::with_transport(Minor::V8_6, reach, Transport::new(timeouts).expect("a transport"))
}

fn change() -> ChangeRequest {
    ChangeRequest {
        members: BTreeSet::from([BrokerId(0), BrokerId(1)]),
        add: BTreeSet::from([BrokerId(1)]),
        remove: BTreeSet::new(),
        replication_factor: None,
        partitions: None,
    }
}

async fn outcome(reply: Reply) -> ManagementError {
    let server = Server::always(reply).await;
    client(server.address()).change(&change()).await.expect_err("an error")
}

#[tokio::test]
async fn a_timeout_is_unclear_and_never_a_failure() {
    let server = Server::always(Reply::Silence).await;
    let wait = Duration::from_millis(30);
    let error = impatient(server.address(), wait).change(&change()).await.expect_err("no answer");
    assert!(
        matches!(&error, ManagementError::Unclear { why: Unclarity::TimedOut { after }, .. } if *after == wait),
        "{error:?}"
    );
    assert_eq!(error.effect(), Effect::Possible);
    assert_eq!(
        error.to_string(),
        format!("no clear answer to PATCH {}/actuator/cluster", server.address())
    );
    assert_eq!(error.source().expect("a source").to_string(), "no answer within 30 ms");
}

#[rstest]
#[case(Reply::HangUp)]
#[case(Reply::HalfAnAnswer)]
#[tokio::test]
async fn a_connection_that_breaks_is_unclear(#[case] reply: Reply) {
    let error = outcome(reply).await;
    assert!(
        matches!(&error, ManagementError::Unclear { why: Unclarity::Dropped { .. }, .. }),
        "{error:?}"
    );
    assert_eq!(error.effect(), Effect::Possible);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_done() {
    let error = client(deserted().await).change(&change()).await.expect_err("nobody");
    assert!(matches!(error, ManagementError::NotReachable { .. }), "{error:?}");
    assert_eq!(error.effect(), Effect::None);
}

#[rstest]
#[case(500)]
#[case(502)]
#[case(503)]
#[case(504)]
#[tokio::test]
async fn a_broker_that_could_not_say_is_unclear(#[case] status: u16) {
    let error = outcome(Reply::json(status, &json!({"message": "timed out"}))).await;
    assert_eq!(error.effect(), Effect::Possible);
    assert_eq!(
        error.source().expect("a source").to_string(),
        format!("the broker answered {status}: timed out")
    );
}

#[rstest]
#[case(
    "8.6.0/patch-dryrun-remove-all",
    400,
    "java.lang.IllegalArgumentException: Cannot reassign partitions if no brokers are provided"
)]
#[case("8.6.0/patch-garbage", 400, "Bad Request")]
#[case("8.6.0/patch-no-body", 415, "Unsupported Media Type")]
#[case("8.6.0/unknown-path", 404, "Not Found")]
#[case("8.5.8/unknown-path", 404, "Not Found")]
#[case("8.5.8/dryrun-bad-value", 400, "Type mismatch.")]
#[case("8.5.8/patch-dryrun-grow-not-running", 405, "Supported methods: [GET]")]
#[case("8.6.0/health-liveness", 404, "Not Found")]
#[tokio::test]
async fn a_refusal_is_told_in_the_products_words_wherever_it_put_them(
    #[case] name: &str,
    #[case] expected: u16,
    #[case] words: &str,
) {
    let error = outcome(capture(name).reply()).await;
    let ManagementError::Refused { status, message, .. } = error else { panic!("{error:?}") };
    assert_eq!((status, message.as_str()), (expected, words));
}

#[rstest]
#[case(json!({"body": null, "status": 500, "contentType": null}), "no message")]
#[case(json!({"body": "text", "status": 500}), "text")]
#[case(json!({"body": {"message": null}, "status": 502}), "no message")]
#[case(json!({"body": {"message": "half done"}, "status": 400}), "half done")]
#[tokio::test]
async fn a_failure_inside_a_success_is_a_failure(
    #[case] envelope: serde_json::Value,
    #[case] words: &str,
) {
    let server = Server::always(Reply::json(200, &envelope)).await;
    match client(server.address()).resume_exporting().await {
        Err(ManagementError::Envelope { status, message, .. }) => {
            assert_eq!((json!(status), message.as_str()), (envelope["status"].clone(), words));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_plain_204_is_a_success_too() {
    let server = Server::always(Reply::Body(204, String::new())).await;
    client(server.address()).resume_exporting().await.expect("done");
}

#[rstest]
#[case("<html>", ".", "expected value at line 1 column 1")]
#[case("", ".", "EOF while parsing a value at line 1 column 0")]
#[case("{\"version\": 1}", ".", "missing field `brokers` at line 1 column 14")]
#[case(
    "{\"version\":1,\"brokers\":[{\"id\":0,\"state\":\"ACTIVE\",\"partitions\":[{\"id\":\"one\"}]}]}",
    "brokers[0].partitions[0].id",
    "invalid type: string \"one\", expected u16 at line 1 column 74"
)]
#[case("{\"brokers\": []}", "version", "no version")]
#[case(
    "{\"version\":1,\"brokers\":[{\"id\":\"zone-a_0\",\"state\":\"ACTIVE\",\"partitions\":[]}]}",
    "brokers[0].id",
    "brokers of zones are not supported: Text(\"zone-a_0\")"
)]
#[case(
    "{\"version\":1,\"brokers\":[],\"lastChange\":{\"id\":1,\"status\":\"LOST\"}}",
    "lastChange.status",
    "unknown status \"LOST\""
)]
#[case(
    "{\"version\":1,\"brokers\":[{\"id\":70000}]}",
    "brokers[0].id",
    "invalid value: integer `70000`, expected a broker's number, or its zone and number as text at line 1 column 35"
)]
#[tokio::test]
async fn an_answer_that_is_not_understood_is_told_with_its_place(
    #[case] body: &str,
    #[case] place: &str,
    #[case] why: &str,
) {
    let server = Server::always(Reply::Body(200, body.to_owned())).await;
    match client(server.address()).cluster(BROKER).await {
        Err(error @ ManagementError::Shape { .. }) => {
            assert_eq!(
                error.to_string(),
                format!(
                    "the answer to GET {}/actuator/cluster was not understood at {place}",
                    server.address()
                )
            );
            assert_eq!(error.source().expect("a source").to_string(), why);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_kept_in_memory() {
    let server = Server::always(Reply::Body(200, " ".repeat((16 << 20) + 1))).await;
    match client(server.address()).cluster(BROKER).await {
        Err(error @ ManagementError::Shape { .. }) => {
            assert_eq!(error.source().expect("a source").to_string(), "longer than 16777216 bytes");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn words_and_fields_of_later_minors_are_passed_over() {
    let body = json!({
        "version": 3, "later": {"deep": [1]}, "brokers": [
            {"id": 0, "state": "RECOVERING", "mode": "x", "partitions": [{"id": 1, "state": "HALTED", "priority": 1, "physicalTenant": "default"}]},
        ],
        "pendingChange": {"id": 2, "status": "IN_PROGRESS", "completed": [], "pending": [{"operation": "AWAIT_RELOCATION"}]},
        "routing": {"version": 1, "requestHandling": {"strategy": "ActivePartitions", "basePartitionCount": 1, "additionalActivePartitions": [3], "inactivePartitions": [2]}},
    });
    let server = Server::always(Reply::json(200, &body)).await;
    let topology = client(server.address()).cluster(BROKER).await.expect("an answer");
    assert_eq!(topology.members[&BROKER].state, MemberState::Unknown);
    assert_eq!(topology.member_ids(), BTreeSet::from([BROKER]));
    assert_eq!(
        format!("{:?}", topology.active_partitions),
        "Some({PartitionId(1), PartitionId(3)})"
    );
    assert_eq!(topology.pending_change.expect("a change").pending[0].kind, "AWAIT_RELOCATION");
}

#[tokio::test]
async fn a_question_follows_where_it_was_sent_within_the_same_server() {
    let server = Server::start(|received| match received.path.as_str() {
        "/actuator/health/readiness" => Reply::Moved(301, "/elsewhere".to_owned()),
        _ => capture("8.6.0/health-readiness").reply(),
    })
    .await;
    let ready = client(server.address()).ready(BROKER).await.expect("an answer");
    assert_eq!(ready, Readiness::Ready);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_question_does_not_follow_to_another_server_nor_for_ever() {
    let other = Server::always(capture("8.6.0/cluster-three").reply()).await;
    let leading = Server::always(Reply::Moved(302, other.address().to_string())).await;
    let circling = Server::always(Reply::Moved(302, "/actuator/cluster".to_owned())).await;
    for server in [&leading, &circling] {
        let error = client(server.address()).cluster(BROKER).await.expect_err("a redirect");
        assert!(matches!(error, ManagementError::Refused { .. }), "{error:?}");
    }
    assert_eq!((other.received().len(), leading.received().len()), (0, 1));
    assert_eq!(circling.received().len(), 4);
}

#[tokio::test]
async fn a_change_follows_nowhere() {
    let server = Server::start(|received| match received.method.as_str() {
        "PATCH" => Reply::Moved(301, "/actuator/cluster".to_owned()),
        _ => capture("8.6.0/cluster-three").reply(),
    })
    .await;
    let error = client(server.address()).change(&change()).await.expect_err("a redirect");
    assert!(matches!(error, ManagementError::Refused { status: 301, .. }), "{error:?}");
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_the_connection() {
    let mut server = Server::always(Reply::Silence).await;
    let client = client(server.address());
    let call = tokio::spawn(async move { client.cluster(BROKER).await });
    while server.received().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    server.abandoned().await;
}

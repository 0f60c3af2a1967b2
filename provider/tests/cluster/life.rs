//! From nothing to a cluster, through its changes, to nothing.

use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::Call;
use tf_sdk::codec::json;
use tf_sdk::provider::StoredState;

use crate::core::{Applied, Core, texts};

pub(crate) fn three() -> Json {
    json!({ "topology": { "brokers": 3, "partitions": 3, "replication_factor": 3 } })
}

#[tokio::test]
async fn a_cluster_is_made_as_planned_and_the_second_plan_is_empty() {
    let mut core = Core::new();
    let config = core.config(three());
    let planned = core.plan(&config).await.planned;
    insta::assert_snapshot!(texts(planned.member("last_change")).join("\n"));
    core.reach(&config).await;
    assert_eq!(core.phase(), "ready");
    assert_eq!(core.state.member("last_change"), planned.member("last_change"));
    assert_eq!(core.state.member("id"), &Value::text(core.id()));
    assert_eq!(core.state.member("gateway_address"), &Value::text("127.0.0.1:26500"));
    assert_eq!(core.state.member("handle").member("id"), &Value::text(core.id()));
}

#[tokio::test]
async fn every_change_is_shown_and_done_and_leaves_nothing_to_do() {
    let mut core = Core::new();
    core.reach(&core.config(json!({ "version": "8.5.8" }))).await;
    let mut shown = Vec::new();
    for changes in [
        json!({ "version": "8.5.8", "topology": { "brokers": 3 } }),
        json!({ "version": "8.5.8", "topology": { "brokers": 3, "replication_factor": 3 } }),
        json!({ "version": "8.6.0", "topology": { "brokers": 3, "replication_factor": 3 } }),
        json!({
            "version": "8.6.0",
            "topology": { "brokers": 3, "replication_factor": 3 },
            "configuration": { "zeebe.broker.gateway.longPolling.enabled": "false" },
        }),
        json!({ "version": "8.6.0" }),
    ] {
        let config = core.config(changes.clone());
        assert_eq!(core.refresh().await, Vec::<String>::new());
        let steps = core.steps(&config).await;
        shown.push(format!("# {changes}\n{}\n", steps.join("\n")));
        core.reach(&config).await;
        assert_eq!(texts(core.state.member("last_change")), steps);
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[tokio::test]
async fn attributes_of_terraforms_own_change_without_touching_the_cluster() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let before = core.state.clone();
    let config =
        core.config(json!({ "timeouts": { "create": "5m" }, "on_create_timeout": "fail" }));
    core.reach(&config).await;
    assert_eq!(core.state.member("last_change"), before.member("last_change"));
    assert_eq!(core.state.member("timeouts").member("create"), &Value::text("5m"));
}

#[tokio::test]
async fn what_is_said_in_another_form_is_kept_in_that_form() {
    let mut core = Core::new();
    let config = core.config(json!({ "broker": { "memory": "512MiB", "disk": "8192MiB" } }));
    core.reach(&config).await;
    assert_eq!(core.state.member("broker").member("disk"), &Value::text("8192MiB"));
}

#[tokio::test]
async fn an_imported_cluster_has_nothing_to_change() {
    let mut core = Core::new();
    let config = core.config(json!({
        "topology": { "brokers": 3, "partitions": 3, "replication_factor": 3,
                      "gateways": { "mode": "standalone", "replicas": 2 } },
        "broker": { "preset": "dev", "memory": "512MiB" },
        "configuration": { "zeebe.broker.gateway.longPolling.enabled": "false" },
        "deletion_protection": false,
    }));
    core.reach(&config).await;
    let made = core.state.clone();
    let mut core = core.without_state();
    let id = core.id();
    assert_eq!(core.import(&id).await, Vec::<String>::new());
    assert_eq!(core.steps(&config).await, Vec::<String>::new());
    for name in ["name", "version", "topology", "broker", "configuration", "target", "id", "status"]
    {
        assert_eq!(core.state.member(name), made.member(name), "{name}");
    }
}

#[tokio::test]
async fn a_cluster_is_imported_by_its_identity_and_the_plan_is_empty() {
    let mut core = Core::new();
    let config = core.config(three());
    core.reach(&config).await;
    let identity = core.identity(&core.state);
    assert_eq!(identity, Value::object([("id", Value::text(core.id()))]));
    let mut core = core.without_state();
    assert_eq!(core.import_by_identity(&identity).await, Vec::<String>::new());
    assert_eq!(core.identity(&core.state), identity);
    assert_eq!(core.steps(&config).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_identity_without_an_address_is_refused() {
    let mut core = Core::new();
    let nothing = Value::object([("id", Value::Null)]);
    assert_eq!(
        core.import_by_identity(&nothing).await,
        [
            "Error at `id`: id is missing\nNo value was given for `id`, and it has no default. Give one."
        ]
    );
}

/// An identity is stored beside the state, apart from it, and outlives releases as well.
#[test]
fn a_stored_identity_is_read_again_and_what_is_added_to_it_is_left_out() {
    let core = Core::new();
    let identity = core.resource().identity().unwrap();
    let json = br#"{"id": "simulated:///srv/payments", "region": "eu"}"#.to_vec();
    let read = identity.upgrade(&StoredState { version: 0, json }).unwrap();
    assert_eq!(read, Value::object([("id", Value::text("simulated:///srv/payments"))]));
    assert_eq!(
        (identity.schema().version(), identity.schema().lint().len()),
        (0, 0),
        "a change of the identity needs another version, and an upgrade from this one"
    );
}

#[tokio::test]
async fn what_is_not_there_cannot_be_imported() {
    let mut core = Core::new();
    let mut told = Vec::new();
    for id in [core.id(), "payments".to_owned(), "cloud:///payments".to_owned()] {
        told.extend(core.import(&id).await);
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

#[tokio::test]
async fn a_cluster_that_is_gone_is_planned_anew() {
    let mut core = Core::new();
    let config = core.config(json!({ "deletion_protection": false, "data_on_destroy": "delete" }));
    core.reach(&config).await;
    let known = (core.state.clone(), core.private.clone());
    assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
    (core.state, core.private) = known;
    assert_eq!(core.refresh().await, Vec::<String>::new());
    assert_eq!(core.state, Value::Null);
    core.reach(&config).await;
}

#[tokio::test]
async fn a_broker_that_died_is_planned_and_mended() {
    let mut core = Core::new();
    let config = core.config(three());
    core.reach(&config).await;
    core.faults(&json!({ "trouble": { "killed": [1] } }));
    assert_eq!(core.refresh().await, Vec::<String>::new());
    insta::assert_snapshot!(core.steps(&config).await.join("\n"));
    core.reach(&config).await;
}

/// Each time the same steps are to be done, so that nothing but the phase tells core of them.
#[tokio::test]
async fn a_broker_that_dies_again_is_mended_again() {
    let mut core = Core::new();
    let config = core.config(three());
    core.reach(&config).await;
    let mut done = Vec::new();
    for _ in 0..2 {
        core.faults(&json!({ "trouble": { "killed": [1] } }));
        core.refresh().await;
        assert_ne!(core.steps(&config).await, Vec::<String>::new());
        core.reach(&config).await;
        done.push(texts(core.state.member("last_change")));
    }
    assert_eq!(done[0], done[1]);
}

#[tokio::test]
async fn a_stored_state_is_read_again_as_it_was_written() {
    let mut core = Core::new();
    let config = core.config(json!({
        "broker": { "memory": "512MiB" },
        "configuration": { "zeebe.broker.gateway.longPolling.enabled": "false" },
        "timeouts": { "create": "5m" },
    }));
    core.reach(&config).await;
    let schema = core.resource().schema();
    let mut json = json::encode(&core.state, schema.ty()).unwrap();
    // What a later release has added, or an earlier one has had.
    assert_eq!(json.remove(0), b'{');
    json.splice(0..0, br#"{"colour": "blue", "#.to_vec());
    for version in [0, schema.version()] {
        let stored = StoredState { version, json: json.clone() };
        let read = core.resource().upgrade(Call::detached(), stored).await;
        assert_eq!(read, Ok(core.state.clone()));
    }
}

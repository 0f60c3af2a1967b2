//! What is known only at apply is planned around.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::provider::Deferral;

use crate::core::{Applied, Core, UNKNOWN};

#[rstest]
#[case::name(json!({ "name": UNKNOWN }))]
#[case::version(json!({ "version": UNKNOWN }))]
#[case::topology(json!({ "topology": UNKNOWN }))]
#[case::brokers(json!({ "topology": { "brokers": UNKNOWN } }))]
#[case::target(json!({ "target": UNKNOWN }))]
#[case::a_setting(json!({ "configuration": UNKNOWN }))]
#[tokio::test]
async fn a_creation_whose_wish_is_not_known_yet_leaves_what_follows_unknown(#[case] changes: Json) {
    let mut core = Core::new();
    let unknown = core.config(changes);
    assert_eq!(core.validate(unknown.clone()).await, Vec::<String>::new());
    let first = core.plan(&unknown).await;
    assert_eq!(first.diagnostics, []);
    for computed in ["id", "handle", "gateway_address", "rest_address", "status", "last_change"] {
        assert_eq!(first.planned.member(computed), &Value::Unknown, "{computed}");
    }
    // At the apply everything is known, and core asks for the plan again.
    let config = core.config(json!({}));
    assert_eq!(core.carry_out(&first, &config).await, Applied::Done(Vec::new()));
}

#[tokio::test]
async fn a_change_whose_wish_is_not_known_yet_leaves_what_it_does_unknown() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let first = core.plan(&core.config(json!({ "topology": { "brokers": UNKNOWN } }))).await;
    assert_eq!(first.diagnostics, []);
    assert_eq!(first.planned.member("last_change"), &Value::Unknown);
    assert_eq!(first.planned.member("id"), core.state.member("id"));
    let known = core.config(json!({ "topology": { "brokers": 3 } }));
    assert_eq!(core.carry_out(&first, &known).await, Applied::Done(Vec::new()));
    assert_eq!(core.steps(&known).await, Vec::<String>::new());
}

/// Found by tf-conformance: the addresses of standalone gateways are others than those of embedded ones.
#[tokio::test]
async fn addresses_that_a_change_may_move_are_unknown_while_it_is_not_known() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let standalone = json!({ "gateways": { "mode": "standalone", "replicas": 1 } });
    let unknown = core.config(json!({ "topology": standalone, "configuration": UNKNOWN }));
    let first = core.plan(&unknown).await;
    for moved in ["handle", "gateway_address", "rest_address"] {
        assert_eq!(first.planned.member(moved), &Value::Unknown, "{moved}");
    }
    let known = core.config(json!({ "topology": standalone }));
    assert_eq!(core.carry_out(&first, &known).await, Applied::Done(Vec::new()));
}

/// For clients that can put a change off; what is planned holds for all others.
#[rstest]
#[case::the_target(json!({ "target": UNKNOWN }), Some(Deferral::ConfigUnknown))]
#[case::which_target(json!({ "target": { "simulated": UNKNOWN } }), Some(Deferral::ConfigUnknown))]
#[case::where_on_it(json!({ "target": { "simulated": { "directory": UNKNOWN } } }), None)]
#[case::something_else(json!({ "version": UNKNOWN }), None)]
#[tokio::test]
async fn only_a_cluster_that_may_be_anywhere_is_put_off(
    #[case] changes: Json,
    #[case] expected: Option<Deferral>,
) {
    let core = Core::new();
    assert_eq!(core.plan(&core.config(changes)).await.deferred, expected);
    assert_eq!(core.plan(&core.config(json!({}))).await.deferred, None);
}

//! What is refused at plan, with the reason and the way out; nothing is touched then.

use serde_json::{Value as Json, json};

use crate::core::{Applied, Core};

/// Makes the cluster, and says what is told of the change.
async fn refused(first: Json, then: Json) -> String {
    let mut core = Core::new();
    core.reach(&core.config(first)).await;
    let before = core.state.clone();
    let applied = core.apply(&core.config(then)).await;
    let Applied::NotPlanned(told) = applied else { panic!("it was not refused: {applied:?}") };
    assert_eq!(core.state, before);
    told.join("\n\n")
}

#[tokio::test]
async fn what_cannot_change_in_place_is_refused() {
    let two = json!({ "topology": { "partitions": 2 } });
    let cases = [
        ("another name", json!({}), json!({ "name": "orders" })),
        (
            "another place",
            json!({}),
            json!({ "target": { "simulated": { "directory": "/srv/elsewhere" } } }),
        ),
        (
            "another first port",
            json!({}),
            json!({ "target": { "simulated": { "first_port": 30000 } } }),
        ),
        ("a downgrade", json!({}), json!({ "version": "8.5.8" })),
        ("a skipped minor", json!({}), json!({ "version": "8.9.0" })),
        ("fewer partitions", two.clone(), json!({})),
        ("more partitions before 8.8", json!({}), two),
    ];
    let mut told = Vec::new();
    for (what, first, then) in cases {
        told.push(format!("# {what}\n{}\n", refused(first, then).await));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn partitions_grow_from_the_minor_that_can() {
    let mut core = Core::new();
    core.reach(&core.config(json!({ "version": "8.8.0" }))).await;
    core.reach(&core.config(json!({ "version": "8.8.0", "topology": { "partitions": 2 } }))).await;
}

#[tokio::test]
async fn a_place_that_another_wish_has_is_refused() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let core = core.without_state();
    let told = core.refusal(&core.config(json!({ "topology": { "brokers": 3 } }))).await;
    insta::assert_snapshot!(told.join("\n\n"));
}

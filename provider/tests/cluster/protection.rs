//! Nothing is destroyed that is protected, whichever way the destruction is asked for.

use serde_json::json;
use tf_sdk::Value;

use crate::core::{Applied, Core, files};

#[tokio::test]
async fn a_protected_cluster_is_destroyed_neither_by_plan_nor_by_a_deletion_without_one() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let before = core.state.clone();
    let Applied::NotPlanned(planned) = core.destroy().await else { panic!("it was planned") };
    insta::assert_snapshot!(planned.join("\n\n"));
    // For a tainted object and for a replacement core asks for no plan of the deletion.
    assert_eq!(core.delete().await, Applied::Failed(planned));
    assert_eq!(core.state, before);
    assert_eq!(core.steps(&core.config(json!({}))).await, Vec::<String>::new());
}

#[tokio::test]
async fn protection_is_taken_off_by_an_apply_of_its_own() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    core.reach(&core.config(json!({ "deletion_protection": false }))).await;
    assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(core.state, Value::Null);
}

#[tokio::test]
async fn kept_data_is_taken_up_by_a_cluster_of_the_same_shape_and_by_no_other() {
    let mut core = Core::new();
    let config = core.config(json!({ "deletion_protection": false }));
    core.reach(&config).await;
    assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
    assert_ne!(files(&core.place()), Vec::<String>::new());
    let other = core.config(json!({ "topology": { "brokers": 3 } }));
    insta::assert_snapshot!(core.refusal(&other).await.join("\n\n"));
    core.reach(&config).await;
}

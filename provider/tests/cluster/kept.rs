//! Applies that were cut off, answers that were lost, clusters that changed behind Terraform's back.

use serde_json::json;
use tf_sdk::Value;

use crate::core::{Applied, Core};

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_adopted() {
    let mut core = Core::new();
    let config = core.config(json!({}));
    core.reach(&config).await;
    let made = core.state.clone();
    let mut core = core.without_state();
    core.reach(&config).await;
    assert_eq!(core.state, made);
}

#[tokio::test]
async fn a_creation_that_ran_out_of_time_is_kept_and_finished_by_the_next_apply() {
    let mut core = Core::new();
    // A creation waits 300 s for the whole, less than this broker needs; simulated time passes at once.
    core.faults(&json!({ "trouble": { "slow": { "0": 400_000 } } }));
    let config = core.config(json!({}));
    let Applied::Done(told) = core.apply(&config).await else { panic!("it was not kept") };
    // What follows is what the cluster lacked then.
    let (told, _) = told[0].split_once(": not so after").expect("it says what it waited for");
    insta::assert_snapshot!(told);
    assert_eq!(core.phase(), "provisioning");
    assert_eq!(core.refresh().await, Vec::<String>::new());
    assert_eq!(core.phase(), "provisioning");
    assert_ne!(core.steps(&config).await, Vec::<String>::new());
    core.reach(&config).await;
    assert_eq!(core.phase(), "ready");
}

#[tokio::test]
async fn a_creation_that_shall_fail_leaves_what_was_made_in_the_state() {
    let mut core = Core::new();
    core.faults(&json!({ "trouble": { "slow": { "0": 400_000 } } }));
    let config = core.config(json!({ "on_create_timeout": "fail" }));
    let Applied::Failed(told) = core.apply(&config).await else { panic!("it did not fail") };
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(core.phase(), "provisioning");
}

#[tokio::test]
async fn a_creation_that_shall_be_taken_back_leaves_nothing() {
    let mut core = Core::new();
    core.faults(&json!({ "trouble": { "slow": { "0": 400_000 } } }));
    let config = core.config(json!({ "on_create_timeout": "delete", "data_on_destroy": "delete" }));
    let Applied::Failed(told) = core.apply(&config).await else { panic!("it did not fail") };
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(core.state, Value::Null);
    assert_eq!(core.import(&core.id()).await.len(), 1);
}

#[tokio::test]
async fn a_cluster_that_changed_between_plan_and_apply_is_not_touched() {
    let mut core = Core::new();
    core.reach(&core.config(json!({ "topology": { "brokers": 3 } }))).await;
    let config = core.config(json!({
        "topology": { "brokers": 3 },
        "configuration": { "zeebe.broker.gateway.longPolling.enabled": "false" },
    }));
    let planned = core.plan(&config).await;
    core.faults(&json!({ "trouble": { "killed": [2] } }));
    let before = core.state.clone();
    let Applied::Failed(told) = core.carry_out(&planned, &config).await else {
        panic!("it was carried out")
    };
    insta::assert_snapshot!(told.join("\n\n"));
    assert_eq!(core.state, before);
    core.reach(&config).await;
}

#[tokio::test]
async fn a_change_that_failed_half_way_is_finished_by_the_next_apply() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    core.faults(&json!({
        "ensures": [{ "component": "broker 2", "timing": "after", "left_behind": "unknown" }],
    }));
    let config = core.config(json!({ "topology": { "brokers": 3 } }));
    let Applied::Failed(told) = core.apply(&config).await else { panic!("nothing failed") };
    insta::assert_snapshot!(told.join("\n\n"));
    core.reach(&config).await;
}

#[tokio::test]
async fn a_creation_that_failed_is_in_the_state_and_is_finished_once_it_is_untainted() {
    let mut core = Core::new();
    core.faults(&json!({
        "ensures": [{ "component": "broker 1", "timing": "after", "left_behind": "unknown" }],
    }));
    let config = core.config(json!({ "topology": { "brokers": 3 } }));
    let Applied::Failed(told) = core.apply(&config).await else { panic!("it did not fail") };
    assert_eq!((told.len(), core.phase()), (1, "provisioning"));
    core.reach(&config).await;
    assert_eq!(core.phase(), "ready");
}

#[tokio::test]
async fn a_creation_that_made_nothing_leaves_no_state_and_can_be_tried_again() {
    let mut core = Core::new();
    core.faults(&json!({
        "ensures": [{ "component": "broker 0", "timing": "before", "left_behind": "nothing" }],
    }));
    let config = core.config(json!({}));
    let Applied::Failed(told) = core.apply(&config).await else { panic!("it did not fail") };
    assert_eq!((told.len(), &core.state), (1, &Value::Null));
    core.reach(&config).await;
}

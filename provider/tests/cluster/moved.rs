//! `moved` blocks from other providers and types.

use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::Call;
use tf_sdk::codec::json;
use tf_sdk::provider::MovedState;

use crate::core::{Core, told};
use crate::life::three;

fn from(provider: &str, type_name: &str, json: &Json) -> MovedState {
    MovedState {
        provider: provider.to_owned(),
        type_name: type_name.to_owned(),
        version: 0,
        json: json.to_string().into_bytes(),
        private: Vec::new(),
    }
}

async fn refused(source: MovedState) -> String {
    let core = Core::new();
    let answer = core.resource().take_over(Call::detached(), source).await;
    assert_eq!(answer.state, Value::Null);
    told(&core.directory, &answer.diagnostics).join("\n")
}

#[tokio::test]
async fn a_cluster_of_another_address_of_the_provider_stays_what_it_is() {
    let mut core = Core::new();
    let config = core.config(three());
    core.reach(&config).await;
    let source = MovedState {
        provider: "registry.example.com/bank/zeebe".to_owned(),
        type_name: "zeebe_cluster".to_owned(),
        version: core.resource().schema().version(),
        json: json::encode(&core.state, core.resource().schema().ty()).unwrap(),
        private: core.private.clone(),
    };
    let mut core = core.without_state();
    let answer = core.resource().take_over(Call::detached(), source).await;
    assert_eq!(told(&core.directory, &answer.diagnostics), Vec::<String>::new());
    (core.state, core.private) = (answer.state, answer.private);
    assert_eq!(core.refresh().await, Vec::<String>::new());
    assert_eq!(core.steps(&config).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_cluster_in_the_saas_is_refused_with_what_it_would_be() {
    let source = json!({
        "id": "5b6b4a3e", "name": "payments", "channel": "6bdf0d1c", "generation": "2f9d5a8c",
        "region": "2f6470f9", "plan_type": "231932af",
    });
    let source =
        from("registry.example.com/camunda-community-hub/camunda", "camunda_cluster", &source);
    insta::assert_snapshot!(refused(source).await);
}

#[tokio::test]
async fn a_release_of_the_official_chart_is_refused_with_what_it_would_be() {
    let values = json!({
        "zeebe": { "clusterSize": "3", "partitionCount": 6, "replicationFactor": "3",
            "image": { "tag": "8.6.0" }, "pvcSize": "32Gi" },
        "identity": { "enabled": false }, "elasticsearch": {},
    });
    let release = json!({
        "name": "payments", "namespace": "prod", "chart": "camunda-platform", "version": "11.0.0",
        "metadata": [{ "chart": "camunda-platform", "app_version": "8.6.x", "values": values.to_string() }],
    });
    insta::assert_snapshot!(
        refused(from("registry.example.com/hashicorp/helm", "helm_release", &release)).await
    );
}

#[tokio::test]
async fn nothing_else_is_a_cluster() {
    let release = json!({ "name": "cache", "chart": "oci://registry/redis", "metadata": null });
    let other = json!({ "id": "i-1" });
    let told = [
        refused(from("registry.example.com/hashicorp/helm", "helm_release", &release)).await,
        refused(from("registry.example.com/hashicorp/aws", "aws_instance", &other)).await,
        refused(from("registry.example.com/hashicorp/helm", "helm_release", &Json::Null)).await,
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}

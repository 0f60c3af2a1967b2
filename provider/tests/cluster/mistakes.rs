//! Every mistake is told at once, each at its attribute.

use serde_json::json;

use crate::core::Core;

#[tokio::test]
async fn values_that_break_their_rules_are_told_together() {
    let core = Core::new();
    let config = core.config(json!({
        "name": "Payments!",
        "version": "8",
        "topology": { "brokers": 0, "gateways": { "mode": "sideways" } },
        "broker": { "memory": "much" },
    }));
    insta::assert_snapshot!(core.validate(config).await.join("\n\n"));
}

#[tokio::test]
async fn rules_between_attributes_are_told_together() {
    let core = Core::new();
    let config = core.config(json!({
        "topology": { "brokers": 1, "replication_factor": 3,
                      "gateways": { "mode": "embedded", "replicas": 2 } },
        "license": { "file": "/etc/licence", "environment_variable": "LICENCE" },
        "broker": { "disk": "1MiB" },
        "configuration": { "zeebe.broker.cluster.nodeId": "7", "zeebe.broker.gateway.longPoling.enabled": "true" },
    }));
    insta::assert_snapshot!(core.validate(config).await.join("\n\n"));
}

#[tokio::test]
async fn a_target_is_exactly_one() {
    let core = Core::new();
    let none = core.config(json!({ "target": { "simulated": null } }));
    let both = core.config(json!({ "target": { "local": {} } }));
    let told = [core.validate(none).await, core.validate(both).await].concat();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[tokio::test]
async fn a_production_cluster_without_a_licence_and_an_even_factor_are_warned_about() {
    let core = Core::new();
    let config = core.config(json!({
        "environment": "production",
        "topology": { "brokers": 3, "replication_factor": 2 },
    }));
    insta::assert_snapshot!(core.validate(config).await.join("\n\n"));
    let licensed = core.config(json!({
        "environment": "production",
        "license": { "environment_variable": "LICENCE" },
    }));
    assert_eq!(core.validate(licensed).await, Vec::<String>::new());
}

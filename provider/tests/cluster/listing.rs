//! All clusters of a directory, and the configuration that is written for them.

use std::fs;

use serde_json::json;
use tf_sdk::call::Call;
use tf_sdk::provider::{Finds, Found, ListQuestion, ListResource, Objects};
use tf_sdk::{Severity, Value};

use crate::core::{Applied, Core, told, value};

fn list(core: &Core) -> &dyn ListResource {
    core.provider().lists().next().unwrap()
}

/// What is found, and what is told at the end.
async fn listed(
    core: &Core,
    config: serde_json::Value,
    objects: Objects,
    limit: Option<u64>,
) -> (Vec<Found>, Vec<String>) {
    let config = value(list(core).schema().ty(), &config);
    let (finds, mut heard) = Finds::new(limit);
    let listing = list(core).list(Call::detached(), ListQuestion { config, objects }, finds);
    let hearing = async {
        let mut found = Vec::new();
        while let Some(one) = heard.recv().await {
            found.push(one);
        }
        found
    };
    let (diagnostics, found) = tokio::join!(listing, hearing);
    (found, told(&core.directory, &diagnostics))
}

async fn everything(core: &Core) -> Vec<Found> {
    let here = json!({ "target": { "simulated": { "directory": core.directory.path() } } });
    let (found, diagnostics) = listed(core, here, Objects::Wanted, None).await;
    assert_eq!(diagnostics, Vec::<String>::new());
    found
}

fn names(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.name.as_str()).collect()
}

#[tokio::test]
async fn every_cluster_of_the_directory_is_found_and_nothing_else() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let known = core.identity(&core.state);
    let mut core = core.without_state();
    let gone = json!({ "name": "gone", "deletion_protection": false });
    core.reach(&core.config(gone)).await;
    assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
    core.reach(&core.config(json!({ "name": "orders" }))).await;
    fs::create_dir(core.directory.path().join("empty")).unwrap();
    fs::create_dir(core.directory.path().join("No Cluster's Name")).unwrap();
    fs::write(core.directory.path().join("notes"), "").unwrap();

    let found = everything(&core).await;
    assert_eq!(names(&found), ["orders", "payments"]);
    assert_eq!(found[1].identity, known);
    assert!(found.iter().all(|found| found.diagnostics.is_empty()));
    let here = json!({ "target": { "simulated": { "directory": core.directory.path() } } });
    let (found, _) = listed(&core, here, Objects::NotWanted, Some(1)).await;
    assert_eq!((names(&found), found[0].object.as_ref()), (vec!["orders"], None));
}

#[tokio::test]
async fn a_book_that_cannot_be_read_is_told_and_hides_no_other_cluster() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let mut core = core.without_state();
    core.reach(&core.config(json!({ "name": "orders" }))).await;
    let book = core.directory.path().join("orders/book/cluster.json");
    fs::write(book, "{}").unwrap();
    let found = everything(&core).await;
    assert_eq!(found.len(), 2);
    assert_eq!((found[1].name.as_str(), found[0].object.as_ref()), ("payments", None));
    let severities: Vec<_> = found[0].diagnostics.iter().map(|it| it.severity).collect();
    assert_eq!(severities, [Severity::Warning]);
}

#[tokio::test]
async fn where_nothing_is_nothing_is_found_and_exactly_one_target_is_asked_for() {
    let core = Core::new();
    let nowhere = core.directory.path().join("nowhere");
    let nowhere = json!({ "target": { "simulated": { "directory": nowhere } } });
    assert_eq!(listed(&core, nowhere, Objects::Wanted, None).await, (Vec::new(), Vec::new()));
    let none = json!({ "target": {} });
    let both = json!({ "target": { "local": {}, "simulated": { "directory": "/srv" } } });
    for (config, summary) in [(none, "names none"), (both, "names several")] {
        let config = value(list(&core).schema().ty(), &config);
        let told = told(&core.directory, &list(&core).validate(Call::detached(), config).await);
        assert!(matches!(told.as_slice(), [only] if only.contains(summary)), "{told:?}");
    }
}

/// From what `terraform query -generate-config-out` writes to a plan that does nothing.
#[tokio::test]
async fn what_is_generated_for_a_cluster_that_was_found_plans_empty() {
    let everything_set = json!({
        "environment": "test",
        "topology": { "brokers": 3, "partitions": 2, "replication_factor": 3,
            "gateways": { "mode": "standalone", "replicas": 2 } },
        "broker": { "preset": "dev", "memory": "512MiB",
            "disk_watermarks": { "processing": "1GiB", "replication": "512MiB" } },
        "configuration": { "zeebe.broker.gateway.longPolling.enabled": "false" },
        "roll": { "stable_for": "5s" },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    });
    for config in [json!({}), everything_set] {
        let mut core = Core::new();
        let config = core.config(config);
        core.reach(&config).await;
        core = core.without_state();
        let found = everything(&core).await;
        let object = found[0].object.clone().unwrap();
        let generated = core.resource().generate_config(Call::detached(), object).await.unwrap();
        for computed in ["id", "handle", "gateway_address", "status", "last_change", "timeouts"] {
            assert_eq!(generated.member(computed), &Value::Null, "{computed}");
        }
        assert_eq!(core.validate(generated.clone()).await, Vec::<String>::new());
        assert_eq!(core.import_by_identity(&found[0].identity).await, Vec::<String>::new());
        assert_eq!(core.steps(&generated).await, Vec::<String>::new());
    }
}

//! Where backups are kept: what is wished, what is refused, what an import gives back.

use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::Call;

use crate::actions::invoked;
use crate::core::{Applied, Core};
use crate::life::three;

fn s3(base_path: &str) -> Json {
    json!({ "s3": {
        "bucket": "zeebe-backups",
        "base_path": base_path,
        "endpoint": "http://127.0.0.1:9000",
        "addressing": "path",
        "access_key": { "environment_variable": "BACKUP_ACCESS_KEY" },
        "secret_key": { "file": "/run/secrets/backup" },
    }})
}

#[tokio::test]
async fn a_store_comes_and_goes_by_a_roll_and_is_imported_as_it_was_said() {
    let mut core = Core::new();
    core.reach(&core.config(json!({}))).await;
    let with_store = core.config(json!({ "backup_store": s3("payments") }));
    let mut shown = core.steps(&with_store).await;
    core.reach(&with_store).await;
    let store = core.state.member("backup_store").clone();
    let mut imported = core.beside("zeebe_cluster");
    assert_eq!(imported.import(&core.id()).await, Vec::<String>::new());
    assert_eq!(imported.state.member("backup_store"), &store);
    let without = core.config(json!({}));
    shown.push("and back:".to_owned());
    shown.extend(core.steps(&without).await);
    core.reach(&without).await;
    insta::assert_snapshot!(shown.join("\n"));
}

#[tokio::test]
async fn a_place_where_another_cluster_keeps_its_backups_is_refused() {
    let mut core = Core::new();
    core.reach(&core.config(json!({ "backup_store": s3("payments") }))).await;
    let mut other = core.beside("zeebe_cluster");
    let orders = |base_path| json!({ "name": "orders", "backup_store": s3(base_path) });
    for shared in ["payments", "payments/orders"] {
        let told = other.refusal(&other.config(orders(shared))).await;
        assert_eq!(
            told,
            ["Error at `backup_store`: backups of another cluster are kept there\nCluster \
              simulated://<directory>/payments keeps its backups in s3://zeebe-backups/payments, and the product tells \
              clusters apart by nothing but the place: it would take the one's backups for the other's. Choose another \
              bucket, or a `base_path` of its own."]
        );
    }
    other.reach(&other.config(orders("orders"))).await;
    let moved = other.apply(&other.config(orders("payments"))).await;
    assert!(matches!(moved, Applied::NotPlanned(_)), "{moved:?}");
    // Its own place is nobody else's.
    core.reach(&core.config(json!({ "backup_store": s3("payments"), "version": "8.7.0" }))).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_store_is_told_at_its_attribute() {
    let core = Core::new();
    let mut found = Vec::new();
    for store in [
        json!({}),
        json!({ "filesystem": { "directory": "/srv/backups" } }),
        json!({ "filesystem": { "directory": "/srv/backups" }, "gcs": { "bucket": "zeebe" } }),
        json!({ "s3": { "bucket": "zeebe", "access_key": { "file": "/run/key" } } }),
        json!({ "s3": {
            "bucket": "zeebe",
            "access_key": { "file": "/run/key", "environment_variable": "KEY" },
            "secret_key": {},
        }}),
        json!({ "s3": { "bucket": "ze/be", "base_path": "/payments", "endpoint": "https://me:key@s3" } }),
        json!({ "azure": { "container": "payments", "account_name": "payments" } }),
    ] {
        let said = core.validate(core.config(json!({ "backup_store": store }))).await;
        found.push(format!("# {store}\n{}\n", said.join("\n")));
    }
    insta::assert_snapshot!(found.join("\n"));
}

/// A cluster with a store, and what its actions take.
async fn stored(changes: Json) -> (Core, Json) {
    let mut core = Core::new();
    let mut wish = json!({ "backup_store": s3("payments") });
    wish.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    core.reach(&core.config(wish)).await;
    let config = json!({ "cluster": core.id() });
    (core, config)
}

async fn back_up(core: &Core, config: &Json) -> (Vec<String>, Vec<String>) {
    invoked(core, "zeebe_backup", config, Call::detached()).await
}

/// The ids and states that the data source tells, and which is the latest.
async fn listed(core: &Core) -> (Vec<(Value, String)>, Value) {
    let seen =
        core.look("zeebe_backups", &json!({ "cluster": { "id": core.id() } })).await.unwrap();
    let all = seen.member("backups").as_elements().unwrap_or_default().iter().map(|backup| {
        let id = backup.member("id").clone();
        (id, backup.member("state").as_text().unwrap_or_default().to_owned())
    });
    (all.collect(), seen.member("latest").clone())
}

#[rstest::rstest]
#[case("8.5.8")]
#[case("8.6.0")]
#[case("8.8.0")]
#[case("8.10.0")]
#[tokio::test]
async fn a_backup_is_taken_told_of_and_kept_no_longer_than_wished(#[case] version: &str) {
    let (core, config) = stored(json!({ "version": version })).await;
    assert_eq!(listed(&core).await, (Vec::new(), Value::Null));
    let with = |key: &str, value: i64| {
        let mut config = config.clone();
        config[key] = json!(value);
        config
    };
    for id in [100, 200] {
        let (said, told) = back_up(&core, &with("id", id)).await;
        assert_eq!(told, Vec::<String>::new());
        assert_eq!(said.last().unwrap(), &format!("backup {id} is whole, of the partitions 1"));
    }
    // Without an id it is the time of day, of the simulator's clock.
    let (said, told) = back_up(&core, &with("keep", 2)).await;
    assert_eq!(told, Vec::<String>::new());
    assert!(said[0].starts_with("taking backup 20260101000"), "{said:?}");
    assert_eq!(said.last().unwrap(), "taken out of the store: 100");
    let (all, latest) = listed(&core).await;
    let states: Vec<&str> = all.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(all[0].0, Value::integer(200));
    assert_eq!(states, ["completed", "completed"]);
    assert_eq!(latest, all[1].0);
}

#[tokio::test]
async fn an_id_that_is_used_is_refused_also_where_only_the_store_knows_it() {
    let (core, mut config) = stored(json!({})).await;
    config["id"] = json!(100);
    assert_eq!(back_up(&core, &config).await.1, Vec::<String>::new());
    let (said, told) = back_up(&core, &config).await;
    assert_eq!(said, Vec::<String>::new(), "it is refused before anything is asked for");
    assert!(told[0].contains("backup 100 is in the store already"), "{told:?}");
    config["id"] = json!(50);
    let (_, told) = back_up(&core, &config).await;
    assert!(told[0].contains("The latest backup has id 100."), "{told:?}");
}

#[tokio::test]
async fn a_backup_that_fails_is_an_error_and_never_the_latest() {
    let (core, mut config) = stored(json!({})).await;
    config["id"] = json!(100);
    assert_eq!(back_up(&core, &config).await.1, Vec::<String>::new());
    core.faults(&json!({ "trouble": { "failing_backups": true } }));
    config["id"] = json!(200);
    let (said, told) = back_up(&core, &config).await;
    assert!(!said.iter().any(|line| line.contains("is whole")), "{said:?}");
    assert!(
        told[0].contains(
            "backup 200 ended as FAILED: partition 1 is FAILED (the simulator was told to fail)"
        ),
        "{told:?}"
    );
    let expected = vec![
        (Value::integer(100), "completed".to_owned()),
        (Value::integer(200), "failed".to_owned()),
    ];
    assert_eq!(listed(&core).await, (expected, Value::integer(100)));
}

/// Whether it was taken on is not known then; what is in the store tells.
#[tokio::test]
async fn an_answer_that_is_lost_is_no_failure() {
    let (core, config) = stored(json!({})).await;
    core.faults(&json!({ "answers": [
        { "method": "POST", "path": "/actuator/backups", "with": "drop_after" },
        { "method": "GET", "with": "gateway_error", "when": { "skip": 1, "times": 2 } },
    ]}));
    let (said, told) = back_up(&core, &config).await;
    assert_eq!(told, Vec::<String>::new());
    assert!(
        said.iter().any(|line| line.starts_with("not clear whether it was taken on")),
        "{said:?}"
    );
    assert!(said.last().unwrap().ends_with("is whole, of the partitions 1"), "{said:?}");
}

#[tokio::test]
async fn without_a_store_and_with_one_that_says_no_the_error_says_why() {
    let mut core = Core::new();
    core.reach(&core.config(three())).await;
    let (_, told) = back_up(&core, &json!({ "cluster": core.id() })).await;
    assert!(told[0].contains("No backup store is configured"), "{told:?}");
    let mut with_store = three();
    with_store["backup_store"] = s3("payments");
    core.reach(&core.config(with_store)).await;
    core.faults(&json!({ "answers": [
        { "method": "GET", "path": "/actuator/backups", "with": "internal_error", "when": { "times": 9 } },
    ]}));
    let (_, told) = back_up(&core, &json!({ "cluster": core.id() })).await;
    assert!(told[0].contains("the store of backups could not be asked"), "{told:?}");
    // In its own words, also where other brokers could be asked too.
    assert!(told[0].contains("because the broker answered 500: "), "{told:?}");
}

//! Clusters that are there, brought back to a backup.

use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::Call;

use crate::actions::invoked;
use crate::core::{Applied, Core, texts, value};

fn wish(core: &Core) -> Value {
    core.config(json!({
        "backup_store": { "gcs": { "bucket": "zeebe-backups" } },
        "topology": { "brokers": 2, "partitions": 2, "replication_factor": 2 },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    }))
}

/// A cluster with backups 100 and 200, and how it is brought back to the newest.
async fn backed_up() -> (Core, Json) {
    let mut core = Core::new();
    core.reach(&wish(&core)).await;
    for id in [100, 200] {
        let config = json!({ "cluster": core.id(), "id": id });
        let (_, told) = invoked(&core, "zeebe_backup", &config, Call::detached()).await;
        assert_eq!(told, Vec::<String>::new());
    }
    let config = json!({ "cluster": core.id(), "confirm": "payments" });
    (core, config)
}

async fn restore(core: &Core, config: &Json) -> (Vec<String>, Vec<String>) {
    invoked(core, "zeebe_restore", config, Call::detached()).await
}

fn with(config: &Json, name: &str, value: Json) -> Json {
    let mut config = config.clone();
    config[name] = value;
    config
}

/// The model in the simulator's own words.
fn model(core: &Core) -> Json {
    let text = std::fs::read(core.place().join("simulation.json")).expect("its state");
    serde_json::from_slice::<Json>(&text).expect("JSON")["model"].clone()
}

/// The names of what was set aside of a broker.
fn aside(core: &Core, broker: &str) -> Vec<String> {
    let model = model(core);
    let aside = model.pointer(&format!("/aside/{broker}")).and_then(Json::as_object);
    aside.map(|aside| aside.keys().cloned().collect()).unwrap_or_default()
}

/// What the book says of how far the cluster is.
fn book(core: &Core) -> Json {
    let text = std::fs::read(core.place().join("book/cluster.json")).expect("the book");
    serde_json::from_slice::<Json>(&text).expect("JSON")["body"]["phase"].clone()
}

#[tokio::test]
async fn the_newest_backup_comes_back_and_what_was_there_is_aside() {
    let (mut core, config) = backed_up().await;
    let (said, told) = restore(&core, &config).await;
    assert_eq!(told, Vec::<String>::new());
    let last = said.last().unwrap();
    assert!(last.starts_with("the cluster is back on backup 200: partition 1 at "), "{last}");
    let names = aside(&core, "0");
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with("before-restore-200-"), "{names:?}");
    assert!(last.ends_with(&format!("what it had is in the folder {} of each broker", names[0])));
    core.refresh().await;
    assert_eq!(core.phase(), "ready");
    assert_eq!(core.steps(&wish(&core)).await, Vec::<String>::new());
    // And once more, to an older one: both are aside then.
    let (said, told) = restore(&core, &with(&config, "id", json!(100))).await;
    assert_eq!(told, Vec::<String>::new());
    assert!(said.last().unwrap().starts_with("the cluster is back on backup 100: "), "{said:?}");
    assert_eq!(aside(&core, "1").len(), 2);
    assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
    assert_eq!(aside(&core, "0"), Vec::<String>::new(), "deleted with the cluster's data");
}

#[tokio::test]
async fn all_that_stands_in_the_way_is_told_at_once_and_nothing_is_touched() {
    let (core, config) = backed_up().await;
    let before = model(&core);
    let config = with(&with(&config, "confirm", json!("orders")), "id", json!(300));
    let (_, told) = restore(&core, &with(&config, "accept_mixed_records", json!(["audit"]))).await;
    insta::assert_snapshot!(told.join("\n\n"), @r#"
    Error at `confirm`: the cluster's name is not "orders"
    What the cluster has done since the backup will be gone from it. Expected its name, `confirm = "payments"`, so that nobody restores another cluster than they mean. Nothing was touched.

    Error at `accept_mixed_records`: the cluster has no exporter "audit"
    Expected names of exporters that this cluster has. Leave it out. Nothing was touched.

    Error at `id`: backup 300 is not in the cluster's store
    The data source `zeebe_backups` says what there is. Nothing was touched.
    "#);
    assert_eq!(model(&core)["brokers"], before["brokers"]);
    assert_eq!(book(&core), json!("ready"));
}

#[tokio::test]
async fn a_cluster_without_a_store_or_without_a_backup_has_nothing_to_go_back_to() {
    for (wish, why) in [
        (json!({}), "the cluster has no store of backups"),
        (
            json!({ "backup_store": { "gcs": { "bucket": "zeebe-backups" } } }),
            "the cluster's store holds no backup that is whole",
        ),
    ] {
        let mut core = Core::new();
        core.reach(&core.config(wish)).await;
        let config = json!({ "cluster": core.id(), "confirm": "payments" });
        let (said, told) = restore(&core, &config).await;
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(why), "{told:?}");
    }
}

/// Positions go back: what would take the new records for the old ones, or write them beside those, is named.
#[tokio::test]
async fn exporters_whose_records_would_be_spoiled_are_named() {
    let (core, config) = backed_up().await;
    let mut audit = core.beside("zeebe_exporter");
    let search = json!({
        "name": "audit",
        "cluster": { "id": core.id() },
        "elasticsearch": { "url": "http://127.0.0.1:9200" },
    });
    audit.reach(&value(audit.resource().schema().ty(), &search)).await;
    let (_, told) = restore(&core, &config).await;
    insta::assert_snapshot!(told.join("\n\n"), @r#"
    Error at `cluster`: exporter "audit" would mix the records of two histories
    Its kind is `elasticsearch`. The restored cluster uses the positions after the backup for other records: they would stand beside those that are there already, or in their place. Take `zeebe_exporter.audit` out and apply, and after the restore make it again with a prefix of its own; or name it in `accept_mixed_records`. Nothing was touched.
    "#);
    let accepted = with(&config, "accept_mixed_records", json!(["audit"]));
    let mut events = core.beside("zeebe_exporter");
    let kafka = json!({
        "name": "events",
        "cluster": { "id": core.id() },
        "kafka": { "brokers": ["127.0.0.1:9092"], "topic": "records" },
    });
    events.reach(&value(events.resource().schema().ty(), &kafka)).await;
    let (_, told) = restore(&core, &accepted).await;
    insta::assert_snapshot!(told.join("\n\n"), @r#"
    Error at `cluster`: exporter "events" would lose records
    Its kind is `kafka`. The restored cluster uses the positions after the backup for other records, and the receiver would take them for those that it has written and drop them. Take `zeebe_exporter.events` out and apply; after the restore make it again with a name and a topic or lake of its own. Nothing was touched.
    "#);
    assert_eq!(events.destroy().await, Applied::Done(Vec::new()));
    let (_, told) = restore(&core, &accepted).await;
    assert_eq!(told, Vec::<String>::new());
}

#[tokio::test]
async fn a_backup_that_does_not_restore_leaves_the_data_aside_and_the_apply_goes_on() {
    let (mut core, config) = backed_up().await;
    core.faults(&json!({ "trouble": { "restores": "corrupt" } }));
    let (_, told) = restore(&core, &config).await;
    let name = aside(&core, "0").first().cloned().expect("the data aside");
    assert_eq!(told.len(), 1);
    for part in [
        "the cluster is not on backup 200 yet",
        "what is in the store cannot be read",
        &format!("it is in the folder {name} of each"),
        "with another `id` that backup is restored in its place",
    ] {
        assert!(told[0].contains(part), "{part}: {told:?}");
    }
    core.refresh().await;
    assert_eq!(core.phase(), "restoring");
    let steps = core.steps(&wish(&core)).await;
    assert_eq!(steps[1], format!("stop brokers 0, 1 and set their data aside as {name}"));
    assert_eq!(steps[2], "restore backup 200 as the data of brokers 0, 1");
    let backup = json!({ "cluster": core.id(), "id": 300 });
    let (_, told) = invoked(&core, "zeebe_backup", &backup, Call::detached()).await;
    assert!(told[0].contains("the cluster's restore of backup 200 is not finished"), "{told:?}");
    // Another size has to wait, and says so.
    let larger = core.config(json!({
        "backup_store": { "gcs": { "bucket": "zeebe-backups" } },
        "topology": { "brokers": 3, "partitions": 2, "replication_factor": 2 },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    }));
    let told = core.refusal(&larger).await;
    assert!(told[0].contains("the cluster's restore of backup 200 is not finished"), "{told:?}");
    // The apply tries again; when the store is mended, it is done.
    let Applied::Failed(told) = core.apply(&wish(&core)).await else { panic!("it was restored") };
    assert!(told[0].contains("what is in the store cannot be read"), "{told:?}");
    repair(&core);
    core.reach(&wish(&core)).await;
    assert_eq!(core.phase(), "ready");
    assert_eq!(aside(&core, "0"), [name]);
}

/// Takes the trouble with restores out of the model, where it has got by now.
fn repair(core: &Core) {
    let path = core.place().join("simulation.json");
    let text = std::fs::read(&path).expect("its state");
    let mut simulation: Json = serde_json::from_slice(&text).expect("JSON");
    simulation["model"]["trouble"]["restores"] = Json::Null;
    std::fs::write(path, simulation.to_string()).expect("its state");
}

#[tokio::test]
async fn what_was_stopped_in_the_middle_is_finished_by_the_same_call_by_an_apply_or_given_another_backup()
 {
    for finisher in ["the same call", "an apply", "another backup"] {
        let (mut core, config) = backed_up().await;
        let call = Call::detached();
        let cancelled = call.cancelled.clone();
        let work = invoked(&core, "zeebe_restore", &config, call);
        let stop = async {
            while aside(&core, "0").is_empty() {
                tokio::task::yield_now().await;
            }
            cancelled.cancel();
        };
        let ((_, told), ()) = tokio::join!(work, stop);
        assert!(told[0].contains("cancelled"), "{told:?}");
        core.refresh().await;
        assert_eq!(core.phase(), "restoring");
        let (_, told) = restore(&core, &with(&config, "confirm", json!("orders"))).await;
        assert!(told[0].contains("the cluster's name is not \"orders\""), "{told:?}");
        match finisher {
            "the same call" => assert_eq!(restore(&core, &config).await.1, Vec::<String>::new()),
            "an apply" => {
                core.reach(&wish(&core)).await;
                let steps = texts(core.state.member("last_change"));
                assert!(
                    steps.contains(&"restore backup 200 as the data of brokers 0, 1".to_owned())
                );
            }
            _ => {
                let older = with(&config, "id", json!(100));
                let (said, told) = restore(&core, &older).await;
                assert_eq!(told, Vec::<String>::new());
                assert!(said.last().unwrap().starts_with("the cluster is back on backup 100: "));
            }
        }
        core.refresh().await;
        assert_eq!(core.phase(), "ready");
        assert_eq!(core.steps(&wish(&core)).await, Vec::<String>::new());
    }
}

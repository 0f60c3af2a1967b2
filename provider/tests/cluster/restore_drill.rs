//! Restores that are tried beside the cluster.

use serde_json::{Value as Json, json};
use tf_sdk::call::Call;

use crate::actions::invoked;
use crate::core::{Applied, Core};

fn wish(core: &Core) -> tf_sdk::Value {
    core.config(json!({
        "backup_store": { "gcs": { "bucket": "zeebe-backups" } },
        "topology": { "brokers": 2, "partitions": 2, "replication_factor": 2 },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    }))
}

/// A cluster with backups 100 and 200, and what a drill takes.
async fn backed_up() -> (Core, Json) {
    let mut core = Core::new();
    core.reach(&wish(&core)).await;
    let config = json!({ "cluster": core.id() });
    for id in [100, 200] {
        let mut config = config.clone();
        config["id"] = json!(id);
        let (_, told) = invoked(&core, "zeebe_backup", &config, Call::detached()).await;
        assert_eq!(told, Vec::<String>::new());
    }
    (core, config)
}

async fn drill(core: &Core, config: &Json) -> (Vec<String>, Vec<String>) {
    invoked(core, "zeebe_restore_drill", config, Call::detached()).await
}

/// The brokers in the simulator's own words.
fn brokers(core: &Core) -> Json {
    let text = std::fs::read(core.place().join("simulation.json")).expect("its state");
    serde_json::from_slice::<Json>(&text).expect("JSON")["model"]["brokers"].clone()
}

/// Where a scratch cluster of the cluster is.
fn scratch(core: &Core) -> camino::Utf8PathBuf {
    let place = core.place();
    let name = place.file_name().expect("a name");
    place.with_file_name(format!(".{name}-scratch")).join(name)
}

/// What stands beside the cluster.
fn beside(core: &Core) -> Vec<String> {
    let place = core.place();
    let entries = place.parent().expect("a folder").read_dir_utf8().expect("its entries");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_owned());
    names.filter(|name| Some(name.as_str()) != place.file_name()).collect()
}

#[tokio::test]
async fn the_newest_backup_is_restored_beside_the_cluster_and_nothing_is_left() {
    let (mut core, config) = backed_up().await;
    let before = brokers(&core);
    let (said, told) = drill(&core, &config).await;
    assert_eq!(told, Vec::<String>::new());
    let last = said.last().unwrap();
    assert!(last.starts_with("backup 200 restores: partition 1 to "), "{last}");
    assert!(last.ends_with("; the scratch cluster is gone"), "{last}");
    assert_eq!(beside(&core), Vec::<String>::new());
    assert_eq!(brokers(&core), before, "the cluster was left alone");
    core.refresh().await;
    assert_eq!(core.steps(&wish(&core)).await, Vec::<String>::new());
    let mut older = config;
    older["id"] = json!(100);
    let (said, told) = drill(&core, &older).await;
    assert_eq!(told, Vec::<String>::new());
    assert!(said.last().unwrap().starts_with("backup 100 restores: "), "{said:?}");
}

#[tokio::test]
async fn a_backup_that_does_not_restore_is_an_error_and_nothing_is_left() {
    let (core, mut config) = backed_up().await;
    for (trouble, why) in [
        ("corrupt", "what is in the store cannot be read"),
        ("falls_short", "backup 200 is not what the cluster stands on"),
    ] {
        core.faults(&json!({ "trouble": { "restores": trouble } }));
        let (_, told) = drill(&core, &config).await;
        assert!(told[0].contains("backup 200 was not restored\n"), "{told:?}");
        assert!(told[0].contains(why), "{told:?}");
        assert!(told[0].contains("The cluster itself was not touched."), "{told:?}");
        assert_eq!(beside(&core), Vec::<String>::new());
    }
    config["id"] = json!(300);
    let (_, told) = drill(&core, &config).await;
    assert!(told[0].contains("Failed to find a completed backup with id 300"), "{told:?}");
    assert_eq!(beside(&core), Vec::<String>::new());
}

#[tokio::test]
async fn without_a_whole_backup_there_is_nothing_to_try() {
    let mut core = Core::new();
    core.reach(&core.config(json!({ "backup_store": { "gcs": { "bucket": "zeebe-backups" } } })))
        .await;
    let (said, told) = drill(&core, &json!({ "cluster": core.id() })).await;
    assert_eq!(said, Vec::<String>::new());
    assert!(told[0].contains("the cluster's store holds no backup that is whole"), "{told:?}");
}

#[tokio::test]
async fn what_a_drill_that_was_stopped_left_goes_with_the_next_and_with_the_cluster() {
    let (mut core, config) = backed_up().await;
    for (goes_with, is_next) in [("the next drill", true), ("the cluster", false)] {
        let call = Call::detached();
        let cancelled = call.cancelled.clone();
        let work = invoked(&core, "zeebe_restore_drill", &config, call);
        let stop = async {
            // The scratch cluster is there, and not whole.
            while !scratch(&core).join("book").exists() {
                tokio::task::yield_now().await;
            }
            cancelled.cancel();
        };
        let ((_, told), ()) = tokio::join!(work, stop);
        assert!(told[0].contains("cancelled"), "{told:?}");
        assert!(scratch(&core).exists(), "a call that is stopped leaves it, until {goes_with}");
        if is_next {
            let (_, told) = drill(&core, &config).await;
            assert_eq!(told, Vec::<String>::new());
        } else {
            assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
        }
        assert_eq!(beside(&core), Vec::<String>::new(), "{goes_with}");
    }
}

//! Clusters that begin with a backup.

use serde_json::{Value as Json, json};
use tf_sdk::call::Call;

use crate::actions::invoked;
use crate::core::{Applied, Core};

/// A cluster whose backups are kept, and what else is said.
fn stored(changes: &Json) -> Json {
    let mut wish = json!({
        "backup_store": { "gcs": { "bucket": "zeebe-backups" } },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    });
    wish.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    wish
}

fn from(backup: i64) -> Json {
    stored(&json!({ "restore_from": { "backup_id": backup } }))
}

/// A place where a cluster was that left backup 100.
async fn gone() -> Core {
    let mut core = Core::new();
    core.reach(&core.config(stored(&json!({})))).await;
    let config = json!({ "cluster": core.id(), "id": 100 });
    let (_, told) = invoked(&core, "zeebe_backup", &config, Call::detached()).await;
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(core.destroy().await, Applied::Done(Vec::new()));
    core.without_state()
}

#[tokio::test]
async fn a_cluster_begins_with_a_backup_once() {
    let mut core = gone().await;
    let config = core.config(from(100));
    insta::assert_snapshot!(core.steps(&config).await.join("\n"), @r"
    have Zeebe 8.6.0 at hand
    restore backup 100 as the data of broker 0
    start broker 0
    wait until broker 0 leads 1 partition with 1 healthy copy each
    see the one partition process from where backup 100 goes
    deploy a canary process and see it start on the one partition
    ");
    core.reach(&config).await;
    assert_eq!(core.phase(), "ready");
    // An import knows it by the book.
    let mut imported = core.beside("zeebe_cluster");
    assert_eq!(imported.import(&core.id()).await, Vec::<String>::new());
    assert_eq!(imported.state.member("restore_from"), core.state.member("restore_from"));
    let told = core.refusal(&core.config(from(200))).await;
    assert_eq!(
        told,
        [
            "Error at `restore_from`: a cluster begins with another backup only when it is made\nIt was made from backup \
          100, and backup 200 is wished. It has data of its own by now, which nothing here overwrites. Leave \
          `restore_from` as it was, or take it out; for the data of that backup make another cluster."
        ]
    );
    let without = core.config(stored(&json!({})));
    assert_eq!(core.steps(&without).await, ["write the wish into the book"]);
    core.reach(&without).await;
}

#[tokio::test]
async fn a_backup_that_is_not_there_is_an_error_that_leaves_nothing() {
    let mut core = gone().await;
    let Applied::Failed(told) = core.apply(&core.config(from(200))).await else {
        panic!("a backup that is not there was restored")
    };
    assert!(told[0].contains("Failed to find a completed backup with id 200"), "{told:?}");
    assert!(core.state.is_null(), "{:?}", core.state);
    assert!(!core.place().join("book").exists());
    // The next one begins with nothing in its way.
    core.reach(&core.config(from(100))).await;
}

#[tokio::test]
async fn what_falls_short_of_its_backup_is_an_error_and_not_ready() {
    let mut core = gone().await;
    core.faults(&json!({ "trouble": { "restores": "falls_short" } }));
    let work = core.apply(&core.config(from(100))).await;
    let Applied::Failed(told) = work else { panic!("{work:?}") };
    assert!(told[0].contains("backup 100 is not what the cluster stands on"), "{told:?}");
    assert_eq!(core.phase(), "provisioning");
}

#[tokio::test]
async fn without_a_store_there_is_nothing_to_restore_from() {
    let core = Core::new();
    let said = core.validate(core.config(json!({ "restore_from": { "backup_id": 100 } }))).await;
    assert_eq!(
        said,
        [
            "Error at `restore_from`: there is no store to restore from\nBackup 100 is looked for in the cluster's own \
          store. Say with `backup_store` where it is."
        ]
    );
}

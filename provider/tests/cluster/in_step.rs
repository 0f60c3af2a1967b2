//! A backup in step with search stores: what is told, what is refused, and what is left of one that was killed anywhere.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tf_sdk::call::Call;
use zeebe_engine::{BackupState, BackupWish, Cluster, Engine};
use zeebe_scalar::parse_text;
use zeebe_spec::SearchBackup;

use crate::actions::invoked;
use crate::backup_schedule::pass;
use crate::core::Core;
use crate::exporters::config;

/// A cluster with a store of backups and an exporter to a search store.
async fn exporting() -> (Core, Core) {
    let mut cluster = Core::new();
    let wish = json!({ "backup_store": { "gcs": { "bucket": "zeebe-backups" } } });
    cluster.reach(&cluster.config(wish)).await;
    let mut exporter = cluster.beside("zeebe_exporter");
    exporter.reach(&config(&exporter, &json!({}))).await;
    (cluster, exporter)
}

fn in_step(core: &Core) -> Json {
    json!({ "cluster": core.id(), "id": 7, "search_store": { "repository": "backups" } })
}

#[tokio::test]
async fn exporting_is_paused_for_a_backup_and_goes_on_after_it() {
    let (cluster, mut exporter) = exporting().await;
    let (said, told) =
        invoked(&cluster, "zeebe_backup", &in_step(&cluster), Call::detached()).await;
    assert_eq!(told, Vec::<String>::new());
    let said: Vec<String> =
        said.into_iter().filter(|line| !line.starts_with("waiting, ")).collect();
    assert_eq!(
        said,
        [
            "pausing exporting softly for backup 7, for 600 s at most",
            "taking backup 7",
            "exporting goes on",
            "backup 7 is whole, of the partitions 1",
        ]
    );
    assert_eq!(exporter.refresh().await, Vec::<String>::new());
    assert_eq!(exporter.phase(), "ready");
}

#[tokio::test]
async fn what_a_backup_in_step_cannot_be_is_told_before_anything_is_touched() {
    let (cluster, mut exporter) = exporting().await;
    cluster.faults(&json!({ "trouble": { "exporting": "paused" } }));
    let (said, told) =
        invoked(&cluster, "zeebe_backup", &in_step(&cluster), Call::detached()).await;
    assert!(
        told.len() == 1 && told[0].contains("exporting is paused by somebody else"),
        "{told:?}"
    );
    assert_eq!(said, Vec::<String>::new());
    cluster.faults(&json!({ "trouble": { "exporting": "exporting" } }));
    exporter.destroy().await;
    let (said, told) =
        invoked(&cluster, "zeebe_backup", &in_step(&cluster), Call::detached()).await;
    assert!(told.len() == 1 && told[0].contains("no exporter of the cluster writes"), "{told:?}");
    assert_eq!(said, Vec::<String>::new());
}

/// One that ends when it was polled so often, as if it were killed there; whether it came to its end before.
async fn killed_after(polls: usize, cluster: &Cluster) -> bool {
    let in_step = SearchBackup { repository: parse_text("backups").unwrap(), pause_budget: None };
    let wish = BackupWish { id: None, keep: None };
    let call = zeebe_engine::Call::quiet();
    let mut taking = pin!(cluster.back_up(wish, Some(&in_step), Duration::from_mins(1), &call));
    let mut left = polls;
    let mut ended = std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        taking.as_mut().poll(context).map(Some)
    });
    match (&mut ended).await {
        None => false,
        Some(outcome) => {
            outcome.unwrap();
            true
        }
    }
}

#[tokio::test]
async fn killed_anywhere_exporting_goes_on_and_nothing_half_is_left() {
    let (core, _exporter) = exporting().await;
    let engine = Engine::new().unwrap();
    let cluster = engine.at(&core.id()).unwrap();
    let call = zeebe_engine::Call::quiet();
    let (mut found, mut taken_away) = (0, 0);
    for polls in 0.. {
        let came_to_its_end = killed_after(polls, &cluster).await;
        let left = cluster.backup_pause().await.unwrap();
        let paused = cluster.look(&call).await.unwrap().pause();
        assert_eq!(paused, None, "a backup that may be under way holds nobody up, after {polls}");
        found += usize::from(left.is_some());
        let ended = cluster.end_backup_pause(&call).await.unwrap();
        let half = left.filter(|left| !left.whole).map(|left| left.backup);
        assert_eq!(ended, half, "after {polls}");
        taken_away += usize::from(ended.is_some());
        assert_eq!(cluster.backup_pause().await.unwrap(), None, "after {polls}");
        assert_eq!(cluster.look(&call).await.unwrap().pause(), None, "after {polls}");
        let backups = cluster.backups(&call).await.unwrap();
        let whole = backups.iter().all(|backup| backup.state == BackupState::Completed);
        assert!(whole, "after {polls}: {backups:?}");
        if came_to_its_end {
            break;
        }
        // The id of a backup that was taken away stays used, and the next one's is another time of day.
        pass(&core, 1);
    }
    assert!(
        taken_away > 0 && found > taken_away,
        "killed in no place that matters: {found} {taken_away}"
    );
}

//! `zeebe_backup_schedule` beside its cluster: how it comes, changes, goes, what is late, and what is refused.

use std::fs;

use serde_json::{Value as Json, json};
use tf_sdk::Value;
use tf_sdk::call::Call;

use crate::actions::invoked;
use crate::core::{Applied, Core, texts, value};

const ATTEND: &str = "see that agent 0 of the cluster runs, which takes them";

/// A cluster with a store, and a schedule that is not there yet.
async fn storing() -> (Core, Core) {
    let mut cluster = Core::new();
    let wish = json!({
        "backup_store": { "gcs": { "bucket": "zeebe-backups" } },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    });
    cluster.reach(&cluster.config(wish)).await;
    let schedule = cluster.beside("zeebe_backup_schedule");
    (cluster, schedule)
}

fn scheduled(core: &Core, mut wish: Json) -> Value {
    wish["cluster"] = json!(core.id());
    value(core.resource().schema().ty(), &wish)
}

fn document(core: &Core) -> camino::Utf8PathBuf {
    core.place().join("book/backup-schedule.json")
}

fn read(path: &camino::Utf8Path) -> Json {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn has_agent(core: &Core) -> bool {
    let simulation = read(&core.place().join("simulation.json"));
    simulation.pointer("/model/agent/run").is_some_and(|run| !run.is_null())
}

/// What the book says since when the times count.
fn since(core: &Core) -> Json {
    read(&document(core))["body"]["since"].clone()
}

/// Lets time pass on the simulated cluster, where it stands still while nothing happens.
pub(crate) fn pass(core: &Core, hours: u64) {
    let path = core.place().join("simulation.json");
    let mut simulation = read(&path);
    let now = simulation["model"]["now"].as_u64().expect("milliseconds");
    simulation["model"]["now"] = json!(now + hours * 3_600_000);
    fs::write(path, simulation.to_string()).unwrap();
}

#[tokio::test]
async fn a_schedule_comes_changes_and_goes_and_the_second_plans_are_empty() {
    let (_cluster, mut schedule) = storing().await;
    for (wish, say) in [
        (json!({ "every": "6h" }), "taken every 6h, and that all are kept"),
        (json!({ "every": "6h", "keep": 7 }), "taken every 6h, and that the newest 7 are kept"),
        (json!({ "daily_at": "02:30" }), "taken daily at 02:30 UTC, and that all are kept"),
    ] {
        let wish = scheduled(&schedule, wish);
        let planned = schedule.plan(&wish).await.planned;
        let say = format!("write into the book that backups are {say}");
        assert_eq!(texts(planned.member("last_change")), [say.as_str(), ATTEND]);
        schedule.reach(&wish).await;
        assert!(has_agent(&schedule), "nobody takes them");
        assert_eq!(schedule.phase(), "ready");
        let id = Value::text(format!("{}/backup-schedule", schedule.id()));
        assert_eq!(schedule.state.member("id"), &id);
    }
    let along =
        json!({ "every": "6h", "search_store": { "repository": "b", "pause_budget": "1m" } });
    let wish = scheduled(&schedule, along);
    let pause = "and that exporting is paused softly for each, 60 s at most, for a snapshot in repository \"b\"";
    assert_eq!(texts(schedule.plan(&wish).await.planned.member("last_change"))[1], pause);
    schedule.reach(&wish).await;
    schedule.destroy().await;
    assert!(!has_agent(&schedule), "an agent runs that has nothing to do");
    assert!(!document(&schedule).exists(), "the book still says when backups are taken");
}

#[tokio::test]
async fn what_was_due_stays_due_when_only_the_number_to_keep_is_another() {
    let (_cluster, mut schedule) = storing().await;
    schedule.reach(&scheduled(&schedule, json!({ "every": "6h" }))).await;
    let first = since(&schedule);
    pass(&schedule, 1);
    schedule.reach(&scheduled(&schedule, json!({ "every": "6h", "keep": 7 }))).await;
    assert_eq!(since(&schedule), first);
    schedule.reach(&scheduled(&schedule, json!({ "every": "8h", "keep": 7 }))).await;
    assert_ne!(since(&schedule), first);
}

#[tokio::test]
async fn a_backup_that_is_overdue_is_seen_and_taken_by_the_next_apply() {
    let (cluster, mut schedule) = storing().await;
    let wish = scheduled(&schedule, json!({ "every": "6h", "keep": 7 }));
    schedule.reach(&wish).await;
    // The simulated agent takes none.
    pass(&schedule, 2);
    assert_eq!(schedule.refresh().await, Vec::<String>::new());
    assert_eq!(schedule.phase(), "overdue");
    let take = "take the backup that is overdue";
    let planned = schedule.plan(&wish).await.planned;
    assert_eq!(texts(planned.member("last_change")), [ATTEND, take]);
    // It stays overdue where only the number to keep is another, and is not where the times are.
    let fewer = scheduled(&schedule, json!({ "every": "6h", "keep": 3 }));
    let planned = schedule.plan(&fewer).await.planned;
    let say = "write into the book that backups are taken every 6h, and that the newest 3 are kept";
    assert_eq!(texts(planned.member("last_change")), [say, ATTEND, take]);
    let later = scheduled(&schedule, json!({ "every": "8h", "keep": 7 }));
    let planned = schedule.plan(&later).await.planned;
    let say = "write into the book that backups are taken every 8h, and that the newest 7 are kept";
    assert_eq!(texts(planned.member("last_change")), [say, ATTEND]);
    schedule.reach(&fewer).await;
    assert_eq!(schedule.phase(), "ready");
    // Whoever has taken it: there is one.
    let config = json!({ "cluster": cluster.id() });
    let (said, told) = invoked(&cluster, "zeebe_restore_drill", &config, Call::detached()).await;
    assert_eq!(told, Vec::<String>::new(), "{said:?}");
}

#[tokio::test]
async fn what_no_schedule_can_be_is_refused_where_it_is_wrong() {
    let (_cluster, mut schedule) = storing().await;
    for (wish, expected) in [
        (json!({}), "Expected exactly one of `every`, `daily_at`, got 0."),
        (
            json!({ "every": "6h", "daily_at": "02:30" }),
            "Expected exactly one of `every`, `daily_at`, got 2.",
        ),
        (json!({ "every": "59s" }), "Expected 1m to 31d, as `6h`, got `59s`."),
        (
            json!({ "every": "6h", "search_store": { "repository": "b", "pause_budget": "9s" } }),
            "Error at `search_store.pause_budget`: time for which exporting may be paused is out of range\nExpected 10s to \
             6h, as `10m`, got `9s`.",
        ),
    ] {
        let wish = scheduled(&schedule, wish);
        let Applied::NotPlanned(told) = schedule.apply(&wish).await else {
            panic!("planned: {expected}");
        };
        assert!(told.len() == 1 && told[0].contains(expected), "{told:?}");
    }
}

#[tokio::test]
async fn a_cluster_without_a_store_has_no_schedule() {
    let mut cluster = Core::new();
    cluster.reach(&cluster.config(json!({}))).await;
    let mut schedule = cluster.beside("zeebe_backup_schedule");
    let wish = scheduled(&schedule, json!({ "every": "6h" }));
    let Applied::Failed(told) = schedule.apply(&wish).await else { panic!("it was made") };
    assert!(told[0].contains("has no `backup_store`"), "{told:?}");
    assert!(!document(&schedule).exists());
}

#[tokio::test]
async fn a_store_that_goes_while_backups_are_scheduled_is_warned_of() {
    let (mut cluster, mut schedule) = storing().await;
    schedule.reach(&scheduled(&schedule, json!({ "every": "6h" }))).await;
    cluster.refresh().await;
    let stored = json!({
        "backup_store": { "gcs": { "bucket": "zeebe-backups" } },
        "deletion_protection": false,
        "data_on_destroy": "delete",
    });
    assert_eq!(cluster.refusal(&cluster.config(stored)).await, Vec::<String>::new());
    let bare = cluster.config(json!({ "deletion_protection": false, "data_on_destroy": "delete" }));
    let told = cluster.refusal(&bare).await;
    assert!(told.len() == 1 && told[0].starts_with("Warning at `backup_store`"), "{told:?}");
    schedule.destroy().await;
    cluster.refresh().await;
    assert_eq!(cluster.refusal(&bare).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_schedule_of_somebody_else_is_not_overwritten() {
    let (cluster, mut schedule) = storing().await;
    schedule.reach(&scheduled(&schedule, json!({ "every": "6h" }))).await;
    let mut other = cluster.beside("zeebe_backup_schedule");
    let wish = scheduled(&other, json!({ "every": "8h" }));
    let Applied::Failed(told) = other.apply(&wish).await else { panic!("it was overwritten") };
    assert!(told[0].contains("is said already"), "{told:?}");
    assert!(fs::read_to_string(document(&schedule)).unwrap().contains("6h"));
}

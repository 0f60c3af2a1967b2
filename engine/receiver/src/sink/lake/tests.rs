use camino_tempfile::Utf8TempDir;

use super::journal::ASLEEP;
use super::store::memory::{Death, Memory};
use super::*;
use crate::batch::Batch;
use crate::mark::{Fresh, fresh};
use crate::record::Record;
use crate::record::tests::record;
use crate::verify::Gaps;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

/// Noon of a day, in milliseconds.
const NOON: i64 = 1_795_435_200_000;
const HOUR: Duration = Duration::from_hours(1);

fn partition() -> PartitionId {
    PartitionId::new(1).unwrap()
}

fn settings(cluster: &str) -> LakeSettings {
    LakeSettings {
        cluster: cluster.to_owned(),
        place: Place::Directory("unused".into()),
        seal_after: HOUR,
        seal_size: 1 << 20,
    }
}

fn lake(store: &Memory) -> LakeSink {
    LakeSink::on(settings("payments"), Arc::new(store.clone()))
}

/// A record of one of two value types, on one of two days.
fn varied(position: u64) -> Record {
    let timestamp = NOON + if position < 5 { 0 } else { 86_400_000 };
    let record = record(1, position, timestamp);
    let value_type = if position.is_multiple_of(2) { "JOB" } else { "VARIABLE" };
    let text = str::from_utf8(&record.bytes).unwrap().replace("VARIABLE", value_type);
    Record::parse(text.into()).unwrap()
}

fn batch(positions: impl IntoIterator<Item = u64>) -> Batch {
    Batch::of(positions.into_iter().map(varied)).unwrap().remove(0)
}

/// What a lane does with a batch: it is taken over anew when the last try failed.
async fn write(
    sink: &LakeSink,
    log: &mut Option<Box<dyn Log>>,
    batch: Batch,
) -> Result<(), SinkError> {
    let mut open = if let Some(open) = log.take() {
        open
    } else {
        sink.identify().await?;
        let (store, grown) = (Arc::clone(&sink.store), Arc::clone(&sink.grown));
        Box::new(LakeLog::open(store, partition(), 1 << 20, grown).await?)
    };
    let Fresh { records, mark, .. } = fresh(open.mark(), batch).unwrap();
    if let Some(mark) = mark.filter(|_| !records.is_empty()) {
        open.append(records, mark).await?;
    }
    *log = Some(open);
    Ok(())
}

/// The time at which everything that is there is old.
fn later() -> SystemTime {
    SystemTime::now() + 1_000 * HOUR
}

/// What a reader sees that lists all files: each record at most once, and only such as were sent.
fn rows(store: &Memory) -> BTreeSet<u64> {
    let mut rows = BTreeSet::new();
    for (name, body) in store.objects() {
        if name.ends_with(".parquet") {
            for record in table::decode(body).unwrap() {
                assert!(rows.insert(record.position), "{} is there twice", record.position);
                assert_eq!(record, varied(record.position));
            }
        }
    }
    rows
}

#[tokio::test]
async fn what_is_appended_is_in_the_journal_at_once_and_in_files_by_type_and_day_later() {
    let store = Memory::new(Duration::ZERO);
    let sink = lake(&store);
    let mut log = None;
    write(&sink, &mut log, batch(1..=3)).await.unwrap();
    write(&sink, &mut log, batch(2..=6)).await.unwrap();
    assert_eq!(sink.reading().await.unwrap().records(), 6);
    sink.keeper().round(SystemTime::UNIX_EPOCH + HOUR / 2).await.unwrap();
    assert_eq!(rows(&store), BTreeSet::new(), "too young");
    sink.keeper().round(later()).await.unwrap();
    let files: Vec<String> = store.objects().into_keys().collect();
    let range = "partition-0001-00000000000000000001-00000000000000000006.parquet";
    assert_eq!(
        files,
        [
            "_lake.json".to_owned(),
            "_partitions/partition-0001".to_owned(),
            "_segments/partition-0001/00000000000000000001.done".to_owned(),
            "_segments/partition-0001/00000000000000000001.json".to_owned(),
            format!("value_type=JOB/day=2026-11-23/{range}"),
            format!("value_type=JOB/day=2026-11-24/{range}"),
            format!("value_type=VARIABLE/day=2026-11-23/{range}"),
            format!("value_type=VARIABLE/day=2026-11-24/{range}"),
        ]
    );
    assert_eq!(rows(&store), (1..=6).collect());
    // The mark outlives the journal.
    write(&sink, &mut None, batch(4..=7)).await.unwrap();
    sink.keeper().round(later()).await.unwrap();
    assert_eq!(rows(&store), (1..=7).collect());
    let report = sink.reading().await.unwrap().verify();
    assert!(report.is_exact(Gaps::AreLoss), "{report}");
}

/// All that is done to a lake between two deaths.
async fn story(
    sink: &LakeSink,
    log: &mut Option<Box<dyn Log>>,
    acknowledged: &mut u64,
) -> Result<(), SinkError> {
    // An exporter goes on after what was answered for, with batches that may have grown.
    while *acknowledged < 8 {
        let last = (*acknowledged + 3).min(8);
        write(sink, log, batch(*acknowledged + 1..=last)).await?;
        *acknowledged = last;
        if *acknowledged >= 5 {
            sink.keeper().round(later()).await?;
            sink.keeper().tidy(later()).await?;
        }
    }
    sink.keeper().round(later()).await?;
    sink.keeper().tidy(later()).await
}

#[tokio::test]
async fn killed_before_or_after_any_change_nothing_is_lost_and_nothing_is_doubled() {
    for keeps in [Duration::ZERO, 1_000_000 * HOUR] {
        let whole = Memory::new(keeps);
        story(&lake(&whole), &mut None, &mut 0).await.unwrap();
        let changes = whole.changes();
        assert!(changes > 12, "{changes}");
        for death in (0..changes).flat_map(|at| [Death::Before(at), Death::After(at)]) {
            let store = Memory::new(keeps);
            store.dies(death);
            let mut acknowledged = 0;
            let died = story(&lake(&store), &mut None, &mut acknowledged).await;
            assert!(died.is_err(), "{death:?}");
            // What was answered for is there, in files and journal together, and files show nothing twice.
            rows(&store);
            store.dies(Death::Never);
            let sink = lake(&store);
            if store.objects().contains_key(names::IDENTITY) {
                let reading = sink.reading().await.unwrap();
                assert!(reading.verify().is_exact(Gaps::AreLoss), "{death:?}");
                assert!(u64::try_from(reading.records()).unwrap() >= acknowledged, "{death:?}");
            }
            // A broker that restarted sends again from its last snapshot.
            let mut log = None;
            write(&sink, &mut log, batch(1..=acknowledged.max(1))).await.unwrap();
            story(&sink, &mut log, &mut acknowledged).await.unwrap();
            assert_eq!(rows(&store), (1..=8).collect(), "{death:?}");
            let files = store.objects().into_keys().filter(|name| name.contains("/day="));
            assert_eq!(files.count(), 4, "one for each value type and day: {death:?}");
            let reading = sink.reading().await.unwrap();
            assert_eq!(reading.records(), 8, "{death:?}");
            assert!(reading.verify().is_exact(Gaps::AreLoss), "{death:?}");
        }
    }
}

#[tokio::test]
async fn small_files_of_a_day_are_put_together_when_it_is_over_and_all_of_it_is_there() {
    let store = Memory::new(Duration::ZERO);
    let sink = lake(&store);
    let keeper = sink.keeper();
    let at =
        |timestamp: i64| SystemTime::UNIX_EPOCH + Duration::from_millis(timestamp.unsigned_abs());
    let mut log = None;
    for position in 1..=8 {
        write(&sink, &mut log, batch([position])).await.unwrap();
        keeper.round(later()).await.unwrap();
    }
    let files = || -> Vec<String> {
        let objects = store.objects().into_keys();
        objects
            .filter_map(|name| Some(name.strip_prefix("value_type=JOB/day=")?.to_owned()))
            .collect()
    };
    assert_eq!(files().len(), 4);
    // Noon is in the middle of it; its last records may come yet for an hour.
    keeper.merge(at(NOON + 12 * 3_600_000 + 1_000)).await.unwrap();
    assert_eq!(files().len(), 4);
    keeper.merge(at(NOON + 14 * 3_600_000)).await.unwrap();
    let merged = files();
    assert_eq!(merged.len(), 3);
    assert!(merged[0].starts_with("2026-11-23/merged-"), "{merged:?}");
    assert_eq!(rows(&store), (1..=8).collect());
    // What is together already stays as it is.
    keeper.merge(at(NOON + 15 * 3_600_000)).await.unwrap();
    assert_eq!(files(), merged);
    // A plan that is not done makes its files again: its folders wait.
    write(&sink, &mut log, batch([10])).await.unwrap();
    store.dies(Death::Before(2));
    assert!(keeper.round(later()).await.is_err());
    store.dies(Death::Never);
    assert_eq!(files().len(), 4, "its file is there, and not the word that all are");
    keeper.merge(later()).await.unwrap();
    assert_eq!(files().len(), 4);
    keeper.round(later()).await.unwrap();
    keeper.merge(later()).await.unwrap();
    assert_eq!(files().len(), 2);
    assert_eq!(rows(&store), [1, 2, 3, 4, 5, 6, 7, 8, 10].into());
}

#[tokio::test]
async fn of_two_receivers_without_locks_one_writes_a_number_and_the_other_looks_again() {
    let store = Memory::new(1_000_000 * HOUR);
    let sink = lake(&store);
    let (mut first, mut second) = (None, None);
    write(&sink, &mut first, batch(1..=2)).await.unwrap();
    write(&sink, &mut second, batch(1..=4)).await.unwrap();
    // The first one does not know of positions 3 and 4.
    let error = write(&sink, &mut first, batch(3..=5)).await.unwrap_err();
    assert_eq!(
        crate::Reason(&error).to_string(),
        "could not append to partition-0001: another receiver wrote meanwhile"
    );
    write(&sink, &mut first, batch(3..=5)).await.unwrap();
    let (one, other) = (sink.keeper(), sink.keeper());
    let (one, other) = tokio::join!(one.round(later()), other.round(later()));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(rows(&store), (1..=5).collect());
}

#[tokio::test(start_paused = true)]
async fn who_slept_looks_again_before_it_writes_under_a_number_that_may_have_been_used() {
    let store = Memory::new(HOUR);
    let sink = lake(&store);
    let (mut sleeper, mut other) = (None, None);
    write(&sink, &mut sleeper, batch(1..=2)).await.unwrap();
    write(&sink, &mut other, batch(1..=5)).await.unwrap();
    sink.keeper().round(later()).await.unwrap();
    sink.keeper().tidy(later()).await.unwrap();
    // Nothing is left of the number that the sleeper would take.
    assert!(!store.objects().keys().any(|name| name.starts_with("_journal/")));
    tokio::time::advance(2 * ASLEEP).await;
    assert!(write(&sink, &mut sleeper, batch(3..=8)).await.is_err());
    write(&sink, &mut sleeper, batch(3..=8)).await.unwrap();
    // One that nobody overtook goes on.
    tokio::time::advance(2 * ASLEEP).await;
    write(&sink, &mut sleeper, batch(9..=9)).await.unwrap();
    sink.keeper().round(later()).await.unwrap();
    assert_eq!(rows(&store), (1..=9).collect());
}

#[tokio::test]
async fn a_lake_of_another_cluster_and_a_place_that_is_used_otherwise_are_refused() {
    let folder = Utf8TempDir::new().unwrap();
    let sink = |cluster: &str| {
        let place = Place::Directory(folder.path().to_owned());
        LakeSink::new(LakeSettings { place, ..settings(cluster) }).unwrap()
    };
    let refused = async |sink: LakeSink| match sink.prepare().await {
        Err(SinkError::Refused(reason)) => reason.replace(folder.path().as_str(), "<folder>"),
        other => format!("{other:?}"),
    };
    std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    assert_eq!(
        refused(sink("payments")).await,
        "the folder \"<folder>\" is no lake and not empty: it has \"letter.txt\""
    );
    std::fs::remove_file(folder.path().join("letter.txt")).unwrap();
    sink("payments").prepare().await.unwrap();
    sink("payments").prepare().await.unwrap();
    assert_eq!(
        refused(sink("orders")).await,
        "the folder \"<folder>\" holds records of cluster \"payments\", and this receiver is of \"orders\": each \
         cluster needs a lake of its own"
    );
    std::fs::write(folder.path().join("_lake.json"), r#"{"format":2,"cluster":"payments"}"#)
        .unwrap();
    assert_eq!(
        refused(sink("payments")).await,
        "the folder \"<folder>\" is a lake of format 2, and this program knows format 1"
    );
}

#[tokio::test]
async fn in_a_folder_a_second_receiver_is_kept_out_and_files_come_by_themselves() {
    let folder = Utf8TempDir::new().unwrap();
    let sink = || {
        let place = Place::Directory(folder.path().to_owned());
        LakeSink::new(LakeSettings { place, seal_size: 1, ..settings("payments") }).unwrap()
    };
    let (one, other) = (sink(), sink());
    let mut log = one.open(partition()).await.unwrap();
    let error = other.open(partition()).await.err().unwrap();
    assert!(
        error.to_string().starts_with("another receiver writes partition-0001 in the folder"),
        "{error}"
    );
    let records = batch(1..=8).into_records();
    let mark = crate::mark::Mark { position: 8, timestamp: NOON };
    log.append(records, mark).await.unwrap();
    let file = folder.path().join("_segments/partition-0001/00000000000000000001.done");
    let waiting = async {
        while !file.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap();
    let reading = one.reading().await.unwrap();
    assert_eq!(reading.records(), 8);
    drop(log);
    assert!(other.open(partition()).await.is_ok());
}

#[tokio::test]
async fn a_reading_finds_what_somebody_doubled_or_put_into_the_wrong_folder() {
    let store = Memory::new(Duration::ZERO);
    let sink = lake(&store);
    write(&sink, &mut None, batch(1..=3)).await.unwrap();
    sink.keeper().round(later()).await.unwrap();
    let objects = store.objects();
    let (name, body) = objects.iter().find(|(name, _)| name.starts_with("value_type=JOB")).unwrap();
    let copy = name.replace("partition-", "merged-");
    store.put(&copy, body.clone()).await.unwrap();
    let report = sink.reading().await.unwrap().verify();
    assert_eq!(report.partitions[&partition()].doubled, [2]);
    store.delete(&copy).await.unwrap();
    store.put(&copy.replace("JOB", "VARIABLE"), body.clone()).await.unwrap();
    let error = sink.reading().await.unwrap_err().to_string();
    assert!(
        error.starts_with("record 1-2 is in \"value_type=VARIABLE/day=2026-11-23/merged-"),
        "{error}"
    );
}

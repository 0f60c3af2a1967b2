//! Data that makes room for a backup.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::Utf8Path;
use zeebe_plan::component::{ComponentState, Condition, Observed, Process, Wanted};
use zeebe_plan::observed::Restoration;
use zeebe_plan::step::Aside;
use zeebe_spec::{BackupId, BrokerId, DataOnDestroy, Distribution, Source};
use zeebe_target::{Call, LeftBehind, Target, TargetError};

use crate::support::{BROKER, Lab, chain, sha256, write_archive};

/// In the place of the product's own `bin/restore`.
const RESTORE: &str = r#"#!/bin/sh
mkdir -p "$FAKE_DATA"
echo "$1" > "$FAKE_DATA/restored"
if [ -n "$FAKE_CORRUPT" ]; then echo "Caused by: what is in the store cannot be read" >&2; exit 1; fi
"#;

/// A broker that has written `work` and runs, and how it is started.
async fn worked() -> (Lab, Process) {
    let mut lab = Lab::new();
    let archive = lab.path.join("restoring.tar.gz");
    let launcher = "#!/bin/sh\nexec sleep 600\n";
    write_archive(&archive, &[("zeebe-1/bin/broker", launcher), ("zeebe-1/bin/restore", RESTORE)]);
    lab.target.distribution = Some(Distribution {
        source: Source::Path(archive.to_string().try_into().unwrap()),
        sha256: Some(sha256(&archive).try_into().unwrap()),
    });
    let mut process = lab.process();
    let data = lab.home().join("data");
    process.settings.insert("FAKE_DATA".to_owned(), data.to_string());
    lab.ensure(&process).await.unwrap();
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("work"), "work").unwrap();
    (lab, process)
}

fn aside(begun: u64) -> Aside {
    Aside {
        restoration: Restoration { backup: backup(), begun },
        version: "8.6.0".to_owned().try_into().unwrap(),
        brokers: BTreeSet::from([BrokerId(0)]),
        gateways: BTreeSet::new(),
    }
}

fn backup() -> BackupId {
    BackupId::try_from(7).unwrap()
}

async fn restore(lab: &Lab, process: &Process) -> Result<(), TargetError> {
    let brokers = BTreeMap::from([(BrokerId(0), process.clone())]);
    lab.cluster().restore(backup(), &brokers, &Call::quiet()).await
}

fn names(folder: &Utf8Path) -> BTreeSet<String> {
    let entries = folder.read_dir_utf8().unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_owned()).collect()
}

fn is_stopped(seen: &Observed<ComponentState>) -> bool {
    matches!(seen, Observed::Present(ComponentState { condition: Condition::Stopped, .. }))
}

#[tokio::test]
async fn a_broker_ends_its_data_goes_aside_once_and_it_starts_on_what_is_restored() {
    let (lab, process) = worked().await;
    let (cluster, call) = (lab.cluster(), Call::quiet());
    cluster.set_aside(&aside(1), &call).await.unwrap();
    assert_eq!(lab.processes(), Vec::<i32>::new());
    let kept = lab.home().join("before-restore-7-1/data/work");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "work");
    assert!(!lab.home().join("data").exists());
    // What is set aside and not restored yet is a broker's all the same, and is destroyed with it.
    assert!(is_stopped(&lab.observe().await), "{:?}", lab.observe().await);

    restore(&lab, &process).await.unwrap();
    lab.ensure(&process).await.unwrap();
    let (pid, record) = (lab.pid().await, lab.record());
    // The same restore once more leaves all of it alone, a broker that runs as well.
    cluster.set_aside(&aside(1), &call).await.unwrap();
    restore(&lab, &process).await.unwrap();
    lab.ensure(&process).await.unwrap();
    assert_eq!((lab.pid().await, lab.record()), (pid, record));
    let data = lab.home().join("data");
    assert_eq!(fs::read_to_string(data.join("restored")).unwrap(), "--backupId=7\n");

    // Another one sets this aside too, and nothing of the first is touched.
    fs::write(data.join("work"), "later work").unwrap();
    cluster.set_aside(&aside(2), &call).await.unwrap();
    let later = lab.home().join("before-restore-7-2/data/work");
    assert_eq!(fs::read_to_string(later).unwrap(), "later work");
    assert_eq!(fs::read_to_string(kept).unwrap(), "work");
}

#[tokio::test]
async fn a_restore_that_fails_takes_back_what_it_brought_and_leaves_what_is_aside() {
    let (lab, process) = worked().await;
    lab.cluster().set_aside(&aside(1), &Call::quiet()).await.unwrap();
    let mut corrupt = process.clone();
    corrupt.settings.insert("FAKE_CORRUPT".to_owned(), "yes".to_owned());
    let error = restore(&lab, &corrupt).await.unwrap_err();
    assert!(chain(&error).contains("what is in the store cannot be read"), "{}", chain(&error));
    assert_eq!(error.left_behind, LeftBehind::Nothing);
    assert!(!lab.home().join("data").exists(), "half of a backup is left");
    assert!(lab.home().join("before-restore-7-1/data/work").exists());
    // Mended, it goes on from there.
    restore(&lab, &process).await.unwrap();
    assert!(lab.home().join("data/restored").exists());
}

#[tokio::test]
async fn what_is_aside_stays_where_data_is_kept_and_goes_where_it_is_deleted() {
    for is_restored in [true, false] {
        let (lab, process) = worked().await;
        let (cluster, call) = (lab.cluster(), Call::quiet());
        cluster.set_aside(&aside(1), &call).await.unwrap();
        if is_restored {
            restore(&lab, &process).await.unwrap();
        }
        let gone = |data| Wanted::Absent(data);
        cluster.ensure(&BROKER, &gone(DataOnDestroy::Keep), &call).await.unwrap();
        // What was never worked with is the store's.
        assert_eq!(names(&lab.home()), ["before-restore-7-1".to_owned()].into());
        assert!(lab.home().join("before-restore-7-1/data/work").exists());
        cluster.ensure(&BROKER, &gone(DataOnDestroy::Delete), &call).await.unwrap();
        assert!(!lab.home().exists());
    }
}

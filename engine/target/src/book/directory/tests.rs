use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use camino::Utf8Path;
use camino_tempfile::{Utf8TempDir, tempdir};
use proptest::prelude::*;
use serde_json::{Value, json};
use zeebe_plan::product::ChangeId;

use super::*;
use crate::error::LeftBehind;
use crate::journal::{ApplyId, Event};

fn body() -> Value {
    json!({ "phase": "ready", "shape": { "members": [0, 1, 2], "partitions": 3 }, "note": "ä\n\"" })
}

fn entry(event: Event) -> Entry {
    Entry { at: "2026-11-23T04:00:00Z".parse().unwrap(), apply: ApplyId("1b0e".to_owned()), event }
}

fn started(step: usize) -> Entry {
    entry(Event::Started { step, what: format!("start broker \"{step}\"") })
}

fn file(place: &Utf8TempDir, name: &str) -> camino::Utf8PathBuf {
    place.path().join("book").join(name)
}

async fn written(place: &Utf8TempDir) -> DirectoryBook {
    let book = DirectoryBook::open(place.path());
    book.write(&DocumentName::cluster(), &body()).await.unwrap();
    book
}

#[tokio::test]
async fn a_book_that_was_only_read_is_not_made() {
    let place = tempdir().unwrap();
    let book = DirectoryBook::open(place.path().join("payments"));
    assert_eq!(book.read(&DocumentName::cluster()).await.unwrap(), None);
    assert_eq!(book.documents().await.unwrap(), []);
    assert_eq!(book.journal().await.unwrap(), []);
    book.destroy().await.unwrap();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_is_written_is_read_by_another_book_at_the_same_place() {
    let place = tempdir().unwrap();
    let book = written(&place).await;
    let exporter = DocumentName::exporter("audit");
    book.write(&exporter, &json!({ "url": "x" })).await.unwrap();
    book.write(&DocumentName::cluster(), &json!({ "phase": "destroying" })).await.unwrap();

    let other = DirectoryBook::volatile(place.path());
    assert_eq!(other.documents().await.unwrap(), [DocumentName::cluster(), exporter.clone()]);
    assert_eq!(
        (other.read(&DocumentName::cluster()).await.unwrap(), other.read(&exporter).await.unwrap()),
        (Some(json!({ "phase": "destroying" })), Some(json!({ "url": "x" })))
    );
    other.remove(&exporter).await.unwrap();
    other.remove(&exporter).await.unwrap();
    assert_eq!(book.documents().await.unwrap(), [DocumentName::cluster()]);
}

#[tokio::test]
async fn all_documents_of_a_book_have_the_owner_of_its_first_write() {
    let place = tempdir().unwrap();
    let book = DirectoryBook::open(place.path());
    book.write(&DocumentName::exporter("audit"), &json!(1)).await.unwrap();
    book.write(&DocumentName::cluster(), &body()).await.unwrap();
    book.write(&DocumentName::cluster(), &json!(2)).await.unwrap();
    let owner = |name: &str| {
        let envelope: Value =
            serde_json::from_slice(&fs::read(file(&place, name)).unwrap()).unwrap();
        envelope["owner"].as_str().unwrap().to_owned()
    };
    assert_eq!(owner("cluster.json"), owner("exporters/audit.json"));
}

#[tokio::test]
async fn a_document_of_a_newer_engine_is_left_alone() {
    let place = tempdir().unwrap();
    let book = written(&place).await;
    let path = file(&place, "cluster.json");
    let newer = fs::read_to_string(&path).unwrap().replacen("\"format\": 1", "\"format\": 2", 1);
    fs::write(&path, &newer).unwrap();
    for error in [
        book.read(&DocumentName::cluster()).await.unwrap_err(),
        book.write(&DocumentName::cluster(), &body()).await.unwrap_err(),
    ] {
        assert!(matches!(error, BookError::Newer { found: 2, known: 1, .. }), "{error:?}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[tokio::test]
async fn a_corrupt_document_is_neither_read_nor_written_over() {
    let place = tempdir().unwrap();
    let book = written(&place).await;
    let path = file(&place, "cluster.json");
    let changed = fs::read_to_string(&path).unwrap().replacen("ready", "creating", 1);
    fs::write(&path, &changed).unwrap();
    for error in [
        book.read(&DocumentName::cluster()).await.unwrap_err(),
        book.write(&DocumentName::cluster(), &body()).await.unwrap_err(),
    ] {
        assert_eq!(
            error.to_string(),
            format!("document \"cluster\" of the book at {}/book is corrupt", place.path())
        );
        assert!(matches!(error, BookError::Corrupt { .. }), "{error:?}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), changed);
}

#[test]
fn a_document_torn_at_any_byte_is_corrupt() {
    let whole = Sealed { owner: "o".to_owned(), body: body() }.seal();
    let bytes = whole.as_bytes();
    // The last byte is a newline, which says nothing.
    for end in 0..bytes.len() - 1 {
        let torn = Sealed::open(&bytes[..end]);
        assert!(matches!(torn, Err(sealed::Flaw::Corrupt(_))), "at byte {end}: {torn:?}");
    }
}

proptest! {
    #[test]
    fn a_document_with_one_other_byte_never_says_something_else(at in 0_usize..1000, other: u8) {
        let sealed = Sealed { owner: "o".to_owned(), body: body() };
        let mut bytes = sealed.clone().seal().into_bytes();
        let at = at % bytes.len();
        bytes[at] = other;
        match Sealed::open(&bytes) {
            Ok(opened) => prop_assert_eq!(opened, sealed),
            Err(sealed::Flaw::Corrupt(_) | sealed::Flaw::Newer(_)) => {}
        }
    }

    #[test]
    fn a_journal_torn_at_any_byte_keeps_its_whole_lines_and_takes_new_ones(cut in 0_usize..1000) {
        let place = tempdir().unwrap();
        let folder = place.path();
        let before: Vec<Entry> = (0..4).map(started).collect();
        for entry in &before {
            journal::append(folder, entry, Durability::ProcessLoss).unwrap();
        }
        let path = folder.join("journal.jsonl");
        let bytes = fs::read(&path).unwrap();
        let torn = &bytes[..cut % (bytes.len() + 1)];
        fs::write(&path, torn).unwrap();
        let whole = torn.split(|byte| *byte == b'\n').count() - 1;
        prop_assert_eq!(journal::read(folder).unwrap().unwrap(), &before[..whole]);

        journal::append(folder, &started(9), Durability::ProcessLoss).unwrap();
        let mut after = before[..whole].to_vec();
        after.push(started(9));
        prop_assert_eq!(journal::read(folder).unwrap().unwrap(), after);
    }
}

#[tokio::test]
async fn a_draft_that_a_kill_left_is_no_document() {
    let place = tempdir().unwrap();
    let book = written(&place).await;
    fs::write(file(&place, "cluster.json.tmp"), "{\"form").unwrap();
    assert_eq!(book.documents().await.unwrap(), [DocumentName::cluster()]);
    assert_eq!(book.read(&DocumentName::cluster()).await.unwrap(), Some(body()));
    book.write(&DocumentName::cluster(), &json!(1)).await.unwrap();
    assert_eq!(book.read(&DocumentName::cluster()).await.unwrap(), Some(json!(1)));
}

#[tokio::test]
async fn a_place_that_cannot_be_read_is_unclear_and_never_empty() {
    let place = tempdir().unwrap();
    // Root reads everything, so no permission is taken away here: a file stands where a folder should.
    fs::write(place.path().join("book"), "").unwrap();
    let book = DirectoryBook::open(place.path());
    let unclear = |error: &BookError| matches!(error, BookError::Unclear { .. });
    assert!(unclear(&book.read(&DocumentName::cluster()).await.unwrap_err()));
    assert!(unclear(&book.documents().await.unwrap_err()));
    assert!(unclear(&book.journal().await.unwrap_err()));
    assert!(unclear(&book.write(&DocumentName::cluster(), &body()).await.unwrap_err()));
    assert!(unclear(&book.append(&started(0)).await.unwrap_err()));
    assert!(unclear(&book.destroy().await.unwrap_err()));
    assert!(matches!(
        book.lease("create").await.unwrap_err(),
        LeaseError::Book(BookError::Unclear { .. })
    ));
}

#[tokio::test]
async fn the_journal_gives_back_every_kind_of_entry() {
    let place = tempdir().unwrap();
    let book = DirectoryBook::open(place.path());
    let entries: Vec<Entry> = [
        Event::Began { purpose: "create".to_owned(), steps: vec!["start broker \"0\"".to_owned()] },
        Event::Started { step: 0, what: "start broker \"0\"".to_owned() },
        Event::Accepted { step: 0, change: ChangeId(7) },
        Event::Saw { step: 0, what: "no leader\nof partition 1".to_owned() },
        Event::Done { step: 0 },
        Event::Failed { step: 1, why: "ü".to_owned(), left_behind: LeftBehind::Traceable },
        Event::Ended { outcome: "done".to_owned() },
    ]
    .map(entry)
    .to_vec();
    for entry in &entries {
        book.append(entry).await.unwrap();
    }
    assert_eq!(book.journal().await.unwrap(), entries);
}

#[tokio::test]
async fn a_journal_with_another_line_is_corrupt() {
    let place = tempdir().unwrap();
    let book = DirectoryBook::open(place.path());
    book.append(&started(0)).await.unwrap();
    fs::OpenOptions::new()
        .append(true)
        .open(file(&place, "journal.jsonl"))
        .unwrap()
        .write_all(b"by hand\n")
        .unwrap();
    let error = book.journal().await.unwrap_err();
    assert!(matches!(&error, BookError::Corrupt { document, .. } if document == "journal"));
}

#[tokio::test]
async fn a_long_journal_is_continued_in_a_new_file_at_the_next_apply() {
    let place = tempdir().unwrap();
    let book = DirectoryBook::volatile(place.path());
    let began = entry(Event::Began { purpose: "update".to_owned(), steps: Vec::new() });
    let long = entry(Event::Saw { step: 0, what: "x".repeat(3 * 1024 * 1024) });
    for entry in [&began, &long, &long, &started(1), &began, &started(2)] {
        book.append(entry).await.unwrap();
    }
    assert_eq!(
        book.journal().await.unwrap(),
        [&began, &long, &long, &started(1), &began, &started(2)].map(Clone::clone)
    );
    assert!(fs::metadata(file(&place, "journal.jsonl")).unwrap().len() < 1024);
    for entry in [&long, &long, &began] {
        book.append(entry).await.unwrap();
    }
    assert_eq!(
        book.journal().await.unwrap(),
        [&began, &started(2), &long, &long, &began].map(Clone::clone)
    );
}

#[tokio::test]
async fn a_second_lease_is_refused_with_the_name_of_the_first() {
    let place = tempdir().unwrap();
    let (one, two) = (DirectoryBook::open(place.path()), DirectoryBook::open(place.path()));
    let held = one.lease("create payments").await.unwrap();
    match two.lease("destroy payments").await.unwrap_err() {
        LeaseError::Held { place: at, holder, purpose, since } => {
            assert_eq!(
                (at, purpose),
                (format!("{}/book", place.path()), "create payments".to_owned())
            );
            assert!(holder.starts_with(&format!("pid {} on ", std::process::id())), "{holder}");
            assert!(since.parse::<jiff::Timestamp>().is_ok(), "{since}");
        }
        other @ LeaseError::Book(_) => panic!("{other:?}"),
    }
    drop(held);
    two.lease("destroy payments").await.unwrap();
}

#[tokio::test]
async fn a_lease_outlives_neither_the_book_nor_lets_a_second_one_in_after_it() {
    let place = tempdir().unwrap();
    let (one, two) = (written(&place).await, DirectoryBook::open(place.path()));
    let held = one.lease("destroy").await.unwrap();
    one.destroy().await.unwrap();
    assert!(!place.path().join("book").exists());
    // The lock that is left is on a file that nobody finds: a new book is another matter.
    let fresh = two.lease("create").await.unwrap();
    assert!(matches!(one.lease("again").await, Err(LeaseError::Held { .. })));
    drop((held, fresh));
}

#[tokio::test]
async fn destroying_a_book_takes_nothing_else_away() {
    let place = tempdir().unwrap();
    let root = place.path().join("payments");
    let book = DirectoryBook::open(&root);
    book.write(&DocumentName::cluster(), &body()).await.unwrap();
    book.write(&DocumentName::exporter("audit"), &body()).await.unwrap();
    book.append(&started(0)).await.unwrap();
    fs::create_dir(root.join("brokers")).unwrap();
    book.destroy().await.unwrap();
    book.destroy().await.unwrap();
    let left: Vec<_> =
        root.read_dir_utf8().unwrap().map(|entry| entry.unwrap().file_name().to_owned()).collect();
    assert_eq!(left, ["brokers"]);
}

#[tokio::test]
async fn a_lease_is_free_once_its_holder_is_killed() {
    let place = tempdir().unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "book::directory::tests::holder_of_a_lease_in_a_process_of_its_own"])
        .arg("--nocapture")
        .env(HOLD, place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(holder.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .find(|line| line.contains("held"));
    assert!(said.is_some());
    let book = DirectoryBook::open(place.path());
    match book.lease("update").await.unwrap_err() {
        LeaseError::Held { holder: name, purpose, .. } => {
            assert!(name.starts_with(&format!("pid {} on ", holder.id())), "{name}");
            assert_eq!(purpose, "hold it");
        }
        other @ LeaseError::Book(_) => panic!("{other:?}"),
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    book.lease("update").await.unwrap();
}

/// Where the process below shall hold a lease; without it that test has nothing to do.
const HOLD: &str = "ZEEBE_TEST_HOLD_LEASE_AT";

#[tokio::test]
async fn holder_of_a_lease_in_a_process_of_its_own() {
    let Ok(place) = std::env::var(HOLD) else {
        return;
    };
    let held = DirectoryBook::open(Utf8Path::new(&place)).lease("hold it").await.unwrap();
    println!("held");
    // Until killed, or until the test that started this has ended.
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    drop(held);
}

#[tokio::test]
async fn a_process_that_is_started_under_a_lease_does_not_keep_it() {
    let place = tempdir().unwrap();
    let book = DirectoryBook::open(place.path());
    let held = book.lease("create").await.unwrap();
    let mut broker = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    drop(held);
    book.lease("update").await.unwrap();
    drop(broker.stdin.take());
    broker.wait().unwrap();
}

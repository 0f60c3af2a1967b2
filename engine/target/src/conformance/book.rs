//! Rules of the book.

use serde_json::json;

use crate::book::{BookError, DocumentName, LeaseError};
use crate::conformance::{Fixture, ensured, expect, failed, run_of, running, seen};
use crate::journal::{ApplyId, Entry, Event};

fn entry(step: usize) -> Entry {
    Entry {
        at: jiff::Timestamp::UNIX_EPOCH,
        apply: ApplyId("conformance".to_owned()),
        event: Event::Started { step, what: "try".to_owned() },
    }
}

pub(super) async fn a_document_is_seen_by_every_engine(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let (one, two) = (fixture.open().await, fixture.open().await);
    let name = DocumentName::cluster();
    let before = two.book().read(&name).await.map_err(failed)?;
    expect(before.is_none(), before)?;
    for body in [json!({ "one": [1, "ä", null] }), json!({ "two": 2.5 })] {
        one.book().write(&name, &body).await.map_err(failed)?;
        let read = two.book().read(&name).await.map_err(failed)?;
        expect(read == Some(body), read)?;
    }
    let documents = two.book().documents().await.map_err(failed)?;
    expect(documents == [name], documents)
}

pub(super) async fn of_two_engines_at_once_one_has_the_lease(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let (one, two) = (fixture.open().await, fixture.open().await);
    let (first, second) = tokio::join!(one.book().lease("first"), two.book().lease("second"));
    let (held, refused) = match (first, second) {
        (Ok(held), Err(refused)) | (Err(refused), Ok(held)) => (held, refused),
        both => return Err(format!("{both:?}")),
    };
    let named = match &refused {
        LeaseError::Held { holder, purpose, since, place: _ } => {
            !holder.is_empty()
                && !since.is_empty()
                && ["first", "second"].contains(&purpose.as_str())
        }
        LeaseError::Book(_) => false,
    };
    drop(held);
    expect(named, refused)
}

pub(super) async fn a_lease_that_was_let_go_can_be_taken(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let (one, two) = (fixture.open().await, fixture.open().await);
    drop(one.book().lease("first").await.map_err(failed)?);
    two.book().lease("second").await.map_err(failed).map(drop)
}

pub(super) async fn a_journal_is_in_order_and_seen_by_every_engine(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let (one, two) = (fixture.open().await, fixture.open().await);
    one.book().append(&entry(0)).await.map_err(failed)?;
    two.book().append(&entry(1)).await.map_err(failed)?;
    one.book().append(&entry(2)).await.map_err(failed)?;
    let journal = two.book().journal().await.map_err(failed)?;
    expect(journal == [entry(0), entry(1), entry(2)], journal)
}

pub(super) async fn a_destroyed_book_is_gone_and_its_components_are_not(
    fixture: &impl Fixture,
) -> Result<(), String> {
    ensured(fixture, &running(&fixture.process())).await.map_err(failed)?;
    let target = fixture.open().await;
    target.book().write(&DocumentName::cluster(), &json!(1)).await.map_err(failed)?;
    target.book().append(&entry(0)).await.map_err(failed)?;
    for _ in 0..2 {
        target.book().destroy().await.map_err(failed)?;
        let read = target.book().read(&DocumentName::cluster()).await.map_err(failed)?;
        expect(read.is_none(), read)?;
        let journal = target.book().journal().await.map_err(failed)?;
        expect(journal.is_empty(), journal)?;
    }
    let component = seen(fixture).await.map_err(failed)?;
    expect(run_of(&component).is_some(), component)
}

pub(super) async fn a_book_that_cannot_be_read_is_unclear_and_never_empty(
    fixture: &impl Fixture,
) -> Result<(), String> {
    let target = fixture.open().await;
    target.book().write(&DocumentName::cluster(), &json!(1)).await.map_err(failed)?;
    fixture.hide().await;
    match fixture.open().await.book().read(&DocumentName::cluster()).await {
        Err(BookError::Unclear { .. }) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

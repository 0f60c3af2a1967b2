//! The cluster's book, watched for the crash point.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use zeebe_target::{Book, BookError, DirectoryBook, DocumentName, Entry, Lease, LeaseError};

use crate::cluster::abort_if_asked;
use crate::crash::{Crash, Crashed};
use crate::store::Store;

/// A book in the cluster's directory, which an engine that has ended cannot use any more.
#[derive(Debug)]
pub(super) struct WatchedBook {
    book: DirectoryBook,
    store: Arc<Store>,
    crash: Arc<Crash>,
}

impl WatchedBook {
    pub(super) fn new(store: Arc<Store>, crash: Arc<Crash>) -> Self {
        Self { book: DirectoryBook::volatile(store.root()), store, crash }
    }

    fn gone(&self, crashed: Crashed) -> BookError {
        BookError::Unclear { place: self.book.place(), source: io::Error::other(crashed) }
    }

    fn alive(&self) -> Result<(), BookError> {
        self.crash.alive().map_err(|crashed| self.gone(crashed))
    }

    fn before(&self) -> Result<(), BookError> {
        self.crash.before().map_err(|crashed| self.gone(crashed))?;
        abort_if_asked(&self.store, &self.crash);
        Ok(())
    }

    fn after(&self) -> Result<(), BookError> {
        self.crash.after().map_err(|crashed| self.gone(crashed))
    }
}

#[async_trait]
impl Book for WatchedBook {
    fn place(&self) -> String {
        self.book.place()
    }

    async fn read(&self, document: &DocumentName) -> Result<Option<Value>, BookError> {
        self.alive()?;
        self.book.read(document).await
    }

    async fn write(&self, document: &DocumentName, body: &Value) -> Result<(), BookError> {
        self.before()?;
        self.book.write(document, body).await?;
        self.after()
    }

    async fn remove(&self, document: &DocumentName) -> Result<(), BookError> {
        self.before()?;
        self.book.remove(document).await?;
        self.after()
    }

    async fn documents(&self) -> Result<Vec<DocumentName>, BookError> {
        self.alive()?;
        self.book.documents().await
    }

    async fn append(&self, entry: &Entry) -> Result<(), BookError> {
        self.before()?;
        self.book.append(entry).await?;
        self.after()
    }

    async fn journal(&self) -> Result<Vec<Entry>, BookError> {
        self.alive()?;
        self.book.journal().await
    }

    async fn lease(&self, purpose: &str) -> Result<Box<dyn Lease>, LeaseError> {
        self.alive().map_err(LeaseError::Book)?;
        self.book.lease(purpose).await
    }

    async fn destroy(&self) -> Result<(), BookError> {
        self.before()?;
        self.book.destroy().await?;
        self.store.tidy();
        self.after()
    }
}

//! The book: the cluster's documents, kept where the cluster lives.

mod directory;

use std::fmt;

use async_trait::async_trait;
use serde_json::Value;

pub use crate::book::directory::DirectoryBook;
use crate::journal::Entry;

/// The name of a document: `cluster`, `exporters/audit`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentName(String);

impl DocumentName {
    /// The cluster's own document.
    pub fn cluster() -> Self {
        Self("cluster".to_owned())
    }

    /// The document of an exporter of the cluster.
    pub fn exporter(name: &str) -> Self {
        Self(format!("exporters/{name}"))
    }

    /// Whether it is the document of an exporter.
    pub fn is_exporter(&self) -> bool {
        self.0.starts_with("exporters/")
    }

    /// The document of how long the records of an exporter are kept.
    pub fn retention(exporter: &str) -> Self {
        Self(format!("retention/{exporter}"))
    }

    /// Whether it is the document of a retention.
    pub fn is_retention(&self) -> bool {
        self.0.starts_with("retention/")
    }

    /// The exporter whose retention it is the document of.
    pub fn retained(&self) -> Option<&str> {
        self.0.strip_prefix("retention/")
    }

    /// The document of when backups are taken.
    pub fn backup_schedule() -> Self {
        Self("backup-schedule".to_owned())
    }

    /// The document of a pause of exporting that a backup has begun and not ended.
    pub fn backup_pause() -> Self {
        Self("backup-pause".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A book that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// A document is there and is not whole: it was changed by hand, or half written by something else.
    #[error("document \"{document}\" of the book at {place} is corrupt")]
    Corrupt {
        /// The document.
        document: String,
        /// Where the book is.
        place: String,
        /// What was expected and what was found, and what to do, in sentences.
        detail: String,
    },
    /// The document was written by a newer engine.
    #[error("document \"{document}\" of the book at {place} has format {found}")]
    Newer {
        /// The document.
        document: String,
        /// Where the book is.
        place: String,
        /// Its format.
        found: u32,
        /// The newest format that this engine reads.
        known: u32,
    },
    /// The place could not be read or written: whether the document is there is not known.
    #[error("could not reach the book at {place}")]
    Unclear {
        /// Where the book is.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Why the lease was not had.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another engine has it.
    #[error("book at {place} is held by {holder}, {purpose}, since {since}")]
    Held {
        /// Where the book is.
        place: String,
        /// Who has it: `pid 4711 on host-1`.
        holder: String,
        /// What for.
        purpose: String,
        /// Since when.
        since: String,
    },
    /// The book could not be reached.
    #[error("could not take the lease of the book")]
    Book(#[source] BookError),
}

/// The right to change what the book describes. Gone when it is dropped, and when its holder dies.
pub trait Lease: Send + Sync + fmt::Debug {}

/// The cluster's documents and its journal.
#[async_trait]
pub trait Book: Send + Sync {
    /// Where it is, for messages.
    fn place(&self) -> String;

    /// Reads a document: `None` where it certainly is not there.
    async fn read(&self, document: &DocumentName) -> Result<Option<Value>, BookError>;

    /// Writes a document whole: a reader, or a kill, sees the old one or the new one.
    async fn write(&self, document: &DocumentName, body: &Value) -> Result<(), BookError>;

    /// Takes a document away; one that is not there is no error.
    async fn remove(&self, document: &DocumentName) -> Result<(), BookError>;

    /// The names of all documents.
    async fn documents(&self) -> Result<Vec<DocumentName>, BookError>;

    /// Appends to the journal; it has reached the disk when this returns.
    async fn append(&self, entry: &Entry) -> Result<(), BookError>;

    /// The whole journal. A last line that a kill left half written is left out.
    async fn journal(&self) -> Result<Vec<Entry>, BookError>;

    /// Takes the lease, or says who has it.
    async fn lease(&self, purpose: &str) -> Result<Box<dyn Lease>, LeaseError>;

    /// Takes the whole book away, journal and all.
    async fn destroy(&self) -> Result<(), BookError>;
}

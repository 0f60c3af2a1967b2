//! A book in a directory.
//!
//! ```text
//! <root>/book/lease               locked by whoever may change the rest; says who that is
//! <root>/book/journal.jsonl       the journal, and journal.1.jsonl with what was before it
//! <root>/book/cluster.json        a document, sealed: format, owner, checksum, body
//! <root>/book/exporters/audit.json
//! ```

mod disk;
mod journal;
mod lease;
mod sealed;
#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind};
use std::sync::Arc;

use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use crate::book::directory::disk::{Durability, clear_directory, read_if_there, replace};
use crate::book::directory::sealed::Sealed;
use crate::book::{Book, BookError, DocumentName, Lease, LeaseError};
use crate::journal::Entry;

/// The folder of the book under the cluster's own directory.
const FOLDER: &str = "book";

/// A book in a directory.
#[derive(Clone, Debug)]
pub struct DirectoryBook {
    folders: Arc<Folders>,
}

impl DirectoryBook {
    /// A book under `<root>/book`; what it says has reached the disk when a call returns. Touches nothing
    /// before the first lease or write.
    pub fn open(root: impl Into<Utf8PathBuf>) -> Self {
        Self::new(root.into(), Durability::PowerLoss)
    }

    /// A book that survives the death of every process, but not that of the machine: for clusters that do
    /// not survive it either. Does not wait for the disk.
    pub fn volatile(root: impl Into<Utf8PathBuf>) -> Self {
        Self::new(root.into(), Durability::ProcessLoss)
    }

    fn new(root: Utf8PathBuf, durability: Durability) -> Self {
        let folder = root.join(FOLDER);
        Self { folders: Arc::new(Folders { root, folder, durability }) }
    }

    /// Does blocking work where it blocks no other task. What does not wait for the disk is done sooner than
    /// another thread has woken up.
    async fn work<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Folders) -> Result<T, BookError> + Send + 'static,
    ) -> Result<T, BookError> {
        if self.folders.durability == Durability::ProcessLoss {
            return what(&self.folders);
        }
        let folders = Arc::clone(&self.folders);
        match tokio::task::spawn_blocking(move || what(&folders)).await {
            Ok(result) => result,
            Err(broken) => Err(self.folders.unclear(io::Error::other(broken))),
        }
    }
}

#[async_trait]
impl Book for DirectoryBook {
    fn place(&self) -> String {
        self.folders.folder.to_string()
    }

    async fn read(&self, document: &DocumentName) -> Result<Option<Value>, BookError> {
        let document = document.clone();
        self.work(move |folders| Ok(folders.sealed(&document)?.map(|sealed| sealed.body))).await
    }

    async fn write(&self, document: &DocumentName, body: &Value) -> Result<(), BookError> {
        let (document, body) = (document.clone(), body.clone());
        self.work(move |folders| folders.write(&document, body)).await
    }

    async fn remove(&self, document: &DocumentName) -> Result<(), BookError> {
        let document = document.clone();
        self.work(move |folders| {
            folders.attempt(disk::remove(&folders.path(&document), folders.durability))
        })
        .await
    }

    async fn documents(&self) -> Result<Vec<DocumentName>, BookError> {
        self.work(Folders::documents).await
    }

    async fn append(&self, entry: &Entry) -> Result<(), BookError> {
        let entry = entry.clone();
        self.work(move |folders| {
            folders.attempt(journal::append(&folders.folder, &entry, folders.durability))
        })
        .await
    }

    async fn journal(&self) -> Result<Vec<Entry>, BookError> {
        self.work(|folders| {
            folders.attempt(journal::read(&folders.folder))?.map_err(|detail| BookError::Corrupt {
                document: "journal".to_owned(),
                place: folders.folder.to_string(),
                detail,
            })
        })
        .await
    }

    async fn lease(&self, purpose: &str) -> Result<Box<dyn Lease>, LeaseError> {
        let (folders, purpose) = (Arc::clone(&self.folders), purpose.to_owned());
        let taken = tokio::task::spawn_blocking(move || {
            disk::make_directories(&folders.folder, folders.durability)?;
            lease::take(&folders.folder, &purpose)
        });
        let outcome = match taken.await {
            Ok(outcome) => outcome,
            Err(broken) => Err(io::Error::other(broken)),
        };
        match outcome {
            Ok(Ok(held)) => Ok(Box::new(held)),
            Ok(Err(lease::Holder { name: holder, purpose, since })) => {
                Err(LeaseError::Held { place: self.place(), holder, purpose, since })
            }
            Err(source) => Err(LeaseError::Book(self.folders.unclear(source))),
        }
    }

    async fn destroy(&self) -> Result<(), BookError> {
        self.work(|folders| folders.attempt(folders.destroy())).await
    }
}

/// The places of one book, and blocking work on them.
#[derive(Debug)]
struct Folders {
    root: Utf8PathBuf,
    folder: Utf8PathBuf,
    durability: Durability,
}

impl Folders {
    fn unclear(&self, source: io::Error) -> BookError {
        BookError::Unclear { place: self.folder.to_string(), source }
    }

    fn attempt<T>(&self, result: io::Result<T>) -> Result<T, BookError> {
        result.map_err(|source| self.unclear(source))
    }

    fn path(&self, document: &DocumentName) -> Utf8PathBuf {
        self.folder.join(format!("{document}.json"))
    }

    fn sealed(&self, document: &DocumentName) -> Result<Option<Sealed>, BookError> {
        let Some(bytes) = self.attempt(read_if_there(&self.path(document)))? else {
            return Ok(None);
        };
        Sealed::open(&bytes).map(Some).map_err(|flaw| match flaw {
            sealed::Flaw::Newer(found) => BookError::Newer {
                document: document.to_string(),
                place: self.folder.to_string(),
                found,
                known: sealed::FORMAT,
            },
            sealed::Flaw::Corrupt(detail) => BookError::Corrupt {
                document: document.to_string(),
                place: self.folder.to_string(),
                detail,
            },
        })
    }

    /// Writes a document; one that is there and not whole is not written over.
    fn write(&self, document: &DocumentName, body: Value) -> Result<(), BookError> {
        let owner = match self.sealed(document)? {
            Some(before) => before.owner,
            None => self.owner()?,
        };
        let path = self.path(document);
        let parent = path.parent().unwrap_or(&self.folder);
        self.attempt(disk::make_directories(parent, self.durability))?;
        self.attempt(replace(&path, Sealed { owner, body }.seal().as_bytes(), self.durability))
    }

    /// The owner that the documents name, or a new one where there is no document yet.
    fn owner(&self) -> Result<String, BookError> {
        for document in self.documents()? {
            if let Some(sealed) = self.sealed(&document)? {
                return Ok(sealed.owner);
            }
        }
        Ok(uuid::Uuid::new_v4().to_string())
    }

    fn documents(&self) -> Result<Vec<DocumentName>, BookError> {
        let mut names = Vec::new();
        self.attempt(collect(&self.folder, "", &mut names))?;
        names.sort();
        Ok(names)
    }

    /// The cluster's document goes last but for the lease: a destroy that was cut off is seen by it and
    /// finished. The lease file goes after it, so that nobody writes a new document between the two.
    fn destroy(&self) -> io::Result<()> {
        clear_directory(&self.folder, &["cluster.json", lease::FILE])?;
        for last in ["cluster.json", lease::FILE] {
            disk::remove(&self.folder.join(last), self.durability)?;
        }
        disk::remove_directory_if_empty(&self.folder)?;
        // The directory was made for the book, unless something else is in it.
        disk::remove_directory_if_empty(&self.root)
    }
}

/// Adds the names of all documents under a folder.
fn collect(folder: &Utf8Path, prefix: &str, names: &mut Vec<DocumentName>) -> io::Result<()> {
    let entries = match folder.read_dir_utf8() {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(()),
        Err(other) => return Err(other),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(entry.path(), &format!("{prefix}{}/", entry.file_name()), names)?;
        } else if let Some(name) = entry.file_name().strip_suffix(".json") {
            names.push(DocumentName(format!("{prefix}{name}")));
        }
    }
    Ok(())
}

//! The lease: a lock on an open file, which the kernel lets go when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::time::Duration;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::book::Lease;

/// The file that is locked.
pub(super) const FILE: &str = "lease";

/// How often a lease file is read again that its new holder has not signed yet, 5 ms apart.
const LOOKS: usize = 40;

/// Who has the lease, as its file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    #[serde(rename = "holder")]
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) since: String,
}

/// A lease that is held. The file is open with close-on-exec, as all files of the standard library are:
/// a broker that is started meanwhile does not keep the lock.
#[derive(Debug)]
pub(super) struct DirectoryLease {
    locked: File,
}

impl Lease for DirectoryLease {}

impl Drop for DirectoryLease {
    /// Unlocks by name: closing alone would not do while another thread starts a process, whose copy of
    /// the open file lives until that process runs its program.
    fn drop(&mut self) {
        if let Err(error) = self.locked.unlock() {
            tracing::warn!(%error, "could not unlock the lease");
        }
    }
}

/// Takes the lease, or says who has it.
pub(super) fn take(folder: &Utf8Path, purpose: &str) -> io::Result<Result<DirectoryLease, Holder>> {
    let path = folder.join(FILE);
    loop {
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = match opened {
            // The book was destroyed a moment ago, and its folder with it.
            Err(gone) if gone.kind() == ErrorKind::NotFound => {
                std::fs::create_dir_all(folder)?;
                continue;
            }
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(holder(file))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Between opening and locking the book may have been destroyed, and the file with it: then the
        // lock is on nothing that anybody else would find.
        if is_at(&file, &path)? {
            sign(&file, purpose)?;
            return Ok(Ok(DirectoryLease { locked: file }));
        }
    }
}

fn is_at(file: &File, path: &Utf8Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match path.metadata() {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(false),
        Err(other) => Err(other),
    }
}

/// Writes into the file who holds it.
fn sign(file: &File, purpose: &str) -> io::Result<()> {
    let host = rustix::system::uname();
    let holder = Holder {
        name: format!("pid {} on {}", std::process::id(), host.nodename().to_string_lossy()),
        purpose: purpose.to_owned(),
        since: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    };
    file.set_len(0)?;
    file.write_all_at(&serde_json::to_vec(&holder)?, 0)
}

/// Reads who holds it; the holder may have it for so short a time that it has not said yet.
fn holder(mut file: File) -> Holder {
    for _ in 0..LOOKS {
        let mut text = Vec::new();
        if let Ok(holder) =
            file.read_to_end(&mut text).and_then(|_| Ok(serde_json::from_slice(&text)?))
        {
            return holder;
        }
        std::thread::sleep(Duration::from_millis(5));
        if let Err(error) = io::Seek::rewind(&mut file) {
            tracing::debug!(%error, "could not read the lease again");
        }
    }
    Holder {
        name: "another engine".to_owned(),
        purpose: "which has not said what for".to_owned(),
        since: "a moment ago".to_owned(),
    }
}

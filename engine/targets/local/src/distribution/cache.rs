//! Unpacked distributions, each once for all clusters of this user.
//!
//! ```text
//! <sha256>/whole.json                 written last: how much there must be
//! <sha256>/content/camunda-zeebe-…/   what the archive holds
//! <sha256>.lock                       held by whoever makes it
//! .<sha256>.<token>/                  being made
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use zeebe_spec::Checksum;
use zeebe_target::Call;

use crate::distribution::DistributionError;
use crate::distribution::archive::ArchiveError;
use crate::file;

/// How often a lock that another engine holds is tried.
const PATIENCE: Duration = Duration::from_millis(100);

const MARKER: &str = "whole.json";
const CONTENT: &str = "content";

/// How much an unpacked distribution holds: a file that a power cut emptied, or a hand deleted, shows.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Whole {
    files: u64,
    bytes: u64,
}

/// The folder of unpacked distributions.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    folder: Utf8PathBuf,
}

impl Cache {
    pub(crate) fn new(folder: Utf8PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Utf8Path {
        &self.folder
    }

    fn failed(&self, source: io::Error) -> DistributionError {
        DistributionError::Cache { folder: self.folder.clone(), source }
    }

    /// The folder of a distribution that has `bin` in it; `None` where it is not there or not whole.
    pub(crate) fn home(
        &self,
        checksum: &Checksum,
    ) -> Result<Option<Utf8PathBuf>, DistributionError> {
        let place = self.folder.join(checksum.as_str());
        let marker = match fs::read(place.join(MARKER)) {
            Ok(marker) => marker,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let content = place.join(CONTENT);
        let (files, bytes) = file::measure(&content).map_err(|error| self.failed(error))?;
        match serde_json::from_slice::<Whole>(&marker) {
            Ok(whole) if whole == (Whole { files, bytes }) => {}
            Ok(_) | Err(_) => return Ok(None),
        }
        launchers(&content).map_err(|error| self.failed(error))
    }

    /// The sole right to make a distribution, had as soon as nobody else has it.
    pub(crate) async fn claim(
        &self,
        checksum: &Checksum,
        call: &Call,
    ) -> Result<Claim, DistributionError> {
        file::make_folder(&self.folder).map_err(|error| self.failed(error))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.folder.join(format!("{checksum}.lock")))
            .map_err(|error| self.failed(error))?;
        let mut said = false;
        loop {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) => {}
                Err(error) => return Err(self.failed(error.into())),
            }
            if !said {
                call.progress
                    .say("waiting for another engine that is unpacking the same distribution");
                said = true;
            }
            tokio::select! {
                () = call.cancel.cancelled() => return Err(DistributionError::Cancelled),
                () = tokio::time::sleep(PATIENCE) => {}
            }
        }
        // Whoever made these is dead: they held the lock.
        let prefix = format!(".{checksum}.");
        for name in file::names_in(&self.folder).map_err(|error| self.failed(error))? {
            if name.starts_with(&prefix) {
                file::delete(&self.folder.join(name)).map_err(|error| self.failed(error))?;
            }
        }
        let draft = self.folder.join(format!("{prefix}{}", uuid::Uuid::new_v4()));
        let claim = Claim { cache: self.clone(), checksum: checksum.clone(), draft, _lock: lock };
        for folder in [claim.content(), claim.download()] {
            file::make_folder(&folder).map_err(|error| self.failed(error))?;
        }
        Ok(claim)
    }
}

/// The folder in which `bin` is: the content's own, or the only one in it.
fn launchers(content: &Utf8Path) -> io::Result<Option<Utf8PathBuf>> {
    if content.join("bin").is_dir() {
        return Ok(Some(content.to_owned()));
    }
    let names = file::names_in(content)?;
    Ok(match names.as_slice() {
        [only] if content.join(only).join("bin").is_dir() => Some(content.join(only)),
        _ => None,
    })
}

/// The sole right to make one distribution; what was made so far goes with it.
#[derive(Debug)]
pub(crate) struct Claim {
    cache: Cache,
    checksum: Checksum,
    draft: Utf8PathBuf,
    _lock: File,
}

impl Claim {
    /// Where to fetch the archive to.
    pub(crate) fn download(&self) -> Utf8PathBuf {
        self.draft.join("download")
    }

    /// Where to unpack it.
    pub(crate) fn content(&self) -> Utf8PathBuf {
        self.draft.join(CONTENT)
    }

    /// Puts what was unpacked into its place.
    pub(crate) fn complete(&self) -> Result<(), DistributionError> {
        match launchers(&self.content()) {
            Ok(Some(_)) => self.put().map_err(|error| self.cache.failed(error)),
            Ok(None) => Err(DistributionError::Archive(ArchiveError::NoLaunchers)),
            Err(error) => Err(self.cache.failed(error)),
        }
    }

    fn put(&self) -> io::Result<()> {
        file::delete(&self.download())?;
        let (files, bytes) = file::measure(&self.content())?;
        let marker = serde_json::to_vec(&Whole { files, bytes })?;
        file::replace(&self.draft.join(MARKER), &marker)?;
        let place = self.cache.folder.join(self.checksum.as_str());
        if place.exists() {
            // Damaged, or we would not be here. What runs from it keeps its open files.
            let damaged = format!(".{}.{}", self.checksum, uuid::Uuid::new_v4());
            let damaged = self.cache.folder.join(damaged);
            fs::rename(&place, &damaged)?;
            file::delete(&damaged)?;
        }
        fs::rename(&self.draft, &place)?;
        File::open(&self.cache.folder)?.sync_all()
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Gone already where it was put into its place; what cannot be deleted now, the next claim deletes.
        if let Err(error) = file::delete(&self.draft) {
            tracing::debug!(%error, folder = %self.draft, "could not delete an unfinished distribution");
        }
    }
}

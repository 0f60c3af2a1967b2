//! The cluster's state in its directory: read whole, changed under a lock, written whole.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::faults::Faults;
use crate::model::Model;

/// The format of the state that this engine writes.
const FORMAT: u32 = 1;

/// A cluster's state that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It could not be read: whether it is there is not known.
    #[error("could not read \"{path}\"")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It could not be written.
    #[error("could not write \"{path}\"")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is there and is not what was written.
    #[error("file \"{path}\" is corrupt")]
    Corrupt {
        /// The file.
        path: Utf8PathBuf,
        /// Where it is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// It was written by a newer engine.
    #[error("file \"{path}\" has format {found}, the newest that is known here is {FORMAT}")]
    Newer {
        /// The file.
        path: Utf8PathBuf,
        /// Its format.
        found: u32,
    },
}

#[derive(Serialize, Deserialize)]
struct Document<M> {
    format: u32,
    model: M,
}

/// One cluster's directory.
#[derive(Debug)]
pub(crate) struct Store {
    root: Utf8PathBuf,
    seed: u64,
    /// The cluster's clock as it was last seen, so that whoever only asks for the time reads no file.
    clock: AtomicU64,
    /// The state as it was last read or written here.
    last: Mutex<Option<Held>>,
}

impl Store {
    pub(crate) const fn new(root: Utf8PathBuf, seed: u64) -> Self {
        Self { root, seed, clock: AtomicU64::new(UNSEEN), last: Mutex::new(None) }
    }

    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    pub(crate) const fn seed(&self) -> u64 {
        self.seed
    }

    fn file(&self) -> Utf8PathBuf {
        self.root.join("simulation.json")
    }

    fn faults_file(&self) -> Utf8PathBuf {
        self.root.join("faults.json")
    }

    /// The cluster's clock as it was last seen here.
    pub(crate) fn clock(&self) -> u64 {
        match self.clock.load(Ordering::Relaxed) {
            UNSEEN => {
                // A clock that cannot be read begins at 0; whoever needs the state hears why.
                let now = self.read().ok().flatten().map_or(0, |model| model.now());
                self.clock.store(now, Ordering::Relaxed);
                now
            }
            seen => seen,
        }
    }

    fn saw(&self, model: &Model) {
        self.clock.store(model.now(), Ordering::Relaxed);
    }

    fn read(&self) -> Result<Option<Model>, StoreError> {
        let path = self.file();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &*last
            && held.is_at(&path)
        {
            return Ok(Some(held.model.clone()));
        }
        *last = None;
        let Some((file, text)) = open_if_there(&path)? else { return Ok(None) };
        let document: Document<Model> = match parse(&path, &text) {
            Ok(document) => document,
            Err(error) => return Err(newer(&path, &text).unwrap_or(error)),
        };
        *last = Held::new(file, document.model.clone());
        Ok(Some(document.model))
    }

    /// A look at the state, after what shall go wrong inside of it was brought in.
    pub(crate) fn look(&self) -> Result<Model, StoreError> {
        if self.faults()?.is_some_and(|faults| faults.trouble.is_some()) {
            return self.change(|model, _| model.clone());
        }
        self.look_without_faults()
    }

    /// A look at the state, by whoever knows that nothing shall go wrong.
    pub(crate) fn look_without_faults(&self) -> Result<Model, StoreError> {
        let model = self.read()?.unwrap_or_else(|| Model::new(self.seed, self.clock_or_zero()));
        self.saw(&model);
        Ok(model)
    }

    fn clock_or_zero(&self) -> u64 {
        match self.clock.load(Ordering::Relaxed) {
            UNSEEN => 0,
            seen => seen,
        }
    }

    /// Changes the state and the faults under the lock. Nothing is written where nothing changed; the file is
    /// taken away where nothing is left of the cluster.
    pub(crate) fn change<T>(
        &self,
        what: impl FnOnce(&mut Model, &mut Faults) -> T,
    ) -> Result<T, StoreError> {
        let _lock = self.lock()?;
        let read = self.read()?;
        let mut model = read.clone().unwrap_or_else(|| Model::new(self.seed, self.clock_or_zero()));
        let written = self.faults()?;
        let mut faults = written.clone().unwrap_or_default();
        faults.arm(&mut model);
        let outcome = what(&mut model, &mut faults);
        let empty = model.is_empty();
        match &read {
            Some(_) if empty => remove(&self.file())?,
            None if empty => {}
            Some(before) if *before == model => {}
            Some(_) | None => {
                let file = self.write(&self.file(), &Document { format: FORMAT, model: &model })?;
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) =
                    Held::new(file, model.clone());
            }
        }
        self.saw(&model);
        match written {
            Some(before) if before == faults => {}
            Some(_) if faults.is_empty() => remove(&self.faults_file())?,
            None if faults.is_empty() => {}
            Some(_) | None => {
                self.write(&self.faults_file(), &faults)?;
            }
        }
        Ok(outcome)
    }

    /// Lets virtual time pass: on to the next moment at which something can be seen to happen, if that is
    /// between `usual` and `longest` milliseconds from now, else as long as is `usual`. What was told to go
    /// wrong happens by the count of the looks, so there are as many as usual while there is any of it. Where
    /// nothing stands, only this engine's clock goes on.
    pub(crate) fn pass(&self, usual: u64, longest: u64) -> Result<(), StoreError> {
        let passed = match self.file().try_exists() {
            Ok(false) => Ok(()),
            Ok(true) => {
                return self.change(|model, faults| {
                    let ahead = model.next_sight().map(|next| next.saturating_sub(model.now()));
                    model.pass(match ahead {
                        Some(ahead) if faults.is_empty() => ahead.clamp(usual, longest),
                        Some(_) | None => usual,
                    });
                });
            }
            Err(source) => Err(StoreError::Read { path: self.file(), source }),
        };
        self.drift(usual);
        passed
    }

    /// Lets only this engine's own idea of the time go on: a loop with a deadline must end even where the
    /// cluster cannot be had any more.
    pub(crate) fn drift(&self, milliseconds: u64) {
        let now = self.clock();
        self.clock.store(now.saturating_add(milliseconds).min(UNSEEN - 1), Ordering::Relaxed);
    }

    /// What shall go wrong, if anything.
    pub(crate) fn faults(&self) -> Result<Option<Faults>, StoreError> {
        let path = self.faults_file();
        read_if_there(&path)?.map(|text| parse(&path, &text)).transpose()
    }

    /// Takes away what is left when the cluster and its book are gone. Faults that somebody wrote stay.
    pub(crate) fn tidy(&self) {
        if matches!(self.read(), Ok(None)) {
            // What cannot be taken away is in nobody's way.
            let _ = fs::remove_file(self.root.join("simulation.lock"));
            let _ = fs::remove_dir(&self.root);
        }
    }

    /// Held until dropped. It dies with its process, so a killed engine locks nobody out.
    fn lock(&self) -> Result<File, StoreError> {
        let path = self.root.join("simulation.lock");
        let open = || File::options().create(true).append(true).open(&path);
        let file = match open() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(&self.root).and_then(|()| open())
            }
            other => other,
        };
        file.and_then(|file| file.lock().map(|()| file))
            .map_err(|source| StoreError::Write { path: path.clone(), source })
    }

    /// A reader, or a kill, sees the old file or the new one. The disk is not waited for: a simulated cluster
    /// need not survive the machine's power.
    fn write(&self, path: &Utf8Path, body: &impl Serialize) -> Result<File, StoreError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let temporary = self.root.join(format!(".{}-{number}", std::process::id()));
        let failed = |source| StoreError::Write { path: path.to_owned(), source };
        let text = serde_json::to_vec(body).map_err(|error| failed(error.into()))?;
        File::create(&temporary)
            .and_then(|mut file| file.write_all(&text).map(|()| file))
            .and_then(|file| fs::rename(&temporary, path).map(|()| file))
            .map_err(failed)
    }
}

/// A state that was read, and the file that it was read from. As long as the file is open, no other can have
/// its number, so a look at what stands there tells whether it is still this one.
#[derive(Debug)]
struct Held {
    _open: File,
    stamp: Stamp,
    model: Model,
}

/// What tells one content of a file from another: every engine writes a new file, and who writes into the old
/// one by hand changes the rest.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    number: u64,
    length: u64,
    written: (i64, i64),
}

impl Held {
    /// `None` where the file cannot be told from others: then it is read again.
    fn new(file: File, model: Model) -> Option<Self> {
        let stamp = Stamp::of(&file.metadata().ok()?);
        Some(Self { _open: file, stamp, model })
    }

    fn is_at(&self, path: &Utf8Path) -> bool {
        fs::metadata(path).is_ok_and(|there| Stamp::of(&there) == self.stamp)
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            number: metadata.ino(),
            length: metadata.len(),
            written: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

/// No virtual clock gets there.
const UNSEEN: u64 = u64::MAX;

fn read_if_there(path: &Utf8Path) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(open_if_there(path)?.map(|(_, text)| text))
}

fn open_if_there(path: &Utf8Path) -> Result<Option<(File, Vec<u8>)>, StoreError> {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|mut file| file.read_to_end(&mut text).map(|_| file));
    match read {
        Ok(file) => Ok(Some((file, text))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::Read { path: path.to_owned(), source }),
    }
}

fn parse<T: DeserializeOwned>(path: &Utf8Path, text: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(text)
        .map_err(|source| StoreError::Corrupt { path: path.to_owned(), source })
}

fn newer(path: &Utf8Path, text: &[u8]) -> Option<StoreError> {
    let document: Document<serde::de::IgnoredAny> = serde_json::from_slice(text).ok()?;
    (document.format > FORMAT)
        .then(|| StoreError::Newer { path: path.to_owned(), found: document.format })
}

fn remove(path: &Utf8Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(source) => Err(StoreError::Write { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests;

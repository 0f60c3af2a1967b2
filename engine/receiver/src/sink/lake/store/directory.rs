//! A lake in a directory: an object is a file, made beside its place, synced, and then put there by one call.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tokio::task;

use super::{Created, Entry, Lock, Store};
use crate::sink::SinkError;

/// Where files are made; no reader looks there.
const MAKING: &str = "_making";
/// Where a folder is made that takes the place of another.
const EXCHANGE: &str = "_making/exchange";
/// What is locked.
const LOCKS: &str = "_locks";

/// A folder of a file system that can make hard links and lock files.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    root: Utf8PathBuf,
}

impl Directory {
    pub(crate) fn new(root: Utf8PathBuf) -> Self {
        Self { root }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        doing: &str,
        name: &str,
        work: impl FnOnce(&Utf8Path, &Utf8Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, SinkError> {
        let (root, path) = (self.root.clone(), self.root.join(name));
        let outcome = task::spawn_blocking(move || work(&root, &path)).await;
        outcome.map_err(io::Error::other).flatten().map_err(|error| {
            SinkError::failed(format!("{doing} \"{}\"", self.root.join(name)), error)
        })
    }
}

#[async_trait]
impl Store for Directory {
    async fn create(&self, name: &str, body: Bytes) -> Result<Created, SinkError> {
        self.blocking("make the file", name, move |root, path| {
            let made = Made::of(root, &body)?;
            let folder = folder(root, path)?;
            let created = match fs::hard_link(&made.path, path) {
                Ok(()) => Created::New,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Created::Exists,
                Err(error) => return Err(error),
            };
            sync(folder)?;
            Ok(created)
        })
        .await
    }

    async fn put(&self, name: &str, body: Bytes) -> Result<(), SinkError> {
        self.blocking("write the file", name, move |root, path| {
            let made = Made::of(root, &body)?;
            let folder = folder(root, path)?;
            fs::rename(&made.path, path)?;
            sync(folder)
        })
        .await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, SinkError> {
        self.blocking("read the file", name, |_, path| match fs::read(path) {
            Ok(body) => Ok(Some(body.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Entry>, SinkError> {
        let (begin, after) = (prefix.to_owned(), after.to_owned());
        self.blocking("list the folder", "", move |root, _| {
            let mut found = Vec::new();
            // The deepest folder that all of them are in.
            let start = begin.rsplit_once('/').map_or("", |(folder, _)| folder);
            walk(root, &root.join(start), &mut found)?;
            found.retain(|entry| entry.name.starts_with(&begin) && entry.name > after);
            found.sort_unstable_by(|one, other| one.name.cmp(&other.name));
            Ok(found)
        })
        .await
    }

    async fn delete(&self, name: &str) -> Result<(), SinkError> {
        self.blocking("delete the file", name, |_, path| match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        })
        .await
    }

    async fn lock(&self, name: &str) -> Result<Option<Lock>, SinkError> {
        let name = format!("{LOCKS}/{name}");
        self.blocking("lock the file", &name, |root, path| {
            folder(root, path)?;
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
            match file.try_lock() {
                Ok(()) => {
                    let lock: Lock = Box::new(file);
                    Ok(Some(lock))
                }
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error),
            }
        })
        .await
    }

    fn exchanges(&self) -> bool {
        true
    }

    async fn exchange(
        &self,
        folder: &str,
        made: BTreeMap<String, Bytes>,
        kept: &[String],
    ) -> Result<(), SinkError> {
        let kept = kept.to_vec();
        self.blocking("exchange the folder", folder, move |root, folder| {
            let next = root.join(EXCHANGE);
            // What a crash left: a folder that is not whole, or the old one of an exchange.
            match fs::remove_dir_all(&next) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            fs::create_dir_all(&next)?;
            let place = |name: &str| next.join(Utf8Path::new(name).file_name().unwrap_or(name));
            for (name, body) in &made {
                let mut file = File::create(place(name))?;
                file.write_all(body)?;
                file.sync_all()?;
            }
            for name in &kept {
                fs::hard_link(root.join(name), place(name))?;
            }
            sync(&next)?;
            let folder = Utf8Path::new(folder.as_str().trim_end_matches('/'));
            renameat_with(CWD, next.as_str(), CWD, folder.as_str(), RenameFlags::EXCHANGE)?;
            sync(folder.parent().ok_or(ErrorKind::InvalidInput)?)?;
            fs::remove_dir_all(&next)
        })
        .await
    }

    fn keeps(&self) -> Duration {
        Duration::ZERO
    }

    fn place(&self) -> String {
        format!("the folder \"{}\"", self.root)
    }
}

/// A whole and synced file that is not in its place yet; what is left of it goes away with this.
struct Made {
    path: Utf8PathBuf,
}

impl Made {
    fn of(root: &Utf8Path, body: &[u8]) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = root.join(MAKING);
        fs::create_dir_all(&folder)?;
        // What a dead process of the same number left there is overwritten.
        let made = Self { path: folder.join(format!("{}-{number}", process::id())) };
        let mut file = File::create(&made.path)?;
        file.write_all(body)?;
        file.sync_all()?;
        Ok(made)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // After a rename it is not there any more.
        drop(fs::remove_file(&self.path));
    }
}

/// The folder of a file, made durably when it is not there.
fn folder<'a>(root: &Utf8Path, path: &'a Utf8Path) -> io::Result<&'a Utf8Path> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        for made in folder.ancestors().skip(1).take_while(|above| above.starts_with(root)) {
            sync(made)?;
        }
    }
    Ok(folder)
}

fn sync(folder: &Utf8Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// All files below a folder. What goes away meanwhile is not there.
fn walk(root: &Utf8Path, folder: &Utf8Path, found: &mut Vec<Entry>) -> io::Result<()> {
    let entries = match folder.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.into_path();
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if metadata.is_dir() {
            walk(root, &path, found)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            found.push(Entry { name: name.to_string(), size: metadata.len(), modified });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use camino_tempfile::Utf8TempDir;

    use super::*;

    #[tokio::test]
    async fn an_object_is_created_once_replaced_whole_and_listed_in_order() {
        let folder = Utf8TempDir::new().unwrap();
        let store = Directory::new(folder.path().join("lake"));
        for (name, body, created) in [
            ("a/2", "two", Created::New),
            ("a/1", "one", Created::New),
            ("a/2", "other", Created::Exists),
            ("ab/1", "else", Created::New),
        ] {
            assert_eq!(store.create(name, body.into()).await.unwrap(), created, "{name} {body}");
        }
        assert_eq!(store.get("a/2").await.unwrap(), Some("two".into()));
        store.put("a/2", "other".into()).await.unwrap();
        assert_eq!(store.get("a/2").await.unwrap(), Some("other".into()));
        assert_eq!(store.get("a/3").await.unwrap(), None);
        let names = async |prefix, after| -> Vec<String> {
            let found: Vec<Entry> = store.list(prefix, after).await.unwrap();
            found.into_iter().map(|entry| entry.name).collect()
        };
        assert_eq!(names("a/", "").await, ["a/1", "a/2"]);
        assert_eq!(names("a/", "a/1").await, ["a/2"]);
        assert_eq!(names("", "").await, ["a/1", "a/2", "ab/1"], "nothing of the making is left");
        store.delete("a/1").await.unwrap();
        store.delete("a/1").await.unwrap();
        assert_eq!(names("a/", "").await, ["a/2"]);
        assert_eq!(names("b/", "").await, [""; 0]);
    }

    #[tokio::test]
    async fn a_folder_is_exchanged_at_once_also_after_a_crash_in_the_middle() {
        let folder = Utf8TempDir::new().unwrap();
        let store = Directory::new(folder.path().to_owned());
        for name in ["t/a", "t/b", "t/c", "u/a"] {
            store.put(name, "old".into()).await.unwrap();
        }
        std::fs::create_dir_all(folder.path().join("_making/exchange")).unwrap();
        std::fs::write(folder.path().join("_making/exchange/d"), "half").unwrap();
        let made = BTreeMap::from([("t/d".to_owned(), Bytes::from("new"))]);
        store.exchange("t/", made, &["t/b".to_owned()]).await.unwrap();
        let found = store.list("", "").await.unwrap();
        let names: Vec<_> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["t/b", "t/d", "u/a"]);
        assert_eq!(store.get("t/d").await.unwrap(), Some("new".into()));
    }

    #[tokio::test]
    async fn one_has_the_lock_until_it_is_dropped() {
        let folder = Utf8TempDir::new().unwrap();
        let store = Directory::new(folder.path().to_owned());
        let held = store.lock("writer").await.unwrap();
        assert!(held.is_some());
        assert!(store.lock("writer").await.unwrap().is_none());
        assert!(store.lock("keeper").await.unwrap().is_some());
        drop(held);
        assert!(store.lock("writer").await.unwrap().is_some());
    }
}

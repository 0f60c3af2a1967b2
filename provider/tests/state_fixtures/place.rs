//! A recorded cluster, put back where it was recorded: what its brokers run with depends on the folder, so that
//! elsewhere it would be another cluster. Whoever else tests or records on this machine waits until it is free.

use std::fs::{self, File};

use camino::{Utf8Path, Utf8PathBuf};

use crate::recorded::Recorded;

/// A recorded cluster where it was recorded; taken away again when this is dropped.
pub(crate) struct Place {
    folder: Utf8PathBuf,
    /// Held as long as the folder is this test's.
    _lock: File,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    pub(crate) fn of(recorded: &Recorded) -> Self {
        let folder = Utf8Path::new("/tmp/zeebe-platform-states").join(&recorded.variant);
        let lock = folder.with_extension("lock");
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        let lock = File::options().append(true).create(true).open(lock).unwrap();
        lock.lock().unwrap();
        // What a test that was killed has left.
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let place = Self { folder, _lock: lock };
        copy(&recorded.folder.join("cluster"), &place.folder.join("payments"));
        place
    }

    /// A folder for what a test adds.
    pub(crate) fn project(&self) -> Utf8PathBuf {
        let project = self.folder.join("project");
        fs::create_dir_all(&project).unwrap();
        project
    }
}

/// A folder with all that is in it.
fn copy(from: &Utf8Path, to: &Utf8Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

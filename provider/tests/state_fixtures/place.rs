//! A recorded cluster, put back where it was recorded: what its brokers run with depends on the folder, so that
//! elsewhere it would be another cluster. Whoever else tests or records on this machine waits until it is free.

use std::fs::{self, File};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value as Json;

use crate::recorded::Recorded;

/// A recorded cluster where it was recorded; taken away again when this is dropped.
pub(crate) struct Place {
    folder: Utf8PathBuf,
    recorded: Recorded,
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
        let place = Self { folder, recorded: recorded.clone(), _lock: lock };
        let cluster = place.folder.join("payments");
        fs::create_dir_all(cluster.join("book")).unwrap();
        for file in ["book/cluster.json", "book/journal.jsonl", "simulation.json"] {
            fs::write(cluster.join(file), recorded.text(&format!("cluster/{file}"))).unwrap();
        }
        place
    }

    /// A folder for what a test adds.
    pub(crate) fn project(&self) -> Utf8PathBuf {
        let project = self.folder.join("project");
        fs::create_dir_all(&project).unwrap();
        project
    }

    /// The attributes that the configuration sets.
    pub(crate) fn wished(&self) -> Json {
        let config: Json = serde_json::from_str(&self.recorded.text("main.tf.json")).unwrap();
        config["resource"]["zeebe_cluster"]["it"].clone()
    }
}

//! The fixtures as they lie in this folder.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value as Json;

/// The release that is being made.
pub(crate) const NOW: &str = env!("CARGO_PKG_VERSION");

/// One state of one release.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) release: String,
    pub(crate) variant: String,
    pub(crate) folder: Utf8PathBuf,
}

impl Recorded {
    pub(crate) fn text(&self, file: &str) -> String {
        let path = self.folder.join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// What terraform keeps of each object.
    pub(crate) fn stored(&self) -> Vec<Stored> {
        let state: Json = serde_json::from_str(&self.text("state.json")).unwrap();
        let objects = state["resources"].as_array().unwrap().iter();
        objects
            .map(|object| {
                let name = |of: &str| object[of].as_str().unwrap().to_owned();
                let instance = &object["instances"][0];
                let private = format!("private/{}.{}.json", name("type"), name("name"));
                let private = instance["private"].is_string().then(|| self.text(&private));
                Stored {
                    type_name: name("type"),
                    name: name("name"),
                    version: instance["schema_version"].as_i64().unwrap(),
                    attributes: instance["attributes"].clone(),
                    private: private.unwrap_or_default().into_bytes(),
                }
            })
            .collect()
    }

    /// The attributes that the configuration sets for an object; what it takes from others as the state has it.
    pub(crate) fn wished(&self, object: &Stored) -> Json {
        let config: Json = serde_json::from_str(&self.text("main.tf.json")).unwrap();
        let mut wished = config["resource"][&object.type_name][&object.name].clone();
        let stored = self.stored();
        for attribute in wished.as_object_mut().unwrap().values_mut() {
            let reference =
                attribute.as_str().and_then(|it| it.strip_prefix("${")?.strip_suffix('}'));
            if let Some(reference) = reference {
                let [type_name, name, of] = *reference.split('.').collect::<Vec<_>>() else {
                    panic!("{reference} is no attribute of an object");
                };
                let other = stored.iter().find(|it| it.type_name == type_name && it.name == name);
                *attribute = other.unwrap().attributes[of].clone();
            }
        }
        wished
    }
}

/// What terraform keeps of one object.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) type_name: String,
    pub(crate) name: String,
    pub(crate) version: i64,
    pub(crate) attributes: Json,
    pub(crate) private: Vec<u8>,
}

pub(crate) fn folder() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/state_fixtures")
}

fn folders(of: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = of.read_dir_utf8().unwrap_or_else(|error| panic!("{of}: {error}"));
    let mut found: Vec<_> =
        entries.map(|entry| entry.unwrap().into_path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// Every state of every release.
pub(crate) fn all() -> Vec<Recorded> {
    let name = |path: &Utf8Path| path.file_name().unwrap().to_owned();
    let mut found = Vec::new();
    for release in folders(&folder()) {
        if !release.file_name().unwrap().starts_with(|first: char| first.is_ascii_digit()) {
            continue;
        }
        for variant in folders(&release) {
            let (release, variant_name) = (name(&release), name(&variant));
            found.push(Recorded { release, variant: variant_name, folder: variant });
        }
    }
    assert!(found.iter().any(|it| it.release == NOW), "nothing recorded by {NOW}: `make states`");
    found
}

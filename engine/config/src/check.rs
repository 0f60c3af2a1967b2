//! The user's own settings: known, not ours, and in the form that the minor reads.

use std::collections::BTreeMap;

use zeebe_spec::{Minor, SettingKey};

use crate::keys::{self, Component};
use crate::name::SettingName;
use crate::owned;

/// One of the user's own settings that cannot be: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct SettingMistake {
    /// The key, as it was given.
    pub key: SettingKey,
    /// What is wrong, as a fragment.
    pub summary: String,
    /// What was expected, what was got, what to do, in sentences.
    pub detail: String,
}

/// Checks the user's own settings against what a minor reads; reports every mistake at once, in the order
/// of the keys.
///
/// A key is refused when the minor does not read it, with the nearest one that it reads; when the engine
/// sets it, with the attribute to use; and when the minor reads the setting under another key, with that key.
pub fn check(minor: Minor, configuration: &BTreeMap<SettingKey, String>) -> Vec<SettingMistake> {
    let mut mistakes: Vec<SettingMistake> = Vec::new();
    let mut seen: BTreeMap<Setting, &SettingKey> = BTreeMap::new();
    for key in configuration.keys() {
        if let Some((summary, detail)) = mistake(minor, key.as_str()) {
            mistakes.push(SettingMistake { key: key.clone(), summary, detail });
        } else if let Some(first) = seen.insert(setting(key.as_str()), key) {
            mistakes.push(SettingMistake {
                key: key.clone(),
                summary: "setting is given twice".to_owned(),
                detail: format!("`{first}` and `{key}` are one setting. Keep one of them."),
            });
        }
    }
    mistakes
}

/// One setting, however it is written.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    reader: Option<Component>,
    name: SettingName,
}

/// The setting that a key is: by the key that took its place, where one did, because two older keys may be
/// one setting (`backpressure` and `flowControl`), and only one of them is heeded.
fn setting(key: &str) -> Setting {
    let name = keys::newest(key).unwrap_or(key);
    Setting { reader: keys::component(key), name: SettingName::of(name) }
}

fn mistake(minor: Minor, given: &str) -> Option<(String, String)> {
    if let Some(instead) = owned::instead(given) {
        return Some((
            "setting belongs to the engine".to_owned(),
            format!("The engine sets `{given}` itself. {instead}"),
        ));
    }
    if given.starts_with("logging.level.") && given.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some((
            "logger has capital letters".to_owned(),
            format!(
                "Settings reach the product as environment variables, which carry no capitals in a logger's \
                 name. Name the package instead of the class in `{given}`."
            ),
        ));
    }
    let meant = keys::meant_by(given);
    if meant.iter().any(|key| key.is_read_by(minor)) {
        return None;
    }
    if meant.is_empty() {
        return Some(unknown(minor, given));
    }
    Some(elsewhere(minor, given, &meant))
}

fn unknown(minor: Minor, given: &str) -> (String, String) {
    let detail = match keys::nearest(minor, given) {
        Some(nearest) => {
            format!("Version {minor} reads no setting `{given}`. Did you mean `{nearest}`?")
        }
        None => format!(
            "Version {minor} reads no setting `{given}`, nor one with a name like it. The documentation of \
             the version lists them."
        ),
    };
    ("unknown setting".to_owned(), detail)
}

/// A key that some minor reads, and this one not.
fn elsewhere(minor: Minor, given: &str, meant: &[&keys::Key]) -> (String, String) {
    let newer = meant.iter().find_map(|key| keys::successor(key.name, minor));
    let older: Vec<String> = meant
        .iter()
        .flat_map(|key| &key.was)
        .filter(|was| is_read(was, minor))
        .map(|was| format!("`{was}`"))
        .collect();
    let detail = match (newer, older.as_slice()) {
        (Some(newer), _) => {
            let since = keys::first_reader(newer).unwrap_or(minor);
            format!("From version {since} on, `{given}` is `{newer}`. Use that key.")
        }
        (None, []) => format!(
            "Version {minor} does not read `{given}`: {}.",
            meant.iter().map(|key| key.span()).collect::<Vec<_>>().join(", ")
        ),
        (None, [_, ..]) => {
            format!("Version {minor} does not know `{given}` yet. Use {}.", older.join(" or "))
        }
    };
    (format!("setting is not read by version {minor}"), detail)
}

/// Whether a minor reads a key.
fn is_read(name: &str, minor: Minor) -> bool {
    keys::meant_by(name).iter().any(|key| key.is_read_by(minor))
}

#[cfg(test)]
mod tests;

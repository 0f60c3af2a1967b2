//! Names of settings as environment variables.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a setting as the environment variable that carries it: `ZEEBE_BROKER_CLUSTER_NODEID`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SettingName(String);

impl SettingName {
    /// The variable that carries a key, in the canonical form of Spring's relaxed binding: dashes are
    /// dropped, dots and the brackets of an index become underscores, letters become capitals.
    ///
    /// ```
    /// let name = zeebe_config::SettingName::of("camunda.data.primary-storage.disk.free-space.processing");
    /// assert_eq!(name.as_str(), "CAMUNDA_DATA_PRIMARYSTORAGE_DISK_FREESPACE_PROCESSING");
    /// ```
    pub fn of(key: &str) -> Self {
        let mut name = String::with_capacity(key.len());
        for letter in key.chars() {
            match letter {
                '-' | ']' => {}
                '.' | '[' => name.push('_'),
                other => name.push(other.to_ascii_uppercase()),
            }
        }
        Self(name)
    }

    /// The variable's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! Where a secret is read: never the secret itself.

use serde::{Deserialize, Serialize};

use crate::target::Directory;

/// Where a secret is read when a process starts. What stands there enters no state, plan, log or book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// A file that holds it and nothing else; white space around it does not count.
    File(Directory),
    /// A variable of the environment that the engine runs in.
    EnvironmentVariable(String),
}

//! Secrets that were given once: kept at the target, for the brokers that are started later.
//!
//! ```text
//! <root>/secrets/exporter-audit-password-3     0600, the secret and nothing else
//!                license-1
//! ```
//! Each has a number of its own, so that a roll that is cut off finds the old one and the new one. What no document of the
//! book names any more is overwritten and taken away.

mod folder;

use std::collections::BTreeSet;
use std::io;

use async_trait::async_trait;
use secrecy::SecretString;
use zeebe_spec::KeptSecret;

pub use crate::secrets::folder::SecretFolder;

/// A secret that was not kept, not read, or not taken away.
#[derive(Debug, thiserror::Error)]
#[error("could not keep or read secrets in \"{place}\"")]
pub struct SecretsError {
    /// Where they are kept.
    pub place: String,
    /// Why not.
    #[source]
    pub source: io::Error,
}

/// The secrets that a target keeps for one cluster.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Keeps a secret, in the place of one of the same name and number. It has reached the disk when this returns.
    async fn keep(&self, name: &KeptSecret, secret: &SecretString) -> Result<(), SecretsError>;

    /// Reads a secret, for whoever signs on in the place of the cluster's processes.
    async fn read(&self, name: &KeptSecret) -> Result<SecretString, SecretsError>;

    /// Takes every other away.
    async fn keep_only(&self, names: &BTreeSet<KeptSecret>) -> Result<(), SecretsError>;
}

//! Where a secret is read: never the secret itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::exporter::ExporterName;
use crate::target::Directory;

/// Where a secret is read when a process starts. What stands there enters no state, plan, log or book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// A file that holds it and nothing else; white space around it does not count.
    File(Directory),
    /// A variable of the environment that the engine runs in.
    EnvironmentVariable(String),
    /// It was given once, and the target keeps it.
    Kept(KeptSecret),
}

impl SecretSource {
    /// What the target keeps, if that is where it is.
    pub const fn kept(&self) -> Option<&KeptSecret> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::File(_) | Self::EnvironmentVariable(_) => None,
        }
    }
}

/// A secret that was given once, by what it is for and its number. Another number is another secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeptSecret {
    /// What it is for.
    pub purpose: SecretPurpose,
    /// Its number, chosen by the user.
    pub version: SecretVersion,
}

/// What a secret that was given once is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPurpose {
    /// The product's licence key.
    License,
    /// A key of the store of backups.
    BackupStore(StoreKey),
    /// What an exporter signs on with.
    ExporterPassword(ExporterName),
    /// A key of the store that an exporter's lake is in.
    ExporterKey(ExporterName, StoreKey),
}

/// Which of the keys of a store of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKey {
    /// The access key of a bucket.
    Access,
    /// The secret key of a bucket.
    Secret,
    /// The key of an account of Azure's.
    Account,
    /// A connection string of Azure's.
    Connection,
}

impl StoreKey {
    const fn word(self) -> &'static str {
        match self {
            Self::Access => "access-key",
            Self::Secret => "secret-key",
            Self::Account => "account-key",
            Self::Connection => "connection-string",
        }
    }
}

impl fmt::Display for KeptSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { purpose, version } = self;
        match purpose {
            SecretPurpose::License => write!(f, "license-{version}"),
            SecretPurpose::BackupStore(key) => write!(f, "backup-{}-{version}", key.word()),
            SecretPurpose::ExporterPassword(exporter) => {
                write!(f, "exporter-{exporter}-password-{version}")
            }
            SecretPurpose::ExporterKey(exporter, key) => {
                write!(f, "exporter-{exporter}-{}-{version}", key.word())
            }
        }
    }
}

zeebe_scalar::integer! {
    /// The number of a secret that is given once.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub SecretVersion, u32, 1..=1_000_000_000, 1
}

//! What a process is told and nobody else: read when it starts, given to it alone, written nowhere.

use std::io;

use secrecy::SecretString;
use zeebe_spec::SecretSource;
use zeebe_target::SecretFolder;

use crate::environment::LocalEnvironment;

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The product's licence.
    License,
    /// An exporter signs on with it.
    Exporter,
    /// The store of backups is signed on to with it.
    BackupStore,
}

impl Purpose {
    const fn words(self) -> &'static str {
        match self {
            Self::License => "the licence key",
            Self::Exporter => "the password of an exporter",
            Self::BackupStore => "a key of the backup store",
        }
    }

    /// The attribute that gives it once, without its ending.
    const fn given_as(self) -> &'static str {
        match self {
            Self::License => "license.key",
            Self::Exporter => "password",
            // Its keys are named by file or variable only, so that nobody is told this.
            Self::BackupStore => "backup_store",
        }
    }

    /// The attribute that names where it is.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::License => "license",
            Self::Exporter => "authentication.password",
            Self::BackupStore => "backup_store",
        }
    }
}

/// A secret that could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("could not read {} from the file \"{path}\"", of.words())]
    File {
        of: Purpose,
        path: String,
        #[source]
        source: io::Error,
    },
    #[error("environment variable \"{name}\", which should hold {}, is not set", of.words())]
    Variable { of: Purpose, name: String },
    #[error("{} is not kept in \"{path}\"", of.words())]
    Kept {
        of: Purpose,
        path: String,
        #[source]
        source: io::Error,
    },
}

impl SecretError {
    /// What to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::File { of, .. } => {
                format!("Set `{}.file` to a file that may be read.", of.attribute())
            }
            Self::Kept { of, .. } => {
                let word = of.given_as();
                format!("Give it again as `{word}_wo`, with another `{word}_wo_version`.")
            }
            Self::Variable { of, name } => {
                format!(
                    "Set {name} where this engine runs, or name another source in `{}`.",
                    of.attribute()
                )
            }
        }
    }
}

/// Reads a secret. It is given to the process alone and written nowhere.
pub(crate) fn secret(
    of: Purpose,
    source: &SecretSource,
    environment: &LocalEnvironment,
    kept: &SecretFolder,
) -> Result<SecretString, SecretError> {
    match source {
        SecretSource::Kept(name) => kept.read(name).map_err(|source| {
            let path = kept.path(name).to_string();
            SecretError::Kept { of, path, source }
        }),
        SecretSource::File(path) => std::fs::read_to_string(path.as_str())
            .map(|text| SecretString::from(text.trim().to_owned()))
            .map_err(|source| SecretError::File { of, path: path.to_string(), source }),
        SecretSource::EnvironmentVariable(name) => environment
            .secret(name)
            .cloned()
            .ok_or_else(|| SecretError::Variable { of, name: name.clone() }),
    }
}

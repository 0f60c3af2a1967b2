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
    /// A receiver signs on at Kafka with it.
    Kafka,
    /// A receiver names itself to a store of objects with it.
    AccessKey,
    /// A receiver signs on there with it.
    SecretKey,
}

impl Purpose {
    /// What the secret is for that a process reads from that variable.
    pub(crate) fn of_variable(name: &str) -> Self {
        match name {
            zeebe_config::RECEIVER_KAFKA_PASSWORD => Self::Kafka,
            zeebe_config::RECEIVER_ACCESS_KEY => Self::AccessKey,
            zeebe_config::RECEIVER_SECRET_KEY => Self::SecretKey,
            name if zeebe_config::is_of_backup_store(name) => Self::BackupStore,
            _ => Self::Exporter,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::License => "the licence key",
            Self::Exporter => "the password of an exporter",
            Self::BackupStore => "a key of the backup store",
            Self::Kafka => "the password for Kafka",
            Self::AccessKey => "the access key of a lake",
            Self::SecretKey => "the secret key of a lake",
        }
    }

    /// The attribute that gives it once.
    pub(crate) const fn given_as(self) -> &'static str {
        match self {
            Self::License => "license.key_wo",
            Self::Exporter => "authentication.password_wo",
            // Each of its keys has one.
            Self::BackupStore => "key_wo",
            Self::Kafka => "kafka.sasl.password_wo",
            Self::AccessKey => "lake.s3.access_key.key_wo",
            Self::SecretKey => "lake.s3.secret_key.key_wo",
        }
    }

    /// The attribute that names where it is.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::License => "license",
            Self::Exporter => "authentication.password",
            Self::BackupStore => "backup_store",
            Self::Kafka => "kafka.sasl.password",
            Self::AccessKey => "lake.s3.access_key",
            Self::SecretKey => "lake.s3.secret_key",
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
                format!("Give it again as `{word}`, with another `{word}_version`.")
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

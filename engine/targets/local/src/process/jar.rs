//! An archive that a broker loads: the one that it should be, or nothing is started.

use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use zeebe_spec::Checksum;

use crate::distribution::checksum::digest;

/// An archive that is not the one that it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JarError {
    #[error("could not read the archive \"{path}\"")]
    Read {
        path: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("checksum of the archive \"{path}\" does not match")]
    Checksum { path: Utf8PathBuf, expected: Checksum, got: String },
}

impl JarError {
    /// What to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Read { .. } => {
                "Set `jar.path` to the archive by its absolute path, and make it readable."
                    .to_owned()
            }
            Self::Checksum { path: _, expected, got } => format!(
                "Expected {expected}, got {got}. No broker was restarted. If you trust the archive, set `jar.sha256` to what \
                 it hashes to; if not, find out who changed it."
            ),
        }
    }
}

/// Whether an archive hashes to what it must.
pub(crate) fn check(path: &Utf8Path, expected: &Checksum) -> Result<(), JarError> {
    let read = |source| JarError::Read { path: path.to_owned(), source };
    let got = File::open(path).and_then(|file| digest(file, || false)).map_err(read)?;
    match got {
        Some(got) if got != expected.as_str() => {
            Err(JarError::Checksum { path: path.to_owned(), expected: expected.clone(), got })
        }
        Some(_) | None => Ok(()),
    }
}

//! What was started last for a component, written down before it is started.

use std::fs;
use std::io::{self, ErrorKind};

use camino::Utf8Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeebe_plan::component::{Fingerprint, Process};
use zeebe_spec::Checksum;

use crate::file;
use crate::process::identity::Identity;

/// The form of the file that this engine writes.
const FORMAT: u32 = 1;

/// One start of a component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    format: u32,
    /// The token in the process's environment.
    pub(crate) run: String,
    /// When the start was decided on.
    pub(crate) intended_at: Timestamp,
    /// The process; `None` until it is known.
    pub(crate) identity: Option<Identity>,
    /// When it was told to end. Nothing is told to end that shall run on: what is told so and still runs is
    /// about to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stopping_since: Option<Timestamp>,
    /// The distribution that it runs.
    pub(crate) distribution: Checksum,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) process: Process,
}

/// A record that could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("could not read \"{path}\"")]
    Unreadable {
        path: String,
        #[source]
        source: io::Error,
    },
    #[error("\"{path}\" is not a record of a process")]
    Corrupt {
        path: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("\"{path}\" has format {found}, and this engine knows {FORMAT}")]
    Newer { path: String, found: u32 },
}

impl Record {
    /// A new start.
    pub(crate) fn intent(process: &Process, distribution: Checksum, now: Timestamp) -> Self {
        Self {
            format: FORMAT,
            run: uuid::Uuid::new_v4().to_string(),
            intended_at: now,
            identity: None,
            stopping_since: None,
            distribution,
            fingerprint: process.fingerprint(),
            process: process.clone(),
        }
    }

    /// The record at a path; `None` where there certainly is none.
    pub(crate) fn read(path: &Utf8Path) -> Result<Option<Self>, RecordError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(RecordError::Unreadable { path: path.to_string(), source }),
        };
        let corrupt = |source| RecordError::Corrupt { path: path.to_string(), source };
        // The format first: another format may have another form.
        let Form { format } = serde_json::from_slice(&bytes).map_err(corrupt)?;
        if format != FORMAT {
            return Err(RecordError::Newer { path: path.to_string(), found: format });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(corrupt)
    }

    /// Writes it; it has reached the disk when this returns.
    pub(crate) fn write(&self, path: &Utf8Path) -> io::Result<()> {
        file::replace(path, &serde_json::to_vec_pretty(self)?)
    }

    /// Names this one run of the component.
    pub(crate) fn name(&self, identity: &Identity) -> String {
        format!("pid {} since {}", identity.pid, self.intended_at)
    }
}

#[derive(Deserialize)]
struct Form {
    format: u32,
}

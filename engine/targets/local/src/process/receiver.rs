//! The program `zeebe-receiver`, which comes with this engine: where it is, and what it hashes to.

use std::fs::File;
use std::io;

use camino::Utf8PathBuf;
use zeebe_spec::Checksum;

use crate::distribution::checksum::digest;
use crate::environment::LocalEnvironment;

/// A receiver that cannot be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiverError {
    #[error("the program `zeebe-receiver` was not found")]
    NotFound,
    #[error("could not read \"{program}\"")]
    Read {
        program: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
}

impl ReceiverError {
    /// What to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NotFound => {
                "It brings records to Kafka or into a lake. It was looked for in the variable ZEEBE_RECEIVER (an absolute path), beside this \
                 program, and on the PATH. Build it with `cargo build --release -p zeebe-receiver`, and put it at one of these."
                    .to_owned()
            }
            Self::Read { .. } => "See that this user may read it.".to_owned(),
        }
    }
}

/// Where it is, and its checksum, which says later which one was started.
pub(crate) fn find(
    environment: &LocalEnvironment,
) -> Result<(Checksum, Utf8PathBuf), ReceiverError> {
    let program = environment.receiver().ok_or(ReceiverError::NotFound)?;
    let read = |source| ReceiverError::Read { program: program.clone(), source };
    let digest = File::open(&program).and_then(|file| digest(file, || false)).map_err(read)?;
    let checksum = digest.and_then(|digest| Checksum::try_from(digest).ok());
    let checksum = checksum.ok_or_else(|| read(io::ErrorKind::InvalidData.into()))?;
    Ok((checksum, program))
}

//! The programs that come with this engine: where they are, and what they hash to.

use std::fs::File;
use std::io;

use camino::Utf8PathBuf;
use zeebe_plan::component::Program;
use zeebe_spec::Checksum;

use crate::distribution::checksum::digest;
use crate::environment::LocalEnvironment;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ours {
    Receiver,
    Agent,
}

impl Ours {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Receiver => "zeebe-receiver",
            Self::Agent => "zeebe-agent",
        }
    }

    /// The variable that says where it is.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Receiver => "ZEEBE_RECEIVER",
            Self::Agent => "ZEEBE_AGENT",
        }
    }

    /// What runs it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Agent => "agent",
        }
    }

    /// What a process that runs it says of itself.
    pub(crate) const fn program(self) -> Program {
        match self {
            Self::Receiver => Program::Receiver,
            Self::Agent => Program::Agent,
        }
    }

    const fn task(self) -> &'static str {
        match self {
            Self::Receiver => "brings records to Kafka or into a lake",
            Self::Agent => "removes records that are too old while no terraform runs",
        }
    }
}

/// One that cannot be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OursError {
    #[error("the program `{}` was not found", .0.name())]
    NotFound(Ours),
    #[error("could not read \"{program}\"")]
    Read {
        program: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
}

impl OursError {
    /// What to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NotFound(ours) => {
                let (name, variable, task) = (ours.name(), ours.variable(), ours.task());
                format!(
                    "It {task}. It was looked for in the variable {variable} (an absolute path), beside this program, and \
                     on the PATH. Build it with `cargo build --release -p {name}`, and put it at one of these."
                )
            }
            Self::Read { .. } => "See that this user may read it.".to_owned(),
        }
    }
}

/// Where it is, and its checksum, which says later which one was started.
pub(crate) fn find(
    ours: Ours,
    environment: &LocalEnvironment,
) -> Result<(Checksum, Utf8PathBuf), OursError> {
    let program =
        environment.own_program(ours.variable(), ours.name()).ok_or(OursError::NotFound(ours))?;
    let read = |source| OursError::Read { program: program.clone(), source };
    let digest = File::open(&program).and_then(|file| digest(file, || false)).map_err(read)?;
    let checksum = digest.and_then(|digest| Checksum::try_from(digest).ok());
    let checksum = checksum.ok_or_else(|| read(io::ErrorKind::InvalidData.into()))?;
    Ok((checksum, program))
}

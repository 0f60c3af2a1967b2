//! Reading again what a receiver of this machine has written: by the same program, `zeebe-receiver verify`.

use std::collections::BTreeMap;
use std::io;
use std::process::Command;

use camino::Utf8Path;
use secrecy::{ExposeSecret, SecretString};
use zeebe_plan::component::Process;
use zeebe_target::SecretFolder;

use crate::environment::LocalEnvironment;

use crate::process::ours::{self, Ours};
use crate::process::secret::secret;
use crate::process::start::secret_sources;

/// What a reading is held against.
#[derive(Clone, Copy, Debug)]
pub enum HeldAgainst<'a> {
    /// Itself: gaps in its positions are by design.
    Itself,
    /// Itself, where everything is exported: a gap is a loss.
    ItselfUnfiltered,
    /// What another receiver has written, which has everything.
    Another(&'a Process),
}

/// What a receiver has written could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// There is no program that reads it.
    #[error("{what}")]
    Program {
        /// What is wrong with it.
        what: String,
        /// What to do.
        advice: String,
    },
    /// The receiver was never started.
    #[error("the receiver has no configuration at \"{file}\"")]
    NeverStarted {
        /// Where it would be.
        file: String,
    },
    /// A secret that the sink asks for is not to be had.
    #[error("{what}")]
    Secret {
        /// Which one.
        what: String,
        /// What to do.
        advice: String,
    },
    /// Both sinks ask for another secret under one name.
    #[error("the two sinks sign on with different secrets in one variable, {variable}")]
    TwoSecrets {
        /// The variable.
        variable: String,
    },
    /// The program could not be run.
    #[error("could not run \"{program}\"")]
    Run {
        /// The program.
        program: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The program could not read the sink.
    #[error("what the receiver wrote could not be read: {said}")]
    Unreadable {
        /// What it said.
        said: String,
    },
}

impl RecordsError {
    /// What to do, where something can be said.
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::Program { advice, .. } | Self::Secret { advice, .. } => Some(advice),
            Self::NeverStarted { .. } => Some("Apply its exporter first."),
            Self::TwoSecrets { .. } => Some(
                "Run `zeebe-receiver verify` by hand, with configurations that name their secrets differently.",
            ),
            Self::Run { .. } | Self::Unreadable { .. } => None,
        }
    }
}

/// Reads all that the sink of a receiver holds, and gives what was found as JSON. The cluster is kept under `root`.
/// Blocks until all is read.
pub fn read_records(
    environment: &LocalEnvironment,
    root: &Utf8Path,
    process: &Process,
    against: HeldAgainst<'_>,
) -> Result<String, RecordsError> {
    let (_, program) = ours::find(Ours::Receiver, environment).map_err(|error| {
        RecordsError::Program { what: error.to_string(), advice: error.advice() }
    })?;
    let mut command = Command::new(&program);
    command.args(["verify", "--json", "--config", configuration(process)?]);
    let mut secrets = secrets(environment, root, process)?;
    match against {
        HeldAgainst::Itself => {}
        HeldAgainst::ItselfUnfiltered => {
            command.arg("--unfiltered");
        }
        HeldAgainst::Another(other) => {
            command.args(["--against", configuration(other)?]);
            for (variable, theirs) in self::secrets(environment, root, other)? {
                let ours = secrets.insert(variable.clone(), theirs.clone());
                if ours.is_some_and(|ours| ours.expose_secret() != theirs.expose_secret()) {
                    return Err(RecordsError::TwoSecrets { variable });
                }
            }
        }
    }
    command.envs(secrets.iter().map(|(variable, secret)| (variable, secret.expose_secret())));
    let done = command
        .output()
        .map_err(|source| RecordsError::Run { program: program.to_string(), source })?;
    match done.status.code() {
        Some(0 | FOUND) => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
        Some(_) | None => Err(RecordsError::Unreadable {
            said: String::from_utf8_lossy(&done.stderr).trim().to_owned(),
        }),
    }
}

/// What the program ends with when something is not as it should be.
const FOUND: i32 = 2;

/// The file that the receiver is started with.
fn configuration(process: &Process) -> Result<&str, RecordsError> {
    let file = process.files.keys().next().map(String::as_str).unwrap_or_default();
    if Utf8Path::new(file).is_file() {
        Ok(file)
    } else {
        Err(RecordsError::NeverStarted { file: file.to_owned() })
    }
}

fn secrets(
    environment: &LocalEnvironment,
    root: &Utf8Path,
    process: &Process,
) -> Result<BTreeMap<String, SecretString>, RecordsError> {
    let kept = SecretFolder::under(root.to_owned());
    secret_sources(process)
        .map(|(variable, of, source)| {
            let secret = secret(of, source, environment, &kept).map_err(|error| {
                RecordsError::Secret { what: error.to_string(), advice: error.advice() }
            })?;
            Ok((variable, secret))
        })
        .collect()
}

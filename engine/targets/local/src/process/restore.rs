//! The product's own `bin/restore`, run to its end for one broker.
//!
//! ```text
//! note: begun ─▶ bin/restore ─▶ zeros behind the log ─▶ note: done ─▶ record of the first start
//!   │ killed here: the data is half restored, and emptied before the next try
//! ```

mod stale;

use std::io;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use zeebe_plan::component::Process;
use zeebe_spec::{BackupId, Version};

use crate::environment::is_program;
use crate::file;
use crate::layout::Home;
use crate::proc;
use crate::process::identity::Identity;
use crate::process::record::Record;
use crate::process::spawn::{Launch, command};
use crate::process::start::{Means, StartError, secrets, setsid, whole_environment, write_files};
use crate::process::stop::{StopError, stop};
use crate::process::{HOME_VARIABLE, RUN_VARIABLE};

/// The variable with the component's own folder, in place of the one of a broker that runs: a restore is no broker.
const VARIABLE: &str = "ZEEBE_PLATFORM_RESTORE";

/// Where it is in a distribution.
pub(crate) const LAUNCHER: &str = "bin/restore";

/// The product's own log among its logs.
const LOG: &str = "zeebe.log";

/// Between two looks whether it has ended: it takes some seconds.
const LOOK: Duration = Duration::from_millis(100);

/// How long it may take to end when it is told to. What it wrote is emptied anyway.
const STOP: Duration = Duration::from_secs(5);

/// What is known of the data of a broker that was never started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) backup: BackupId,
    /// The version that restores it.
    pub(crate) version: Version,
    pub(crate) progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    /// What is there is not whole.
    Begun,
    /// All is there.
    Done,
}

impl Note {
    /// The note of a component; `None` where there certainly is none.
    pub(crate) fn read(home: &Home) -> io::Result<Option<Self>> {
        match std::fs::read(home.restore_note()) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, home: &Home) -> io::Result<()> {
        file::make_folder(home.path())?;
        file::replace(&home.restore_note(), &serde_json::to_vec_pretty(self)?)
    }
}

/// Whether the data of a component is a backup's and nothing else: restored, or half restored, and never worked with.
pub(crate) fn is_only_restored(home: &Home) -> io::Result<bool> {
    Ok(!home.record().exists() && Note::read(home)?.is_some())
}

/// Takes away what was restored of a component that was never started on it, and nothing else. First it is noted as not whole:
/// whoever is killed here leaves nothing that is taken for restored.
pub(crate) fn take_back(home: &Home) -> io::Result<()> {
    let Some(note) = Note::read(home)? else { return Ok(()) };
    Note { progress: Progress::Begun, ..note }.write(home)?;
    for path in [home.data(), home.logs(), home.restore_console(), home.restore_note()] {
        file::delete(&path)?;
    }
    Ok(())
}

/// A broker whose data was not restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    #[error("\"{0}\" holds data that was not restored here")]
    Occupied(Utf8PathBuf),
    #[error(transparent)]
    Start(StartError),
    #[error("the restore of an earlier run did not end")]
    Stop(#[source] StopError),
    #[error("could not write in \"{folder}\"")]
    Write {
        folder: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the product did not restore it ({status}): {reason}")]
    Refused { status: ExitStatus, reason: String },
    #[error("cancelled while it was restored")]
    Cancelled,
}

impl RestoreError {
    /// What was expected, what was found, what to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Occupied(_) => {
                "A restore begins with nothing. Move that folder away, or choose another place; it was not touched."
                    .to_owned()
            }
            Self::Start(error) => error.advice(),
            Self::Stop(_) | Self::Cancelled => "The next run goes on from there.".to_owned(),
            Self::Write { .. } => {
                "Free some space there, or give the folder back to its owner.".to_owned()
            }
            Self::Refused { .. } => {
                "These are the product's own words. See that the backup is whole in the cluster's store, that the store \
                 can be reached with its keys, and that the cluster has as many partitions as the backup. What was \
                 restored of it was taken away again."
                    .to_owned()
            }
        }
    }
}

/// Restores a backup as the data of a broker, unless that was done.
pub(crate) async fn restore(
    backup: BackupId,
    process: &Process,
    means: &Means<'_>,
    cancel: &CancellationToken,
) -> Result<(), RestoreError> {
    let home = means.home;
    let write = |source| RestoreError::Write { folder: home.path().to_owned(), source };
    if home.record().exists() {
        // It was started since: what it has written is nobody's to overwrite.
        return Ok(());
    }
    end_earlier(home).await?;
    let note = Note::read(home).map_err(write)?;
    match note {
        Some(Note { progress: Progress::Done, backup: restored, version: _ })
            if restored == backup =>
        {
            return Ok(());
        }
        Some(_) => file::delete(&home.data()).map_err(write)?,
        None if file::names_in(&home.data()).map_err(write)?.is_empty() => {}
        None => return Err(RestoreError::Occupied(home.data())),
    }
    let mut note = Note { backup, version: process.version.clone(), progress: Progress::Begun };
    note.write(home).map_err(write)?;
    run(backup, process, means, cancel).await?;
    if stale::leaves_them(&process.version) {
        let data = home.data();
        let cleared = tokio::task::spawn_blocking(move || stale::clear(&data)).await;
        let bytes = cleared.map_err(io::Error::other).and_then(|cleared| cleared).map_err(write)?;
        tracing::info!(bytes, "made zeros of what the product left behind the end of its log");
    }
    note.progress = Progress::Done;
    note.write(home).map_err(write)
}

async fn run(
    backup: BackupId,
    process: &Process,
    means: &Means<'_>,
    cancel: &CancellationToken,
) -> Result<(), RestoreError> {
    let Means { home, program, checksum, java: _, environment, kept } = means;
    let setsid = setsid(environment).map_err(RestoreError::Start)?;
    if !is_program(program) {
        return Err(RestoreError::Start(StartError::NoLauncher(LAUNCHER.to_owned())));
    }
    let secrets = secrets(process, environment, kept)
        .map_err(|error| RestoreError::Start(StartError::Secret(error)))?;
    let spawned =
        |source| RestoreError::Start(StartError::Spawn { program: program.to_path_buf(), source });
    // Nothing was started here but restores, and why this one failed must not be looked for in what another one wrote.
    let console = home.restore_console();
    for old in [&home.logs(), &console] {
        file::delete(old).map_err(spawned)?;
    }
    write_files(process, home).map_err(RestoreError::Start)?;
    let record = Record::intent(process, (*checksum).clone(), Timestamp::now());
    let mut environment = whole_environment(process, &record, means);
    environment.remove(RUN_VARIABLE);
    environment.remove(HOME_VARIABLE);
    environment.insert(VARIABLE.to_owned(), home.path().to_string());
    let arguments = [format!("--backupId={backup}")];
    let launch =
        Launch { setsid: &setsid, program, arguments: &arguments, home, environment, secrets };
    let mut child = command(&launch, file::append(&console).map_err(spawned)?)
        .and_then(|mut command| command.spawn())
        .map_err(spawned)?;
    let status = end_of(&mut child, cancel).await?;
    if status.success() {
        return Ok(());
    }
    let mut reason = reason(home);
    for (_, secret) in &launch.secrets {
        reason = reason.replace(secret.expose_secret(), "…");
    }
    Err(RestoreError::Refused { status, reason })
}

/// Waits for its end. A child that nobody waits for any more is ended: the next try would wait for it.
async fn end_of(child: &mut Child, cancel: &CancellationToken) -> Result<ExitStatus, RestoreError> {
    let look = |source| RestoreError::Start(StartError::Look(source));
    let identity = match i32::try_from(child.id()) {
        Ok(pid) => Identity::of(pid).map_err(look)?,
        Err(_) => None,
    };
    loop {
        if let Some(status) = child.try_wait().map_err(look)? {
            return Ok(status);
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => {
                if let Some(identity) = identity {
                    stop(&identity, STOP, &CancellationToken::new())
                        .await
                        .map_err(RestoreError::Stop)?;
                }
                return Err(RestoreError::Cancelled);
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Ends the restore of an engine that was killed: it goes on without it, and writes where the next one would.
pub(crate) async fn end_earlier(home: &Home) -> Result<(), RestoreError> {
    let found = running(home.path())
        .map_err(|source| RestoreError::Write { folder: home.path().to_owned(), source })?;
    for identity in found {
        stop(&identity, STOP, &CancellationToken::new()).await.map_err(RestoreError::Stop)?;
    }
    Ok(())
}

fn running(home: &Utf8Path) -> io::Result<Vec<Identity>> {
    let mut running = Vec::new();
    for pid in proc::pids()? {
        let Some(environment) = proc::environment(pid) else { continue };
        if proc::variable(&environment, VARIABLE) == Some(home.as_str()) {
            running.extend(Identity::of(pid)?);
        }
    }
    Ok(running)
}

/// Why it failed. The product writes into its log; what never came so far writes on its console.
fn reason(home: &Home) -> String {
    let texts = [home.restore_console(), home.logs().join(LOG)].map(|path| {
        // What is not there was not written.
        std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    });
    last_cause(&texts.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

/// The last cause of an exception, or else the last line.
fn last_cause(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let cause = lines().filter_map(|line| line.strip_prefix("Caused by: ")).next_back();
    cause.or_else(|| lines().next_back()).unwrap_or("it wrote nothing").to_owned()
}

#[cfg(test)]
mod tests;

//! Starts a process that outlives this one.
//!
//! Terraform waits for the end of its plugin's streams, Ctrl-C reaches the whole process group, and a
//! closed terminal the whole session: a process that stays must have a session of its own, no terminal,
//! none of our streams and none of our descriptors. To make a session in the child would need unsafe code
//! between fork and exec, so the platform's own `setsid` makes it. It does not fork where it leads no
//! process group, which a child of ours never does, and the product's launcher ends in an `exec` too: the
//! pid that the start gives is, through all of them, the product's.

use std::collections::BTreeMap;
use std::fs::{File, rename};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::time::Duration;

use camino::Utf8Path;
use secrecy::{ExposeSecret, SecretString};

use crate::file;
use crate::layout::Home;
use crate::proc;
use crate::process::identity::Identity;

/// The first descriptor that is no standard stream.
const FIRST_OTHER: i32 = 3;

/// How many older files of console output are kept.
const OLDER_CONSOLES: u8 = 3;

/// How long a start is watched: a launcher that does not find its way and a runtime that does not know an
/// option end sooner. What ends later is found by whoever waits for the component to be ready.
const WATCH: Duration = Duration::from_millis(120);

/// How much of the end of the console's file is shown.
const TAIL_BYTES: u64 = 4096;
const TAIL_LINES: usize = 12;

/// What is started.
pub(crate) struct Launch<'a> {
    pub(crate) setsid: &'a Utf8Path,
    pub(crate) program: &'a Utf8Path,
    pub(crate) arguments: &'a [String],
    pub(crate) home: &'a Home,
    /// The whole environment but for the secrets.
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) secrets: Vec<(String, SecretString)>,
}

/// Starts it and gives its pid. It is executing the first of its programs when this returns.
pub(crate) fn spawn(launch: &Launch<'_>) -> io::Result<i32> {
    let child = command(launch, rotated_console(launch.home)?)?.spawn()?;
    i32::try_from(child.id()).map_err(io::Error::other)
}

/// What starts it, with that file as its console.
pub(crate) fn command(launch: &Launch<'_>, console: File) -> io::Result<Command> {
    let Launch { setsid, program, arguments, home, environment, secrets } = launch;
    // What we open ourselves ends with an exec. What we were given does not: `make` and `cargo` give each
    // program that they start a pipe, whose end they may wait for.
    close_fds::set_fds_cloexec_threadsafe(FIRST_OTHER, &[]);
    let mut command = Command::new(setsid);
    command
        .arg(program)
        .args(*arguments)
        .env_clear()
        .envs(environment)
        .envs(secrets.iter().map(|(name, secret)| (name, secret.expose_secret())))
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(console.try_clone()?)
        .stderr(console);
    Ok(command)
}

/// The files of earlier starts are each one older now, and the oldest is gone.
fn rotated_console(home: &Home) -> io::Result<std::fs::File> {
    for age in (0..OLDER_CONSOLES).rev() {
        match rename(home.console(age), home.console(age + 1)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    file::append(&home.console(0))
}

/// Watches a start for a moment: how it ended, if it did.
pub(crate) async fn watch(identity: &Identity) -> io::Result<Option<String>> {
    let deadline = tokio::time::Instant::now() + WATCH;
    loop {
        match proc::status(identity.pid)? {
            Some(status) if !status.has_ended() => {}
            Some(_) | None => {
                return Ok(Some(identity.reap().unwrap_or_else(|| "an unknown status".to_owned())));
            }
        }
        if tokio::time::Instant::now() >= deadline {
            return Ok(None);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The last lines that a component wrote on its console.
pub(crate) fn last_words(home: &Home) -> io::Result<String> {
    let mut file = std::fs::File::open(home.console(0))?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"))
}

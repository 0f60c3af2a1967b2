//! Runs a program of the user's, such as `mvn`, to its end, or to where the user wants no more.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use zeebe_target::Call;

/// How often somebody who watches is told that it still goes on.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// How a program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) said: String,
}

/// A program that did not come to its end.
#[derive(Debug)]
pub(crate) enum ToolError {
    Io(io::Error),
    Cancelled,
}

/// Runs it in a process group of its own, which is ended with it: programs like Maven are scripts that
/// start others. `each` is asked for a line that says how far it is, every ten seconds.
pub(crate) async fn run(
    mut command: Command,
    input: &str,
    call: &Call,
    each: impl Fn(Duration) -> String + Send,
) -> Result<Outcome, ToolError> {
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(ToolError::Io)?;
    let group = Group(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw));
    let (mut stdin, stdout, stderr) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async {
        if let Some(stdin) = &mut stdin {
            match stdin.write_all(input.as_bytes()).await {
                // A program need not read what it is given.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        drop(stdin);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let read_out = async {
            if let Some(mut stdout) = stdout {
                stdout.read_to_end(&mut out).await?;
            }
            io::Result::Ok(())
        };
        let read_err = async {
            if let Some(mut stderr) = stderr {
                stderr.read_to_end(&mut err).await?;
            }
            io::Result::Ok(())
        };
        let (read_out, read_err) = tokio::join!(read_out, read_err);
        read_out.and(read_err)?;
        let status = child.wait().await?;
        out.extend(err);
        Ok(Outcome { status, said: String::from_utf8_lossy(&out).into_owned() })
    };
    let begun = tokio::time::Instant::now();
    let heartbeat = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            call.progress.say(&each(begun.elapsed()));
        }
    };
    let outcome = tokio::select! {
        outcome = work => outcome.map_err(ToolError::Io),
        () = call.cancel.cancelled() => Err(ToolError::Cancelled),
        () = heartbeat => Err(ToolError::Cancelled),
    };
    if outcome.is_ok() {
        group.let_go();
    }
    outcome
}

/// A process group that is ended with this value.
struct Group(Option<Pid>);

impl Group {
    /// It has ended by itself: its number may be another's by now.
    fn let_go(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended a moment ago; there is nobody to tell.
            if let Err(error) = kill_process_group(group, Signal::KILL) {
                tracing::debug!(%error, "could not end a process group");
            }
        }
    }
}

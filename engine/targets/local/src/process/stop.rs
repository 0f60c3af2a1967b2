//! Stops a process: asks, waits, and where it does not listen, ends it.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, Signal, kill_process_group, pidfd_open, pidfd_send_signal};
use tokio_util::sync::CancellationToken;

use crate::process::identity::Identity;

/// How long a process may take to end before it is killed. A broker closes its partitions in a few
/// seconds, with large ones in some more.
pub(crate) const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// How long the kernel may take to end a process that it was told to end: it may be waiting for a disk.
const END: Duration = Duration::from_secs(10);

/// How long is waited between two looks: a sleeping program ends at once, a broker in seconds.
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It did not run any more.
    WasGone,
    /// It was asked and ended in time.
    Ended,
    /// It was asked, did not end in time, and was killed.
    Killed,
}

/// Why a process was not stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StopError {
    /// The user wants no more; the process was asked to end and may still do so.
    #[error("cancelled while pid {0} was stopping")]
    Cancelled(i32),
    /// It was killed and is still there.
    #[error("pid {0} did not end when it was killed")]
    DoesNotEnd(i32),
    /// The kernel refused.
    #[error("could not signal pid {pid}")]
    Signal {
        pid: i32,
        #[source]
        source: io::Error,
    },
}

/// Stops this very process, never another that has its pid by now.
pub(crate) async fn stop(
    identity: &Identity,
    deadline: Duration,
    cancel: &CancellationToken,
) -> Result<Stopped, StopError> {
    let pid = identity.pid;
    let refused = |source: io::Error| StopError::Signal { pid, source };
    let Some(number) = identity.pid() else {
        return Ok(Stopped::WasGone);
    };
    // The descriptor means one process for good; whether it is ours is asked after it was had.
    let process = match pidfd_open(number, PidfdFlags::NONBLOCK) {
        Ok(process) => process,
        Err(Errno::SRCH) => return Ok(Stopped::WasGone),
        Err(error) => return Err(refused(error.into())),
    };
    if !identity.is_alive().map_err(refused)? {
        return Ok(Stopped::WasGone);
    }
    signal(&process, Signal::TERM).map_err(refused)?;
    tokio::select! {
        biased;
        ended = ended(&process) => {
            ended.map_err(refused)?;
            identity.reap();
            return Ok(Stopped::Ended);
        }
        () = cancel.cancelled() => return Err(StopError::Cancelled(pid)),
        () = tokio::time::sleep(deadline) => {}
    }
    // It leads its own session, and whatever else its launcher started is in it.
    match kill_process_group(number, Signal::KILL) {
        Ok(()) | Err(Errno::SRCH) => {}
        Err(error) => return Err(refused(error.into())),
    }
    signal(&process, Signal::KILL).map_err(refused)?;
    match tokio::time::timeout(END, ended(&process)).await {
        Ok(result) => {
            result.map_err(refused)?;
            identity.reap();
            Ok(Stopped::Killed)
        }
        Err(_) => Err(StopError::DoesNotEnd(pid)),
    }
}

fn signal(process: &OwnedFd, signal: Signal) -> io::Result<()> {
    match pidfd_send_signal(process, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Waits for the end of a process: its descriptor is readable from then on. To wait for that in the
/// runtime's own loop would need unsafe code, so it is looked at again and again, at longer intervals.
async fn ended(process: &OwnedFd) -> io::Result<()> {
    let mut pause = SHORTEST_PAUSE;
    loop {
        let mut polled = [PollFd::new(process, PollFlags::IN)];
        match poll(&mut polled, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

//! Which process, for good: a pid alone is given to another process sooner or later.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitOptions, waitpid};
use serde::{Deserialize, Serialize};

use crate::proc;

/// Between two looks at a process that is to end.
const LOOK: Duration = Duration::from_millis(50);

/// One process of one run of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) pid: i32,
    /// In ticks since the machine was started.
    pub(crate) start_time: u64,
    /// The run of the machine: start times begin anew with each.
    pub(crate) boot: String,
}

impl Identity {
    /// The process that has this pid now; `None` where there is none, or where it has ended.
    pub(crate) fn of(pid: i32) -> io::Result<Option<Self>> {
        Ok(match proc::status(pid)? {
            Some(status) if !status.has_ended() => {
                Some(Self { pid, start_time: status.start_time, boot: proc::boot()? })
            }
            Some(_) | None => None,
        })
    }

    /// Whether this very process still runs. One that has ended and is a child of ours is laid to rest.
    pub(crate) fn is_alive(&self) -> io::Result<bool> {
        if proc::boot()? != self.boot {
            return Ok(false);
        }
        let Some(status) = proc::status(self.pid)? else {
            return Ok(false);
        };
        if status.start_time != self.start_time {
            return Ok(false);
        }
        if status.has_ended() {
            if i32::try_from(std::process::id()) == Ok(status.parent) {
                self.reap();
            }
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether this very process is there and has begun to end.
    pub(crate) fn is_ending(&self) -> io::Result<bool> {
        let status = proc::status(self.pid)?;
        Ok(status.is_some_and(|status| status.start_time == self.start_time && status.is_ending()))
    }

    /// Waits until it has ended, so long at most. Whether it has.
    pub(crate) fn wait_for_end(&self, at_most: Duration) -> io::Result<bool> {
        let begin = Instant::now();
        while self.is_alive()? {
            if begin.elapsed() > at_most {
                return Ok(false);
            }
            thread::sleep(LOOK);
        }
        Ok(true)
    }

    /// Its number, for the kernel.
    pub(crate) fn pid(&self) -> Option<Pid> {
        Pid::from_raw(self.pid)
    }

    /// Takes the exit status of a child that has ended; says it where there was one to take.
    pub(crate) fn reap(&self) -> Option<String> {
        // Another thread may have done it: then there is nothing to do.
        let (_, status) = waitpid(self.pid(), WaitOptions::NOHANG).ok()??;
        match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Some(format!("exit status {code}")),
            (None, Some(signal)) => Some(format!("signal {signal}")),
            (None, None) => None,
        }
    }
}

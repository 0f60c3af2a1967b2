//! The process's own streams. Stdout belongs to the handshake and stderr to the logs, so both are kept under other numbers, and what takes
//! their places can neither spoil them nor be inherited: a process that the provider leaves running would keep the client waiting for their end.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

/// The streams that the client gave, and what now takes their places.
#[derive(Debug)]
pub(crate) struct Streams {
    /// For the handshake line.
    pub(crate) stdout: File,
    /// For the logs.
    pub(crate) stderr: File,
    /// What the process and those it started print to stdout.
    pub(crate) printed: OwnedFd,
    /// What they print to stderr.
    pub(crate) complained: OwnedFd,
}

/// The lowest number for a kept stream: above the three standard ones.
const ABOVE_STANDARD: i32 = 3;

impl Streams {
    /// Takes the streams of this process, once and before anything else uses them.
    pub(crate) fn take() -> io::Result<Self> {
        let stdout = fcntl_dupfd_cloexec(io::stdout(), ABOVE_STANDARD)?;
        let stderr = fcntl_dupfd_cloexec(io::stderr(), ABOVE_STANDARD)?;
        let nothing = File::open("/dev/null")?;
        dup2_stdin(nothing.as_fd())?;
        let (printed, print) = io::pipe()?;
        dup2_stdout(print.as_fd())?;
        let (complained, complain) = io::pipe()?;
        dup2_stderr(complain.as_fd())?;
        Ok(Self {
            stdout: stdout.into(),
            stderr: stderr.into(),
            printed: printed.into(),
            complained: complained.into(),
        })
    }
}

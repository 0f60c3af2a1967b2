//! Servers that scenarios start by themselves, beside what terraform starts: Kafka and its Connect, the receiver, a search store, brokers
//! with exporters.
//!
//! Each names its scenario's folder among its arguments, so that it ends with the [`Scenario`](crate::Scenario).

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use camino::Utf8PathBuf;
use rustix::process::Signal;

use crate::processes::{self, Identity};

pub mod agent;
pub mod broker;
pub mod connect;
pub mod kafka;
pub mod lake;
pub mod object_store;
pub mod receiver;
pub mod records;
pub mod search_store;

/// What is told to end, ends within this time.
const ENDING: Duration = Duration::from_mins(1);

/// A process that this one started.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    identity: Identity,
}

impl Server {
    /// Starts it in a group of its own, with all that it says at the end of that file.
    pub(crate) fn start(mut command: Command, log: &Utf8PathBuf) -> Result<Self> {
        let out = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("could not write \"{log}\""))?;
        let shown = crate::call::shown(&command);
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .process_group(0)
            .spawn()
            .with_context(|| format!("could not start {shown}"))?;
        let pid = i32::try_from(child.id())?;
        let started = processes::process(pid).with_context(|| format!("{shown} ended at once"))?;
        Ok(Self { child, identity: started.identity })
    }

    /// Ends it as a failing machine would.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn end(mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        processes::wait_gone(self.identity, ENDING)?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops it where it is, as a paused machine would, or lets it go on.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        processes::signal(self.identity, signal)
    }

    /// Its number.
    pub(crate) fn pid(&self) -> i32 {
        self.identity.pid
    }
}

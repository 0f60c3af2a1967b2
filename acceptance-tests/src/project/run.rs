//! One run of terraform: started, perhaps disturbed, and what came of it.

use std::{
    fs,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use camino::Utf8PathBuf;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::{call, processes, wait};

/// A terraform that runs.
#[derive(Debug)]
pub struct Running {
    command: String,
    child: Child,
    started: Instant,
    deadline: Instant,
    stdout: Utf8PathBuf,
    stderr: Utf8PathBuf,
}

/// A terraform that ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// As a person would type it.
    pub command: String,
    /// Its exit code, or none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed, without colours.
    pub stdout: String,
    /// What it printed as errors, without colours.
    pub stderr: String,
    /// How long it ran.
    pub elapsed: Duration,
}

impl Running {
    pub(super) fn start(
        mut command: Command,
        stdout: Utf8PathBuf,
        stderr: Utf8PathBuf,
        deadline: Instant,
    ) -> Result<Self> {
        let started = Instant::now();
        let child = command.spawn().context("could not start terraform")?;
        Ok(Self { command: call::shown(&command), child, started, deadline, stdout, stderr })
    }

    /// What it printed so far.
    pub fn output(&self) -> String {
        plain(&fs::read_to_string(&self.stdout).unwrap_or_default())
    }

    /// Interrupts its whole process group, as a terminal does on Ctrl-C.
    pub fn interrupt(&self) -> Result<()> {
        let group = Pid::from_raw(self.pid()?).context("0 is no process")?;
        kill_process_group(group, Signal::INT).context("could not interrupt terraform")
    }

    /// Kills the provider processes that it has started. At least one must be there.
    pub fn kill_provider(&self) -> Result<()> {
        let providers = self.providers()?;
        ensure!(!providers.is_empty(), "terraform has no provider process now");
        for provider in providers {
            processes::kill(provider.identity)?;
        }
        Ok(())
    }

    /// The provider processes that it has started and that still run.
    pub fn providers(&self) -> Result<Vec<processes::Process>> {
        Ok(processes::children_of(self.pid()?)
            .into_iter()
            .filter(|child| child.command.contains("terraform-provider-"))
            .collect())
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Looks until `holds` is true; fails when terraform ends before.
    pub fn when(
        &mut self,
        what: &str,
        deadline: Duration,
        mut holds: impl FnMut() -> Result<bool>,
    ) -> Result<()> {
        let mut over = false;
        wait::until_true(what, deadline, || {
            over = over || !self.is_running()?;
            Ok(over || holds()?)
        })?;
        ensure!(
            !over,
            "terraform ended before {what}:\n{}{}",
            self.output(),
            fs::read_to_string(&self.stderr).unwrap_or_default()
        );
        Ok(())
    }

    /// Waits for its end; at the deadline it is killed.
    pub fn wait(mut self) -> Result<Run> {
        while self.is_running()? {
            if Instant::now() > self.deadline {
                let group = Pid::from_raw(self.pid()?).context("0 is no process")?;
                kill_process_group(group, Signal::KILL)?;
                self.child.wait()?;
                bail!("{} was killed at its deadline:\n{}", self.command, self.output());
            }
            thread::sleep(Duration::from_millis(10));
        }
        let status = self.child.wait()?;
        Ok(Run {
            elapsed: self.started.elapsed(),
            code: status.code(),
            stdout: self.output(),
            stderr: plain(&fs::read_to_string(&self.stderr)?),
            command: self.command.clone(),
        })
    }

    fn pid(&self) -> Result<i32> {
        i32::try_from(self.child.id()).context("a process number is no i32")
    }
}

impl Drop for Running {
    /// A test that fails half-way leaves no terraform behind, nor its provider.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait()
            && let Some(group) = self.pid().ok().and_then(Pid::from_raw)
        {
            // It may have ended by now; and there is nobody to tell.
            let _gone = kill_process_group(group, Signal::KILL);
            let _status = self.child.wait();
        }
    }
}

impl Run {
    /// This run, if it succeeded; otherwise all that it said.
    pub fn ok(self) -> Result<Self> {
        ensure!(self.code == Some(0), "{self}");
        Ok(self)
    }

    /// What it said as errors, if it failed as it should.
    pub fn fails(self) -> Result<String> {
        ensure!(self.code != Some(0), "this should have failed: {self}");
        Ok(self.stderr)
    }

    /// Its output as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON: {self}"))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} (exit code {:?}, {:?})\n{}{}",
            self.command, self.code, self.elapsed, self.stdout, self.stderr
        )
    }
}

/// The text without the escape sequences of colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

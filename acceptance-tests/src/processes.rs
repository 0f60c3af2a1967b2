//! The processes of this machine as `/proc` shows them: which belong to a cluster, who they are, how they are stopped.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use camino::Utf8Path;
use rustix::process::{Pid, Signal, kill_process};

use crate::wait;

/// A process, told apart from a later one of the same number by its start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// Its number.
    pub pid: i32,
    /// When it was started, in clock ticks since the machine was.
    pub started: u64,
}

/// One running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Which one it is.
    pub identity: Identity,
    /// Who started it, or 1 when that one is gone.
    pub parent: i32,
    /// Its arguments, the program first.
    pub arguments: Vec<String>,
    /// The same with a space between.
    pub command: String,
    /// Its environment, one variable a line; empty when it is not ours to read.
    pub environment: String,
}

/// The process of that number, if it runs (a zombie does not).
pub fn process(pid: i32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses, which may itself contain any of both.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let (state, parent, started) = (fields.first()?, fields.get(1)?, fields.get(19)?);
    if matches!(*state, "Z" | "X") {
        return None;
    }
    let arguments = strings(&format!("/proc/{pid}/cmdline"));
    Some(Process {
        identity: Identity { pid, started: started.parse().ok()? },
        parent: parent.parse().ok()?,
        command: arguments.join(" "),
        arguments,
        environment: strings(&format!("/proc/{pid}/environ")).join("\n"),
    })
}

/// Every process whose arguments or environment name something in that folder, but this one.
pub fn all_of(folder: &Utf8Path) -> Vec<Process> {
    let inside = format!("{folder}/");
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    all()
        .into_iter()
        .filter(|process| process.identity.pid != own)
        .filter(|process| {
            process.command.contains(&inside) || process.environment.contains(&inside)
        })
        .collect()
}

/// The processes that this one started and that still run.
pub fn children_of(pid: i32) -> Vec<Process> {
    all().into_iter().filter(|process| process.parent == pid).collect()
}

/// Kills that process and waits until it is gone.
pub fn kill(identity: Identity) -> Result<()> {
    signal(identity, Signal::KILL)?;
    wait_gone(identity, Duration::from_secs(20))
}

/// Sends a signal, to that very process only.
pub fn signal(identity: Identity, signal: Signal) -> Result<()> {
    ensure!(runs(identity), "process {} is not the one that was meant", identity.pid);
    let pid = Pid::from_raw(identity.pid).context("0 is no process")?;
    kill_process(pid, signal).with_context(|| format!("could not signal process {}", identity.pid))
}

/// Whether that very process runs.
pub fn runs(identity: Identity) -> bool {
    process(identity.pid).is_some_and(|found| found.identity == identity)
}

/// Waits until that process is gone.
pub fn wait_gone(identity: Identity, deadline: Duration) -> Result<()> {
    wait::until_true(&format!("the end of process {}", identity.pid), deadline, || {
        Ok(!runs(identity))
    })
}

/// Kills every process of that folder, for a scenario that is over. What cannot be killed is left: nobody is there to
/// hear of it.
pub fn kill_all_of(folder: &Utf8Path) {
    // Twice: what ran in the first round may have started another.
    for _ in 0..2 {
        for process in all_of(folder) {
            drop(kill(process.identity));
        }
    }
}

/// The most memory that the process ever held, in bytes.
pub fn peak_memory(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn all() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(process)
        .collect()
}

/// The strings of a file in which each ends with a zero byte.
fn strings(path: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_default();
    let whole = bytes.strip_suffix(&[0]).unwrap_or(&bytes);
    if whole.is_empty() {
        return Vec::new();
    }
    whole.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

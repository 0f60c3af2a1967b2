//! Which ports are free, and who holds those that are not.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use crate::proc;

mod table;
#[cfg(test)]
mod tests;

use crate::ports::table::{Socket, sockets};

/// How much of a command line is shown: the program and its first words.
const COMMAND_LENGTH: usize = 80;

/// Between one cluster's first port and the next, at least: a broker has ten.
const STRIDE: u16 = 10;

/// Who holds a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) pid: i32,
    pub(crate) command: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pid {}, `{}`", self.pid, self.command)
    }
}

/// A port that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) port: u16,
    /// Not known where the process is another user's.
    pub(crate) holder: Option<Holder>,
}

/// How long a port that nobody is seen to hold is waited for. A process that is being ended gives its memory
/// back before its sockets, and is not to be found by them meanwhile: a broker of ours, most often, that an
/// engine was killed while it stopped.
const LEAVING: Duration = Duration::from_secs(5);
/// How often such a port is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Those of the ports that cannot be had, in order. Ports held by `own` processes are not taken. Blocks.
pub(crate) fn taken(ports: &BTreeSet<u16>, own: &BTreeSet<i32>) -> io::Result<Vec<Taken>> {
    let begun = Instant::now();
    loop {
        let taken = taken_now(ports, own)?;
        if taken.iter().all(|taken| taken.holder.is_some()) || begun.elapsed() > LEAVING {
            return Ok(taken);
        }
        thread::sleep(LOOK);
    }
}

fn taken_now(ports: &BTreeSet<u16>, own: &BTreeSet<i32>) -> io::Result<Vec<Taken>> {
    let sockets = sockets()?;
    let mut taken = Vec::new();
    for port in ports {
        let mut here: Vec<&Socket> = sockets.iter().filter(|socket| socket.blocks(*port)).collect();
        if here.is_empty() {
            if can_be_bound(*port)? {
                continue;
            }
            // Bound by something that does not listen, a client's connection for one.
            here = sockets.iter().filter(|socket| socket.port == *port).collect();
        }
        let inodes: BTreeSet<u64> = here.iter().map(|socket| socket.inode).collect();
        let holder = holder(&inodes);
        if !holder.as_ref().is_some_and(|holder| own.contains(&holder.pid)) {
            taken.push(Taken { port: *port, holder });
        }
    }
    Ok(taken)
}

/// The first port from which on all of `ports` could be had, moved up together, after where they are now.
pub(crate) fn free_block(ports: &BTreeSet<u16>) -> io::Result<Option<u16>> {
    let (Some(first), Some(last)) = (ports.first(), ports.last()) else {
        return Ok(None);
    };
    let width = (last - first) / STRIDE * STRIDE + STRIDE;
    let sockets = sockets()?;
    let mut by = width;
    while let Some(top) = last.checked_add(by) {
        let free = top < u16::MAX
            && ports.iter().all(|port| !sockets.iter().any(|socket| socket.blocks(port + by)));
        if free {
            return Ok(Some(first + by));
        }
        let Some(next) = by.checked_add(width) else { break };
        by = next;
    }
    Ok(None)
}

/// Whether a server could listen there. Held for no longer than this look.
fn can_be_bound(port: u16) -> io::Result<bool> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(true),
        Err(error)
            if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The process that has one of these sockets open.
fn holder(inodes: &BTreeSet<u64>) -> Option<Holder> {
    if inodes.is_empty() {
        return None;
    }
    proc::pids()
        .ok()?
        .into_iter()
        .find(|pid| has_socket(*pid, inodes))
        .map(|pid| Holder { pid, command: proc::command(pid, COMMAND_LENGTH).unwrap_or_default() })
}

fn has_socket(pid: i32, inodes: &BTreeSet<u64>) -> bool {
    // Another user's process may not be looked into, and any may end meanwhile.
    let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    descriptors
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok())
        .any(|inode| inodes.contains(&inode))
}

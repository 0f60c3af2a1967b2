//! Whether this machine has the memory and the disk that is wished.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use camino::Utf8Path;
use zeebe_plan::component::{ComponentId, Process};
use zeebe_target::Preflight;

use crate::file::measure;
use crate::layout::Home;
use crate::proc;

/// A size for people: in MiB below ten GiB, so that differences show, else in GiB.
fn readable(bytes: u64) -> String {
    if bytes < 10 << 30 { format!("{} MiB", bytes >> 20) } else { format!("{} GiB", bytes >> 30) }
}

/// `3 × 1024 MiB, 1 × 256 MiB`, the greatest first.
fn listed(sizes: impl Iterator<Item = u64>) -> String {
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    for size in sizes {
        *counts.entry(size).or_default() += 1;
    }
    let mut text = String::new();
    for (size, count) in counts.iter().rev() {
        let separator = if text.is_empty() { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(text, "{separator}{count} × {}", readable(*size));
    }
    text
}

/// Whether all heaps together fit into the machine's memory.
pub(crate) fn memory(wanted: &BTreeMap<ComponentId, &Process>, machine: u64) -> Option<Preflight> {
    let heaps = || wanted.values().map(|process| process.memory.bytes());
    let sum: u64 = heaps().fold(0, u64::saturating_add);
    (sum > machine).then(|| Preflight {
        component: None,
        attribute: "broker.memory".to_owned(),
        summary: "memory of the brokers exceeds the machine's".to_owned(),
        detail: format!(
            "The Java heaps of this cluster are {} together ({}); this machine has {}. Lower `broker.memory` or \
             have fewer brokers.",
            readable(sum),
            listed(heaps()),
            readable(machine)
        ),
    })
}

/// The machine's memory, in bytes.
pub(crate) fn machine_memory() -> io::Result<u64> {
    proc::memory()
}

/// Whether the disk that the brokers may count on is there. What their data takes up already counts.
pub(crate) fn disk(
    root: &Utf8Path,
    wanted: &BTreeMap<ComponentId, &Process>,
) -> io::Result<Option<Preflight>> {
    let mut missing = 0_u64;
    for (id, process) in wanted {
        let (_, has) = measure(&Home::of(root, *id).data())?;
        missing = missing.saturating_add(process.disk.bytes().saturating_sub(has));
    }
    let disk = rustix::fs::statvfs(standing(root).as_std_path())?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    Ok((missing > free).then(|| Preflight {
        component: None,
        attribute: "broker.disk".to_owned(),
        summary: "disk of the brokers exceeds what is free".to_owned(),
        detail: format!(
            "The brokers may count on {} that they have not used yet ({} in all); {} is free where {root} is. Lower \
             `broker.disk`, free some space, or set `target.local.directory` to another disk.",
            readable(missing),
            listed(wanted.values().map(|process| process.disk.bytes())),
            readable(free)
        ),
    }))
}

/// The nearest folder above a path, or the path itself, that is there.
pub(crate) fn standing(path: &Utf8Path) -> &Utf8Path {
    path.ancestors().find(|path| path.exists()).unwrap_or(Utf8Path::new("/"))
}

//! What the kernel says about processes, in `/proc`.

use std::fs;
use std::io::{self, ErrorKind};

use rustix::io::Errno;

/// One process at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// `Z` for one that has ended and that its parent has not asked about yet, `X` for one that is gone.
    pub(crate) state: char,
    pub(crate) parent: i32,
    /// How many of its threads are left. The first one of a process with many may have ended while others
    /// still close what it had open.
    pub(crate) threads: u32,
    /// In ticks since the machine was started.
    pub(crate) start_time: u64,
}

impl Status {
    pub(crate) const fn has_ended(self) -> bool {
        self.is_ending() && self.threads <= 1
    }

    /// Whether it ends, or has ended: nothing that it is told reaches it any more.
    pub(crate) const fn is_ending(self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }
}

fn missing_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        // A process that ends while it is read gives the second.
        Err(error)
            if error.kind() == ErrorKind::NotFound
                || error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// How a process is; `None` where there is no process of that number.
pub(crate) fn status(pid: i32) -> io::Result<Option<Status>> {
    let Some(bytes) = missing_is_none(fs::read(format!("/proc/{pid}/stat")))? else {
        return Ok(None);
    };
    parse_status(&String::from_utf8_lossy(&bytes))
        .map(Some)
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, format!("/proc/{pid}/stat")))
}

/// The program's name stands in parentheses and may hold any sign: the fields start after the last one.
fn parse_status(text: &str) -> Option<Status> {
    let (_, fields) = text.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    Some(Status {
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        threads: fields.get(17)?.parse().ok()?,
        start_time: fields.get(19)?.parse().ok()?,
    })
}

/// The numbers of all processes.
pub(crate) fn pids() -> io::Result<Vec<i32>> {
    let mut pids = Vec::new();
    for entry in fs::read_dir("/proc")? {
        if let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
            pids.push(pid);
        }
    }
    pids.sort_unstable();
    Ok(pids)
}

/// The environment that a process was started with; `None` where it is gone or another user's.
pub(crate) fn environment(pid: i32) -> Option<Vec<u8>> {
    fs::read(format!("/proc/{pid}/environ")).ok()
}

/// The value of a variable in such an environment.
pub(crate) fn variable<'a>(environment: &'a [u8], name: &str) -> Option<&'a str> {
    environment
        .split(|byte| *byte == 0)
        .filter_map(|entry| std::str::from_utf8(entry).ok())
        .find_map(|entry| entry.strip_prefix(name)?.strip_prefix('='))
}

/// The command line of a process, as one line, cut after so many signs.
pub(crate) fn command(pid: i32, most: usize) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<_> = bytes
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let line = words.join(" ");
    Some(match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    })
}

/// Which run of the machine this is.
pub(crate) fn boot() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// All memory of the machine, in bytes.
pub(crate) fn memory() -> io::Result<u64> {
    let table = fs::read_to_string("/proc/meminfo")?;
    table
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok())
        .map(|kibibytes: u64| kibibytes << 10)
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "/proc/meminfo without MemTotal"))
}

#[cfg(test)]
mod tests {
    use super::{Status, parse_status, variable};

    #[test]
    fn status_is_read_past_a_name_with_parentheses_and_spaces() {
        let line =
            "4711 (a) b (c) S 17 4711 4700 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 9 10";
        assert_eq!(
            parse_status(line),
            Some(Status { state: 'S', parent: 17, threads: 1, start_time: 987_654 })
        );
    }

    #[test]
    fn variable_is_found_by_its_whole_name() {
        let environment = b"AB=1\0A=2\0B=3=4\0";
        assert_eq!(
            (variable(environment, "A"), variable(environment, "B"), variable(environment, "C")),
            (Some("2"), Some("3=4"), None)
        );
    }
}

//! The bytes that `bin/restore` leaves behind the end of a log, made zeros before a broker writes there.
//!
//! ```text
//! segment file:  descriptor │ entry │ entry │ … │ 0, or the end │ what was cut off
//! entry:         1 │ header, 8 bytes │ checksum, 8 │ length, 4 │ so many bytes
//! ```
//!
//! The product cuts a restored log at the backup's checkpoint by one byte that is not 1, and leaves what is behind it. New
//! records do not write their flag "skip this" where it is not set, so an old byte shows through, and the processor leaves
//! that command undone without a word (camunda/camunda#41325; seen on 8.6.0: 12 of 15 completions got no answer, and with
//! zeros there 20 of 20 did).

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};

use camino::Utf8Path;
use zeebe_spec::{Minor, Version};

use crate::file;

/// Where a broker's partitions are in its data.
const PARTITIONS: &str = "raft-partition/partitions";

/// The layout of the descriptor in every version that needs this.
const LAYOUT: u8 = 2;

/// What begins an entry.
const ENTRY: u8 = 1;

/// The two numbers that every header of the product's begins with: how long its block is, and what it is.
const HEADER: usize = 8;

/// An entry's own block: checksum and length.
const BLOCK: usize = 12;

const CHUNK: usize = 1 << 16;

/// Whether a restore by this version needs it: cured by the vendor in 8.6.31 and 8.7.19; from 8.8 on a restored log is
/// built anew.
pub(super) fn leaves_them(version: &Version) -> bool {
    let cured = match version.minor() {
        Minor::V8_6 => 31,
        Minor::V8_7 => 19,
        minor => return minor < Minor::V8_6,
    };
    version.patch() < cured
}

/// Makes zeros of what is behind the last entry of each segment; how many bytes were not zero.
pub(super) fn clear(data: &Utf8Path) -> io::Result<u64> {
    let partitions = data.join(PARTITIONS);
    let mut cleared = 0;
    for partition in file::names_in(&partitions)? {
        let folder = partitions.join(partition);
        for name in file::names_in(&folder)? {
            let path = folder.join(name);
            if path.extension() == Some("log") {
                cleared += clear_segment(&path)?;
            }
        }
    }
    Ok(cleared)
}

fn clear_segment(path: &Utf8Path) -> io::Result<u64> {
    let mut segment = OpenOptions::new().read(true).write(true).open(path)?;
    let unknown = |what| {
        let text = format!("\"{path}\" {what}, which no log of this version is known to be");
        io::Error::new(io::ErrorKind::InvalidData, text)
    };
    let mut at = descriptor(&mut segment)?.ok_or_else(|| unknown("begins in another layout"))?;
    loop {
        match entry(&mut segment, at)? {
            Frame::Entry(length) => at += length,
            Frame::None => break,
            Frame::Unknown => return Err(unknown("holds an entry of another form")),
        }
    }
    let cleared = zeros(&mut segment, at)?;
    segment.sync_all()?;
    Ok(cleared)
}

/// How long the descriptor is; `None` where it is of another layout.
fn descriptor(segment: &mut (impl Read + Seek)) -> io::Result<Option<u64>> {
    let Some([LAYOUT]) = read(segment, 0)? else { return Ok(None) };
    // Its checksum and itself, each behind a header.
    let mut end = 1;
    for _ in 0..2 {
        let Some(header) = read::<HEADER>(segment, end)? else { return Ok(None) };
        end += offset(HEADER) + u64::from(u16::from_le_bytes([header[0], header[1]]));
    }
    Ok(Some(end))
}

/// What is at a place where an entry may begin.
enum Frame {
    /// An entry of this length.
    Entry(u64),
    /// The log's end.
    None,
    Unknown,
}

fn entry(segment: &mut (impl Read + Seek), at: u64) -> io::Result<Frame> {
    let Some([ENTRY]) = read(segment, at)? else { return Ok(Frame::None) };
    let Some(frame) = read::<{ HEADER + BLOCK }>(segment, at + 1)? else { return Ok(Frame::None) };
    let [block, _, kind, _, ..] = frame;
    if (usize::from(block), kind) != (BLOCK, 1) {
        return Ok(Frame::Unknown);
    }
    let [.., a, b, c, d] = frame;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    Ok(Frame::Entry(1 + offset(HEADER + BLOCK) + length))
}

/// The bytes there; `None` where the file ends before.
fn read<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Zeros from there to the end, written only where something else is: a segment is mostly holes.
fn zeros(file: &mut (impl Read + Write + Seek), mut at: u64) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK];
    let mut cleared = 0;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let length = file.read(&mut chunk)?;
        let found = chunk.get_mut(..length).unwrap_or_default();
        if found.is_empty() {
            return Ok(cleared);
        }
        let stale = found.iter().filter(|byte| **byte != 0).count();
        if stale > 0 {
            found.fill(0);
            file.seek(SeekFrom::Start(at))?;
            file.write_all(found)?;
        }
        cleared += offset(stale);
        at += offset(length);
    }
}

/// A length as a place in a file; no file of a broker is longer than that holds.
fn offset(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;

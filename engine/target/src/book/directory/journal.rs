//! The journal's file: one line an entry, appended with one write.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;

use camino::Utf8Path;

use crate::book::directory::disk::{Durability, open_to_append, read_if_there};
use crate::journal::{Entry, Event};

const FILE: &str = "journal.jsonl";
const FILE_BEFORE: &str = "journal.1.jsonl";

/// From this size on the next apply begins a new file: some 20,000 entries, hundreds of applies.
const FULL: u64 = 5 * 1024 * 1024;

/// Appends an entry. What a kill left half written at the end is cut off first; only the lease's holder
/// may append, so that it is nobody's line in the making.
pub(super) fn append(folder: &Utf8Path, entry: &Entry, durability: Durability) -> io::Result<()> {
    let path = folder.join(FILE);
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    let mut file = open_or_make_folder(folder, &path, durability)?;
    let mut length = file.metadata()?.len();
    // Only between applies, so that the newest apply is always in one file.
    if length > FULL && matches!(entry.event, Event::Began { .. }) {
        fs::rename(&path, folder.join(FILE_BEFORE))?;
        file = open_to_append(&path, durability)?;
        length = 0;
    }
    let whole = end_of_last_line(&file, length)?;
    if whole < length {
        file.set_len(whole)?;
    }
    file.write_all(&line)?;
    match durability {
        Durability::PowerLoss => file.sync_data(),
        Durability::ProcessLoss => Ok(()),
    }
}

/// All entries, oldest first; the outer error is the disk's, the inner one says what is wrong in the text.
pub(super) fn read(folder: &Utf8Path) -> io::Result<Result<Vec<Entry>, String>> {
    let mut entries = Vec::new();
    for name in [FILE_BEFORE, FILE] {
        let Some(bytes) = read_if_there(&folder.join(name))? else {
            continue;
        };
        for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let Some(line) = line.strip_suffix(b"\n") else {
                continue;
            };
            match serde_json::from_slice(line) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    return Ok(Err(format!(
                        "Expected one entry a line in {name}, found something else in line {} ({error}). \
                         Nothing was touched. Bring the file back from a copy, or move it away: the \
                         cluster itself is described by its document, not by the journal.",
                        number + 1
                    )));
                }
            }
        }
    }
    Ok(Ok(entries))
}

fn open_or_make_folder(
    folder: &Utf8Path,
    path: &Utf8Path,
    durability: Durability,
) -> io::Result<File> {
    match open_to_append(path, durability) {
        Err(missing) if missing.kind() == ErrorKind::NotFound => {
            super::disk::make_directories(folder, durability)?;
            open_to_append(path, durability)
        }
        opened => opened,
    }
}

/// Where the last whole line ends.
fn end_of_last_line(file: &File, length: u64) -> io::Result<u64> {
    let mut end = length;
    let mut byte = [0];
    while end > 0 {
        file.read_exact_at(&mut byte, end - 1)?;
        if byte == *b"\n" {
            break;
        }
        end -= 1;
    }
    Ok(end)
}

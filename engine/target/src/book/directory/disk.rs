//! Files that are there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};

use camino::Utf8Path;

/// What a write survives once it returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// The machine's sudden end: waits for the disk.
    PowerLoss,
    /// The end of any process.
    ProcessLoss,
}

/// The bytes of a file; `None` where it certainly is not there.
pub(super) fn read_if_there(path: &Utf8Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(None),
        Err(other) => Err(other),
    }
}

/// Puts new bytes in the place of a file: every reader, and every kill, sees the old or the new ones.
pub(super) fn replace(path: &Utf8Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let draft = path.with_extension("json.tmp");
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    if durability == Durability::PowerLoss {
        file.sync_all()?;
    }
    fs::rename(&draft, path)?;
    sync_parent(path, durability)
}

/// Opens a file to read it and to write at its end, and makes it where it is not there.
pub(super) fn open_to_append(path: &Utf8Path, durability: Durability) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    match options.open(path) {
        Err(missing) if missing.kind() == ErrorKind::NotFound => {
            let file = options.create(true).open(path)?;
            sync_parent(path, durability)?;
            Ok(file)
        }
        opened => opened,
    }
}

/// Takes a file away; one that is not there is no error.
pub(super) fn remove(path: &Utf8Path, durability: Durability) -> io::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => sync_parent(path, durability),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(()),
        Err(other) => Err(other),
    }
}

/// Makes a directory and all above it, each of which is on the disk then.
pub(super) fn make_directories(path: &Utf8Path, durability: Durability) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_directories(parent, durability)?;
    }
    match fs::create_dir(path) {
        Ok(()) => sync_parent(path, durability),
        Err(there) if there.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(other) => Err(other),
    }
}

/// Deletes everything in a directory but these names.
pub(super) fn clear_directory(path: &Utf8Path, but: &[&str]) -> io::Result<()> {
    let entries = match path.read_dir_utf8() {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(()),
        Err(other) => return Err(other),
    };
    for entry in entries {
        let entry = entry?;
        if but.contains(&entry.file_name()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Takes a directory away, unless something is in it.
pub(super) fn remove_directory_if_empty(path: &Utf8Path) -> io::Result<()> {
    match fs::remove_dir(path) {
        Ok(()) => Ok(()),
        Err(error)
            if matches!(
                error.kind(),
                // Somebody's mount point is busy: it was not made for the book.
                ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty | ErrorKind::ResourceBusy
            ) =>
        {
            Ok(())
        }
        Err(other) => Err(other),
    }
}

fn sync_parent(path: &Utf8Path, durability: Durability) -> io::Result<()> {
    match (durability, path.parent()) {
        // A name without a folder stands in the working directory.
        (Durability::PowerLoss, Some(parent)) if parent.as_str().is_empty() => {
            File::open(".")?.sync_all()
        }
        (Durability::PowerLoss, Some(parent)) => File::open(parent)?.sync_all(),
        (Durability::ProcessLoss, _) | (Durability::PowerLoss, None) => Ok(()),
    }
}

//! Files and folders that only their owner reads, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use camino::Utf8Path;

/// Only the owner may read and write: settings may tell a stranger more than they should know.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Makes a folder and all above it.
pub(crate) fn make_folder(path: &Utf8Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Puts these bytes in the place of a file: every reader, and every kill, sees the old or the new ones.
/// They have reached the disk when this returns.
pub(crate) fn replace(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
    let name = path.file_name().unwrap_or_default();
    let draft = folder.join(format!(".{name}.new"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    sync_folder(folder)
}

/// What was renamed in a folder has reached the disk when this returns.
pub(crate) fn sync_folder(folder: &Utf8Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Opens a file to write at its end, whoever else cuts it short meanwhile.
pub(crate) fn append(path: &Utf8Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(FILE_MODE).open(path)
}

/// Deletes a file or a folder with all that is in it; what is not there is no error.
pub(crate) fn delete(path: &Utf8Path) -> io::Result<()> {
    let deleted = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    absent_is_fine(deleted)
}

/// Takes a folder away, unless something is in it.
pub(crate) fn remove_if_empty(path: &Utf8Path) -> io::Result<()> {
    match fs::remove_dir(path) {
        Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
        other => absent_is_fine(other),
    }
}

/// What is in a folder, by name, sorted; nothing where it is not there. Names that are not UTF-8 are no
/// names of ours.
pub(crate) fn names_in(path: &Utf8Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// How many files there are under a folder, and how many bytes they hold. Links are not followed; what
/// vanishes meanwhile is not counted.
pub(crate) fn measure(path: &Utf8Path) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for name in names_in(path)? {
        let entry = path.join(name);
        match fs::symlink_metadata(&entry) {
            Ok(found) if found.is_dir() => {
                let (more_files, more_bytes) = measure(&entry)?;
                files += more_files;
                bytes += more_bytes;
            }
            Ok(found) => {
                files += 1;
                bytes += found.len();
            }
            Err(error) => absent_is_fine(Err(error))?,
        }
    }
    Ok((files, bytes))
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

//! Unpacks an archive, and nothing outside the folder that it is told to.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};

use camino::{Utf8Component, Utf8Path};
use flate2::read::GzDecoder;
use tar::{Archive, EntryType};
use tokio_util::sync::CancellationToken;

/// An archive that was not unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// It is damaged, or the disk is full.
    #[error("could not unpack after {entries} entries")]
    Unpack {
        entries: usize,
        #[source]
        source: io::Error,
    },
    /// An entry, or what a link points to, lies outside.
    #[error("entry \"{0}\" leads out of the archive")]
    Outside(String),
    /// Neither file nor folder nor symbolic link.
    #[error("entry \"{entry}\" is of the kind {kind:?}")]
    Kind { entry: String, kind: EntryType },
    /// There is nothing to start in it.
    #[error("the archive has no folder \"bin\" at its top or in its only folder")]
    NoLaunchers,
    #[error("cancelled")]
    Cancelled,
}

/// Opens an archive; a folder is none.
pub(crate) fn open(path: &Utf8Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(ErrorKind::InvalidInput.into()) }
}

/// Unpacks a tar.gz from its start into an empty folder.
pub(crate) fn unpack(
    mut file: File,
    into: &Utf8Path,
    cancel: &CancellationToken,
) -> Result<(), ArchiveError> {
    let at = |entries| move |source| ArchiveError::Unpack { entries, source };
    file.rewind().map_err(at(0))?;
    let stoppable = Stoppable { reader: BufReader::new(file), cancel };
    let mut archive = Archive::new(GzDecoder::new(stoppable));
    let or_cancelled = |error| if cancel.is_cancelled() { ArchiveError::Cancelled } else { error };
    for (count, entry) in archive.entries().map_err(at(0))?.enumerate() {
        let failed = |source| or_cancelled(at(count)(source));
        let mut entry = entry.map_err(failed)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        // It says something about all entries, and is none.
        if kind.is_pax_global_extensions() {
            continue;
        }
        if kind.is_symlink() {
            let target = entry.link_name_bytes().unwrap_or_default();
            let target = String::from_utf8_lossy(&target).into_owned();
            let parent = Utf8Path::new(&name).parent().unwrap_or(Utf8Path::new(""));
            if !stays_inside(&parent.join(&target)) {
                return Err(ArchiveError::Outside(format!("{name} -> {target}")));
            }
        } else if !kind.is_file() && !kind.is_dir() {
            return Err(ArchiveError::Kind { entry: name, kind });
        }
        let has_way_up =
            Utf8Path::new(&name).components().any(|part| part == Utf8Component::ParentDir);
        if has_way_up || !stays_inside(Utf8Path::new(&name)) {
            return Err(ArchiveError::Outside(name));
        }
        // It looks once more, at what is on the disk: an entry below a link.
        if !entry.unpack_in(into).map_err(failed)? {
            return Err(ArchiveError::Outside(name));
        }
    }
    Ok(())
}

/// Whether a path, followed word by word, never leaves the folder that it starts in.
fn stays_inside(path: &Utf8Path) -> bool {
    let mut depth = 0_u32;
    for part in path.components() {
        match part {
            Utf8Component::Normal(_) => depth += 1,
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            Utf8Component::RootDir | Utf8Component::Prefix(_) => return false,
        }
    }
    true
}

/// Reads until the user wants no more.
struct Stoppable<'a, R> {
    reader: R,
    cancel: &'a CancellationToken,
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        self.reader.read(buffer)
    }
}

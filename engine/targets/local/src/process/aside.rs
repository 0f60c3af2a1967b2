//! What makes room for a backup: the data of a broker that has ended, under another name beside where it was.
//!
//! ```text
//! data ─▶ logs ─▶ note of its restore ─▶ record of its last start ─▶ note: aside
//!   │ killed here: the same again; what is moved is moved
//! ```
//! The record goes last: as long as it is there, nobody takes the data for a backup's.

use std::io;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use zeebe_plan::observed::{ASIDE, Restoration};
use zeebe_spec::Version;

use crate::file;
use crate::layout::Home;
use crate::process::restore::{is_only_restored, take_back};

/// What is known of a broker whose data was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AsideNote {
    pub(crate) restoration: Restoration,
    /// The version that restores it.
    pub(crate) version: Version,
}

impl AsideNote {
    /// The note of a component; `None` where nothing was ever set aside.
    pub(crate) fn read(home: &Home) -> io::Result<Option<Self>> {
        match std::fs::read(home.aside_note()) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether this restore has set aside what was there.
pub(crate) fn is_aside(home: &Home, restoration: &Restoration) -> io::Result<bool> {
    Ok(AsideNote::read(home)?.is_some_and(|note| note.restoration == *restoration))
}

/// Whether something of the name is what a restore set aside.
pub(crate) fn is_aside_name(name: &str) -> bool {
    name.starts_with(ASIDE)
}

/// Whether anything was ever set aside here and is still there.
pub(crate) fn has_aside(home: &Home) -> io::Result<bool> {
    Ok(home.aside_note().exists()
        || file::names_in(home.path())?.iter().any(|it| is_aside_name(it)))
}

/// Sets aside what a broker has written. It must not run.
pub(crate) fn set_aside(home: &Home, note: &AsideNote) -> io::Result<()> {
    if is_only_restored(home)? {
        take_back(home)?;
    } else {
        let aside = home.aside(&note.restoration);
        let written = [home.data(), home.logs(), home.restore_note(), home.record()];
        for from in written {
            move_into(&aside, &from)?;
        }
    }
    file::make_folder(home.path())?;
    file::replace(&home.aside_note(), &serde_json::to_vec_pretty(note)?)
}

fn move_into(folder: &Utf8Path, from: &Utf8Path) -> io::Result<()> {
    if !from.try_exists()? {
        return Ok(());
    }
    let to = folder.join(from.file_name().unwrap_or_default());
    if to.try_exists()? {
        // Nobody writes there between one try and the next.
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("both {from} and {to} are there"),
        ));
    }
    file::make_folder(folder)?;
    std::fs::rename(from, to)?;
    file::sync_folder(folder)
}

#[cfg(test)]
mod tests;

//! An estate: all clusters below one directory, whoever made them.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use zeebe_spec::Directory;

use crate::cluster::Cluster;
use crate::engine::Engine;

/// Where clusters are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Estate {
    /// Processes of this machine, below a directory; nothing said means the user's data directory.
    Local(Option<Directory>),
    /// Simulated ones, below a directory.
    Simulated(Directory),
}

/// Why an estate could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum EstateError {
    /// Neither the wish nor the environment says where.
    #[error("no directory is known for clusters")]
    NoDirectory,
    /// The directory could not be read.
    #[error("could not read the directory \"{directory}\"")]
    Directory {
        /// The directory.
        directory: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Engine {
    /// The places below an estate's directory that may hold a cluster, in the order of their names; none where there is no such directory.
    /// Whether a cluster is there, its book says: [`Cluster::record`].
    pub async fn places(&self, estate: &Estate) -> Result<Vec<Cluster>, EstateError> {
        let (scheme, directory) = match estate {
            Estate::Local(Some(directory)) => ("local", Utf8PathBuf::from(directory.as_str())),
            Estate::Local(None) => {
                ("local", self.environment.data().ok_or(EstateError::NoDirectory)?)
            }
            Estate::Simulated(directory) => ("simulated", Utf8PathBuf::from(directory.as_str())),
        };
        let looked = directory.clone();
        let folders = match tokio::task::spawn_blocking(move || folders(&looked)).await {
            Ok(folders) => folders,
            Err(broken) => Err(io::Error::other(broken)),
        };
        let folders = folders.map_err(|source| EstateError::Directory { directory, source })?;
        // A folder whose name no cluster has is none's.
        Ok(folders
            .iter()
            .filter_map(|folder| self.at(&format!("{scheme}://{folder}")).ok())
            .collect())
    }
}

fn folders(directory: &Utf8Path) -> io::Result<Vec<Utf8PathBuf>> {
    let entries = match directory.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.into_path());
        }
    }
    found.sort();
    Ok(found)
}

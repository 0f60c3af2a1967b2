//! Secrets in a folder that their owner alone may enter.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use async_trait::async_trait;
use camino::Utf8PathBuf;
use secrecy::{ExposeSecret, SecretString};
use zeebe_spec::KeptSecret;

use crate::secrets::{Secrets, SecretsError};

const FOLDER: &str = "secrets";
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// What the name of a secret that is being written ends with.
const DRAFT: &str = ".new";

/// Secrets in a folder, a file each.
#[derive(Clone, Debug)]
pub struct SecretFolder {
    folder: Utf8PathBuf,
}

impl SecretFolder {
    /// Those of the cluster that is kept in this directory. Touches nothing.
    pub fn under(root: impl Into<Utf8PathBuf>) -> Self {
        Self { folder: root.into().join(FOLDER) }
    }

    /// The file of a secret, whether it is there or not.
    pub fn path(&self, name: &KeptSecret) -> Utf8PathBuf {
        self.folder.join(name.to_string())
    }

    /// Reads a secret.
    pub fn read(&self, name: &KeptSecret) -> io::Result<SecretString> {
        fs::read_to_string(self.path(name)).map(SecretString::from)
    }

    fn write(&self, name: &KeptSecret, secret: &SecretString) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&self.folder)?;
        let path = self.path(name);
        let draft = self.folder.join(format!("{name}{DRAFT}"));
        // One that a kill left behind may have another mode: what is opened here is new.
        shred(&draft)?;
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&draft)?;
        file.write_all(secret.expose_secret().as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(&self.folder)?.sync_all()
    }

    fn shred_others(&self, names: &BTreeSet<KeptSecret>) -> io::Result<()> {
        let entries = match self.folder.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let kept: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
        for entry in entries {
            let entry = entry?;
            if !kept.contains(entry.file_name()) {
                shred(entry.path())?;
            }
        }
        if kept.is_empty() {
            // Where somebody put a folder of their own into it, it stays.
            let _ = fs::remove_dir(&self.folder);
            return Ok(());
        }
        File::open(&self.folder)?.sync_all()
    }

    fn failed(&self, source: io::Error) -> SecretsError {
        SecretsError { place: self.folder.to_string(), source }
    }
}

/// Overwrites a file and takes it away: what is only taken away can be read from the disk for long. A file system that
/// writes in another place each time, or keeps snapshots, has it still.
fn shred(path: &camino::Utf8Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if found.is_dir() {
        return Ok(());
    }
    if found.is_file() {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = usize::try_from(found.len()).map_err(io::Error::other)?;
        file.write_all(&vec![0; length])?;
        file.sync_all()?;
    }
    fs::remove_file(path)
}

#[async_trait]
impl Secrets for SecretFolder {
    async fn keep(&self, name: &KeptSecret, secret: &SecretString) -> Result<(), SecretsError> {
        self.write(name, secret).map_err(|source| self.failed(source))
    }

    async fn read(&self, name: &KeptSecret) -> Result<SecretString, SecretsError> {
        Self::read(self, name).map_err(|source| self.failed(source))
    }

    async fn keep_only(&self, names: &BTreeSet<KeptSecret>) -> Result<(), SecretsError> {
        self.shred_others(names).map_err(|source| self.failed(source))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use zeebe_spec::SecretPurpose;

    use super::*;

    fn name(version: i64) -> KeptSecret {
        KeptSecret {
            purpose: SecretPurpose::ExporterPassword("audit".parse().unwrap()),
            version: version.try_into().unwrap(),
        }
    }

    #[tokio::test]
    async fn a_secret_is_read_by_its_owner_alone_and_what_is_not_named_any_more_is_gone() {
        let directory = camino_tempfile::tempdir().unwrap();
        let secrets = SecretFolder::under(directory.path());
        secrets.keep_only(&BTreeSet::new()).await.unwrap();
        for (version, text) in [(1, "first"), (2, "second"), (2, "second again")] {
            secrets.keep(&name(version), &SecretString::from(text)).await.unwrap();
        }
        let mode = |path: Utf8PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(secrets.path(&name(1))), 0o600);
        assert_eq!(mode(directory.path().join("secrets")), 0o700);
        assert_eq!(secrets.read(&name(2)).unwrap().expose_secret(), "second again");
        secrets.keep_only(&BTreeSet::from([name(2)])).await.unwrap();
        assert_eq!(secrets.read(&name(1)).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(secrets.read(&name(2)).unwrap().expose_secret(), "second again");
        secrets.keep_only(&BTreeSet::new()).await.unwrap();
        assert!(!directory.path().join("secrets").exists(), "nothing is left");
    }

    #[tokio::test]
    async fn what_is_taken_away_was_overwritten() {
        let directory = camino_tempfile::tempdir().unwrap();
        let secrets = SecretFolder::under(directory.path());
        secrets.keep(&name(1), &SecretString::from("open sesame")).await.unwrap();
        // Another name of the same bytes on the disk.
        let other = directory.path().join("other");
        fs::hard_link(secrets.path(&name(1)), &other).unwrap();
        secrets.keep_only(&BTreeSet::new()).await.unwrap();
        assert_eq!(fs::read(other).unwrap(), [0; 11]);
    }
}

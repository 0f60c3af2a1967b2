//! The socket: in a folder that only its owner can enter, or where the client asked for it.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{Gid, chown};
use tokio::net::UnixListener;
use uuid::Uuid;

/// A bound socket; dropping it removes the socket from the file system.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: UnixListener,
    path: Utf8PathBuf,
    /// The folder that was made for the socket alone.
    own_folder: Option<Utf8PathBuf>,
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    /// The folder could not be made.
    #[error("could not make the folder \"{0}\" for the socket")]
    Folder(Utf8PathBuf, #[source] io::Error),
    /// The socket could not be bound.
    #[error("could not bind the socket \"{0}\"")]
    Bind(Utf8PathBuf, #[source] io::Error),
    /// The socket could not be given to those who may use it.
    #[error("could not set who may use the socket \"{0}\"")]
    Permissions(Utf8PathBuf, #[source] io::Error),
    /// There is no such group.
    #[error("no group \"{0}\"")]
    Group(String),
    /// The system's folder for temporary files has a name that is not text.
    #[error("the folder for temporary files, \"{0}\", has a name that is not UTF-8")]
    TemporaryFolder(String),
}

impl Listener {
    /// Binds a socket in `folder`, or in a folder of its own under the system's folder for temporary files.
    pub(crate) fn bind(
        folder: Option<&Utf8Path>,
        group: Option<&str>,
    ) -> Result<Self, ListenError> {
        // Short: the whole path must fit into 108 bytes (104 on macOS).
        let name: String = Uuid::new_v4().simple().to_string().chars().take(12).collect();
        let (path, own_folder) = if let Some(folder) = folder {
            (folder.join(format!("plugin-{name}")), None)
        } else {
            let temporary = Utf8PathBuf::from_path_buf(env::temp_dir())
                .map_err(|path| ListenError::TemporaryFolder(path.display().to_string()))?;
            let folder = temporary.join(format!("plugin-{name}"));
            fs::DirBuilder::new()
                .mode(0o700)
                .create(&folder)
                .map_err(|source| ListenError::Folder(folder.clone(), source))?;
            (folder.join("socket"), Some(folder))
        };
        let socket =
            UnixListener::bind(&path).map_err(|source| ListenError::Bind(path.clone(), source))?;
        let listener = Self { socket, path, own_folder };
        listener.admit(group)?;
        Ok(listener)
    }

    /// Where clients connect.
    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }

    fn admit(&self, group: Option<&str>) -> Result<(), ListenError> {
        let refused = |source| ListenError::Permissions(self.path.clone(), source);
        let mode = match group {
            None => 0o600,
            Some(group) => {
                let number =
                    group_number(group).ok_or_else(|| ListenError::Group(group.to_owned()))?;
                chown(self.path.as_std_path(), None, Some(Gid::from_raw(number)))
                    .map_err(|errno| refused(errno.into()))?;
                0o660
            }
        };
        fs::set_permissions(&self.path, fs::Permissions::from_mode(mode)).map_err(refused)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // What cannot be removed lies in the folder for temporary files, and nobody listens there.
        let _ = fs::remove_file(&self.path);
        if let Some(folder) = &self.own_folder {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A group by number, or by its name in the system's table.
fn group_number(group: &str) -> Option<u32> {
    if let Ok(number) = group.parse() {
        return Some(number);
    }
    let table = fs::read_to_string("/etc/group").ok()?;
    table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, number) = (fields.next()?, fields.next()?, fields.next()?);
        (name == group).then(|| number.parse().ok())?
    })
}

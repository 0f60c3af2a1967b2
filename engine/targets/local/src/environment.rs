//! What this machine's environment says: read once, so that a cluster means the same thing all its life.

use std::collections::BTreeMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::{ExposeSecret, SecretString};

/// Where Java runtimes usually are: folders that hold one folder for each. `~` is the home directory.
const JAVA_FOLDERS: [&str; 6] =
    ["/usr/lib/jvm", "/usr/java", "/opt", "/opt/java", "~/.sdkman/candidates/java", "~/.jdks"];

/// Where programs are looked for when no `PATH` is set.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The variables of the environment that this engine runs in.
///
/// | variable | meaning |
/// |---|---|
/// | `ZEEBE_PLATFORM_DATA` | where clusters are kept that name no directory; else `$XDG_DATA_HOME/zeebe-platform`, else `~/.local/share/zeebe-platform` |
/// | `ZEEBE_PLATFORM_CACHE` | where unpacked distributions are kept; else `$XDG_CACHE_HOME/zeebe-platform`, else `~/.cache/zeebe-platform` |
/// | `ZEEBE_PLATFORM_JAVA_FOLDERS` | folders, separated by colons, that hold Java runtimes; instead of the usual ones |
/// | `JAVA_HOME`, `PATH` | where a Java runtime, `mvn` and `curl` are looked for |
/// | `ZEEBE_AGENT` | the program `zeebe-agent`; else the one beside this program, else the one on the `PATH` |
/// | `ZEEBE_RECEIVER` | the program `zeebe-receiver`; else the one beside this program, else the one on the `PATH` |
#[derive(Clone)]
pub struct LocalEnvironment {
    // Any of them may be a licence key.
    variables: BTreeMap<String, SecretString>,
    /// The folder of the program that this is.
    own: Option<Utf8PathBuf>,
}

impl LocalEnvironment {
    /// The environment of this process. What is not UTF-8 is left out.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let program = std::env::current_exe().ok().and_then(|it| Utf8PathBuf::try_from(it).ok());
        let own = program.and_then(|program| program.parent().map(Utf8Path::to_path_buf));
        Self { own, ..Self::from_variables(variables) }
    }

    /// An environment of these variables alone.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect();
        Self { variables, own: None }
    }

    /// A variable that may be a secret.
    pub(crate) fn secret(&self, name: &str) -> Option<&SecretString> {
        self.variables.get(name).filter(|value| !value.expose_secret().is_empty())
    }

    /// A variable that is none.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.secret(name).map(ExposeSecret::expose_secret)
    }

    /// A variable that holds an absolute path.
    fn path(&self, name: &str) -> Option<Utf8PathBuf> {
        self.variable(name).map(Utf8PathBuf::from).filter(|path| path.is_absolute())
    }

    /// The user's home directory.
    pub(crate) fn home(&self) -> Option<Utf8PathBuf> {
        self.path("HOME")
    }

    fn ours(&self, own: &str, xdg: &str, below_home: &str) -> Option<Utf8PathBuf> {
        self.path(own)
            .or_else(|| self.path(xdg).map(|path| path.join("zeebe-platform")))
            .or_else(|| self.home().map(|home| home.join(below_home).join("zeebe-platform")))
    }

    /// Where clusters are kept that name no directory.
    pub fn data(&self) -> Option<Utf8PathBuf> {
        self.ours("ZEEBE_PLATFORM_DATA", "XDG_DATA_HOME", ".local/share")
    }

    /// Where unpacked distributions are kept.
    pub(crate) fn cache(&self) -> Option<Utf8PathBuf> {
        self.ours("ZEEBE_PLATFORM_CACHE", "XDG_CACHE_HOME", ".cache")
    }

    /// The folders that programs are looked for in.
    pub(crate) fn search_path(&self) -> &str {
        self.variable("PATH").unwrap_or(PATH)
    }

    /// Every program of this name, in the order of the search path.
    pub(crate) fn programs(&self, name: &str) -> Vec<Utf8PathBuf> {
        self.search_path()
            .split(':')
            .map(Utf8Path::new)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .filter(|path| is_program(path))
            .collect()
    }

    /// A program that comes with this engine: the one that a variable names, else the one beside this program, else one on
    /// the search path.
    pub(crate) fn own_program(&self, variable: &str, name: &str) -> Option<Utf8PathBuf> {
        let given = self.path(variable);
        let beside = self.own.as_ref().map(|own| own.join(name));
        let places = given.into_iter().chain(beside);
        places.chain(self.programs(name)).find(|path| is_program(path))
    }

    /// The folders that hold Java runtimes, each in a folder of its own.
    pub(crate) fn java_folders(&self) -> Vec<Utf8PathBuf> {
        // Set and empty means: none.
        if let Some(given) = self.variables.get("ZEEBE_PLATFORM_JAVA_FOLDERS") {
            return given
                .expose_secret()
                .split(':')
                .filter(|folder| !folder.is_empty())
                .map(Utf8PathBuf::from)
                .collect();
        }
        let home = self.home();
        JAVA_FOLDERS
            .iter()
            .filter_map(|folder| match folder.strip_prefix("~/") {
                Some(below) => home.as_ref().map(|home| home.join(below)),
                None => Some(Utf8PathBuf::from(*folder)),
            })
            .collect()
    }
}

/// Whether it is a file that may be executed.
pub(crate) fn is_program(path: &Utf8Path) -> bool {
    path.is_file() && rustix::fs::access(path.as_std_path(), rustix::fs::Access::EXEC_OK).is_ok()
}

impl fmt::Debug for LocalEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEnvironment")
            .field("variables", &self.variables.keys().collect::<Vec<_>>())
            .field("own", &self.own)
            .finish()
    }
}

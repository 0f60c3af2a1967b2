//! Finds a Java runtime that the product runs on, wherever it is.
//!
//! The first `java` of the search path is often too old for the product while a newer one lies beside it,
//! so all are looked at: the user's own, `JAVA_HOME`, every `java` of the search path, the usual folders.

use std::collections::BTreeSet;
use std::fmt;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::environment::{LocalEnvironment, is_program};
use crate::file::names_in;

#[cfg(test)]
mod tests;

/// The oldest Java that the product's minors 8.5 to 8.10 run on: 8.5 is compiled for it.
pub(crate) const REQUIRED: u32 = 21;

/// A Java runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Runtime {
    pub(crate) home: Utf8PathBuf,
    pub(crate) version: String,
}

impl Runtime {
    fn is_new_enough(&self) -> bool {
        major(&self.version).is_some_and(|major| major >= REQUIRED)
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (Java {})", self.home, self.version)
    }
}

/// No Java runtime that fits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JavaError {
    /// The one that the user named is none.
    #[error("no Java runtime is in \"{0}\"")]
    NotThere(Utf8PathBuf),
    /// The one that the user named is too old.
    #[error("the Java runtime in \"{}\" is too old", .0.home)]
    GivenTooOld(Runtime),
    /// There is none at all.
    #[error("no Java runtime was found")]
    NoneFound {
        /// Where one was looked for.
        looked_in: Vec<String>,
    },
    /// All that there are are too old.
    #[error("no Java runtime is new enough")]
    AllTooOld(Vec<Runtime>),
}

impl JavaError {
    /// What was expected, what was found, what to do.
    pub(crate) fn advice(&self) -> String {
        let todo = format!(
            "Install a Java runtime of version {REQUIRED} or later, or set `java_home` to the folder of one."
        );
        match self {
            Self::NotThere(home) => format!(
                "Expected the program \"{home}/bin/java\", which is not there or may not be executed. \
                 Set `java_home` to the folder of a Java runtime of version {REQUIRED} or later, or leave it out to \
                 have one found."
            ),
            Self::GivenTooOld(runtime) => format!(
                "The brokers need Java {REQUIRED} or later; it is Java {}. Set `java_home` to a newer one, or leave \
                 it out to have one found.",
                runtime.version
            ),
            Self::NoneFound { looked_in } => format!(
                "The brokers need Java {REQUIRED} or later. Looked in: {}. {todo}",
                looked_in.join(", ")
            ),
            Self::AllTooOld(found) => {
                let found: Vec<String> = found.iter().map(Runtime::to_string).collect();
                format!(
                    "The brokers need Java {REQUIRED} or later. Found: {}. {todo}",
                    found.join(", ")
                )
            }
        }
    }
}

/// The runtime to use: the user's own if they named one, else the first that is new enough. May run the
/// `java` programs that it finds, so it may block.
pub(crate) fn find(
    given: Option<&Utf8Path>,
    environment: &LocalEnvironment,
) -> Result<Runtime, JavaError> {
    if let Some(home) = given {
        let runtime = runtime_in(home).ok_or_else(|| JavaError::NotThere(home.to_owned()))?;
        return if runtime.is_new_enough() {
            Ok(runtime)
        } else {
            Err(JavaError::GivenTooOld(runtime))
        };
    }
    let mut too_old: Vec<Runtime> = Vec::new();
    let mut looked_at = BTreeSet::new();
    for home in homes(environment) {
        // The same runtime has many names: a link, an alternative, a place on the search path.
        let real = home.canonicalize_utf8().unwrap_or_else(|_| home.clone());
        if !looked_at.insert(real.clone()) {
            continue;
        }
        match runtime_in(&real) {
            Some(runtime) if runtime.is_new_enough() => return Ok(runtime),
            Some(runtime) => too_old.push(runtime),
            None => {}
        }
    }
    if too_old.is_empty() {
        Err(JavaError::NoneFound { looked_in: places(environment) })
    } else {
        Err(JavaError::AllTooOld(too_old))
    }
}

/// Where a runtime may be, best first.
fn homes(environment: &LocalEnvironment) -> Vec<Utf8PathBuf> {
    let mut homes: Vec<Utf8PathBuf> =
        environment.variable("JAVA_HOME").map(Utf8PathBuf::from).into_iter().collect();
    homes.extend(environment.programs("java").iter().filter_map(|java| home_of(java)));
    for folder in environment.java_folders() {
        // A folder that may not be read holds nothing for us.
        let names = names_in(&folder).unwrap_or_default();
        homes.extend(names.iter().map(|name| folder.join(name)));
    }
    homes
}

/// In words, for the message that there is none.
fn places(environment: &LocalEnvironment) -> Vec<String> {
    let java_home = match environment.variable("JAVA_HOME") {
        Some(home) => format!("JAVA_HOME ({home})"),
        None => "JAVA_HOME (not set)".to_owned(),
    };
    [java_home, "PATH".to_owned()]
        .into_iter()
        .chain(environment.java_folders().into_iter().map(Utf8PathBuf::into_string))
        .collect()
}

/// The folder of the runtime that a `java` program belongs to. A program of a version switcher lies in no
/// runtime's folder and is asked.
fn home_of(java: &Utf8Path) -> Option<Utf8PathBuf> {
    let real = java.canonicalize_utf8().ok()?;
    match real.parent() {
        Some(bin) if bin.file_name() == Some("bin") && bin.with_file_name("release").is_file() => {
            bin.parent().map(Utf8Path::to_owned)
        }
        _ => Some(Utf8PathBuf::from(asked(java)?.home)),
    }
}

/// The runtime in a folder, if one is there.
fn runtime_in(home: &Utf8Path) -> Option<Runtime> {
    let java = home.join("bin/java");
    if !is_program(&java) {
        return None;
    }
    let version = match released_version(home) {
        Some(version) => version,
        None => asked(&java)?.version,
    };
    Some(Runtime { home: home.to_owned(), version })
}

/// What the runtime's own `release` file says: quicker than starting it.
fn released_version(home: &Utf8Path) -> Option<String> {
    let release = std::fs::read_to_string(home.join("release")).ok()?;
    release
        .lines()
        .find_map(|line| line.strip_prefix("JAVA_VERSION="))
        .map(|version| version.trim().trim_matches('"').to_owned())
}

struct Answer {
    home: String,
    version: String,
}

/// What a `java` program says of itself.
fn asked(java: &Utf8Path) -> Option<Answer> {
    let output = Command::new(java)
        .args(["-XshowSettings:properties", "-version"])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let property = |name: &str| {
        said.lines().find_map(|line| {
            let (key, value) = line.split_once(" = ")?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    Some(Answer { home: property("java.home")?, version: property("java.version")? })
}

/// The feature number of a Java version: 21 of `21.0.4`, 8 of `1.8.0_402`, 25 of `25-ea`.
fn major(version: &str) -> Option<u32> {
    let mut numbers = version.split(|sign: char| !sign.is_ascii_digit()).map(str::parse::<u32>);
    match (numbers.next()?.ok()?, numbers.next()) {
        (1, Some(Ok(second))) => Some(second),
        (first, _) => Some(first),
    }
}

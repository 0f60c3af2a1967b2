//! Everything between the wish that a process runs and its running.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use secrecy::SecretString;
use zeebe_config::JAVA_OPTIONS_VARIABLE;
use zeebe_plan::component::{Process, Program};
use zeebe_spec::{Checksum, SecretSource};
use zeebe_target::{LeftBehind, SecretFolder};

use crate::environment::{LocalEnvironment, is_program};
use crate::file;
use crate::java::Runtime;
use crate::layout::Home;
use crate::ports::{Holder, taken};
use crate::process::identity::Identity;
use crate::process::jar::{self, JarError};
use crate::process::record::Record;
use crate::process::secret::{Purpose, SecretError, secret};
use crate::process::spawn::{Launch, last_words, spawn, watch};
use crate::process::{HOME_VARIABLE, RUN_VARIABLE};

/// What of our own environment a broker is given: its language, its time zone, where it may put temporary
/// files, and the Java options that a user sets for every Java process, trust stores among them.
const INHERITED: [&str; 9] = [
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
];

/// What of our own environment an agent is given beside that: where the engine in it finds what it keeps, and how much it
/// says.
const INHERITED_BY_AGENT: [&str; 4] =
    ["ZEEBE_PLATFORM_DATA", "ZEEBE_PLATFORM_CACHE", "XDG_CACHE_HOME", "ZEEBE_AGENT_LOG"];

/// A process that was not started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("the program `setsid` was not found")]
    NoSetsid,
    #[error("the distribution has no program \"{0}\"")]
    NoLauncher(String),
    #[error("port {port} is taken")]
    PortTaken { port: u16, holder: Option<Holder> },
    #[error("could not look which ports are free")]
    Ports(#[source] io::Error),
    #[error(transparent)]
    Secret(SecretError),
    #[error(transparent)]
    Jar(JarError),
    #[error("file \"{0}\" lies outside the component's folder")]
    FileOutside(String),
    #[error("could not write in \"{folder}\"")]
    Write {
        folder: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not start \"{program}\"")]
    Spawn {
        program: Utf8PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not see the process that was started")]
    Look(#[source] io::Error),
    #[error("it ended at once with {status}")]
    EndedAtOnce { status: String, console: Utf8PathBuf, last_words: String },
}

impl StartError {
    /// What was expected, what was found, what to do.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NoSetsid => {
                "Brokers are started in a session of their own by `setsid`, which is part of util-linux and of \
                 busybox. Install it, or put it on your PATH."
                    .to_owned()
            }
            Self::NoLauncher(_) => {
                "Expected it, executable, in the unpacked archive. Set `distribution` to one of the version that is \
                 wished."
                    .to_owned()
            }
            Self::PortTaken { port: _, holder } => {
                format!("{} Stop it, or choose another `target.local.first_port`.", held_by(holder.as_ref()))
            }
            Self::Ports(_) => "Expected /proc/net/tcp to be readable.".to_owned(),
            Self::Secret(error) => error.advice(),
            Self::Jar(error) => error.advice(),
            Self::FileOutside(_) => "This is a mistake of the engine, not yours.".to_owned(),
            Self::Write { .. } => "Free some space there, or give the folder back to its owner.".to_owned(),
            Self::Spawn { .. } | Self::Look(_) => {
                "See that programs can be started on this machine.".to_owned()
            }
            Self::EndedAtOnce { status: _, console, last_words } => {
                if last_words.is_empty() {
                    format!("It wrote nothing to {console}.")
                } else {
                    format!("The last lines of {console}:\n{last_words}")
                }
            }
        }
    }

    /// What it left behind: before the record of the intent nothing, after it something that a look finds.
    pub(crate) fn left_behind(&self) -> LeftBehind {
        match self {
            Self::NoSetsid
            | Self::NoLauncher(_)
            | Self::PortTaken { .. }
            | Self::Ports(_)
            | Self::Secret(_)
            | Self::Jar(_)
            | Self::FileOutside(_) => LeftBehind::Nothing,
            Self::Write { .. } | Self::Spawn { .. } | Self::Look(_) | Self::EndedAtOnce { .. } => {
                LeftBehind::Traceable
            }
        }
    }
}

/// Who holds a port, as a sentence.
pub(crate) fn held_by(holder: Option<&Holder>) -> String {
    match holder {
        Some(holder) => format!("It is held by {holder}."),
        None => "It is held by a process that this user may not look at.".to_owned(),
    }
}

/// With what a process is started, beside itself.
pub(crate) struct Means<'a> {
    pub(crate) home: &'a Home,
    pub(crate) program: &'a Utf8Path,
    pub(crate) checksum: &'a Checksum,
    /// The runtime of the product; a program of ours needs none.
    pub(crate) java: Option<&'a Runtime>,
    pub(crate) environment: &'a LocalEnvironment,
    pub(crate) kept: &'a SecretFolder,
}

/// Starts a process that does not run, and watches it for a moment.
pub(crate) async fn start(process: &Process, means: &Means<'_>) -> Result<Identity, StartError> {
    let Means { home, program, checksum, java: _, environment, kept } = means;
    let setsid = setsid(environment)?;
    if !is_program(program) {
        return Err(StartError::NoLauncher(process.launcher.clone()));
    }
    let secrets = secrets(process, environment, kept).map_err(StartError::Secret)?;
    for (path, checksum) in &process.jars {
        jar::check(Utf8Path::new(path), checksum).map_err(StartError::Jar)?;
    }
    let ports: BTreeSet<u16> = process.ports.values().copied().collect();
    if let Some(taken) = taken(&ports, &BTreeSet::new()).map_err(StartError::Ports)?.pop() {
        return Err(StartError::PortTaken { port: taken.port, holder: taken.holder });
    }
    write_files(process, home)?;
    let write = |source| StartError::Write { folder: home.path().to_owned(), source };
    let mut record = Record::intent(process, (*checksum).clone(), Timestamp::now());
    let launch = Launch {
        setsid: &setsid,
        program,
        arguments: &process.arguments,
        home,
        environment: whole_environment(process, &record, means),
        secrets,
    };
    record.write(&home.record()).map_err(write)?;
    let pid = spawn(&launch)
        .map_err(|source| StartError::Spawn { program: program.to_path_buf(), source })?;
    let ended = match Identity::of(pid).map_err(StartError::Look)? {
        Some(identity) => {
            record.identity = Some(identity.clone());
            record.write(&home.record()).map_err(write)?;
            match watch(&identity).await.map_err(StartError::Look)? {
                None => return Ok(identity),
                Some(status) => status,
            }
        }
        None => "an unknown status".to_owned(),
    };
    let last_words = last_words(home).unwrap_or_default();
    Err(StartError::EndedAtOnce { status: ended, console: home.console(0), last_words })
}

/// The program that makes sessions.
pub(crate) fn setsid(environment: &LocalEnvironment) -> Result<Utf8PathBuf, StartError> {
    let usual = ["/usr/bin/setsid", "/bin/setsid"].map(Utf8PathBuf::from);
    environment
        .programs("setsid")
        .into_iter()
        .chain(usual.into_iter().filter(|path| is_program(path)))
        .next()
        .ok_or(StartError::NoSetsid)
}

/// Everything that the process is told and nobody else, by variable.
pub(crate) fn secrets(
    process: &Process,
    environment: &LocalEnvironment,
    kept: &SecretFolder,
) -> Result<Vec<(String, SecretString)>, SecretError> {
    secret_sources(process)
        .map(|(variable, of, source)| Ok((variable, secret(of, source, environment, kept)?)))
        .collect()
}

/// Where each secret of a process is read, by the variable that carries it.
pub(crate) fn secret_sources(
    process: &Process,
) -> impl Iterator<Item = (String, Purpose, &SecretSource)> {
    let license = process
        .license
        .iter()
        .map(|source| (zeebe_config::LICENSE_VARIABLE.to_owned(), Purpose::License, source));
    let exporters = process
        .secrets
        .iter()
        .map(|(name, source)| (name.clone(), Purpose::of_variable(name), source));
    license.chain(exporters)
}

pub(crate) fn write_files(process: &Process, home: &Home) -> Result<(), StartError> {
    let write = |source| StartError::Write { folder: home.path().to_owned(), source };
    match fs::remove_dir_all(home.scratch()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(write(error)),
        Ok(()) | Err(_) => {}
    }
    for folder in [home.path(), &home.logs(), &home.scratch()] {
        file::make_folder(folder).map_err(write)?;
    }
    for (path, text) in &process.files {
        let path = Utf8Path::new(path);
        let is_ours =
            path.starts_with(home.path()) && path.components().all(|part| part.as_str() != "..");
        if !is_ours {
            return Err(StartError::FileOutside(path.to_string()));
        }
        if let Some(folder) = path.parent() {
            file::make_folder(folder).map_err(write)?;
        }
        file::replace(path, text.as_bytes()).map_err(write)?;
    }
    Ok(())
}

/// All that the process is told but its secrets.
pub(crate) fn whole_environment(
    process: &Process,
    record: &Record,
    means: &Means<'_>,
) -> BTreeMap<String, String> {
    let Means { home, program: _, checksum: _, java, environment, kept: _ } = means;
    let more: &[&str] = match process.program {
        Program::Agent => &INHERITED_BY_AGENT,
        Program::Product | Program::Receiver => &[],
    };
    let mut whole: BTreeMap<String, String> = INHERITED
        .iter()
        .chain(more)
        .filter_map(|name| Some(((*name).to_owned(), environment.variable(name)?.to_owned())))
        .collect();
    whole.extend(process.environment());
    whole.insert("PATH".to_owned(), environment.search_path().to_owned());
    if let Some(java) = java {
        whole.insert("JAVA_HOME".to_owned(), java.home.to_string());
        let scratch = home.scratch();
        // The launcher cuts the options at spaces, so a folder with one cannot be named.
        if !scratch.as_str().contains(char::is_whitespace) {
            let options = whole.entry(JAVA_OPTIONS_VARIABLE.to_owned()).or_default();
            if !options.is_empty() {
                options.push(' ');
            }
            options.push_str("-Djava.io.tmpdir=");
            options.push_str(scratch.as_str());
        }
    }
    whole.insert(RUN_VARIABLE.to_owned(), record.run.clone());
    whole.insert(HOME_VARIABLE.to_owned(), home.path().to_string());
    whole
}

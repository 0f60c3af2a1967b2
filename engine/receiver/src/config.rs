//! The receiver's configuration: one TOML file, and where its secrets lie. Every mistake in it is told at once.
//!
//! ```toml
//! cluster = "payments"                    # who exports here
//!
//! [listen]
//! address = "127.0.0.1:9290"
//! deadline = "20s"                        # below the exporter's 30 s
//! memory = "64MiB"                        # of bulks at a time
//! tls = { certificate = "tls.crt", key = "tls.key" }
//! credential = { username = "zeebe", password_file = "password" }
//!
//! [management]
//! address = "127.0.0.1:9291"
//!
//! [sink.file]
//! directory = "records"
//! ```

use std::fmt::{self, Display, Formatter};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;

#[cfg(feature = "kafka")]
mod index;
#[cfg(feature = "kafka")]
mod kafka;
mod lake;
mod section;

use self::section::{Mistakes, Section};
#[cfg(feature = "kafka")]
use crate::index::settings::IndexSettings;
#[cfg(feature = "kafka")]
use crate::sink::kafka::settings::KafkaSettings;
use crate::sink::lake::settings::LakeSettings;

/// An exporter waits 30 s for an answer when it is not told otherwise; this leaves room for the way.
const DEADLINE: Duration = Duration::from_secs(20);
/// The longest deadline that is of use.
const LONGEST_DEADLINE: Duration = Duration::from_mins(10);
/// Bulks are of 10 MB at most, one a partition at a time.
const MEMORY: usize = 64 << 20;
/// Below one bulk nothing would go through at a time.
const LEAST_MEMORY: usize = 1 << 20;

/// All that the receiver is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The cluster that exports here.
    pub cluster: String,
    /// Where it is listened to.
    pub listen: Listen,
    /// Where metrics and health are.
    pub management: SocketAddr,
    /// Where its records go.
    pub sink: SinkSettings,
}

/// Where exporters are listened to, and how.
#[derive(Clone, Debug)]
pub struct Listen {
    /// Address and port.
    pub address: SocketAddr,
    /// How long a bulk may take before it is answered with 503.
    pub deadline: Duration,
    /// Bytes of bulks that are held at a time; what comes above it is answered with 429.
    pub memory: usize,
    /// The certificate to serve with; without one, plain HTTP.
    pub tls: Option<TlsFiles>,
    /// What an exporter must show.
    pub credential: Option<Credential>,
}

/// Files in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those between it and its root.
    pub certificate: Utf8PathBuf,
    /// Its private key.
    pub key: Utf8PathBuf,
}

/// A name and a password.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// One of the sinks.
#[derive(Clone, Debug)]
pub enum SinkSettings {
    /// Files in a folder.
    File {
        /// The folder.
        directory: Utf8PathBuf,
    },
    /// Topics of Kafka.
    #[cfg(feature = "kafka")]
    Kafka(Box<KafkaSettings>),
    /// Parquet for readers of tables.
    Lake(Box<LakeSettings>),
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("could not read the configuration \"{path}\"")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It is no TOML.
    #[error("the configuration \"{path}\" is not TOML")]
    Toml {
        /// The file.
        path: Utf8PathBuf,
        /// Where it is not.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// It says what cannot be.
    #[error("the configuration \"{path}\" has {} mistakes:\n{}", mistakes.len(), list(mistakes))]
    Mistakes {
        /// The file.
        path: Utf8PathBuf,
        /// All that is wrong.
        mistakes: Vec<Mistake>,
    },
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, such as `listen.deadline`.
    pub at: String,
    /// What was expected, and what was found.
    pub what: String,
}

impl Display for Mistake {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "  {}: {}", self.at, self.what)
    }
}

fn list(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Settings {
    /// Reads a configuration, and the secrets that it names. Relative paths in it start at its folder.
    pub fn load(path: &Utf8Path) -> Result<Self, ConfigError> {
        load(path, &table(path)?, settings)
    }
}

#[cfg(feature = "kafka")]
impl IndexSettings {
    /// Reads the configuration of an index, in the same way.
    pub fn load(path: &Utf8Path) -> Result<Self, ConfigError> {
        load(path, &table(path)?, index::settings)
    }
}

/// Either kind of configuration, told apart by what is in it.
#[derive(Clone, Debug)]
pub enum AnySettings {
    /// A receiver's.
    Receiver(Box<Settings>),
    /// An index's: it has a `store`.
    #[cfg(feature = "kafka")]
    Index(Box<IndexSettings>),
}

impl AnySettings {
    /// Reads a configuration, whichever it is.
    pub fn load(path: &Utf8Path) -> Result<Self, ConfigError> {
        let table = table(path)?;
        #[cfg(feature = "kafka")]
        if table.contains_key("store") {
            return Ok(Self::Index(Box::new(load(path, &table, index::settings)?)));
        }
        Ok(Self::Receiver(Box::new(load(path, &table, settings)?)))
    }
}

fn table(path: &Utf8Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    text.parse()
        .map_err(|source| ConfigError::Toml { path: path.to_owned(), source: Box::new(source) })
}

fn load<T>(
    path: &Utf8Path,
    table: &toml::Table,
    read: impl FnOnce(Section<'_>) -> Option<T>,
) -> Result<T, ConfigError> {
    let folder = path.parent().unwrap_or(Utf8Path::new("")).to_owned();
    let mistakes = Mistakes::default();
    let settings = read(Section::root(table.clone(), folder, &mistakes));
    match settings.filter(|_| mistakes.is_empty()) {
        Some(settings) => Ok(settings),
        None => Err(ConfigError::Mistakes { path: path.to_owned(), mistakes: mistakes.take() }),
    }
}

fn settings(mut root: Section<'_>) -> Option<Settings> {
    let cluster = cluster(&mut root);
    let listen = root.required("listen", Section::section).and_then(listen);
    let management = management(&mut root);
    let named = cluster.clone().unwrap_or_default();
    let sink = root.required("sink", Section::section).and_then(|section| sink(section, &named));
    root.finish();
    Some(Settings { cluster: cluster?, listen: listen?, management: management?, sink: sink? })
}

fn cluster(root: &mut Section<'_>) -> Option<String> {
    root.required("cluster", Section::text).filter(|cluster| {
        let fits = (1..=63).contains(&cluster.len())
            && cluster
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        if !fits {
            root.mistake("cluster", "expected 1 to 63 letters, digits, `-`, `_` or `.`");
        }
        fits
    })
}

fn management(root: &mut Section<'_>) -> Option<SocketAddr> {
    root.required("management", Section::section).and_then(|mut section| {
        let address = section.required("address", Section::parsed);
        section.finish();
        address
    })
}

fn listen(mut section: Section<'_>) -> Option<Listen> {
    let address = section.required("address", Section::parsed);
    let deadline = section.duration("deadline").unwrap_or(DEADLINE);
    if deadline.is_zero() || deadline > LONGEST_DEADLINE {
        section.mistake("deadline", "expected more than 0 and at most 600s");
    }
    let memory = section.size("memory").unwrap_or(MEMORY);
    if memory < LEAST_MEMORY {
        section.mistake("memory", "expected at least 1MiB");
    }
    let tls = section.section("tls").map(|mut tls| {
        let files =
            (tls.required("certificate", Section::file), tls.required("key", Section::file));
        tls.finish();
        files
    });
    let credential = section.section("credential").map(credential);
    section.finish();
    let tls = match tls {
        None => None,
        Some((certificate, key)) => Some(TlsFiles { certificate: certificate?, key: key? }),
    };
    let credential = match credential {
        None => None,
        Some(credential) => Some(credential?),
    };
    Some(Listen { address: address?, deadline, memory, tls, credential })
}

fn credential(mut section: Section<'_>) -> Option<Credential> {
    let username = section.required("username", Section::text);
    if username.as_ref().is_some_and(|username| username.contains(':')) {
        section.mistake("username", "expected no `:`, which ends a name on the wire");
    }
    let password = section.secret("password");
    section.finish();
    Some(Credential { username: username?, password: password? })
}

fn sink(mut section: Section<'_>, cluster: &str) -> Option<SinkSettings> {
    let at = section.path().to_owned();
    let mut sinks: Vec<Option<SinkSettings>> = Vec::new();
    if let Some(mut file) = section.section("file") {
        let directory = file.required("directory", Section::file);
        file.finish();
        sinks.push(directory.map(|directory| SinkSettings::File { directory }));
    }
    if let Some(section) = section.section("kafka") {
        sinks.push(kafka_sink(section, cluster));
    }
    if let Some(section) = section.section("lake") {
        sinks.push(lake::settings(section, cluster).map(Box::new).map(SinkSettings::Lake));
    }
    let several = sinks.len() != 1;
    if several {
        section.mistake_at(&at, "expected exactly one of `file`, `kafka` and `lake`");
    }
    section.finish();
    sinks.pop()?.filter(|_| !several)
}

#[cfg(feature = "kafka")]
fn kafka_sink(section: Section<'_>, cluster: &str) -> Option<SinkSettings> {
    kafka::settings(section, cluster).map(Box::new).map(SinkSettings::Kafka)
}

#[cfg(not(feature = "kafka"))]
fn kafka_sink(section: Section<'_>, _: &str) -> Option<SinkSettings> {
    section
        .mistake_at(section.path(), "this program was built without Kafka (cargo feature `kafka`)");
    drop(section);
    None
}

#[cfg(test)]
mod tests;

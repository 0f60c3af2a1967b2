//! Components: the things that a target can look at and make so.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeebe_scalar::ByteSize;
use zeebe_spec::{
    BrokerId, Checksum, DataOnDestroy, GatewayIndex, ReceiverIndex, SecretSource, Version,
};

/// Which component of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentId {
    /// A broker: its process, and the volume with its data.
    Broker(BrokerId),
    /// A standalone gateway.
    Gateway(GatewayIndex),
    /// What brings an exporter's records to where no exporter of the product brings them. It keeps nothing.
    Receiver(ReceiverIndex),
    /// What does for the cluster what is due while no terraform runs. It keeps nothing.
    Agent,
}

impl ComponentId {
    /// Whether it runs a program of the product, whose version is a broker's.
    pub const fn is_of_product(self) -> bool {
        match self {
            Self::Broker(_) | Self::Gateway(_) => true,
            Self::Receiver(_) | Self::Agent => false,
        }
    }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broker(id) => write!(f, "broker {id}"),
            Self::Gateway(index) => write!(f, "gateway {index}"),
            Self::Receiver(index) => write!(f, "receiver {index}"),
            Self::Agent => f.write_str("agent 0"),
        }
    }
}

/// A component id that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected \"broker\", \"gateway\" or \"receiver\" and a number, or \"agent 0\", got {0:?}")]
pub struct ComponentIdError(String);

impl std::str::FromStr for ComponentId {
    type Err = ComponentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ComponentIdError(text.to_owned());
        let (kind, number) = text.split_once(' ').ok_or_else(wrong)?;
        let number: u16 = number.parse().map_err(|_| wrong())?;
        match kind {
            "broker" => Ok(Self::Broker(BrokerId(number))),
            "gateway" => Ok(Self::Gateway(GatewayIndex(number))),
            "receiver" => Ok(Self::Receiver(ReceiverIndex(number))),
            "agent" if number == 0 => Ok(Self::Agent),
            _ => Err(wrong()),
        }
    }
}

impl Serialize for ComponentId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ComponentId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a process was started with, as far as a difference in it means a restart: a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

/// Whose program a process runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// The product's, from the distribution of its version.
    #[default]
    Product,
    /// Ours: `zeebe-receiver`, which comes with this engine.
    Receiver,
    /// Ours: `zeebe-agent`, which comes with this engine.
    Agent,
}

impl Program {
    /// What needs not be written: a document without a word of it says the same.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    const fn is_product(&self) -> bool {
        matches!(self, Self::Product)
    }
}

/// A process as it should be: everything that a target needs to start it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Whose program it runs.
    #[serde(skip_serializing_if = "Program::is_product", default)]
    pub program: Program,
    /// The product version that it runs, or that it serves.
    pub version: Version,
    /// The program in the distribution that starts it: `bin/broker`.
    pub launcher: String,
    /// What the program is given on its command line.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub arguments: Vec<String>,
    /// Settings as environment variables; a difference in them means a restart.
    pub settings: BTreeMap<String, String>,
    /// Settings that count only for a broker without data; a difference in them means nothing later.
    pub bootstrap: BTreeMap<String, String>,
    /// Options of the Java virtual machine, given in the variable named with them; a difference in them
    /// means a restart.
    pub java_options: JavaOptions,
    /// Variables whose values are secrets, and where those are read at the start; another source means a restart, another
    /// value at the same place does not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub secrets: BTreeMap<String, SecretSource>,
    /// Archives that it loads, by absolute path, and what they must hash to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub jars: BTreeMap<String, Checksum>,
    /// Files to be written before the start, by absolute path; a difference in them means a restart.
    pub files: BTreeMap<String, String>,
    /// The Java heap.
    pub memory: ByteSize,
    /// Disk that must be there for its data.
    pub disk: ByteSize,
    /// The ports that it opens, each with what it is for.
    pub ports: BTreeMap<String, u16>,
    /// Where the licence key is read at the start; it is given in the variable
    /// [`zeebe_config::LICENSE_VARIABLE`].
    pub license: Option<SecretSource>,
}

impl Process {
    /// What of it means a restart when it differs.
    pub fn fingerprint(&self) -> Fingerprint {
        let Self {
            program,
            version,
            launcher,
            arguments,
            settings,
            bootstrap: _,
            java_options,
            secrets,
            jars,
            files,
            memory: _,
            disk: _,
            ports: _,
            license,
        } = self;
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            // The length first, so that no two different lists of parts read alike.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        };
        match program {
            Program::Product => add(&version.to_string()),
            // It serves any version, so an upgrade need not restart it.
            Program::Receiver => add("receiver"),
            Program::Agent => add("agent"),
        }
        add(launcher);
        for argument in arguments {
            add(argument);
        }
        for (name, value) in settings.iter().chain(files) {
            add(name);
            add(value);
        }
        add(&java_options.variable);
        java_options.options.iter().for_each(|option| add(option));
        match license {
            None => add("no licence"),
            Some(source) => add(&word(source)),
        }
        for (name, source) in secrets {
            add(name);
            add(&word(source));
        }
        for (path, checksum) in jars {
            add(path);
            add(checksum.as_str());
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash.finalize()[..16]);
        Fingerprint(format!("{:032x}", u128::from_be_bytes(digest)))
    }

    /// The whole environment that it is started with, but for the licence key and other secrets.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = self.settings.clone();
        environment.extend(self.bootstrap.clone());
        if self.program == Program::Product {
            let JavaOptions { variable, options } = &self.java_options;
            environment.insert(variable.clone(), options.join(" "));
        }
        environment
    }
}

fn word(source: &SecretSource) -> String {
    match source {
        SecretSource::File(path) => path.to_string(),
        SecretSource::EnvironmentVariable(name) => name.clone(),
        SecretSource::Kept(kept) => kept.to_string(),
    }
}

/// Options of the Java virtual machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JavaOptions {
    /// The environment variable that the launcher reads them from.
    pub variable: String,
    /// The options; none holds a space.
    pub options: Vec<String>,
}

/// Whether a component runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It runs. The text names this one run of it (`pid 4711 since …`): another run, another text.
    Running(String),
    /// It was started once and does not run now; its data is there.
    Stopped,
}

/// A component as a look found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentState {
    /// Whether it runs.
    pub condition: Condition,
    /// The product version that it was last started with.
    pub version: Version,
    /// What else it was last started with.
    pub fingerprint: Fingerprint,
}

/// What a look at the target said about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed<T> {
    /// Nothing stands there.
    Absent,
    /// This stands there.
    Present(T),
    /// Something may stand there; the target could not say what.
    Unclear(String),
}

/// What a component should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Running, with exactly this. Where it runs with another fingerprint, it is restarted; where it does
    /// not run, it is started over the data that is there.
    Running(Box<Process>),
    /// Not running, its data left where it is.
    Stopped,
    /// Gone; its data kept or deleted.
    Absent(DataOnDestroy),
}

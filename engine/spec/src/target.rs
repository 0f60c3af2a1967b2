//! Where a cluster runs.

use std::fmt;

use serde::{Deserialize, Serialize};

zeebe_scalar::text! {
    /// An absolute path of a directory.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub Directory, "an absolute path without \"..\", empty parts or control characters", "/srv/zeebe",
    |text| text.starts_with('/')
        && (text.len() == 1
            || text[1..].split('/').all(|part| {
                !part.is_empty() && part != "." && part != ".." && !part.chars().any(char::is_control)
            }))
}

zeebe_scalar::integer! {
    /// The first of the ports that the cluster takes: broker i has ten from `first_port + 10 × i`.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub FirstPort, u16, 1024..=60000, 26500
}

zeebe_scalar::text! {
    /// A SHA-256 checksum.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub Checksum, "64 lower-case hexadecimal digits",
    "5c699e86a6c9d290dd7b1f0b2ea648fb57fd1dacf1cab22c874219e58827ea45",
    |text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

zeebe_scalar::text! {
    /// Maven's `group:artifact`.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub MavenCoordinates, "Maven coordinates as <group>:<artifact>", "io.camunda:camunda-zeebe",
    |text| {
        let part = |part: &str| !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        matches!(text.split_once(':'), Some((group, artifact)) if part(group) && part(artifact))
    }
}

zeebe_scalar::integer! {
    /// What the simulator's chances start from: the same seed gives the same run.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub Seed, u32, 0..=999_999, 1
}

/// What is run, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// From Maven coordinates, by the user's own `mvn`; nothing said means `io.camunda:camunda-zeebe`.
    Maven(Option<MavenCoordinates>),
    /// From an archive on this machine.
    Path(Directory),
    /// From an address, by HTTPS.
    Url(String),
}

/// A distribution: an archive of one product version, with its checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// Where it comes from.
    pub source: Source,
    /// What it must hash to; may be left open only for versions whose checksum this engine knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Checksum>,
}

/// Processes of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTarget {
    /// The directory under which the cluster has its own, named as the cluster; nothing said means the
    /// user's data directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub directory: Option<Directory>,
    /// The first of its ports; nothing said means 26500.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_port: Option<FirstPort>,
    /// What is run; nothing said means Maven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub distribution: Option<Distribution>,
    /// The Java runtime; nothing said means the first that fits, wherever it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub java_home: Option<Directory>,
}

/// A cluster in memory, kept in a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedTarget {
    /// The directory under which the cluster has its own, named as the cluster.
    pub directory: Directory,
    /// The first of the ports that its addresses show; nothing listens there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_port: Option<FirstPort>,
    /// What its chances start from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seed: Option<Seed>,
}

/// Where a cluster runs: exactly one of the targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetSpec {
    /// Processes of this machine.
    Local(LocalTarget),
    /// In memory.
    Simulated(SimulatedTarget),
}

impl TargetSpec {
    /// The target's name in addresses and messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Local(_) => "local",
            Self::Simulated(_) => "simulated",
        }
    }

    /// The first port, with the product's own as default.
    pub fn first_port(&self) -> u16 {
        let given = match self {
            Self::Local(local) => local.first_port,
            Self::Simulated(simulated) => simulated.first_port,
        };
        given.map_or(26500, FirstPort::get)
    }
}

impl fmt::Display for TargetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

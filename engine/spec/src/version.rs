//! Product versions, and which may follow which.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeebe_scalar::{Kind, Raw, Scalar, ScalarError, mismatch};

/// A version of the product, `8.6.0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    minor: Minor,
    patch: u16,
}

/// A minor of the product: its line of releases, `8.6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minor {
    major: u16,
    minor: u16,
}

impl Minor {
    /// 8.5, the first minor that documents rolling updates.
    pub const V8_5: Self = Self { major: 8, minor: 5 };
    /// 8.6, the first with `PATCH /actuator/cluster`.
    pub const V8_6: Self = Self { major: 8, minor: 6 };
    /// 8.7.
    pub const V8_7: Self = Self { major: 8, minor: 7 };
    /// 8.8, the first with the unified configuration and documented partition growth.
    pub const V8_8: Self = Self { major: 8, minor: 8 };
    /// 8.9.
    pub const V8_9: Self = Self { major: 8, minor: 9 };
    /// 8.10.
    pub const V8_10: Self = Self { major: 8, minor: 10 };

    /// The minors that this engine knows the settings and the management API of, oldest first.
    pub const SUPPORTED: [Self; 6] =
        [Self::V8_5, Self::V8_6, Self::V8_7, Self::V8_8, Self::V8_9, Self::V8_10];

    /// The first minor whose documentation supports more partitions on a running cluster. On 8.6.0 the
    /// product accepts the request and then routes no work to the new partitions (seen).
    pub const FIRST_WITH_PARTITION_GROWTH: Self = Self::V8_8;

    /// The first minor whose management API enables and disables exporters. 8.5.8 answers 404 (seen).
    pub const FIRST_WITH_EXPORTER_SWITCH: Self = Self::V8_6;

    /// The first minor whose management API makes the product forget an exporter (documentation of 8.8).
    pub const FIRST_WITH_EXPORTER_DELETION: Self = Self::V8_8;

    /// The minor after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { major: self.major, minor: self.minor + 1 }
    }

    /// Whether this engine supports it.
    pub fn is_supported(self) -> bool {
        Self::SUPPORTED.contains(&self)
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Version {
    /// The version `<minor>.<patch>`.
    pub const fn new(minor: Minor, patch: u16) -> Self {
        Self { minor, patch }
    }

    /// Its line of releases.
    pub const fn minor(&self) -> Minor {
        self.minor
    }

    /// Its patch number.
    pub const fn patch(&self) -> u16 {
        self.patch
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.minor, self.patch)
    }
}

/// A number without leading zeros, so that the text can be given back exactly.
fn number(text: &str) -> Option<u16> {
    text.parse::<u16>().ok().filter(|number| number.to_string() == text)
}

fn version(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(number);
    let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(Version { minor: Minor { major, minor }, patch })
}

impl Scalar for Version {
    const KIND: Kind = Kind::Text;
    const RULE: &'static str = "a released version as <major>.<minor>.<patch>";
    const EXAMPLE: &'static str = "8.6.0";

    fn parse(raw: Raw) -> Result<Self, ScalarError> {
        match &raw {
            Raw::Text(text) => version(text).ok_or_else(|| mismatch::<Self>(&raw)),
            Raw::Integer(_) | Raw::Truth(_) => Err(mismatch::<Self>(&raw)),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Text(self.to_string())
    }
}

impl TryFrom<String> for Version {
    type Error = ScalarError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        zeebe_scalar::parse_text(text)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

/// Why a cluster of one version cannot become one of another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// The product reads no data of a newer version.
    #[error("a downgrade from {from} to {to} is not possible")]
    Downgrade {
        /// The running version.
        from: Version,
        /// The wished version.
        to: Version,
    },
    /// The product migrates data one minor at a time.
    #[error("an upgrade from {from} to {to} skips a minor")]
    SkippedMinor {
        /// The running version.
        from: Version,
        /// The wished version.
        to: Version,
        /// The minors to go through, in order, the last being the wished one.
        path: Vec<Minor>,
    },
}

/// The minors to go through from one version to another, in order: empty for a patch.
///
/// The product goes forward only and one minor at a time (`update-zeebe.md`).
pub fn upgrade_path(from: &Version, to: &Version) -> Result<Vec<Minor>, UpgradeError> {
    if to < from || to.minor().major != from.minor().major {
        return Err(UpgradeError::Downgrade { from: from.clone(), to: to.clone() });
    }
    let mut path = Vec::new();
    let mut at = from.minor();
    while at < to.minor() {
        at = at.next();
        path.push(at);
    }
    Ok(path)
}

/// Whether a cluster of one version may be rolled straight to another.
pub fn may_follow(from: &Version, to: &Version) -> Result<(), UpgradeError> {
    let path = upgrade_path(from, to)?;
    match path.as_slice() {
        [] | [_] => Ok(()),
        [_, _, ..] => Err(UpgradeError::SkippedMinor { from: from.clone(), to: to.clone(), path }),
    }
}

//! Sizes of memory and disk: `1GiB`, `512MiB`.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::{Kind, Raw, Scalar, ScalarError, mismatch};

/// A size in bytes that remembers how it was written.
///
/// Two sizes are equal when they are the same number of bytes; the text is kept because Terraform must
/// be given back the user's own form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ByteSize {
    text: String,
    bytes: u64,
}

const UNITS: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];

impl ByteSize {
    /// A size of that many bytes, written in the largest unit that fits it whole.
    pub fn from_bytes(bytes: u64) -> Self {
        let text = UNITS
            .iter()
            .find(|(_, shift)| bytes != 0 && bytes.trailing_zeros() >= *shift)
            .map_or_else(
                || format!("{bytes}B"),
                |(unit, shift)| format!("{}{unit}", bytes >> shift),
            );
        Self { text, bytes }
    }

    /// A size of that many mebibytes.
    pub fn from_mebibytes(mebibytes: u32) -> Self {
        Self::from_bytes(u64::from(mebibytes) << 20)
    }

    /// The number of bytes.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The size as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for ByteSize {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for ByteSize {}

impl PartialOrd for ByteSize {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByteSize {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl Hash for ByteSize {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

fn bytes_of(text: &str) -> Option<u64> {
    let (digits, shift) = UNITS
        .iter()
        .find_map(|(unit, shift)| text.strip_suffix(unit).map(|digits| (digits, *shift)))
        .or_else(|| text.strip_suffix('B').map(|digits| (digits, 0)))?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(1 << shift).filter(|bytes| *bytes > 0)
}

impl Scalar for ByteSize {
    const KIND: Kind = Kind::Text;
    const RULE: &'static str =
        "a size as a whole number with one of the units B, KiB, MiB, GiB, TiB";
    const EXAMPLE: &'static str = "1GiB";

    fn parse(raw: Raw) -> Result<Self, ScalarError> {
        match raw {
            Raw::Text(text) => match bytes_of(&text) {
                Some(bytes) => Ok(Self { text, bytes }),
                None => Err(mismatch::<Self>(&Raw::Text(text))),
            },
            other @ (Raw::Integer(_) | Raw::Truth(_)) => Err(mismatch::<Self>(&other)),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Text(self.text.clone())
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for ByteSize {
    type Error = ScalarError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(Raw::Text(text))
    }
}

impl From<ByteSize> for String {
    fn from(size: ByteSize) -> Self {
        size.text
    }
}

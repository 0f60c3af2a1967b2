//! Lengths of time: `30s`, `10m`, `1h30m`.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Kind, Raw, Scalar, ScalarError, mismatch};

/// A length of time that remembers how it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    text: String,
    duration: Duration,
}

const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl Span {
    /// That many seconds.
    pub fn from_seconds(seconds: u32) -> Self {
        Self { text: format!("{seconds}s"), duration: Duration::from_secs(u64::from(seconds)) }
    }

    /// The length.
    pub const fn duration(&self) -> Duration {
        self.duration
    }

    /// The length as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Span {
    fn eq(&self, other: &Self) -> bool {
        self.duration == other.duration
    }
}

impl Eq for Span {}

fn duration_of(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut milliseconds: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = tail.split_at(letters);
        let (_, factor) = UNITS.iter().find(|(word, _)| *word == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*factor)?;
        milliseconds = milliseconds.checked_add(part)?;
        rest = tail;
    }
    Some(Duration::from_millis(milliseconds))
}

impl Scalar for Span {
    const KIND: Kind = Kind::Text;
    const RULE: &'static str =
        "a length of time as whole numbers with the units d, h, m, s, ms, like 1h30m";
    const EXAMPLE: &'static str = "30s";

    fn parse(raw: Raw) -> Result<Self, ScalarError> {
        match raw {
            Raw::Text(text) => match duration_of(&text) {
                Some(duration) => Ok(Self { text, duration }),
                None => Err(mismatch::<Self>(&Raw::Text(text))),
            },
            other @ (Raw::Integer(_) | Raw::Truth(_)) => Err(mismatch::<Self>(&other)),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Text(self.text.clone())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Span {
    type Error = ScalarError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(Raw::Text(text))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.text
    }
}

//! Validated single values: each with its rule, its parser and an example.
//!
//! A scalar is made only by parsing, holds what it was given, and gives back exactly that: Terraform
//! demands the user's own form in the new state, so a scalar **checks and never normalizes**.
//!
//! ```text
//! Raw ── parse ──▶ scalar ── raw ──▶ Raw        parse(raw).raw() == raw
//! ```
//!
//! Architecture invariant: no I/O, no clock, no async, nothing of Terraform and nothing of Zeebe. The
//! trait stands here, and not in `tf-sdk` or `zeebe-spec`, because of the orphan rule: `tf-sdk` gives
//! every scalar a schema and a codec, `zeebe-spec` declares scalars, and neither knows the other.

mod macros;
mod size;
mod span;

pub use crate::size::ByteSize;
pub use crate::span::Span;

use std::fmt::{self, Debug};

/// What a scalar looks like on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Truth,
}

/// A value that has not been checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Truth(bool),
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Truth(truth) => write!(f, "{truth}"),
        }
    }
}

/// Why a raw value is not this scalar: what was expected and what was got.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {got}")]
pub struct ScalarError {
    /// The scalar's rule.
    pub expected: String,
    /// The value as the user wrote it.
    pub got: String,
}

/// A validated single value.
pub trait Scalar: Clone + Debug + PartialEq + Send + Sync + 'static {
    /// What it is on the wire.
    const KIND: Kind;
    /// What is accepted, as the object of "expected …": `a whole number from 1 to 100`.
    const RULE: &'static str;
    /// A value that parses, for the reference page.
    const EXAMPLE: &'static str;
    /// All accepted words, where the scalar is a closed list.
    const WORDS: &'static [&'static str] = &[];

    /// Checks a raw value.
    fn parse(raw: Raw) -> Result<Self, ScalarError>;

    /// Gives back exactly what was parsed.
    fn raw(&self) -> Raw;
}

/// Parses text straight into a text scalar.
pub fn parse_text<S: Scalar>(text: impl Into<String>) -> Result<S, ScalarError> {
    S::parse(Raw::Text(text.into()))
}

/// The error of a scalar for a value of the wrong kind or outside its rule.
pub fn mismatch<S: Scalar>(got: &Raw) -> ScalarError {
    ScalarError { expected: S::RULE.to_owned(), got: got.to_string() }
}

impl Scalar for String {
    const KIND: Kind = Kind::Text;
    const RULE: &'static str = "a string";
    const EXAMPLE: &'static str = "text";

    fn parse(raw: Raw) -> Result<Self, ScalarError> {
        match raw {
            Raw::Text(text) => Ok(text),
            other @ (Raw::Integer(_) | Raw::Truth(_)) => Err(mismatch::<Self>(&other)),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Text(self.clone())
    }
}

impl Scalar for i64 {
    const KIND: Kind = Kind::Integer;
    const RULE: &'static str = "a whole number";
    const EXAMPLE: &'static str = "1";

    fn parse(raw: Raw) -> Result<Self, ScalarError> {
        match raw {
            Raw::Integer(number) => Ok(number),
            other @ (Raw::Text(_) | Raw::Truth(_)) => Err(mismatch::<Self>(&other)),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Integer(*self)
    }
}

impl Scalar for bool {
    const KIND: Kind = Kind::Truth;
    const RULE: &'static str = "true or false";
    const EXAMPLE: &'static str = "true";

    fn parse(raw: Raw) -> Result<Self, ScalarError> {
        match raw {
            Raw::Truth(truth) => Ok(truth),
            other @ (Raw::Text(_) | Raw::Integer(_)) => Err(mismatch::<Self>(&other)),
        }
    }

    fn raw(&self) -> Raw {
        Raw::Truth(*self)
    }
}

#[cfg(test)]
mod tests;

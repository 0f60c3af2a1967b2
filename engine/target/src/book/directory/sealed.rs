//! A document as its file holds it: sealed, so that a change by hand and half a file are seen.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The newest format that is read, and the one that is written.
pub(super) const FORMAT: u32 = 1;

/// A document with the id of the book that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sealed {
    /// Made at the book's first write; tells two books at one place apart.
    pub(super) owner: String,
    /// What the document says.
    pub(super) body: Value,
}

/// Why a file is not a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Written by a newer engine, in this format.
    Newer(u32),
    /// Not whole. Says what was expected, what was found, what to do.
    Corrupt(String),
}

impl Sealed {
    /// The bytes of the file.
    pub(super) fn seal(self) -> String {
        let checksum = self.checksum();
        let Self { owner, body } = self;
        let envelope =
            json!({ "format": FORMAT, "owner": owner, "checksum": checksum, "body": body });
        format!("{envelope:#}\n")
    }

    /// Reads the bytes of a file.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Flaw> {
        let corrupt = |found: String| {
            Flaw::Corrupt(format!(
                "Expected a JSON object with format, owner, checksum and body, {found}. Nothing was \
                 touched. Bring the file back from a copy; where there is none, move the book away and \
                 import the cluster again.",
            ))
        };
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| corrupt(format!("found no JSON ({error})")))?;
        let Value::Object(mut envelope) = value else {
            return Err(corrupt("found another kind of JSON".to_owned()));
        };
        let format = envelope
            .remove("format")
            .and_then(|format| format.as_u64())
            .and_then(|format| u32::try_from(format).ok())
            .ok_or_else(|| corrupt("found no format".to_owned()))?;
        if format > FORMAT {
            return Err(Flaw::Newer(format));
        }
        let (Some(Value::String(owner)), Some(Value::String(checksum)), Some(body), true, FORMAT) = (
            envelope.remove("owner"),
            envelope.remove("checksum"),
            envelope.remove("body"),
            envelope.is_empty(),
            format,
        ) else {
            return Err(corrupt("found other fields".to_owned()));
        };
        let sealed = Self { owner, body };
        let found = sealed.checksum();
        if found == checksum {
            Ok(sealed)
        } else {
            Err(corrupt(format!("found the checksum {checksum} over a content with {found}")))
        }
    }

    /// Over all that the document says, in one spelling.
    fn checksum(&self) -> String {
        let Self { owner, body } = self;
        let mut text = format!("{FORMAT}\n{owner}\n");
        canonical(body, &mut text);
        Sha256::digest(text.as_bytes()).iter().fold("sha256:".to_owned(), |mut hex, byte| {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// JSON with sorted keys and no spaces, whatever order the map keeps.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            for (key, field) in sorted(fields) {
                text.push_str(&Value::from(key).to_string());
                text.push(':');
                canonical(field, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}

fn sorted(fields: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut fields: Vec<_> = fields.iter().map(|(key, field)| (key.as_str(), field)).collect();
    fields.sort_by_key(|(key, _)| *key);
    fields
}

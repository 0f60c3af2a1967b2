//! Values on the wire: decoded by their type from msgpack or JSON, encoded as msgpack.
//!
//! ```text
//! DynamicValue ── decode(type) ──▶ Value ── encode(type) ──▶ DynamicValue (msgpack)
//! ```

pub mod json;
pub mod msgpack;

use zeebe_proto::tfplugin6::DynamicValue;

use crate::path::{Path, Step};
use crate::types::Type;
use crate::value::Value;

/// Why bytes are not a value of a type, or a value is not of the type that it should be written as.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing} the value{}", place(.path))]
pub struct CodecError {
    doing: Doing,
    path: Path,
    #[source]
    fault: Fault,
}

#[derive(Clone, Copy, Debug)]
enum Doing {
    Decode,
    Encode,
}

impl std::fmt::Display for Doing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Decode => "decode",
            Self::Encode => "encode",
        })
    }
}

fn place(path: &Path) -> String {
    if path.is_root() { String::new() } else { format!(" at {path}") }
}

/// What is wrong with the bytes or the value.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The bytes end within a value.
    #[error("the bytes end too early")]
    Short,
    /// Bytes are left after the value.
    #[error("{0} bytes are left after the value")]
    Trailing(usize),
    /// Something else stands where a value of the type should.
    #[error("expected {expected}, found {found}")]
    Mismatch {
        /// The type.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A tuple of another length than its type.
    #[error("expected {expected} elements, found {found}")]
    Length {
        /// As many as the type has.
        expected: usize,
        /// As many as there are.
        found: usize,
    },
    /// An attribute that the type does not have.
    #[error("the type has no attribute \"{0}\"")]
    Extra(String),
    /// A string that is not UTF-8.
    #[error("the string is not UTF-8")]
    Utf8(#[source] std::str::Utf8Error),
    /// The open type's own type.
    #[error("the type that came with the value cannot be read")]
    Type(#[source] crate::types::TypeError),
    /// The JSON is not well formed.
    #[error("the JSON cannot be read")]
    Json(#[source] serde_json::Error),
}

impl CodecError {
    fn decode(fault: Fault) -> Self {
        Self { doing: Doing::Decode, path: Path::root(), fault }
    }

    fn encode(fault: Fault) -> Self {
        Self { doing: Doing::Encode, path: Path::root(), fault }
    }

    fn under(mut self, step: Step) -> Self {
        self.path.prepend(step);
        self
    }

    /// Where in the value the fault is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Decodes a value of the type. Bytes of neither kind are null.
pub fn decode(wire: &DynamicValue, ty: &Type) -> Result<Value, CodecError> {
    if !wire.msgpack.is_empty() {
        msgpack::decode(&wire.msgpack, ty)
    } else if !wire.json.is_empty() {
        json::decode(&wire.json, ty)
    } else {
        Ok(Value::Null)
    }
}

/// Encodes a value of the type; an attribute that the value does not mention is written as null.
pub fn encode(value: &Value, ty: &Type) -> Result<DynamicValue, CodecError> {
    Ok(DynamicValue { msgpack: msgpack::encode(value, ty)?, json: Vec::new() })
}

/// The name of a type's outermost part, for messages.
fn name(ty: &Type) -> &'static str {
    match ty {
        Type::Truth => "true or false",
        Type::Number => "a number",
        Type::Text => "a string",
        Type::Dynamic => "a value with its type",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Tuple(_) => "a tuple",
        Type::Object(_) => "an object",
    }
}

/// The name of a value's kind, for messages; never the value, which may be a secret.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Unknown => "an unknown value",
        Value::Truth(_) => "true or false",
        Value::Number(_) => "a number",
        Value::Text(_) => "a string",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
        Value::Dynamic(_) => "a value with its type",
    }
}

fn mismatch(expected: &Type, found: impl Into<String>) -> Fault {
    Fault::Mismatch { expected: name(expected), found: found.into() }
}

#[cfg(test)]
mod tests;

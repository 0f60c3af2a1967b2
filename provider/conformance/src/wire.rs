//! Values on the wire: what a provider sends is read strictly, as Terraform's core reads it.

mod json;
mod read;
mod write;

use zeebe_proto::tfplugin6::DynamicValue;

pub use self::json::{from_json, to_json};
use crate::path::Path;
use crate::ty::Type;
use crate::value::Value;

/// Why bytes are no value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{text}", if path.0.is_empty() { String::new() } else { format!("{path}: ") })]
pub struct WireError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub text: String,
    /// Whether what is wrong is the promise about a value that is not known.
    pub about_refinement: bool,
}

impl WireError {
    fn at(path: &Path, text: impl Into<String>) -> Self {
        Self { path: path.clone(), text: text.into(), about_refinement: false }
    }
}

/// The bytes of a value, as core sends them.
pub fn encode(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: write::bytes(value, ty), json: Vec::new() }
}

/// The value of what a provider sent. Nothing at all is null, as core takes it.
pub fn decode(wire: Option<&DynamicValue>, ty: &Type) -> Result<Value, WireError> {
    let root = Path::default();
    match wire {
        None => Ok(Value::Null),
        Some(DynamicValue { msgpack, json }) if msgpack.is_empty() && json.is_empty() => {
            Ok(Value::Null)
        }
        Some(DynamicValue { msgpack, json }) if msgpack.is_empty() => {
            let json = serde_json::from_slice(json)
                .map_err(|error| WireError::at(&root, format!("no JSON: {error}")))?;
            from_json(&json, ty)
        }
        Some(DynamicValue { msgpack, json: _ }) => read::value(msgpack, ty),
    }
}

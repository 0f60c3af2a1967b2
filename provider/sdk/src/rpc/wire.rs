//! From messages to values and back, with diagnostics for what does not fit.

use std::error::Error;

use zeebe_proto::tfplugin6::{self, DynamicValue};

use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::types::Type;
use crate::value::Value;

/// The value of a request's field; null where the client left it out.
pub(super) fn decode(
    field: &str,
    wire: Option<&DynamicValue>,
    ty: &Type,
) -> Result<Value, Diagnostic> {
    let Some(wire) = wire else { return Ok(Value::Null) };
    codec::decode(wire, ty).map_err(|error| {
        Diagnostic::error(
            format!("could not read the {field} that the client sent"),
            format!("{}. The client and the provider disagree about the schema: this is a bug in one of them.", chain(&error)),
        )
        .at(error.path().clone())
    })
}

/// The answer's field for a value.
pub(super) fn encode(field: &str, value: &Value, ty: &Type) -> Result<DynamicValue, Diagnostic> {
    codec::encode(value, ty).map_err(|error| {
        Diagnostic::error(
            format!("could not write the {field}"),
            format!("{}. The provider's answer does not fit its own schema: this is a bug in the provider.", chain(&error)),
        )
        .at(error.path().clone())
    })
}

/// Diagnostics as the protocol has them.
pub(super) fn diagnostics(
    diagnostics: impl IntoIterator<Item = Diagnostic>,
) -> Vec<tfplugin6::Diagnostic> {
    diagnostics.into_iter().map(Into::into).collect()
}

/// An error with its sources, as one sentence.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

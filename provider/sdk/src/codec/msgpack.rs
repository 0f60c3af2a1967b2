//! Msgpack as Terraform writes it: numbers as integer, float or decimal text; unknown as an extension; an open type as `[type, value]`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each type is written with a few of msgpack's many markers"
)]

mod read;
mod write;

use self::read::Reader;
use self::write::write;
use super::{CodecError, Fault};
use crate::types::Type;
use crate::value::Value;

/// Decodes one value and insists that nothing follows it.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut reader = Reader::new(bytes);
    let value = reader.value(ty)?;
    match reader.left() {
        0 => Ok(value),
        left => Err(CodecError::decode(Fault::Trailing(left))),
    }
}

/// Encodes one value.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::with_capacity(256);
    write(&mut bytes, value, ty)?;
    Ok(bytes)
}

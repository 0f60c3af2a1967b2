//! From values to bytes.

use rmp::Marker;
use rmp::encode as put;

use crate::codec::{CodecError, Fault, kind, mismatch};
use crate::composed::composed;
use crate::number::Number;
use crate::path::Step;
use crate::types::Type;
use crate::value::Value;

/// An unknown value: extension 0 with one byte that means nothing. Refinements are never written.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];

/// Writes one value of the type.
pub(super) fn write(bytes: &mut Vec<u8>, value: &Value, ty: &Type) -> Result<(), CodecError> {
    match (ty, value) {
        (_, Value::Null) => bytes.push(Marker::Null.to_u8()),
        (_, Value::Unknown) => bytes.extend(UNKNOWN),
        (Type::Truth, Value::Truth(truth)) => {
            bytes.push(if *truth { Marker::True } else { Marker::False }.to_u8());
        }
        (Type::Number, Value::Number(number)) => write_number(bytes, number),
        (Type::Text, Value::Text(text)) => write_text(bytes, text),
        (Type::List(element) | Type::Set(element), Value::List(elements)) => {
            write_array_length(bytes, elements.len());
            for (index, value) in elements.iter().enumerate() {
                write(bytes, value, element).map_err(|error| error.under(Step::Index(index)))?;
            }
        }
        (Type::Tuple(types), Value::List(elements)) => {
            if elements.len() != types.len() {
                return Err(CodecError::encode(Fault::Length {
                    expected: types.len(),
                    found: elements.len(),
                }));
            }
            write_array_length(bytes, elements.len());
            for (index, (value, ty)) in elements.iter().zip(types).enumerate() {
                write(bytes, value, ty).map_err(|error| error.under(Step::Index(index)))?;
            }
        }
        (Type::Map(element), Value::Object(members)) => {
            write_map_length(bytes, members.len());
            for (key, value) in members {
                write_text(bytes, key);
                write(bytes, value, element)
                    .map_err(|error| error.under(Step::Key(key.clone())))?;
            }
        }
        (Type::Object(object), Value::Object(members)) => {
            if let Some(extra) = members.keys().find(|name| !object.attributes.contains_key(*name))
            {
                return Err(CodecError::encode(Fault::Extra(extra.clone())));
            }
            write_map_length(bytes, object.attributes.len());
            for (name, ty) in &object.attributes {
                write_text(bytes, name);
                write(bytes, members.get(name).unwrap_or(&Value::Null), ty)
                    .map_err(|error| error.under(Step::Attribute(name.clone())))?;
            }
        }
        (Type::Dynamic, Value::Dynamic(typed)) => {
            write_array_length(bytes, 2);
            let spelling = typed.ty.to_bytes();
            write_length(bytes, spelling.len(), put::write_bin_len);
            bytes.extend(spelling);
            write(bytes, &typed.value, &typed.ty)?;
        }
        (ty, value) => return Err(CodecError::encode(mismatch(ty, kind(value)))),
    }
    Ok(())
}

fn write_number(bytes: &mut Vec<u8>, number: &Number) {
    match number.as_integer() {
        Some(integer) => {
            let written: Result<Marker, _> = put::write_sint(bytes, integer);
            written.expect("writing to memory cannot fail");
        }
        None if number.is_finite() => write_text(bytes, &number.to_string()),
        None => {
            bytes.push(Marker::F64.to_u8());
            bytes.extend(number.to_float().to_be_bytes());
        }
    }
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    let composed = composed(text);
    write_length(bytes, composed.len(), put::write_str_len);
    bytes.extend(composed.as_bytes());
}

fn write_array_length(bytes: &mut Vec<u8>, length: usize) {
    write_length(bytes, length, put::write_array_len);
}

fn write_map_length(bytes: &mut Vec<u8>, length: usize) {
    write_length(bytes, length, put::write_map_len);
}

fn write_length<E: std::fmt::Debug>(
    bytes: &mut Vec<u8>,
    length: usize,
    write: fn(&mut Vec<u8>, u32) -> Result<Marker, E>,
) {
    let length = u32::try_from(length).expect("a message is at most 256 MiB");
    write(bytes, length).expect("writing to memory cannot fail");
}

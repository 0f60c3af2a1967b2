//! JSON as Terraform writes it to state files: by type, numbers exact, an open type as `{"type": …, "value": …}`.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{CodecError, Fault, kind, mismatch};
use crate::composed::into_composed;
use crate::path::Step;
use crate::types::{ObjectType, Type};
use crate::value::{Members, Typed, Value};

/// Decodes one value of the type; an attribute that the JSON does not mention is null.
pub fn decode(json: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let raw: &RawValue = serde_json::from_slice(json).map_err(malformed)?;
    Decoding::Strict.value(raw, ty)
}

/// Decodes what can be decoded: for the state of an older schema. Attributes that the type does not have are
/// dropped, missing ones are null, and so is what cannot be read as its type: of a list, a set or a map the whole,
/// since elements that are null are of no use to anybody.
///
/// Fails only where the whole is not JSON.
pub fn decode_leniently(json: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let raw: &RawValue = serde_json::from_slice(json).map_err(malformed)?;
    Decoding::Lenient.value(raw, ty)
}

/// Encodes one value of the type. What is unknown has no spelling in JSON.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut json = String::new();
    write(&mut json, value, ty)?;
    Ok(json.into_bytes())
}

fn malformed(error: serde_json::Error) -> CodecError {
    CodecError::decode(Fault::Json(error))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decoding {
    Strict,
    Lenient,
}

impl Decoding {
    fn value(self, raw: &RawValue, ty: &Type) -> Result<Value, CodecError> {
        match self.exactly(raw, ty) {
            Err(_) if self == Self::Lenient => Ok(Value::Null),
            outcome => outcome,
        }
    }

    fn exactly(self, raw: &RawValue, ty: &Type) -> Result<Value, CodecError> {
        let text = raw.get();
        if text == "null" {
            return Ok(Value::Null);
        }
        match ty {
            Type::Truth => match text {
                "true" | "\"true\"" => Ok(Value::Truth(true)),
                "false" | "\"false\"" => Ok(Value::Truth(false)),
                _ => Err(unlike(ty, text)),
            },
            Type::Number => {
                text.trim_matches('"').parse().map(Value::Number).map_err(|_| unlike(ty, text))
            }
            Type::Text if text.starts_with('"') => {
                read(raw).map(|text| Value::Text(into_composed(text)))
            }
            // Terraform reads a number or a truth as a string where one is wanted, and older states have them.
            Type::Text if text.starts_with(['{', '[']) => Err(unlike(ty, text)),
            Type::Text => Ok(Value::Text(text.to_owned())),
            Type::Dynamic => self.dynamic(raw),
            Type::List(element) => self.elements(raw, ty, element).map(Value::List),
            Type::Set(element) => self.elements(raw, ty, element).map(Value::set),
            Type::Tuple(types) => self.tuple(raw, ty, types),
            Type::Map(element) => self.map(raw, ty, element),
            Type::Object(object) => self.object(raw, ty, object),
        }
    }

    fn dynamic(self, raw: &RawValue) -> Result<Value, CodecError> {
        let mut parts = members(raw, &Type::Dynamic)?;
        let (Some(ty), Some(value), 0) = (parts.remove("type"), parts.remove("value"), parts.len())
        else {
            return Err(unlike(&Type::Dynamic, raw.get()));
        };
        let ty = Type::parse(ty.get().as_bytes())
            .map_err(|error| CodecError::decode(Fault::Type(error)))?;
        let value = self.value(value, &ty)?;
        Ok(Value::Dynamic(Box::new(Typed { ty, value })))
    }

    fn elements(self, raw: &RawValue, ty: &Type, element: &Type) -> Result<Vec<Value>, CodecError> {
        let indexed = elements(raw, ty)?.into_iter().enumerate();
        indexed
            .map(|(index, raw)| {
                self.exactly(raw, element).map_err(|error| error.under(Step::Index(index)))
            })
            .collect()
    }

    fn tuple(self, raw: &RawValue, ty: &Type, types: &[Type]) -> Result<Value, CodecError> {
        let found = elements(raw, ty)?;
        if found.len() != types.len() {
            return Err(CodecError::decode(Fault::Length {
                expected: types.len(),
                found: found.len(),
            }));
        }
        let indexed = found.into_iter().zip(types).enumerate();
        let values = indexed.map(|(index, (raw, ty))| {
            self.value(raw, ty).map_err(|error| error.under(Step::Index(index)))
        });
        values.collect::<Result<_, _>>().map(Value::List)
    }

    fn map(self, raw: &RawValue, ty: &Type, element: &Type) -> Result<Value, CodecError> {
        let values = members(raw, ty)?.into_iter().map(|(key, raw)| {
            let value =
                self.exactly(raw, element).map_err(|error| error.under(Step::Key(key.clone())))?;
            Ok((key, value))
        });
        values.collect::<Result<_, _>>().map(Value::Object)
    }

    fn object(self, raw: &RawValue, ty: &Type, object: &ObjectType) -> Result<Value, CodecError> {
        let mut found = members(raw, ty)?;
        let mut values = Members::new();
        for (name, ty) in &object.attributes {
            let value = match found.remove(name) {
                Some(raw) => self
                    .value(raw, ty)
                    .map_err(|error| error.under(Step::Attribute(name.clone())))?,
                None => Value::Null,
            };
            values.insert(name.clone(), value);
        }
        match (self, found.into_keys().next()) {
            (Self::Strict, Some(extra)) => Err(CodecError::decode(Fault::Extra(extra))),
            (Self::Strict | Self::Lenient, _) => Ok(Value::Object(values)),
        }
    }
}

fn read<'a, T: serde::Deserialize<'a>>(raw: &'a RawValue) -> Result<T, CodecError> {
    serde_json::from_str(raw.get()).map_err(malformed)
}

fn members<'a>(raw: &'a RawValue, ty: &Type) -> Result<BTreeMap<String, &'a RawValue>, CodecError> {
    if !raw.get().starts_with('{') {
        return Err(unlike(ty, raw.get()));
    }
    let found: BTreeMap<String, &RawValue> = read(raw)?;
    Ok(found.into_iter().map(|(name, raw)| (into_composed(name), raw)).collect())
}

fn elements<'a>(raw: &'a RawValue, ty: &Type) -> Result<Vec<&'a RawValue>, CodecError> {
    if raw.get().starts_with('[') { read(raw) } else { Err(unlike(ty, raw.get())) }
}

fn unlike(expected: &Type, found: &str) -> CodecError {
    let found = match found.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "true or false",
        _ => "a number",
    };
    CodecError::decode(mismatch(expected, found))
}

fn write(json: &mut String, value: &Value, ty: &Type) -> Result<(), CodecError> {
    match (ty, value) {
        (_, Value::Null) => json.push_str("null"),
        (Type::Truth, Value::Truth(truth)) => json.push_str(if *truth { "true" } else { "false" }),
        (Type::Number, Value::Number(number)) if number.is_finite() => {
            json.push_str(&number.to_string());
        }
        (Type::Text, Value::Text(text)) => write_text(json, text),
        (Type::List(element) | Type::Set(element), Value::List(elements)) => {
            write_elements(json, elements.iter().map(|value| (value, &**element)))?;
        }
        (Type::Tuple(types), Value::List(elements)) if types.len() == elements.len() => {
            write_elements(json, elements.iter().zip(types))?;
        }
        (Type::Map(element), Value::Object(members)) => {
            write_members(json, members.iter().map(|(key, value)| (key, value, &**element)))?;
        }
        (Type::Object(object), Value::Object(members)) => {
            let attributes = object.attributes.iter();
            write_members(
                json,
                attributes.map(|(name, ty)| (name, members.get(name).unwrap_or(&Value::Null), ty)),
            )?;
        }
        (Type::Dynamic, Value::Dynamic(typed)) => {
            json.push_str("{\"type\":");
            json.push_str(&String::from_utf8_lossy(&typed.ty.to_bytes()));
            json.push_str(",\"value\":");
            write(json, &typed.value, &typed.ty)?;
            json.push('}');
        }
        (ty, value) => return Err(CodecError::encode(mismatch(ty, kind(value)))),
    }
    Ok(())
}

fn write_text(json: &mut String, text: &str) {
    json.push_str(&serde_json::Value::from(text).to_string());
}

fn write_elements<'a>(
    json: &mut String,
    elements: impl Iterator<Item = (&'a Value, &'a Type)>,
) -> Result<(), CodecError> {
    json.push('[');
    for (index, (value, ty)) in elements.enumerate() {
        if index > 0 {
            json.push(',');
        }
        write(json, value, ty).map_err(|error| error.under(Step::Index(index)))?;
    }
    json.push(']');
    Ok(())
}

fn write_members<'a>(
    json: &mut String,
    members: impl Iterator<Item = (&'a String, &'a Value, &'a Type)>,
) -> Result<(), CodecError> {
    json.push('{');
    for (index, (name, value, ty)) in members.enumerate() {
        if index > 0 {
            json.push(',');
        }
        write_text(json, name);
        json.push(':');
        write(json, value, ty).map_err(|error| error.under(Step::Key(name.clone())))?;
    }
    json.push('}');
    Ok(())
}

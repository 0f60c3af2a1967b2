//! Msgpack as Terraform writes it: numbers as integer, float or decimal text; unknown as an extension; an open type as `[type, value]`.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each type is written with a few of msgpack's many markers"
)]

use std::borrow::Cow;

use rmp::Marker;
use rmp::encode as put;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{CodecError, Fault, kind, mismatch};
use crate::number::Number;
use crate::path::Step;
use crate::types::{ObjectType, Type};
use crate::value::{Members, Typed, Value};

/// An unknown value: extension 0 with one byte that means nothing. Refinements are never written.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];

/// Decodes one value and insists that nothing follows it.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(ty)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(CodecError::decode(Fault::Trailing(reader.rest.len())))
    }
}

/// Encodes one value.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::with_capacity(256);
    write(&mut bytes, value, ty)?;
    Ok(bytes)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) =
            self.rest.split_at_checked(length).ok_or_else(|| CodecError::decode(Fault::Short))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) =
            self.rest.split_first_chunk::<N>().ok_or_else(|| CodecError::decode(Fault::Short))?;
        self.rest = rest;
        Ok(*taken)
    }

    fn length8(&mut self) -> Result<usize, CodecError> {
        self.array::<1>().map(|bytes| usize::from(u8::from_be_bytes(bytes)))
    }

    fn length16(&mut self) -> Result<usize, CodecError> {
        self.array::<2>().map(|bytes| usize::from(u16::from_be_bytes(bytes)))
    }

    fn length32(&mut self) -> Result<usize, CodecError> {
        let length = u32::from_be_bytes(self.array::<4>()?);
        usize::try_from(length).map_err(|_| CodecError::decode(Fault::Short))
    }

    fn marker(&mut self) -> Result<Marker, CodecError> {
        self.array::<1>().map(|[byte]| Marker::from_u8(byte))
    }

    /// Any extension stands for an unknown value: what it knows about the value (code 12) is not needed.
    fn extension(&mut self, marker: Marker) -> Result<bool, CodecError> {
        let length = match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.length8()?,
            Marker::Ext16 => self.length16()?,
            Marker::Ext32 => self.length32()?,
            _ => return Ok(false),
        };
        let _code = self.array::<1>()?;
        self.take(length)?;
        Ok(true)
    }

    fn value(&mut self, ty: &Type) -> Result<Value, CodecError> {
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if self.extension(marker)? {
            return Ok(Value::Unknown);
        }
        match ty {
            Type::Truth => match marker {
                Marker::True => Ok(Value::Truth(true)),
                Marker::False => Ok(Value::Truth(false)),
                _ => Err(unlike(ty, marker)),
            },
            Type::Number => self.number(marker).map(Value::Number),
            Type::Text => self.text(ty, marker).map(|text| Value::Text(text.to_owned())),
            Type::Dynamic => self.dynamic(marker),
            Type::List(element) => self.elements(ty, marker, element).map(Value::List),
            Type::Set(element) => self.elements(ty, marker, element).map(Value::set),
            Type::Map(element) => self.map(ty, marker, element),
            Type::Tuple(types) => self.tuple(ty, marker, types),
            Type::Object(object) => self.object(ty, marker, object),
        }
    }

    fn number(&mut self, marker: Marker) -> Result<Number, CodecError> {
        let signed = |number: i64| Ok(Number::from(number));
        match marker {
            Marker::FixPos(number) => signed(i64::from(number)),
            Marker::FixNeg(number) => signed(i64::from(number)),
            Marker::I8 => {
                self.array().and_then(|bytes| signed(i64::from(i8::from_be_bytes(bytes))))
            }
            Marker::I16 => {
                self.array().and_then(|bytes| signed(i64::from(i16::from_be_bytes(bytes))))
            }
            Marker::I32 => {
                self.array().and_then(|bytes| signed(i64::from(i32::from_be_bytes(bytes))))
            }
            Marker::I64 => self.array().and_then(|bytes| signed(i64::from_be_bytes(bytes))),
            Marker::U8 => {
                self.array().and_then(|bytes| signed(i64::from(u8::from_be_bytes(bytes))))
            }
            Marker::U16 => {
                self.array().and_then(|bytes| signed(i64::from(u16::from_be_bytes(bytes))))
            }
            Marker::U32 => {
                self.array().and_then(|bytes| signed(i64::from(u32::from_be_bytes(bytes))))
            }
            Marker::U64 => self.array().map(|bytes| Number::from(u64::from_be_bytes(bytes))),
            Marker::F32 => {
                self.array().and_then(|bytes| float(f64::from(f32::from_be_bytes(bytes))))
            }
            Marker::F64 => self.array().and_then(|bytes| float(f64::from_be_bytes(bytes))),
            other => {
                let text = self.text(&Type::Number, other)?;
                text.parse().map_err(|_| CodecError::decode(mismatch(&Type::Number, "other text")))
            }
        }
    }

    fn text(&mut self, ty: &Type, marker: Marker) -> Result<&'a str, CodecError> {
        let length = match marker {
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 | Marker::Bin8 => self.length8()?,
            Marker::Str16 | Marker::Bin16 => self.length16()?,
            Marker::Str32 | Marker::Bin32 => self.length32()?,
            other => return Err(unlike(ty, other)),
        };
        std::str::from_utf8(self.take(length)?)
            .map_err(|error| CodecError::decode(Fault::Utf8(error)))
    }

    fn array_length(&mut self, ty: &Type, marker: Marker) -> Result<usize, CodecError> {
        match marker {
            Marker::FixArray(length) => Ok(usize::from(length)),
            Marker::Array16 => self.length16(),
            Marker::Array32 => self.length32(),
            other => Err(unlike(ty, other)),
        }
    }

    fn map_length(&mut self, ty: &Type, marker: Marker) -> Result<usize, CodecError> {
        match marker {
            Marker::FixMap(length) => Ok(usize::from(length)),
            Marker::Map16 => self.length16(),
            Marker::Map32 => self.length32(),
            other => Err(unlike(ty, other)),
        }
    }

    fn dynamic(&mut self, marker: Marker) -> Result<Value, CodecError> {
        match self.array_length(&Type::Dynamic, marker)? {
            2 => {}
            found => return Err(CodecError::decode(Fault::Length { expected: 2, found })),
        }
        let marker = self.marker()?;
        let spelling = self.text(&Type::Dynamic, marker)?;
        let ty = Type::parse(spelling.as_bytes())
            .map_err(|error| CodecError::decode(Fault::Type(error)))?;
        let value = self.value(&ty)?;
        Ok(Value::Dynamic(Box::new(Typed { ty, value })))
    }

    fn elements(
        &mut self,
        ty: &Type,
        marker: Marker,
        element: &Type,
    ) -> Result<Vec<Value>, CodecError> {
        let length = self.array_length(ty, marker)?;
        // Each element takes a byte at least: a length that lies reserves no more than the bytes that are there.
        let mut elements = Vec::with_capacity(length.min(self.rest.len()));
        for index in 0..length {
            elements.push(self.value(element).map_err(|error| error.under(Step::Index(index)))?);
        }
        Ok(elements)
    }

    fn tuple(&mut self, ty: &Type, marker: Marker, types: &[Type]) -> Result<Value, CodecError> {
        let found = self.array_length(ty, marker)?;
        if found != types.len() {
            return Err(CodecError::decode(Fault::Length { expected: types.len(), found }));
        }
        let elements = types
            .iter()
            .enumerate()
            .map(|(index, ty)| self.value(ty).map_err(|error| error.under(Step::Index(index))));
        elements.collect::<Result<_, _>>().map(Value::List)
    }

    fn map(&mut self, ty: &Type, marker: Marker, element: &Type) -> Result<Value, CodecError> {
        let mut members = Members::new();
        for _ in 0..self.map_length(ty, marker)? {
            let marker = self.marker()?;
            let key = self.text(&Type::Text, marker)?;
            let value =
                self.value(element).map_err(|error| error.under(Step::Key(key.to_owned())))?;
            members.insert(key.to_owned(), value);
        }
        Ok(Value::Object(members))
    }

    fn object(
        &mut self,
        ty: &Type,
        marker: Marker,
        object: &ObjectType,
    ) -> Result<Value, CodecError> {
        let mut members = Members::new();
        for _ in 0..self.map_length(ty, marker)? {
            let marker = self.marker()?;
            let name = self.text(&Type::Text, marker)?;
            let ty = object
                .attributes
                .get(name)
                .ok_or_else(|| CodecError::decode(Fault::Extra(name.to_owned())))?;
            let value =
                self.value(ty).map_err(|error| error.under(Step::Attribute(name.to_owned())))?;
            members.insert(name.to_owned(), value);
        }
        for name in object.attributes.keys() {
            if !members.contains_key(name) {
                members.insert(name.clone(), Value::Null);
            }
        }
        Ok(Value::Object(members))
    }
}

fn float(float: f64) -> Result<Number, CodecError> {
    Number::from_float(float)
        .ok_or_else(|| CodecError::decode(mismatch(&Type::Number, "a float that is no number")))
}

fn unlike(expected: &Type, marker: Marker) -> CodecError {
    CodecError::decode(mismatch(expected, format!("the msgpack marker {marker:?}")))
}

fn write(bytes: &mut Vec<u8>, value: &Value, ty: &Type) -> Result<(), CodecError> {
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

/// Terraform holds every string in Unicode's composed form, so a string in another form would come back changed.
fn write_text(bytes: &mut Vec<u8>, text: &str) {
    let composed = composed(text);
    write_length(bytes, composed.len(), put::write_str_len);
    bytes.extend(composed.as_bytes());
}

fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
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

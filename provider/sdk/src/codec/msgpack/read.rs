//! From bytes to values.

use rmp::Marker;

use crate::codec::{CodecError, Fault, mismatch};
use crate::composed::composed;
use crate::number::Number;
use crate::path::Step;
use crate::types::{ObjectType, Type};
use crate::value::{Members, Typed, Value};

/// Bytes that are still to be read.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Reads one value of the type.
    pub(super) fn value(&mut self, ty: &Type) -> Result<Value, CodecError> {
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
            Type::Text => {
                self.text(ty, marker).map(|text| Value::Text(composed(text).into_owned()))
            }
            Type::Dynamic => self.dynamic(marker),
            Type::List(element) => self.elements(ty, marker, element).map(Value::List),
            Type::Set(element) => self.elements(ty, marker, element).map(Value::set),
            Type::Map(element) => self.map(ty, marker, element),
            Type::Tuple(types) => self.tuple(ty, marker, types),
            Type::Object(object) => self.object(ty, marker, object),
        }
    }

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
            let key = composed(self.text(&Type::Text, marker)?).into_owned();
            let value = self.value(element).map_err(|error| error.under(Step::Key(key.clone())))?;
            members.insert(key, value);
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
            let name = composed(self.text(&Type::Text, marker)?).into_owned();
            let ty = object
                .attributes
                .get(&name)
                .ok_or_else(|| CodecError::decode(Fault::Extra(name.clone())))?;
            let value =
                self.value(ty).map_err(|error| error.under(Step::Attribute(name.clone())))?;
            members.insert(name, value);
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

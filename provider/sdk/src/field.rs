//! What may stand in an attribute: scalars, floats, secrets, nested objects, and lists, sets and maps of them.
//!
//! [`Field`] has a marker parameter so that *every* scalar and *every* attributes struct is a field, and `Vec` and `BTreeMap` of them too,
//! although none of these types is ours: each family of implementations has a marker of its own. It is always inferred.

mod collections;
mod marker;
mod secret;

use zeebe_scalar::{Kind, Raw, Scalar};

pub use self::collections::Set;
pub use self::secret::Secret;
use crate::decode::{Findings, Place, Refusal, shown};
use crate::function::Accepts;
use crate::knowable::Knowable;
use crate::model::Attributes;
use crate::number::Number;
use crate::schema::{Nesting, Rule, Secrecy, Shape};
use crate::types::Type;
use crate::value::{Typed, Value};

/// What may stand in an attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in an attribute",
    note = "an attribute holds a scalar (zeebe-scalar), `f64`, `Number`, `Secret`, a struct with `#[derive(Attributes)]`, or a `Vec`, a `Set` or a `BTreeMap<String, _>` of one of them"
)]
pub trait Field<M>: Sized + Clone + Send + Sync + 'static {
    /// Schema of the attribute.
    fn shape() -> Shape;

    /// Who may see it.
    fn secrecy() -> Secrecy {
        Secrecy::Shown
    }

    /// Which of null and unknown it can hold by itself, which makes it an argument of a function that accepts them.
    fn accepts() -> Accepts {
        Accepts::Known
    }

    /// Reads a value of the schema. None where it breaks a rule; then the findings say which.
    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>>;

    /// Writes the value, exactly as it was read.
    fn encode(&self) -> Value;
}

impl<S: Scalar> Field<marker::Scalar> for S {
    fn shape() -> Shape {
        let ty = match S::KIND {
            Kind::Text => Type::Text,
            Kind::Integer => Type::Number,
            Kind::Truth => Type::Truth,
        };
        Shape::Plain {
            ty,
            rule: Some(Rule { text: S::RULE, example: S::EXAMPLE, words: S::WORDS }),
        }
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        let raw = match value {
            Value::Null => return Some(Knowable::Null),
            Value::Unknown => return Some(Knowable::Unknown),
            Value::Truth(truth) => Some(Raw::Truth(*truth)),
            Value::Text(text) => Some(Raw::Text(text.clone())),
            Value::Number(number) => number.as_integer().map(Raw::Integer),
            Value::List(_) | Value::Object(_) | Value::Dynamic(_) => None,
        };
        let error = match raw.map(S::parse) {
            Some(Ok(scalar)) => return Some(Knowable::Known(scalar)),
            Some(Err(error)) => Some(error),
            None => None,
        };
        let (expected, got) = match &error {
            Some(error) => (error.expected.as_str(), error.got.clone()),
            None => (S::RULE, shown(value)),
        };
        let example = format!("{:?}", S::EXAMPLE);
        let instructive = S::KIND == Kind::Text && S::WORDS.is_empty();
        findings.refuse(
            place,
            &Refusal { expected, got: &got, example: instructive.then_some(&example) },
        );
        None
    }

    fn encode(&self) -> Value {
        match self.raw() {
            Raw::Text(text) => Value::Text(text),
            Raw::Integer(integer) => Value::integer(integer),
            Raw::Truth(truth) => Value::Truth(truth),
        }
    }
}

impl<T: Attributes> Field<marker::Object> for T {
    fn shape() -> Shape {
        Shape::Nested { nesting: Nesting::Single, object: T::object().clone() }
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        match value {
            Value::Null => Some(Knowable::Null),
            Value::Unknown => Some(Knowable::Unknown),
            Value::Object(members) => {
                T::decode_members(members, place, findings).map(Knowable::Known)
            }
            Value::Truth(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Dynamic(_) => refuse(value, "an object", place, findings),
        }
    }

    fn encode(&self) -> Value {
        Value::Object(self.encode_members())
    }
}

impl Field<marker::Float> for f64 {
    fn shape() -> Shape {
        Shape::Plain {
            ty: Type::Number,
            rule: Some(Rule { text: "a number", example: "0.5", words: &[] }),
        }
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        let number = <Number as Field<marker::Number>>::decode(value, place, findings)?;
        Some(number.map(|number| number.to_float()))
    }

    /// A number that is not one becomes null: Terraform has none.
    fn encode(&self) -> Value {
        Number::from_written_float(*self).map_or(Value::Null, Value::Number)
    }
}

impl Field<marker::Number> for Number {
    fn shape() -> Shape {
        <f64 as Field<marker::Float>>::shape()
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        match value {
            Value::Null => Some(Knowable::Null),
            Value::Unknown => Some(Knowable::Unknown),
            Value::Number(number) => Some(Knowable::Known(number.clone())),
            Value::Truth(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Object(_)
            | Value::Dynamic(_) => refuse(value, "a number", place, findings),
        }
    }

    fn encode(&self) -> Value {
        Value::Number(self.clone())
    }
}

impl Field<marker::Dynamic> for Typed {
    fn shape() -> Shape {
        Shape::Plain { ty: Type::Dynamic, rule: None }
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        match value {
            Value::Null => Some(Knowable::Null),
            Value::Unknown => Some(Knowable::Unknown),
            Value::Dynamic(typed) => Some(Knowable::Known((**typed).clone())),
            Value::Truth(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Object(_) => refuse(value, "a value with its type", place, findings),
        }
    }

    fn encode(&self) -> Value {
        Value::Dynamic(Box::new(self.clone()))
    }
}

/// An element that may itself be null or unknown; by itself an attribute is that already.
impl<T: Field<M>, M> Field<marker::Knowable<M>> for Knowable<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn secrecy() -> Secrecy {
        T::secrecy()
    }

    fn accepts() -> Accepts {
        Accepts::Anything
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        T::decode(value, place, findings).map(Knowable::Known)
    }

    fn encode(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
            Self::Known(value) => value.encode(),
        }
    }
}

/// An element or an argument that may be null; by itself an attribute is that already.
impl<T: Field<M>, M> Field<marker::Nullable<M>> for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn secrecy() -> Secrecy {
        T::secrecy()
    }

    fn accepts() -> Accepts {
        Accepts::Nullable
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        Some(match T::decode(value, place, findings)? {
            Knowable::Null => Knowable::Known(None),
            Knowable::Unknown => Knowable::Unknown,
            Knowable::Known(value) => Knowable::Known(Some(value)),
        })
    }

    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::encode)
    }
}

fn refuse<T>(
    value: &Value,
    expected: &str,
    place: &Place<'_>,
    findings: &mut Findings,
) -> Option<Knowable<T>> {
    findings.refuse(place, &Refusal { expected, got: &shown(value), example: None });
    None
}

//! Text that no plan, log or message shows.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{Field, marker, refuse};
use crate::decode::{Findings, Place};
use crate::knowable::Knowable;
use crate::schema::{Secrecy, Shape};
use crate::types::Type;
use crate::value::Value;

/// Text that no plan, log or message shows; it makes its attribute sensitive. It is erased from memory when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A secret of that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl Field<marker::Secret> for Secret {
    fn shape() -> Shape {
        Shape::Plain { ty: Type::Text, rule: None }
    }

    fn secrecy() -> Secrecy {
        Secrecy::Sensitive
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        match value {
            Value::Null => Some(Knowable::Null),
            Value::Unknown => Some(Knowable::Unknown),
            Value::Text(text) => Some(Knowable::Known(Self::new(text.clone()))),
            Value::Truth(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Object(_)
            | Value::Dynamic(_) => refuse(value, "a string", &place.hidden(), findings),
        }
    }

    fn encode(&self) -> Value {
        Value::text(self.expose())
    }
}

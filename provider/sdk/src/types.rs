//! Types of values, and their spelling in JSON: `"string"`, `["list","number"]`, `["object",{…}]`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::composed::composed;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `true` or `false`.
    Truth,
    /// A number.
    Number,
    /// A string.
    Text,
    /// Whatever type the value brings with it.
    Dynamic,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Distinct elements of one type, without order.
    Set(Box<Type>),
    /// Elements of one type, by name.
    Map(Box<Type>),
    /// Elements each of its own type, in order.
    Tuple(Vec<Type>),
    /// Attributes each of its own type, by name.
    Object(ObjectType),
}

/// The attributes of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectType {
    /// Name and type of each.
    pub attributes: BTreeMap<String, Type>,
    /// Those that a value may leave out.
    pub optional: BTreeSet<String>,
}

/// Why a text is not a type.
#[derive(Debug, thiserror::Error)]
pub enum TypeError {
    /// It is not JSON.
    #[error("could not read a type: not JSON")]
    Json(#[source] serde_json::Error),
    /// It is JSON that names no type.
    #[error("\"{0}\" names no type")]
    Unheard(String),
}

impl Type {
    /// Reads the JSON spelling.
    pub fn parse(json: &[u8]) -> Result<Self, TypeError> {
        let json: Json = serde_json::from_slice(json).map_err(TypeError::Json)?;
        Self::from_json(&json)
    }

    /// The JSON spelling, as the protocol wants it.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    fn from_json(json: &Json) -> Result<Self, TypeError> {
        let unheard = || TypeError::Unheard(json.to_string());
        match json {
            Json::String(name) => match name.as_str() {
                "bool" => Ok(Self::Truth),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::Text),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(unheard()),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(kind), rest @ ..] => {
                    Self::compound(kind, rest).unwrap_or_else(|| Err(unheard()))
                }
                _ => Err(unheard()),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Err(unheard()),
        }
    }

    fn compound(kind: &str, rest: &[Json]) -> Option<Result<Self, TypeError>> {
        Some(match (kind, rest) {
            ("list", [element]) => {
                Self::from_json(element).map(|element| Self::List(Box::new(element)))
            }
            ("set", [element]) => {
                Self::from_json(element).map(|element| Self::Set(Box::new(element)))
            }
            ("map", [element]) => {
                Self::from_json(element).map(|element| Self::Map(Box::new(element)))
            }
            ("tuple", [Json::Array(elements)]) => {
                elements.iter().map(Self::from_json).collect::<Result<_, _>>().map(Self::Tuple)
            }
            ("object", [Json::Object(attributes)]) => Self::object(attributes, BTreeSet::new()),
            ("object", [Json::Object(attributes), Json::Array(optional)]) => {
                let optional = optional
                    .iter()
                    .map(|name| name.as_str().map(|name| composed(name).into_owned()))
                    .collect::<Option<_>>()?;
                Self::object(attributes, optional)
            }
            _ => return None,
        })
    }

    fn object(
        attributes: &Map<String, Json>,
        optional: BTreeSet<String>,
    ) -> Result<Self, TypeError> {
        let attributes = attributes
            .iter()
            .map(|(name, ty)| Ok((composed(name).into_owned(), Self::from_json(ty)?)))
            .collect::<Result<_, TypeError>>()?;
        Ok(Self::Object(ObjectType { attributes, optional }))
    }

    fn to_json(&self) -> Json {
        let compound =
            |kind: &str, inner: Json| Json::Array(vec![Json::String(kind.to_owned()), inner]);
        match self {
            Self::Truth => Json::String("bool".to_owned()),
            Self::Number => Json::String("number".to_owned()),
            Self::Text => Json::String("string".to_owned()),
            Self::Dynamic => Json::String("dynamic".to_owned()),
            Self::List(element) => compound("list", element.to_json()),
            Self::Set(element) => compound("set", element.to_json()),
            Self::Map(element) => compound("map", element.to_json()),
            Self::Tuple(elements) => {
                compound("tuple", Json::Array(elements.iter().map(Self::to_json).collect()))
            }
            Self::Object(ObjectType { attributes, optional }) => {
                let attributes =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                let mut parts = vec![Json::String("object".to_owned()), Json::Object(attributes)];
                if !optional.is_empty() {
                    parts.push(Json::Array(optional.iter().cloned().map(Json::String).collect()));
                }
                Json::Array(parts)
            }
        }
    }
}

#[cfg(test)]
mod tests;

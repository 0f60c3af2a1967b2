//! Types of values, and the JSON that a schema has them in.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

/// A type of Terraform's type system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// Any type; each value says its own.
    Dynamic,
    /// Many of one type, in order.
    List(Box<Type>),
    /// Many of one type, each once.
    Set(Box<Type>),
    /// Many of one type, by key.
    Map(Box<Type>),
    /// Several types, in order.
    Tuple(Vec<Type>),
    /// Several types, by name.
    Object(BTreeMap<String, Type>),
}

/// Why a text is no type.
#[derive(Debug, thiserror::Error)]
pub enum TypeError {
    /// No JSON at all.
    #[error("a type is no JSON")]
    Json(#[source] serde_json::Error),
    /// JSON that says no type.
    #[error("{0} is no type")]
    Unknown(Json),
}

impl Type {
    /// Reads a schema's type.
    pub fn parse(json: &[u8]) -> Result<Self, TypeError> {
        Self::of(&serde_json::from_slice(json).map_err(TypeError::Json)?)
    }

    fn of(json: &Json) -> Result<Self, TypeError> {
        let unknown = || TypeError::Unknown(json.clone());
        if let Some(word) = json.as_str() {
            return match word {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::Text),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(unknown()),
            };
        }
        let parts = json.as_array().ok_or_else(unknown)?;
        let (kind, of) = match parts.as_slice() {
            [kind, of] => (kind.as_str().ok_or_else(unknown)?, of),
            // The third part names attributes that may be left out; in values they stand all the same.
            [kind, of, _] if kind == "object" => ("object", of),
            _ => return Err(unknown()),
        };
        match kind {
            "list" => Ok(Self::List(Box::new(Self::of(of)?))),
            "set" => Ok(Self::Set(Box::new(Self::of(of)?))),
            "map" => Ok(Self::Map(Box::new(Self::of(of)?))),
            "tuple" => of
                .as_array()
                .ok_or_else(unknown)?
                .iter()
                .map(Self::of)
                .collect::<Result<_, _>>()
                .map(Self::Tuple),
            "object" => of
                .as_object()
                .ok_or_else(unknown)?
                .iter()
                .map(|(name, ty)| Ok((name.clone(), Self::of(ty)?)))
                .collect::<Result<_, _>>()
                .map(Self::Object),
            _ => Err(unknown()),
        }
    }

    /// The JSON that a schema has it in.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => "bool".into(),
            Self::Number => "number".into(),
            Self::Text => "string".into(),
            Self::Dynamic => "dynamic".into(),
            Self::List(of) => Json::Array(vec!["list".into(), of.to_json()]),
            Self::Set(of) => Json::Array(vec!["set".into(), of.to_json()]),
            Self::Map(of) => Json::Array(vec!["map".into(), of.to_json()]),
            Self::Tuple(of) => {
                Json::Array(vec!["tuple".into(), of.iter().map(Self::to_json).collect()])
            }
            Self::Object(of) => {
                let members = of.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                Json::Array(vec!["object".into(), Json::Object(members)])
            }
        }
    }

    /// Whether a value of it may be of any type somewhere inside.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Bool | Self::Number | Self::Text => false,
            Self::Dynamic => true,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.has_dynamic(),
            Self::Tuple(of) => of.iter().any(Self::has_dynamic),
            Self::Object(of) => of.values().any(Self::has_dynamic),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.to_json())
    }
}

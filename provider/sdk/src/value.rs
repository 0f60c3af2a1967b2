//! Values as they travel between Terraform and a provider: known, null or not known yet.

use std::collections::BTreeMap;

use crate::number::Number;
use crate::types::Type;

/// The attributes of an object, or the elements of a map.
pub type Members = BTreeMap<String, Value>;

/// A value of Terraform, to be read together with its [`Type`].
///
/// Elements of a set are sorted and single ([`Value::set`]), so `==` compares sets rightly as well.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Absent.
    Null,
    /// Not known before apply.
    Unknown,
    /// `true` or `false`.
    Truth(bool),
    /// A number of any size.
    Number(Number),
    /// A string.
    Text(String),
    /// The elements of a list, a set or a tuple.
    List(Vec<Value>),
    /// The attributes of an object, or the elements of a map.
    Object(Members),
    /// A value whose type travels with it.
    Dynamic(Box<Typed>),
}

/// A value with its type, where the schema leaves the type open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Typed {
    /// The type; never itself open.
    pub ty: Type,
    /// The value.
    pub value: Value,
}

impl Value {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A whole number.
    pub fn integer(integer: i64) -> Self {
        Self::Number(Number::from(integer))
    }

    /// An object or a map.
    pub fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A set: sorted, each element once. Unknown elements may become equal to any other and are all kept.
    pub fn set(mut elements: Vec<Self>) -> Self {
        elements.sort();
        elements.dedup_by(|left, right| left == right && left.is_wholly_known());
        Self::List(elements)
    }

    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value itself is not known; its members may be unknown even where it is known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether neither the value nor anything in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Null | Self::Truth(_) | Self::Number(_) | Self::Text(_) => true,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Object(members) => members.values().all(Self::is_wholly_known),
            Self::Dynamic(typed) => typed.value.is_wholly_known(),
        }
    }

    /// An attribute or an element by its name; null where there is none, unknown where the whole is.
    pub fn member(&self, name: &str) -> &Self {
        match self {
            Self::Object(members) => members.get(name).unwrap_or(&Self::Null),
            Self::Unknown => &Self::Unknown,
            Self::Null
            | Self::Truth(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::List(_)
            | Self::Dynamic(_) => &Self::Null,
        }
    }

    /// An element by its place; null where there is none, unknown where the whole is.
    pub fn element(&self, index: usize) -> &Self {
        match self {
            Self::List(elements) => elements.get(index).unwrap_or(&Self::Null),
            Self::Unknown => &Self::Unknown,
            Self::Null
            | Self::Truth(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Object(_)
            | Self::Dynamic(_) => &Self::Null,
        }
    }

    /// The members, where the value is a known object or map.
    pub fn as_members(&self) -> Option<&Members> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null
            | Self::Unknown
            | Self::Truth(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::List(_)
            | Self::Dynamic(_) => None,
        }
    }

    /// The elements, where the value is a known list, set or tuple.
    pub fn as_elements(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            Self::Null
            | Self::Unknown
            | Self::Truth(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Object(_)
            | Self::Dynamic(_) => None,
        }
    }

    /// The text, where the value is a known string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null
            | Self::Unknown
            | Self::Truth(_)
            | Self::Number(_)
            | Self::List(_)
            | Self::Object(_)
            | Self::Dynamic(_) => None,
        }
    }
}

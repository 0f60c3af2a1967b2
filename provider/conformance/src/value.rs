//! Values as they cross the wire: known, null, or not known yet.

use std::collections::BTreeMap;
use std::fmt;

use crate::number::Number;
use crate::path::Path;
use crate::ty::Type;

/// A value of some [`Type`], which the value does not repeat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    Null,
    /// Not known before the apply, and what is promised of it.
    Unknown(Refinement),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// The elements of a list or a tuple.
    Sequence(Vec<Value>),
    /// The elements of a set, sorted and each once.
    Set(Vec<Value>),
    /// The members of a map or an object.
    Members(BTreeMap<String, Value>),
    /// A value that says its own type.
    Dynamic(Box<Type>, Box<Value>),
}

/// What a provider promises of a value that is not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refinement {
    /// Whether it is null.
    pub null: Option<bool>,
    /// What the text begins with.
    pub prefix: Option<String>,
    /// The least number, and whether it may be that.
    pub least: Option<(Number, bool)>,
    /// The greatest number, and whether it may be that.
    pub greatest: Option<(Number, bool)>,
    /// The fewest elements.
    pub fewest: Option<u64>,
    /// The most elements.
    pub most: Option<u64>,
}

impl Value {
    /// Not known, and nothing promised.
    pub const UNKNOWN: Self = Self::Unknown(Refinement {
        null: None,
        prefix: None,
        least: None,
        greatest: None,
        fewest: None,
        most: None,
    });

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A set of elements.
    pub fn set(mut elements: Vec<Self>) -> Self {
        elements.sort();
        elements.dedup();
        Self::Set(elements)
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is known on the outside; null is.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Dynamic(_, value) => value.is_known(),
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Sequence(_)
            | Self::Set(_)
            | Self::Members(_) => true,
        }
    }

    /// A member by its name; null where there is none.
    pub fn member(&self, name: &str) -> &Self {
        match self {
            Self::Members(members) => members.get(name).unwrap_or(&Self::Null),
            Self::Unknown(_) => self,
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Sequence(_)
            | Self::Set(_)
            | Self::Dynamic(..) => &Self::Null,
        }
    }

    /// The elements of a list, a tuple or a set.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Sequence(elements) | Self::Set(elements) => elements,
            Self::Null
            | Self::Unknown(_)
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Members(_)
            | Self::Dynamic(..) => &[],
        }
    }

    /// The members of a map or an object.
    pub fn members(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Members(members) => Some(members),
            Self::Null
            | Self::Unknown(_)
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Sequence(_)
            | Self::Set(_)
            | Self::Dynamic(..) => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null
            | Self::Unknown(_)
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Members(_)
            | Self::Sequence(_)
            | Self::Set(_)
            | Self::Dynamic(..) => None,
        }
    }

    /// The same with nothing promised of what is not known.
    #[must_use]
    pub fn unrefined(&self) -> Self {
        match self {
            Self::Unknown(_) => Self::UNKNOWN,
            Self::Sequence(elements) => {
                Self::Sequence(elements.iter().map(Self::unrefined).collect())
            }
            Self::Set(elements) => Self::set(elements.iter().map(Self::unrefined).collect()),
            Self::Members(members) => Self::Members(
                members.iter().map(|(name, value)| (name.clone(), value.unrefined())).collect(),
            ),
            Self::Dynamic(ty, value) => Self::Dynamic(ty.clone(), Box::new(value.unrefined())),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => self.clone(),
        }
    }

    /// Where it is not known.
    pub fn unknown_paths(&self) -> Vec<Path> {
        let mut found = Vec::new();
        self.each(&Path::default(), &mut |path, value| {
            if matches!(value, Self::Unknown(_)) {
                found.push(path.clone());
            }
        });
        found
    }

    /// Meets every value in it, the outer ones first.
    pub fn each(&self, path: &Path, meet: &mut dyn FnMut(&Path, &Self)) {
        meet(path, self);
        match self {
            Self::Sequence(elements) | Self::Set(elements) => {
                for (place, element) in elements.iter().enumerate() {
                    element.each(&path.index(place), meet);
                }
            }
            Self::Members(members) => {
                for (name, member) in members {
                    member.each(&path.attribute(name), meet);
                }
            }
            Self::Dynamic(_, value) => value.each(path, meet),
            Self::Null | Self::Unknown(_) | Self::Bool(_) | Self::Number(_) | Self::Text(_) => {}
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |formatter: &mut fmt::Formatter<'_>, elements: &[Self]| {
            for (place, element) in elements.iter().enumerate() {
                let comma = if place == 0 { "" } else { ", " };
                write!(formatter, "{comma}{element}")?;
            }
            Ok(())
        };
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Unknown(promise) if *promise == Refinement::default() => {
                formatter.write_str("(unknown)")
            }
            Self::Unknown(promise) => write!(formatter, "(unknown, {promise})"),
            Self::Bool(truth) => write!(formatter, "{truth}"),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Text(text) => write!(formatter, "{text:?}"),
            Self::Sequence(elements) => {
                formatter.write_str("[")?;
                list(formatter, elements)?;
                formatter.write_str("]")
            }
            Self::Set(elements) => {
                formatter.write_str("set(")?;
                list(formatter, elements)?;
                formatter.write_str(")")
            }
            Self::Members(members) => {
                formatter.write_str("{")?;
                for (place, (name, member)) in members.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    write!(formatter, "{comma}{name} = {member}")?;
                }
                formatter.write_str("}")
            }
            Self::Dynamic(ty, value) => write!(formatter, "{value} as {ty}"),
        }
    }
}

impl fmt::Display for Refinement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { null, prefix, least, greatest, fewest, most } = self;
        let mut said = Vec::new();
        said.extend(null.map(|null| if null { "null".to_owned() } else { "not null".to_owned() }));
        said.extend(prefix.as_ref().map(|prefix| format!("begins with {prefix:?}")));
        let bound = |words: &str, bound: &Option<(Number, bool)>| {
            let (number, inclusive) = bound.as_ref()?;
            Some(format!("{words} {number}{}", if *inclusive { "" } else { ", without it" }))
        };
        said.extend(bound("at least", least));
        said.extend(bound("at most", greatest));
        said.extend(fewest.map(|count| format!("at least {count} elements")));
        said.extend(most.map(|count| format!("at most {count} elements")));
        formatter.write_str(&said.join(", "))
    }
}

impl Refinement {
    /// Whether a value may come where this was promised; what is not known itself may.
    pub fn admits(&self, value: &Value) -> bool {
        let Self { null, prefix, least, greatest, fewest, most } = self;
        if !value.is_known() {
            return true;
        }
        if value.is_null() {
            return *null != Some(false);
        }
        if *null == Some(true) {
            return false;
        }
        match value {
            Value::Text(text) => {
                prefix.as_ref().is_none_or(|prefix| text.starts_with(prefix.as_str()))
            }
            Value::Number(number) => {
                let number = number.to_f64();
                let above = |(bound, inclusive): &(Number, bool)| {
                    number > bound.to_f64() || (*inclusive && number >= bound.to_f64())
                };
                let below = |(bound, inclusive): &(Number, bool)| {
                    number < bound.to_f64() || (*inclusive && number <= bound.to_f64())
                };
                least.as_ref().is_none_or(above) && greatest.as_ref().is_none_or(below)
            }
            Value::Sequence(_) | Value::Set(_) | Value::Members(_) => {
                let count = value.members().map_or_else(|| value.elements().len(), BTreeMap::len);
                let count = u64::try_from(count).unwrap_or(u64::MAX);
                fewest.is_none_or(|fewest| count >= fewest) && most.is_none_or(|most| count <= most)
            }
            Value::Dynamic(_, value) => self.admits(value),
            Value::Null | Value::Unknown(_) | Value::Bool(_) => true,
        }
    }
}

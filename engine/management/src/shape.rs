//! The structure of JSON, to hold the answers of two servers against each other: which keys, of which
//! types, and which words in the fields that take their words from a closed list. How many elements a list
//! has, and in which order, is not part of it; which *kinds* of elements it has is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// Fields whose text is a word of a closed list, so that another word is another shape.
const WORD_FIELDS: [&str; 10] = [
    "exporterPhase",
    "health",
    "modificationType",
    "operation",
    "role",
    "state",
    "status",
    "strategy",
    "streamProcessorPhase",
    "type",
];

/// The structure of one JSON value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth,
    /// Any number.
    Number,
    /// Any text.
    Text,
    /// Text that begins like a date with a time.
    Time,
    /// A word of a closed list.
    Word(String),
    /// A list, with every shape that an element has.
    List(BTreeSet<Shape>),
    /// An object whose keys are numbers (ids), with every shape that a value has.
    Table(BTreeSet<Shape>),
    /// Any other object.
    Object(BTreeMap<String, Shape>),
}

/// One place where two shapes differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, as `brokers[].partitions[].state`.
    pub path: String,
    /// What the one has, if it has anything.
    pub left: Option<Shape>,
    /// What the other has, if it has anything.
    pub right: Option<Shape>,
}

impl Shape {
    /// The structure of this value.
    pub fn of(value: &Value) -> Self {
        Self::of_field(None, value)
    }

    fn of_field(key: Option<&str>, value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Truth,
            Value::Number(_) => Self::Number,
            Value::String(text) if key.is_some_and(|key| WORD_FIELDS.contains(&key)) => {
                Self::Word(text.clone())
            }
            Value::String(text) if is_time(text) => Self::Time,
            Value::String(_) => Self::Text,
            Value::Array(elements) => Self::List(elements.iter().map(Self::of).collect()),
            Value::Object(fields) if !fields.is_empty() && fields.keys().all(|key| is_id(key)) => {
                Self::Table(fields.values().map(Self::of).collect())
            }
            Value::Object(fields) => Self::Object(
                fields
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::of_field(Some(key), value)))
                    .collect(),
            ),
        }
    }

    /// Where this shape (left) and another (right) differ; empty where they are equal.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        compare(String::new(), Some(self), Some(other), &mut found);
        found
    }
}

fn compare(path: String, left: Option<&Shape>, right: Option<&Shape>, found: &mut Vec<Difference>) {
    if left == right {
        return;
    }
    match (left, right) {
        (Some(Shape::Object(a)), Some(Shape::Object(b))) => {
            for key in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
                let dot = if path.is_empty() { "" } else { "." };
                compare(format!("{path}{dot}{key}"), a.get(key), b.get(key), found);
            }
        }
        (Some(Shape::List(a)), Some(Shape::List(b))) => {
            compare_elements(&format!("{path}[]"), a, b, found);
        }
        (Some(Shape::Table(a)), Some(Shape::Table(b))) => {
            compare_elements(&format!("{path}{{}}"), a, b, found);
        }
        _ => found.push(Difference { path, left: left.cloned(), right: right.cloned() }),
    }
}

/// Elements that only one side has; where that is one each, they are the same thing, told differently.
fn compare_elements(
    path: &str,
    left: &BTreeSet<Shape>,
    right: &BTreeSet<Shape>,
    found: &mut Vec<Difference>,
) {
    let only_left: Vec<&Shape> = left.difference(right).collect();
    let only_right: Vec<&Shape> = right.difference(left).collect();
    if let ([one], [other]) = (only_left.as_slice(), only_right.as_slice()) {
        compare(path.to_owned(), Some(one), Some(other), found);
        return;
    }
    for shape in only_left {
        compare(path.to_owned(), Some(shape), None, found);
    }
    for shape in only_right {
        compare(path.to_owned(), None, Some(shape), found);
    }
}

fn is_id(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let pattern = b"0000-00-00T00:00";
    text.len() > pattern.len()
        && text.bytes().zip(pattern).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *like,
        })
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Truth => f.write_str("truth"),
            Self::Number => f.write_str("number"),
            Self::Text => f.write_str("text"),
            Self::Time => f.write_str("time"),
            Self::Word(word) => write!(f, "\"{word}\""),
            Self::List(elements) => write!(f, "[{}]", joined(elements)),
            Self::Table(elements) => write!(f, "{{id: {}}}", joined(elements)),
            Self::Object(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(key, shape)| format!("{key}: {shape}")).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
        }
    }
}

fn joined(elements: &BTreeSet<Shape>) -> String {
    elements.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, left, right } = self;
        let place = if path.is_empty() { "." } else { path };
        let side = |shape: &Option<Shape>| {
            shape.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string)
        };
        write!(f, "{place}: {} against {}", side(left), side(right))
    }
}

#[cfg(test)]
mod tests;

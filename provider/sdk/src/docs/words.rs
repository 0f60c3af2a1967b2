//! How types, rules and values are put into words.

use crate::schema::{Nesting, Presence, Rule, Shape};
use crate::types::Type;
use crate::value::Value;

/// A path as the name of its section.
pub(super) fn anchor(path: &str) -> String {
    path.replace('.', "--")
}

/// The text without line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a list of pages shows of the text.
pub(super) fn first_sentence(text: &str) -> String {
    let text = one_line(text);
    match text.split_once(". ") {
        Some((sentence, _)) => format!("{sentence}."),
        None => text,
    }
}

/// The rule as a sentence; none where the type says it all, or where nobody writes the value.
pub(super) fn told(rule: &Rule, ty: &Type, presence: Presence) -> Option<String> {
    let Rule { text, example, words } = rule;
    if presence == Presence::Computed && words.is_empty() {
        return None;
    }
    let each = match ty {
        Type::List(_) | Type::Set(_) | Type::Map(_) => "Each must be",
        Type::Truth
        | Type::Number
        | Type::Text
        | Type::Dynamic
        | Type::Tuple(_)
        | Type::Object(_) => "Must be",
    };
    if !words.is_empty() {
        let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        return Some(format!("{each} one of {}.", words.join(", ")));
    }
    match *text {
        "a string" | "a whole number" | "true or false" | "a number" => None,
        // What stands between angle brackets is HTML in Markdown, and would not be seen.
        text => {
            let text = text.replace('<', "\\<");
            Some(format!("{each} {text}, for example `{example}`."))
        }
    }
}

/// The value as HCL.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "(known after apply)".to_owned(),
        Value::Truth(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::List(elements) => {
            format!("[{}]", elements.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members =
                members.iter().map(|(name, value)| format!("{name} = {}", literal(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Dynamic(typed) => literal(&typed.value),
    }
}

/// What stands in an attribute, as the registry writes it.
pub(super) fn shape_name(shape: &Shape) -> String {
    match shape {
        Shape::Plain { ty, rule: _ } => type_name(ty),
        Shape::Nested { nesting, object: _ } => match nesting {
            Nesting::Single => "Attributes",
            Nesting::List => "Attributes List",
            Nesting::Set => "Attributes Set",
            Nesting::Map => "Attributes Map",
        }
        .to_owned(),
    }
}

/// The type as the registry writes it.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Truth => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Text => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Set(element) => format!("Set of {}", type_name(element)),
        Type::Map(element) => format!("Map of {}", type_name(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}

/// The type as HCL writes it.
pub(super) fn spelling(ty: &Type) -> String {
    match ty {
        Type::Truth => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Dynamic => "dynamic".to_owned(),
        Type::List(element) => format!("list of {}", spelling(element)),
        Type::Set(element) => format!("set of {}", spelling(element)),
        Type::Map(element) => format!("map of {}", spelling(element)),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
    }
}

//! What an answer must keep, checked here so that the message names the attribute and the bug, before core says it in its own way.

use crate::diagnostic::Diagnostic;
use crate::path::{Path, Step};
use crate::schema::{Nesting, Object, Schema, Secrecy, Shape};
use crate::types::Type;
use crate::value::{Typed, Value};

/// A value that is about to be stored: everything in it known, nothing in it that must not be stored.
pub(super) fn storable(schema: &Schema, doing: &str, value: Value) -> (Value, Vec<Diagnostic>) {
    let mut broken = Vec::new();
    for path in unknowns(&value, schema.ty()) {
        broken.push(
            Diagnostic::error(
                format!("{doing} left {} unknown", named(&path)),
                "Nothing may stay unknown in a state. This is a bug in the provider; null is stored instead.",
            )
            .at(path),
        );
    }
    let mut value = without_unknowns(value);
    let mut secrets = Vec::new();
    forget_write_only(schema.object(), &mut value, &Path::root(), &mut secrets);
    for path in secrets {
        broken.push(
            Diagnostic::error(
                format!("{doing} would have stored {}", named(&path)),
                "A write-only attribute is used and never stored. This is a bug in the provider; null is stored instead.",
            )
            .at(path),
        );
    }
    (value, broken)
}

/// Where a new state is not what was planned. Whatever was planned unknown may be anything.
pub(super) fn kept(schema: &Schema, planned: &Value, applied: &Value) -> Vec<Diagnostic> {
    match (planned, applied) {
        (Value::Null, Value::Null) => Vec::new(),
        (Value::Null, _) => vec![Diagnostic::error(
            "deletion left an object behind",
            "A deletion without an error answered with a state that is not null. This is a bug in the provider.",
        )],
        (_, Value::Null) => vec![Diagnostic::error(
            "apply left no object behind",
            "An apply without an error answered with a null state, though an object was planned. This is a bug in the provider.",
        )],
        _ => {
            let mut found = Vec::new();
            compare(planned, applied, schema.ty(), &mut Path::root(), &mut found);
            found.into_iter().map(|difference| difference.explain(schema)).collect()
        }
    }
}

/// Where in a value something is unknown.
pub(super) fn unknowns(value: &Value, ty: &Type) -> Vec<Path> {
    let mut found = Vec::new();
    if !value.is_wholly_known() {
        collect_unknowns(value, ty, &mut Path::root(), &mut found);
    }
    found
}

/// The value with null for whatever is unknown in it.
pub(super) fn without_unknowns(value: Value) -> Value {
    match value {
        Value::Unknown => Value::Null,
        Value::List(elements) => Value::List(elements.into_iter().map(without_unknowns).collect()),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(name, value)| (name, without_unknowns(value))).collect(),
        ),
        Value::Dynamic(typed) => {
            let Typed { ty, value } = *typed;
            Value::Dynamic(Box::new(Typed { ty, value: without_unknowns(value) }))
        }
        known @ (Value::Null | Value::Truth(_) | Value::Number(_) | Value::Text(_)) => known,
    }
}

fn collect_unknowns(value: &Value, ty: &Type, path: &mut Path, found: &mut Vec<Path>) {
    match value {
        Value::Unknown => found.push(path.clone()),
        Value::List(_) | Value::Object(_) => {
            for (step, part, ty) in parts(value, ty) {
                path.push(step);
                collect_unknowns(part, ty, path, found);
                path.pop();
            }
        }
        Value::Dynamic(typed) => collect_unknowns(&typed.value, &typed.ty, path, found),
        Value::Null | Value::Truth(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

/// The parts of a compound value, each with its step and type. Elements of a set have no place of their own: their step is where they are sorted.
fn parts<'a>(value: &'a Value, ty: &'a Type) -> Vec<(Step, &'a Value, &'a Type)> {
    match (value, ty) {
        (Value::Object(members), Type::Object(object)) => object
            .attributes
            .iter()
            .filter_map(|(name, ty)| Some((Step::Attribute(name.clone()), members.get(name)?, ty)))
            .collect(),
        (Value::Object(members), Type::Map(ty)) => {
            members.iter().map(|(key, value)| (Step::Key(key.clone()), value, &**ty)).collect()
        }
        (Value::List(elements), Type::List(ty) | Type::Set(ty)) => elements
            .iter()
            .enumerate()
            .map(|(index, value)| (Step::Index(index), value, &**ty))
            .collect(),
        (Value::List(elements), Type::Tuple(types)) => elements
            .iter()
            .zip(types)
            .enumerate()
            .map(|(index, (value, ty))| (Step::Index(index), value, ty))
            .collect(),
        _ => Vec::new(),
    }
}

struct Difference {
    path: Path,
    planned: String,
    applied: String,
}

impl Difference {
    fn explain(self, schema: &Schema) -> Diagnostic {
        let Self { path, planned, applied } = self;
        let detail = if is_shown(schema.object(), path.steps()) {
            format!(
                "Planned was {planned}, and now it is {applied}. This is a bug in the provider."
            )
        } else {
            "Its values are sensitive and not shown. This is a bug in the provider.".to_owned()
        };
        Diagnostic::error(format!("apply changed {} after the plan", named(&path)), detail).at(path)
    }
}

fn compare(
    planned: &Value,
    applied: &Value,
    ty: &Type,
    path: &mut Path,
    found: &mut Vec<Difference>,
) {
    if matches!(planned, Value::Unknown) || planned == applied {
        return;
    }
    let comparable = match (planned, applied, ty) {
        // Which element of a set became which cannot be told; their number can shrink too, when two become equal.
        (Value::List(planned), Value::List(_), Type::Set(_)) => {
            if planned.iter().all(Value::is_wholly_known) {
                false
            } else {
                return;
            }
        }
        (Value::List(planned), Value::List(applied), _) => planned.len() == applied.len(),
        (Value::Object(planned), Value::Object(applied), Type::Map(_)) => {
            planned.keys().eq(applied.keys())
        }
        (Value::Object(_), Value::Object(_), _) => true,
        (Value::Dynamic(planned), Value::Dynamic(applied), _) if planned.ty == applied.ty => {
            return compare(&planned.value, &applied.value, &planned.ty, path, found);
        }
        (Value::Dynamic(planned), Value::Dynamic(_), _) if !planned.value.is_wholly_known() => {
            return;
        }
        _ => false,
    };
    if !comparable {
        found.push(Difference {
            path: path.clone(),
            planned: render(planned),
            applied: render(applied),
        });
        return;
    }
    let part_of = |step: &Step| match step {
        Step::Attribute(name) | Step::Key(name) => applied.member(name),
        Step::Index(index) => applied.element(*index),
    };
    for (step, part, ty) in parts(planned, ty) {
        let other = part_of(&step);
        path.push(step);
        compare(part, other, ty, path, found);
        path.pop();
    }
}

fn render(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "unknown".to_owned(),
        Value::Truth(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(elements) => format!("{} elements", elements.len()),
        Value::Object(members) => {
            format!("an object of {}", members.keys().cloned().collect::<Vec<_>>().join(", "))
        }
        Value::Dynamic(typed) => render(&typed.value),
    }
}

fn named(path: &Path) -> String {
    if path.is_root() { "the whole object".to_owned() } else { format!("`{path}`") }
}

/// Whether values at a path may be written into a message.
fn is_shown(object: &Object, steps: &[Step]) -> bool {
    let mut names = steps.iter().filter_map(|step| match step {
        Step::Attribute(name) => Some(name),
        Step::Key(_) | Step::Index(_) => None,
    });
    let mut object = object;
    loop {
        let Some(attribute) = names.next().and_then(|name| object.attributes().get(name)) else {
            return true;
        };
        match (&attribute.secrecy, &attribute.shape) {
            (Secrecy::Sensitive | Secrecy::WriteOnly, _) => return false,
            (Secrecy::Shown, Shape::Nested { nesting: _, object: inner }) => object = inner,
            (Secrecy::Shown, Shape::Plain { .. }) => return true,
        }
    }
}

/// Nulls what is write-only and names what was not null.
fn forget_write_only(object: &Object, value: &mut Value, path: &Path, found: &mut Vec<Path>) {
    let Value::Object(members) = value else { return };
    for (name, attribute) in object.attributes() {
        let Some(member) = members.get_mut(name) else { continue };
        let path = path.then(name.clone());
        match (attribute.secrecy, &attribute.shape) {
            (Secrecy::WriteOnly, _) => {
                if !member.is_null() {
                    *member = Value::Null;
                    found.push(path);
                }
            }
            (_, Shape::Nested { nesting, object }) => match (nesting, member) {
                (Nesting::Single, member) => forget_write_only(object, member, &path, found),
                (Nesting::List | Nesting::Set, Value::List(elements)) => {
                    for (index, element) in elements.iter_mut().enumerate() {
                        forget_write_only(object, element, &path.with(Step::Index(index)), found);
                    }
                }
                (Nesting::Map, Value::Object(elements)) => {
                    for (key, element) in elements {
                        forget_write_only(
                            object,
                            element,
                            &path.with(Step::Key(key.clone())),
                            found,
                        );
                    }
                }
                (Nesting::List | Nesting::Set | Nesting::Map, _) => {}
            },
            (_, Shape::Plain { ty: _, rule: _ }) => {}
        }
    }
}

#[cfg(test)]
mod tests;

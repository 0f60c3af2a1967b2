//! Changes that need another object.

use crate::path::{Path, Step};
use crate::schema::{Nesting, Object, OnChange, Shape};
use crate::value::Value;

/// Every attribute that really changes and asks for a replacement, with those that the resource named itself, sorted and each once.
pub fn replacements(object: &Object, prior: &Value, planned: &Value, named: &[Path]) -> Vec<Path> {
    if prior.is_null() || planned.is_null() {
        return Vec::new();
    }
    let mut found = Vec::new();
    collect(&Path::root(), object, prior, planned, &mut found);
    found.extend(named.iter().filter(|path| at(prior, path) != at(planned, path)).cloned());
    found.sort();
    found.dedup();
    found
}

fn collect(path: &Path, object: &Object, prior: &Value, planned: &Value, found: &mut Vec<Path>) {
    for (name, attribute) in object.attributes() {
        let (prior, planned) = (prior.member(name), planned.member(name));
        if prior == planned {
            continue;
        }
        let path = path.then(name);
        if attribute.on_change == OnChange::Replace {
            found.push(path.clone());
        }
        let Shape::Nested { nesting, object } = &attribute.shape else { continue };
        match nesting {
            Nesting::Single => collect(&path, object, prior, planned, found),
            Nesting::List => {
                let length = |value: &Value| value.as_elements().map_or(0, <[Value]>::len);
                for index in 0..length(prior).max(length(planned)) {
                    let path = path.with(Step::Index(index));
                    collect(&path, object, prior.element(index), planned.element(index), found);
                }
            }
            Nesting::Map => {
                let keys = |value: &Value| {
                    value
                        .as_members()
                        .into_iter()
                        .flat_map(|members| members.keys().cloned())
                        .collect()
                };
                let (mut all, more): (Vec<String>, Vec<String>) = (keys(prior), keys(planned));
                all.extend(more);
                all.sort();
                all.dedup();
                for key in &all {
                    let path = path.with(Step::Key(key.clone()));
                    collect(&path, object, prior.member(key), planned.member(key), found);
                }
            }
            // An element of a set has no place of its own.
            Nesting::Set => {
                if asks_anywhere(object) {
                    found.push(path);
                }
            }
        }
    }
}

fn asks_anywhere(object: &Object) -> bool {
    object.attributes().values().any(|attribute| {
        attribute.on_change == OnChange::Replace
            || matches!(&attribute.shape, Shape::Nested { nesting: _, object } if asks_anywhere(object))
    })
}

/// What is at the path; null where there is nothing.
fn at<'a>(value: &'a Value, path: &Path) -> &'a Value {
    path.steps().iter().fold(value, |value, step| match step {
        Step::Attribute(name) | Step::Key(name) => value.member(name),
        Step::Index(index) => value.element(*index),
    })
}

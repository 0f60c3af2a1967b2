//! What is used and never stored.

use crate::path::{Path, Step};
use crate::schema::{Object, Secrecy, Shape};
use crate::value::Value;

/// Nulls what is used and never stored, at every depth.
pub fn forget_write_only(object: &Object, value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (name, attribute) in object.attributes() {
        let Some(member) = members.get_mut(name) else { continue };
        match (attribute.secrecy, &attribute.shape) {
            (Secrecy::WriteOnly, _) => *member = Value::Null,
            (Secrecy::Shown | Secrecy::Sensitive, Shape::Nested { nesting, object }) => {
                for (_, element) in nesting.elements_mut(member) {
                    forget_write_only(object, element);
                }
            }
            (Secrecy::Shown | Secrecy::Sensitive, Shape::Plain { .. }) => {}
        }
    }
}

/// Where a value is given that is used and never stored.
pub fn write_only_given(object: &Object, config: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    given(&Path::root(), object, config, &mut found);
    found
}

fn given(path: &Path, object: &Object, config: &Value, found: &mut Vec<Path>) {
    for (name, attribute) in object.attributes() {
        let (path, config) = (path.then(name), config.member(name));
        match (attribute.secrecy, &attribute.shape) {
            // What is not known yet may turn out to be nothing.
            (Secrecy::WriteOnly, _) if matches!(config, Value::Null | Value::Unknown) => {}
            (Secrecy::WriteOnly, _) => found.push(path),
            (Secrecy::Shown | Secrecy::Sensitive, Shape::Nested { nesting, object }) => {
                for (step, element) in nesting.elements(config) {
                    let path = step.map_or_else(|| path.clone(), |step: Step| path.with(step));
                    given(&path, object, element, found);
                }
            }
            (Secrecy::Shown | Secrecy::Sensitive, Shape::Plain { .. }) => {}
        }
    }
}

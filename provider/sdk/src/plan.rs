//! The plan engine: from prior state and configuration to a plan that Terraform's core accepts.
//!
//! ```text
//! config ─ defaults ─▶ effective ─ merge with prior ─▶ merged ─ if it differs: computed values unknown ─▶ prepared
//!        ─ the resource's own say ─▶ settled ─ check ─▶ planned, requires_replace
//! ```
//!
//! Everything here is a function from values to values: the same question has the same answer, as core demands when it asks for the plan
//! a second time during the apply. The proposal that core sends along is not needed: `merge` makes the same from what it was made of.

mod check;
mod defaults;
mod merge;
mod replace;
mod settle;
mod unknown;

pub use self::check::check;
pub use self::defaults::effective;
pub use self::replace::replacements;
pub use self::settle::settle;

use crate::schema::{Nesting, Object, Secrecy, Shape};
use crate::value::Value;

/// The plan before the resource has its say: `effective` is the configuration with its defaults filled in.
pub fn prepare(object: &Object, prior: &Value, effective: &Value) -> Value {
    let merged = merge::merge(object, prior, effective);
    if merged == *prior { merged } else { unknown::mark(object, prior, effective, merged) }
}

/// Nulls what is used and never stored.
pub fn forget_write_only(object: &Object, value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (name, attribute) in object.attributes() {
        let Some(member) = members.get_mut(name) else { continue };
        match (attribute.secrecy, &attribute.shape) {
            (Secrecy::WriteOnly, _) => *member = Value::Null,
            (_, Shape::Nested { nesting: Nesting::Single, object }) => {
                forget_write_only(object, member);
            }
            (_, Shape::Nested { nesting: Nesting::List | Nesting::Set | Nesting::Map, object }) => {
                match member {
                    Value::List(elements) => {
                        for element in elements {
                            forget_write_only(object, element);
                        }
                    }
                    Value::Object(elements) => {
                        for element in elements.values_mut() {
                            forget_write_only(object, element);
                        }
                    }
                    Value::Null
                    | Value::Unknown
                    | Value::Truth(_)
                    | Value::Number(_)
                    | Value::Text(_)
                    | Value::Dynamic(_) => {}
                }
            }
            (_, Shape::Plain { .. }) => {}
        }
    }
}

#[cfg(test)]
mod tests;

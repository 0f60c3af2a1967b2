//! A state turned back into the configuration that a user would write for it.

use crate::schema::{Attribute, Nesting, Object, Presence, Secrecy, Shape};
use crate::value::{Members, Value};

/// The configuration that says what the state is: what only the provider gives is left out, and so is what a default says anyway.
pub fn configuration(object: &Object, state: &Value) -> Value {
    let Value::Object(members) = state else { return state.clone() };
    let written = object.attributes().iter().map(|(name, attribute)| {
        (name.clone(), written(attribute, members.get(name).unwrap_or(&Value::Null)))
    });
    Value::Object(written.collect())
}

fn written(attribute: &Attribute, state: &Value) -> Value {
    if attribute.presence == Presence::Computed || attribute.secrecy == Secrecy::WriteOnly {
        return Value::Null;
    }
    if let Some(default) = &attribute.default
        && attribute.completed_default(default) == *state
    {
        return Value::Null;
    }
    let Shape::Nested { nesting, object } = &attribute.shape else { return state.clone() };
    match (nesting, state) {
        (Nesting::Single, state) => configuration(object, state),
        (Nesting::List, Value::List(elements)) => {
            Value::List(elements.iter().map(|element| configuration(object, element)).collect())
        }
        (Nesting::Set, Value::List(elements)) => {
            Value::set(elements.iter().map(|element| configuration(object, element)).collect())
        }
        (Nesting::Map, Value::Object(elements)) => {
            let written =
                elements.iter().map(|(key, element)| (key.clone(), configuration(object, element)));
            Value::Object(written.collect::<Members>())
        }
        (Nesting::List | Nesting::Set | Nesting::Map, state) => state.clone(),
    }
}

//! The configuration over the prior state.

use crate::schema::{Attribute, Nesting, Object, Secrecy, Shape};
use crate::value::{Members, Value};

/// What is configured, and elsewhere what the provider had computed.
pub(super) fn merge(object: &Object, prior: &Value, config: &Value) -> Value {
    let Value::Object(members) = config else { return config.clone() };
    let merged = object.attributes().iter().map(|(name, attribute)| {
        let config = members.get(name).unwrap_or(&Value::Null);
        (name.clone(), member(attribute, prior.member(name), config))
    });
    Value::Object(merged.collect())
}

fn member(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    if attribute.secrecy == Secrecy::WriteOnly {
        return Value::Null;
    }
    match (config, &attribute.shape) {
        (Value::Null, _) if attribute.presence.is_computed() => prior.clone(),
        (config, Shape::Plain { .. }) => config.clone(),
        (config, Shape::Nested { nesting, object }) => match (nesting, config) {
            (Nesting::Single, config) => merge(object, prior, config),
            (Nesting::List, Value::List(elements)) => {
                let merged = elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| merge(object, prior.element(index), element));
                Value::List(merged.collect())
            }
            // Nothing is computed in an element of a set: the schema lint sees to it.
            (Nesting::Set, Value::List(elements)) => Value::set(
                elements.iter().map(|element| merge(object, &Value::Null, element)).collect(),
            ),
            (Nesting::Map, Value::Object(elements)) => {
                let merged = elements
                    .iter()
                    .map(|(key, element)| (key.clone(), merge(object, prior.member(key), element)));
                Value::Object(merged.collect::<Members>())
            }
            (Nesting::List | Nesting::Set | Nesting::Map, config) => config.clone(),
        },
    }
}

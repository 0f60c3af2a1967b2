//! Defaults where the configuration says nothing.

use crate::schema::{Attribute, Nesting, Object, Shape};
use crate::value::{Members, Value};

/// The configuration with its defaults filled in, at every depth.
pub fn effective(object: &Object, config: &Value) -> Value {
    let Value::Object(members) = config else { return config.clone() };
    let filled = object.attributes().iter().map(|(name, attribute)| {
        (name.clone(), filled(attribute, members.get(name).unwrap_or(&Value::Null)))
    });
    Value::Object(filled.collect())
}

fn filled(attribute: &Attribute, config: &Value) -> Value {
    let config = match (config, &attribute.default) {
        (Value::Null, Some(default)) => &default.value,
        (config, _) => config,
    };
    let Shape::Nested { nesting, object } = &attribute.shape else { return config.clone() };
    match (nesting, config) {
        (Nesting::Single, config) => effective(object, config),
        (Nesting::List, Value::List(elements)) => {
            Value::List(elements.iter().map(|element| effective(object, element)).collect())
        }
        (Nesting::Set, Value::List(elements)) => {
            Value::set(elements.iter().map(|element| effective(object, element)).collect())
        }
        (Nesting::Map, Value::Object(elements)) => {
            let filled =
                elements.iter().map(|(key, element)| (key.clone(), effective(object, element)));
            Value::Object(filled.collect::<Members>())
        }
        (Nesting::List | Nesting::Set | Nesting::Map, config) => config.clone(),
    }
}

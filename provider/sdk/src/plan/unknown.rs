//! Something changes, so what the provider computes may change too.

use crate::schema::{Attribute, Nesting, Object, OnChange, Shape, Stability};
use crate::value::{Members, Value};

/// The merged state with every computed value unknown that is not stable.
pub(super) fn mark(object: &Object, prior: &Value, config: &Value, merged: Value) -> Value {
    let Value::Object(members) = merged else { return merged };
    let marked = members.into_iter().map(|(name, merged)| {
        let value = match object.attributes().get(&name) {
            Some(attribute) => member(attribute, prior.member(&name), config.member(&name), merged),
            None => merged,
        };
        (name, value)
    });
    Value::Object(marked.collect())
}

fn member(attribute: &Attribute, prior: &Value, config: &Value, merged: Value) -> Value {
    if config.is_null() && attribute.presence.is_computed() {
        return if stays(attribute) && !prior.is_null() { merged } else { Value::Unknown };
    }
    let Shape::Nested { nesting, object } = &attribute.shape else { return merged };
    match (nesting, merged) {
        (Nesting::Single, merged) => mark(object, prior, config, merged),
        (Nesting::List, Value::List(elements)) => {
            let marked = elements.into_iter().enumerate().map(|(index, merged)| {
                let config = config.element(index);
                // Elements have no names: what stands at the place now may not be what stood there.
                let prior = match prior.element(index) {
                    prior if is_same(object, prior, config) => prior,
                    _ => &Value::Null,
                };
                mark(object, prior, config, merged)
            });
            Value::List(marked.collect())
        }
        (Nesting::Map, Value::Object(elements)) => {
            let marked = elements.into_iter().map(|(key, merged)| {
                let marked = mark(object, prior.member(&key), config.member(&key), merged);
                (key, marked)
            });
            Value::Object(marked.collect::<Members>())
        }
        (Nesting::List | Nesting::Set | Nesting::Map, merged) => merged,
    }
}

/// A value that the provider chose and whose change would need another object stays, or every change would need one.
fn stays(attribute: &Attribute) -> bool {
    attribute.stability == Stability::Stable || attribute.on_change == OnChange::Replace
}

/// Whether all that is configured of an element is as it was.
fn is_same(object: &Object, prior: &Value, config: &Value) -> bool {
    object.attributes().keys().all(|name| {
        let config = config.member(name);
        config.is_null() || config == prior.member(name)
    })
}

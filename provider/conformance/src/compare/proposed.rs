//! What core proposes as the new state: the configuration, with computed values carried over (`ProposedNew`).

use std::collections::BTreeMap;

use crate::schema::{Attribute, Block, NestedBlock, Nesting, Object, Presence};
use crate::value::Value;

/// The proposal for a configuration and what was there before.
pub fn proposed(schema: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() || !config.is_known() {
        return if prior.is_null() { Value::Null } else { prior.clone() };
    }
    let mut members = attributes(&schema.attributes, prior, config);
    for (name, block) in &schema.blocks {
        members.insert(name.clone(), nested_block(block, before(prior, name), config.member(name)));
    }
    Value::Members(members)
}

fn before<'v>(prior: &'v Value, name: &str) -> &'v Value {
    if prior.is_null() { &Value::Null } else { prior.member(name) }
}

fn nested_block(schema: &NestedBlock, prior: &Value, config: &Value) -> Value {
    if !config.is_known() || (config.is_null() && schema.nesting == Nesting::Single) {
        return config.clone();
    }
    let one = |prior: &Value, config: &Value| proposed(&schema.block, prior, config);
    let fits = |prior: &Value, config: &Value| fits_block(&schema.block, prior, config);
    nested(schema.nesting, prior, config, &one, &fits)
}

fn nested_object(schema: &Object, prior: &Value, config: &Value) -> Value {
    if !config.is_known() || config.is_null() {
        return config.clone();
    }
    let one = |prior: &Value, config: &Value| {
        if config.is_null() || !config.is_known() {
            config.clone()
        } else {
            Value::Members(attributes(&schema.attributes, prior, config))
        }
    };
    let fits = |prior: &Value, config: &Value| fits_attributes(&schema.attributes, prior, config);
    nested(schema.nesting, prior, config, &one, &fits)
}

fn nested(
    nesting: Nesting,
    prior: &Value,
    config: &Value,
    one: &dyn Fn(&Value, &Value) -> Value,
    fits: &dyn Fn(&Value, &Value) -> bool,
) -> Value {
    match (nesting, config) {
        (Nesting::Single | Nesting::Group, config) => one(prior, config),
        (Nesting::List, Value::Sequence(elements)) => {
            let element = |(place, config): (usize, &Value)| match prior.elements().get(place) {
                Some(prior) => one(prior, config),
                None => config.clone(),
            };
            Value::Sequence(elements.iter().enumerate().map(element).collect())
        }
        (Nesting::Map, Value::Members(members)) => {
            let member = |(key, config): (&String, &Value)| {
                let prior = prior.members().and_then(|it| it.get(key)).unwrap_or(&Value::Null);
                (key.clone(), one(prior, config))
            };
            Value::Members(members.iter().map(member).collect())
        }
        (Nesting::Set, Value::Set(elements)) => {
            let mut left: Vec<&Value> = prior.elements().iter().collect();
            let element = |config: &Value| {
                let found = left.iter().position(|prior| fits(prior, config));
                let prior = found.map_or(&Value::Null, |found| left.remove(found));
                one(prior, config)
            };
            Value::set(elements.iter().map(element).collect())
        }
        (Nesting::List | Nesting::Map | Nesting::Set, other) => other.clone(),
    }
}

fn attributes(
    schema: &BTreeMap<String, Attribute>,
    prior: &Value,
    config: &Value,
) -> BTreeMap<String, Value> {
    let propose = |schema: &Attribute, prior: &Value, config: &Value| match &schema.nested {
        _ if schema.presence.is_computed() && config.is_null() => {
            if has_configured_parts(schema, prior) { Value::Null } else { prior.clone() }
        }
        Some(object) => nested_object(object, prior, config),
        None => config.clone(),
    };
    schema
        .iter()
        .map(|(name, schema)| {
            (name.clone(), propose(schema, before(prior, name), config.member(name)))
        })
        .collect()
}

/// Whether something in an optional nested value can only have come from a configuration, so that it goes
/// where the configuration goes.
fn has_configured_parts(schema: &Attribute, prior: &Value) -> bool {
    let (Presence::OptionalComputed, Some(object)) = (schema.presence, &schema.nested) else {
        return false;
    };
    configured_in(object, prior)
}

fn configured_in(object: &Object, value: &Value) -> bool {
    let one = |value: &Value| {
        object.attributes.iter().any(|(name, schema)| {
            let value = value.member(name);
            !value.is_null()
                && (!schema.presence.is_computed()
                    || schema.nested.as_ref().is_some_and(|nested| configured_in(nested, value)))
        })
    };
    let mut found = false;
    crate::schema::each_nested(
        object.nesting,
        value,
        &crate::path::Path::default(),
        &mut |_, value| found |= !value.is_null() && one(value),
    );
    found
}

/// Whether an element of a set may be what a configuration was before: it differs in computed values only.
fn fits_attributes(schema: &BTreeMap<String, Attribute>, prior: &Value, config: &Value) -> bool {
    schema.iter().all(|(name, schema)| {
        let (prior, config) = (before(prior, name), config.member(name));
        if prior.unrefined() == config.unrefined() {
            return true;
        }
        match &schema.nested {
            Some(object) if object.nesting == Nesting::Single && !config.is_null() => {
                fits_attributes(&object.attributes, prior, config)
            }
            _ => schema.presence.is_computed() && config.is_null(),
        }
    })
}

fn fits_block(schema: &Block, prior: &Value, config: &Value) -> bool {
    fits_attributes(&schema.attributes, prior, config)
        && schema
            .blocks
            .keys()
            .all(|name| before(prior, name).unrefined() == config.member(name).unrefined())
}

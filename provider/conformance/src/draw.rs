//! Values made from a schema.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::schema::{Attribute, Block, NestedBlock, Nesting, Presence};
use crate::ty::Type;
use crate::value::Value;
use crate::wire::{self, WireError};

/// The configuration that JSON says: attributes that are not there are null, and blocks that are not there none.
pub fn configured(block: &Block, json: &Json) -> Result<Value, WireError> {
    let json = if json.is_null() { &Json::Object(serde_json::Map::new()) } else { json };
    let value = wire::from_json(json, &block.ty())?;
    Ok(with_blocks(block, value))
}

fn with_blocks(block: &Block, value: Value) -> Value {
    let Value::Members(mut members) = value else { return value };
    for (name, nested) in &block.blocks {
        let value = members.remove(name).unwrap_or(Value::Null);
        members.insert(name.clone(), with_nested_blocks(nested, value));
    }
    Value::Members(members)
}

fn with_nested_blocks(nested: &NestedBlock, value: Value) -> Value {
    let one = |value| with_blocks(&nested.block, value);
    match (nested.nesting, value) {
        (Nesting::List, Value::Null) => Value::Sequence(Vec::new()),
        (Nesting::Set, Value::Null) => Value::Set(Vec::new()),
        (Nesting::Map, Value::Null) => Value::Members(BTreeMap::new()),
        (Nesting::Group, Value::Null) => empty(&nested.block),
        (Nesting::List, Value::Sequence(elements)) => {
            Value::Sequence(elements.into_iter().map(one).collect())
        }
        (Nesting::Set, Value::Set(elements)) => Value::set(elements.into_iter().map(one).collect()),
        (Nesting::Map, Value::Members(members)) => {
            Value::Members(members.into_iter().map(|(key, it)| (key, one(it))).collect())
        }
        (Nesting::Single | Nesting::Group, value @ Value::Members(_)) => one(value),
        (_, value) => value,
    }
}

/// A configuration in which nothing is set.
pub fn empty(block: &Block) -> Value {
    let null = |name: &String| (name.clone(), Value::Null);
    let members = block.attributes.keys().chain(block.blocks.keys()).map(null).collect();
    with_blocks(block, Value::Members(members))
}

/// A configuration in which everything is set that can be, and nothing of it is known yet. Blocks are known: core
/// needs one of each to be there where one is required.
pub fn unknown(block: &Block, is_set: &dyn Fn(&Attribute) -> bool) -> Value {
    let attribute = |(name, schema): (&String, &Attribute)| {
        // terraform-plugin-sdk declares every resource's `id` as one that may be set, and refuses it.
        let refused = name == "id" && schema.presence == Presence::OptionalComputed;
        let value = if is_set(schema) && !refused { Value::UNKNOWN } else { Value::Null };
        (name.clone(), value)
    };
    let mut members: BTreeMap<_, _> = block.attributes.iter().map(attribute).collect();
    for (name, nested) in &block.blocks {
        let one = || unknown(&nested.block, is_set);
        let value = match nested.nesting {
            Nesting::Single if nested.fewest == 0 => Value::Null,
            Nesting::Single | Nesting::Group => one(),
            Nesting::List => Value::Sequence((0..nested.fewest).map(|_| one()).collect()),
            Nesting::Set if nested.fewest > 0 => Value::set(vec![one()]),
            Nesting::Set => Value::Set(Vec::new()),
            Nesting::Map => Value::Members(BTreeMap::new()),
        };
        members.insert(name.clone(), value);
    }
    Value::Members(members)
}

/// A simple value of a type.
pub fn simple(ty: &Type) -> Value {
    match ty {
        Type::Bool => Value::Bool(true),
        Type::Number => Value::from(1),
        Type::Text => Value::text("a"),
        Type::Dynamic => Value::Dynamic(Box::new(Type::Text), Box::new(Value::text("a"))),
        Type::List(of) => Value::Sequence(vec![simple(of)]),
        Type::Set(of) => Value::set(vec![simple(of)]),
        Type::Map(of) => Value::Members([("a".to_owned(), simple(of))].into()),
        Type::Tuple(types) => Value::Sequence(types.iter().map(simple).collect()),
        Type::Object(types) => {
            Value::Members(types.iter().map(|(name, ty)| (name.clone(), simple(ty))).collect())
        }
    }
}

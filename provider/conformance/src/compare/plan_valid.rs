//! Whether a plan is one that the configuration allows (`AssertPlanValid`).

use std::collections::BTreeMap;

use crate::judge::Breach;
use crate::path::Path;
use crate::rules::Rule;
use crate::schema::{Attribute, Block, NestedBlock, Nesting, Object, Presence};
use crate::value::Value;

type Found = Vec<(Rule, Breach)>;

/// Every way in which a plan is not valid, each with the rule that it breaks.
pub fn plan_valid(schema: &Block, prior: &Value, config: &Value, planned: &Value) -> Found {
    let mut found = Vec::new();
    block(schema, prior, config, planned, &Path::default(), &mut found);
    found
}

fn add(found: &mut Found, rule: Rule, path: &Path, expected: impl Into<String>, got: &Value) {
    found.push((rule, Breach::at(path, expected, got.to_string())));
}

fn block(
    schema: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    if planned.is_null() != config.is_null() {
        let expected = if config.is_null() { "nothing" } else { "something, as configured" };
        add(found, Rule::PlanExistence, path, expected, planned);
        return;
    }
    if planned.is_null() {
        return;
    }
    attributes(&schema.attributes, prior, config, planned, path, found);
    for (name, schema) in &schema.blocks {
        let path = path.attribute(name);
        let (prior, config, planned) =
            (member(prior, name), config.member(name), planned.member(name));
        nested_block(schema, prior, config, planned, &path, found);
    }
}

/// What was there before, of something that may not have been.
fn member<'v>(prior: &'v Value, name: &str) -> &'v Value {
    if prior.is_null() { &Value::Null } else { prior.member(name) }
}

fn nested_block(
    schema: &NestedBlock,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    if schema.nesting != Nesting::Single && planned.is_null() {
        add(found, Rule::PlanBlocks, path, "empty where there are no blocks", planned);
        return;
    }
    if planned == config || (config.is_null() && schema.computed) {
        return;
    }
    if !config.is_known() {
        add(found, Rule::PlanBlocks, path, "unknown, as the blocks are", planned);
        return;
    }
    if !planned.is_known() {
        add(found, Rule::PlanBlocks, path, "blocks that are known", planned);
        return;
    }
    let whole = "a block that is known, whatever is unknown in it";
    match schema.nesting {
        Nesting::Single | Nesting::Group => {
            block(&schema.block, prior, config, planned, path, found);
        }
        Nesting::List => {
            let (wanted, got) = (config.elements(), planned.elements());
            if wanted.len() != got.len() {
                add(found, Rule::PlanBlocks, path, format!("{} blocks", wanted.len()), planned);
                return;
            }
            for (place, (config, planned)) in wanted.iter().zip(got).enumerate() {
                let path = path.index(place);
                if planned.is_known() {
                    let prior = prior.elements().get(place).unwrap_or(&Value::Null);
                    block(&schema.block, prior, config, planned, &path, found);
                } else {
                    add(found, Rule::PlanBlocks, &path, whole, planned);
                }
            }
        }
        Nesting::Map => {
            let none = BTreeMap::new();
            let (wanted, got) =
                (config.members().unwrap_or(&none), planned.members().unwrap_or(&none));
            if !wanted.keys().eq(got.keys()) {
                let keys: Vec<_> = wanted.keys().collect();
                add(found, Rule::PlanBlocks, path, format!("blocks {keys:?}"), planned);
                return;
            }
            for (key, planned) in got {
                let path = path.key(key);
                if planned.is_known() {
                    let config = &wanted[key];
                    block(&schema.block, member(prior, key), config, planned, &path, found);
                } else {
                    add(found, Rule::PlanBlocks, &path, whole, planned);
                }
            }
        }
        Nesting::Set => {
            // Which element of a set is which is not to be told, so core looks no further.
            for (place, planned) in planned.elements().iter().enumerate() {
                if !planned.is_known() {
                    add(found, Rule::PlanBlocks, &path.index(place), whole, planned);
                }
            }
        }
    }
}

fn attributes(
    schema: &BTreeMap<String, Attribute>,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    for (name, schema) in schema {
        let path = path.attribute(name);
        let (prior, config, planned) =
            (member(prior, name), member(config, name), member(planned, name));
        attribute(schema, prior, config, planned, &path, found);
    }
}

fn attribute(
    schema: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    let bare = planned.unrefined();
    if bare == config.unrefined() {
        return;
    }
    if bare == prior.unrefined() && !prior.is_null() && !config.is_null() {
        return;
    }
    if schema.write_only {
        // Told by the rule of its own.
        return;
    }
    match schema.presence {
        Presence::Computed => return,
        Presence::OptionalComputed if config.is_null() => return,
        Presence::Required | Presence::Optional | Presence::OptionalComputed => {}
    }
    if config.is_null() {
        add(found, Rule::PlanNull, path, "null, as nothing is configured", planned);
        return;
    }
    match &schema.nested {
        Some(nested) => object(nested, prior, config, planned, path, found),
        None if prior.is_null() => {
            add(found, Rule::PlanConfig, path, format!("{config}, as configured"), planned);
        }
        None => {
            let expected = format!("{config}, as configured, or {prior}, as before");
            add(found, Rule::PlanConfig, path, expected, planned);
        }
    }
}

fn object(
    schema: &Object,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Found,
) {
    if planned.is_null() {
        add(found, Rule::PlanConfig, path, format!("{config}, as configured"), planned);
        return;
    }
    if !planned.is_known() {
        add(found, Rule::PlanUnknown, path, format!("{config}, as configured"), planned);
        return;
    }
    if !config.is_known() {
        if schema.nesting != Nesting::Single {
            add(found, Rule::PlanCount, path, "unknown, as configured", planned);
        }
        return;
    }
    match schema.nesting {
        Nesting::Single | Nesting::Group => {
            attributes(&schema.attributes, prior, config, planned, path, found);
        }
        Nesting::List => {
            let (wanted, got) = (config.elements(), planned.elements());
            if wanted.len() != got.len() {
                add(found, Rule::PlanCount, path, format!("{} elements", wanted.len()), planned);
                return;
            }
            for (place, (config, planned)) in wanted.iter().zip(got).enumerate() {
                let prior = prior.elements().get(place).unwrap_or(&Value::Null);
                attributes(&schema.attributes, prior, config, planned, &path.index(place), found);
            }
        }
        Nesting::Map => {
            let none = BTreeMap::new();
            let (wanted, got) =
                (config.members().unwrap_or(&none), planned.members().unwrap_or(&none));
            if !wanted.keys().eq(got.keys()) {
                let keys: Vec<_> = wanted.keys().collect();
                add(found, Rule::PlanCount, path, format!("the keys {keys:?}"), planned);
                return;
            }
            for (key, planned) in got {
                let (prior, config) = (member(prior, key), &wanted[key]);
                attributes(&schema.attributes, prior, config, planned, &path.key(key), found);
            }
        }
        Nesting::Set => {
            // Elements with unknown parts may turn out to be the same.
            let vague = !config.unknown_paths().is_empty() || !planned.unknown_paths().is_empty();
            if !vague && config.elements().len() != planned.elements().len() {
                let expected = format!("{} elements", config.elements().len());
                add(found, Rule::PlanCount, path, expected, planned);
            }
        }
    }
}

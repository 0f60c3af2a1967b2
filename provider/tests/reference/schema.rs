//! The schemas themselves: their shape, their rules, their defaults and examples.

use std::collections::BTreeMap;

use terraform_provider_zeebe::provider;
use tf_sdk::call::Call;
use tf_sdk::provider::Provider;
use tf_sdk::schema::{Object, Presence, Rule, Schema, Shape};
use tf_sdk::types::Type;
use tf_sdk::{Path, Value};
use zeebe_engine::Engine;

fn offered() -> Provider {
    provider(Engine::new().unwrap())
}

/// One line for each attribute: what may stand there, and what becomes of it.
fn lines(path: &str, object: &Object, text: &mut Vec<String>) {
    for (name, attribute) in object.attributes() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let mut said = vec![
            match attribute.presence {
                Presence::Required => "required",
                Presence::Optional => "optional",
                Presence::Computed => "computed",
                Presence::OptionalComputed => "optional, computed",
            }
            .to_owned(),
        ];
        if let Some(default) = &attribute.default {
            said.push(format!("default {:?}", default.value));
        }
        said.push(format!("{:?}, {:?}", attribute.on_change, attribute.stability));
        let nested = match &attribute.shape {
            Shape::Plain { ty, rule } => {
                said.insert(0, String::from_utf8(ty.to_bytes()).unwrap());
                if let Some(rule) = rule {
                    said.push(rule.text.to_owned());
                }
                None
            }
            Shape::Nested { nesting, object } => {
                said.insert(0, format!("{nesting:?}"));
                Some(object)
            }
        };
        text.push(format!("{path}: {}", said.join("; ")));
        if let Some(object) = nested {
            lines(&path, object, text);
        }
    }
}

fn schemas(provider: &Provider) -> BTreeMap<&str, &Schema> {
    let mut schemas = BTreeMap::from([("provider", provider.configuration().schema())]);
    schemas.extend(provider.resources().map(|it| (it.type_name(), it.schema())));
    schemas.extend(provider.data_sources().map(|it| {
        let name =
            if it.type_name() == "zeebe_cluster" { "data.zeebe_cluster" } else { it.type_name() };
        (name, it.schema())
    }));
    schemas.extend(provider.actions().map(|it| (it.type_name(), it.schema())));
    schemas.extend(provider.ephemerals().map(|it| (it.type_name(), it.schema())));
    schemas.extend(provider.lists().map(|it| ("list.zeebe_cluster", it.schema())));
    schemas
}

/// States that were stored are read by this shape: a change of it is one of the version too, or adds only.
#[test]
fn the_schema_changes_only_on_purpose() {
    let provider = offered();
    let mut text = Vec::new();
    for (name, schema) in schemas(&provider) {
        text.push(format!("# {name}, version {}", schema.version()));
        lines("", schema.object(), &mut text);
        text.push(String::new());
    }
    insta::assert_snapshot!(text.join("\n"));
}

/// The lint covers what core demands, and that every default passes the attribute's own rule.
#[test]
fn every_schema_is_one_that_terraform_takes_and_every_default_parses() {
    let provider = offered();
    let faults: Vec<String> = schemas(&provider)
        .into_iter()
        .flat_map(|(name, schema)| {
            schema.lint().into_iter().map(move |fault| format!("{name}: {fault}"))
        })
        .collect();
    assert_eq!(faults, Vec::<String>::new());
}

/// Every attribute of a rule's own, with a configuration that holds the rule's example there and no more.
fn examples(path: &Path, object: &Object, found: &mut Vec<(Path, Value)>) {
    let given = |rule: &Rule, ty: &Type| match ty {
        Type::Number => Value::Number(rule.example.parse().unwrap()),
        Type::Truth => Value::Truth(rule.example == "true"),
        Type::List(_) | Type::Set(_) => Value::List(vec![Value::text(rule.example)]),
        Type::Map(_) => Value::object([("key", Value::text(rule.example))]),
        Type::Text | Type::Dynamic | Type::Tuple(_) | Type::Object(_) => Value::text(rule.example),
    };
    for (name, attribute) in object.attributes() {
        if attribute.presence == Presence::Computed {
            continue;
        }
        let path = path.then(name);
        match &attribute.shape {
            Shape::Plain { ty, rule: Some(rule) } => found.push((path, given(rule, ty))),
            Shape::Plain { ty: _, rule: None } => {}
            Shape::Nested { nesting: _, object } => examples(&path, object, found),
        }
    }
}

#[tokio::test]
async fn every_example_of_a_rule_passes_the_rule() {
    let provider = offered();
    let resource = provider.resources().find(|it| it.type_name() == "zeebe_cluster").unwrap();
    let mut found = Vec::new();
    examples(&Path::root(), resource.schema().object(), &mut found);
    assert!(found.len() > 20, "{found:?}");
    for (path, example) in found {
        let names: Vec<String> = path.to_string().split('.').map(ToOwned::to_owned).collect();
        let config = names.iter().rev().fold(example, |value, name| Value::object([(name, value)]));
        let told = resource.validate(Call::detached(), config).await;
        let about: Vec<_> = told.iter().filter(|it| it.path == path).collect();
        assert!(about.is_empty(), "{path}: {about:?}");
    }
}

//! A release is recorded by the schema that it has.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value as Json};
use terraform_provider_zeebe::provider;
use tf_sdk::types::Type;
use zeebe_engine::Engine;

use crate::recorded::{self, NOW};

/// The version and the type of every resource, as states are stored by them.
fn today() -> Json {
    let provider = provider(Engine::new().unwrap());
    let mut types = Map::new();
    for resource in provider.resources() {
        let schema = resource.schema();
        let ty: Json = serde_json::from_slice(&schema.ty().to_bytes()).unwrap();
        let entry = serde_json::json!({ "version": schema.version(), "type": ty });
        types.insert(resource.type_name().to_owned(), entry);
    }
    Json::Object(types)
}

#[test]
fn the_schema_is_the_one_that_the_fixtures_of_this_release_were_stored_by() {
    let path = recorded::folder().join(NOW).join("schema.json");
    let today = today();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, format!("{today:#}\n")).unwrap();
    }
    let then: Json = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(
        then == today,
        "the schema differs from that of the fixtures of {NOW}: run `make states`; where a stored state would \
         now be misread, raise the schema's version and change the JSON in `Managed::upgrade`",
    );
}

/// The attributes that a value mentions and that have a value somewhere.
fn mentioned(path: &str, ty: &Type, value: &Json, found: &mut BTreeSet<String>) {
    let (Type::Object(object), Json::Object(members)) = (ty, value) else { return };
    for (name, member) in members {
        let path = format!("{path}.{name}");
        if !member.is_null() {
            mentioned(&path, &object.attributes[name], member, found);
            found.insert(path);
        }
    }
}

fn declared(path: &str, ty: &Type, found: &mut BTreeSet<String>) {
    let Type::Object(object) = ty else { return };
    for (name, ty) in &object.attributes {
        let path = format!("{path}.{name}");
        declared(&path, ty, found);
        found.insert(path);
    }
}

/// Otherwise a fixture would say nothing of the attributes that it does not have.
#[test]
fn the_fixtures_of_this_release_give_every_attribute_a_value() {
    let provider = provider(Engine::new().unwrap());
    for resource in provider.resources() {
        let (mut wanted, mut found) = (BTreeSet::new(), BTreeSet::new());
        declared(resource.type_name(), resource.schema().ty(), &mut wanted);
        for recorded in recorded::all().iter().filter(|it| it.release == NOW) {
            for object in recorded.stored() {
                if object.type_name == resource.type_name() {
                    let ty = resource.schema().ty();
                    mentioned(resource.type_name(), ty, &object.attributes, &mut found);
                }
            }
        }
        let missing: Vec<_> = wanted.difference(&found).filter(|it| !out_of_reach(it)).collect();
        assert!(missing.is_empty(), "never recorded with a value: {missing:?}");
    }
}

/// What a recording cannot have: real brokers, a second source of the one licence, and what is never stored.
fn out_of_reach(path: &str) -> bool {
    path.starts_with("zeebe_cluster.target.local")
        || path == "zeebe_cluster.license.file"
        || path.ends_with("_wo")
}

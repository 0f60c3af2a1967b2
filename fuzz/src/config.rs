//! Configurations.

use std::sync::LazyLock;

use futures::FutureExt;
use libfuzzer_sys::arbitrary::Unstructured;
use serde_json::{Value as Json, json};
use terraform_provider_zeebe::provider;
use terraform_provider_zeebe::resources::cluster::Cluster;
use tf_sdk::call::Call;
use tf_sdk::provider::{ManagedResource, Provider};
use tf_sdk::types::Type;
use tf_sdk::{Attributes, Model, Number, Value};
use zeebe_engine::Engine;

use crate::shapes::{self, Strange, UNKNOWN};

static PROVIDER: LazyLock<Provider> =
    LazyLock::new(|| provider(Engine::new().expect("the engine needs nothing to start")));

/// The resource that the targets drive.
pub(crate) fn cluster() -> &'static dyn ManagedResource {
    PROVIDER.resources().find(|it| it.type_name() == "zeebe_cluster").expect("it is offered")
}

/// A configuration is refused with reasons or taken, and what was taken is the same when it is read again.
pub fn config(bytes: &[u8]) {
    let mut bytes = Unstructured::new(bytes);
    let ty = Cluster::schema().ty();
    let Ok(json) = shapes::json(&mut bytes, ty, Strange::Unknown) else { return };
    let config = value(ty, &completed(json, &mut bytes));
    if let Ok(cluster) = Cluster::decode(&config) {
        let written = cluster.encode();
        assert_eq!(Cluster::decode(&written).as_ref(), Ok(&cluster));
    }
    let told = cluster().validate(Call::detached(), config).now_or_never();
    assert!(told.is_some(), "a validation waits for nothing");
}

/// Mostly with what must be there, so that rules between attributes are reached.
fn completed(mut config: Json, bytes: &mut Unstructured<'_>) -> Json {
    let Json::Object(members) = &mut config else { return config };
    for (name, usual) in [
        ("name", json!("payments")),
        ("version", json!("8.6.0")),
        ("topology", json!({ "brokers": 3, "partitions": 3, "replication_factor": 3 })),
        ("target", json!({ "simulated": { "directory": "/tmp/zeebe" } })),
    ] {
        if !bytes.arbitrary().unwrap_or(0_u8).is_multiple_of(4) {
            members.insert(name.to_owned(), usual);
        }
    }
    config
}

/// A value as HCL gives it: of its type, with what is not said null.
fn value(ty: &Type, json: &Json) -> Value {
    match (ty, json) {
        (_, Json::String(text)) if text == UNKNOWN => Value::Unknown,
        (Type::Object(object), Json::Object(given)) => {
            Value::object(object.attributes.iter().map(|(name, ty)| {
                (name.clone(), value(ty, given.get(name).unwrap_or(&Json::Null)))
            }))
        }
        (Type::Map(ty), Json::Object(given)) => {
            Value::object(given.iter().map(|(key, json)| (key.clone(), value(ty, json))))
        }
        (Type::List(ty), Json::Array(given)) => {
            Value::List(given.iter().map(|json| value(ty, json)).collect())
        }
        (Type::Set(ty), Json::Array(given)) => {
            Value::set(given.iter().map(|json| value(ty, json)).collect())
        }
        (Type::Truth, Json::Bool(truth)) => Value::Truth(*truth),
        (Type::Number, Json::Number(number)) => {
            number.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
        }
        (Type::Text, Json::String(text)) => Value::text(text),
        _ => Value::Null,
    }
}

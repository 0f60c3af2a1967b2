//! Values on the wire and in state files.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use terraform_provider_zeebe::resources::cluster::Cluster;
use tf_sdk::codec::{json, msgpack};
use tf_sdk::types::{ObjectType, Type};
use tf_sdk::{Model, Value};

/// Types to read the bytes as: every kind, and the greatest that we have.
static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
    let list = |ty: Type| Type::List(Box::new(ty));
    let object = Type::Object(ObjectType {
        attributes: [
            ("dynamic".to_owned(), Type::Dynamic),
            ("list".to_owned(), list(Type::Text)),
            ("set".to_owned(), Type::Set(Box::new(Type::Number))),
            ("truth".to_owned(), Type::Truth),
        ]
        .into(),
        optional: BTreeSet::new(),
    });
    vec![
        Type::Truth,
        Type::Number,
        Type::Text,
        Type::Dynamic,
        list(Type::Dynamic),
        Type::Set(Box::new(object.clone())),
        Type::Map(Box::new(Type::Number)),
        Type::Tuple(vec![Type::Text, Type::Dynamic, Type::Number]),
        object,
        Cluster::schema().ty().clone(),
    ]
});

/// Whatever can be read can be written, and reads again as the same.
pub fn codec(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let ty = &TYPES[usize::from(*choice) % TYPES.len()];
    if let Ok(value) = msgpack::decode(bytes, ty) {
        survives(&value, ty);
    }
    if let Ok(value) = json::decode(bytes, ty) {
        assert_eq!(json::decode_leniently(bytes, ty).expect("the same is well formed"), value);
        survives(&value, ty);
    }
    if let Ok(value) = json::decode_leniently(bytes, ty) {
        survives(&value, ty);
    }
}

fn survives(value: &Value, ty: &Type) {
    let bytes = msgpack::encode(value, ty).expect("what was read can be written");
    assert_eq!(&msgpack::decode(&bytes, ty).expect("what was written can be read"), value);
    // Unknown values and infinities have no form in JSON.
    if let Ok(bytes) = json::encode(value, ty) {
        assert_eq!(&json::decode(&bytes, ty).expect("what was written can be read"), value);
    }
}

//! Things, where they are kept, and the mistakes that can be made with one.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use tf_conformance::rules::Rule;
use tf_conformance::schema::Schema;
use tf_conformance::value::{Refinement, Value};
use tf_conformance::wire;
use tonic::Status;
use zeebe_proto::tfplugin6::{DynamicValue, ResourceIdentityData};

use crate::Mutant;
use crate::schemas::{self, THING};

type Type = tf_conformance::ty::Type;

/// The type of a thing.
pub(crate) fn thing_type(mutant: Mutant) -> Type {
    let sent = schemas::schemas(mutant, false);
    let schema = sent.resource_schemas.get(THING).and_then(|it| Schema::of(it).ok());
    schema.map_or(Type::Dynamic, |it| it.block.ty())
}

/// Reads what the client sent.
pub(crate) fn received(value: Option<&DynamicValue>, ty: &Type) -> Result<Value, Status> {
    wire::decode(value, ty).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// The same with another value for an attribute.
pub(crate) fn with(value: &Value, name: &str, other: Value) -> Value {
    let mut members = value.members().cloned().unwrap_or_default();
    members.insert(name.to_owned(), other);
    Value::Members(members)
}

/// The same without an attribute: what no schema allows.
pub(crate) fn without(value: &Value, name: &str) -> Value {
    let mut members = value.members().cloned().unwrap_or_default();
    members.remove(name);
    Value::Members(members)
}

/// What is promised of an id before there is one.
pub(crate) fn promised_id() -> Value {
    Value::Unknown(Refinement {
        null: Some(false),
        prefix: Some("thing-".to_owned()),
        ..Refinement::default()
    })
}

/// Where a thing is kept; its id to import it by.
pub(crate) fn place(thing: &Value) -> Option<Utf8PathBuf> {
    let (directory, name) = (thing.member("directory").as_text()?, thing.member("name").as_text()?);
    Some(Utf8PathBuf::from(directory).join(format!("{name}.json")))
}

/// What is kept at a place.
pub(crate) fn kept(place: &Utf8PathBuf, ty: &Type) -> Option<Value> {
    let text = std::fs::read(place).ok()?;
    wire::from_json(&serde_json::from_slice(&text).ok()?, ty).ok()
}

/// Keeps a thing.
pub(crate) fn keep(thing: &Value) -> Result<(), Status> {
    let place = place(thing).ok_or_else(|| Status::internal("a thing without a place"))?;
    std::fs::write(place, wire::to_json(thing).to_string())
        .map_err(|error| Status::internal(error.to_string()))
}

/// The identity of a thing.
pub(crate) fn identity(thing: &Value) -> Option<ResourceIdentityData> {
    let path = place(thing)?;
    Some(identity_of(path.as_str()))
}

/// The identity of a path.
pub(crate) fn identity_of(path: &str) -> ResourceIdentityData {
    let ty = Type::Object([("path".to_owned(), Type::Text)].into());
    let value = Value::Members([("path".to_owned(), Value::text(path))].into());
    ResourceIdentityData { identity_data: Some(wire::encode(&value, &ty)) }
}

/// What is planned: signs follow from counts, and a note is "none" where nobody wrote one.
pub(crate) fn planned(prior: &Value, proposed: &Value) -> Value {
    let mut thing = with(proposed, "secret", Value::Null);
    if prior.is_null() {
        thing = with(&thing, "id", promised_id());
    }
    if thing.member("note").is_null() {
        thing = with(&thing, "note", Value::text("none"));
    }
    let Some(rows) = thing.member("rows").members().cloned() else { return thing };
    let sign = |(key, row): (String, Value)| {
        let before = prior.member("rows").member(&key);
        let same = !before.is_null() && before.member("count") == row.member("count");
        let row = if same || !row.is_known() { row } else { with(&row, "sign", Value::UNKNOWN) };
        (key, row)
    };
    let rows: BTreeMap<_, _> = rows.into_iter().map(sign).collect();
    with(&thing, "rows", Value::Members(rows))
}

/// What becomes of a plan.
pub(crate) fn made(planned: &Value) -> Value {
    let name = planned.member("name").as_text().unwrap_or_default();
    let mut thing = with(planned, "secret", Value::Null);
    if !thing.member("id").is_known() {
        thing = with(&thing, "id", Value::Text(format!("thing-{name}")));
    }
    if !thing.member("note").is_known() {
        thing = with(&thing, "note", Value::text("none"));
    }
    let Some(rows) = thing.member("rows").members().cloned() else { return thing };
    let sign = |(key, row): (String, Value)| {
        let text = format!("{key}: {}", row.member("count"));
        let row =
            if row.member("sign").is_known() { row } else { with(&row, "sign", Value::Text(text)) };
        (key, row)
    };
    let rows: BTreeMap<_, _> = rows.into_iter().map(sign).collect();
    with(&thing, "rows", Value::Members(rows))
}

/// Takes the promises out of a message, but not the words that promise something.
pub(crate) fn hollow(value: &mut DynamicValue) {
    let Ok(mut packed) = rmpv::decode::read_value(&mut value.msgpack.as_slice()) else { return };
    if let rmpv::Value::Map(members) = &mut packed {
        for (_, member) in members {
            if let rmpv::Value::Ext(12, data) = member {
                *data = vec![0x80];
            }
        }
    }
    let mut bytes = Vec::new();
    if rmpv::encode::write_value(&mut bytes, &packed).is_ok() {
        value.msgpack = bytes;
    }
}

/// A thing with one mistake, where the rule is about one that any answer can have.
pub(crate) fn mistaken(mutant: Mutant, thing: Value, [ty, known, write_only]: [Rule; 3]) -> Value {
    if mutant.breaks(ty) {
        without(&thing, "tags")
    } else if mutant.breaks(known) {
        with(&thing, "note", Value::UNKNOWN)
    } else if mutant.breaks(write_only) {
        with(&thing, "secret", Value::text("seen"))
    } else {
        thing
    }
}

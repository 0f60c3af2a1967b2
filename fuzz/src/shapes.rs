//! Values that are nearly right: what is wholly random is refused at its first byte, and finds nothing.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Value as Json, json};
use tf_sdk::types::Type;

/// Texts that some attribute takes, or nearly.
const TEXTS: [&str; 40] = [
    "payments",
    "p",
    "",
    "8.6.0",
    "8.5.8",
    "8.10.0",
    "8.6",
    "v8.6.0",
    "8.6.0-rc1",
    "9.0.0",
    "1GiB",
    "512MiB",
    "0B",
    "18446744073709551615TiB",
    "10s",
    "1h30m",
    "0ms",
    "9999999999999d",
    "/tmp/zeebe",
    "relative",
    "/",
    "dev",
    "chart",
    "baseline",
    "production",
    "embedded",
    "standalone",
    "keep",
    "delete",
    "fail",
    "zeebe.broker.gateway.longPolling.enabled",
    "zeebe.broker.cluster.clusterSize",
    "io.camunda:camunda-zeebe",
    "a:b:c",
    "http://127.0.0.1/zeebe.tar.gz",
    "ftp://x",
    "sha256:0000000000000000000000000000000000000000000000000000000000000000",
    "ZEEBE_LICENSE",
    "\u{e9}\u{301}",
    "simulated:///tmp/zeebe/payments",
];

/// Numbers about which rules have something to say.
const NUMBERS: [i64; 12] = [0, 1, 2, 3, 5, 7, 1000, 1001, 26500, 65535, -1, i64::MAX];

/// A value of the type, as JSON; now and then of another shape. Unknown where `unknown` says so.
pub(crate) fn json(bytes: &mut Unstructured<'_>, ty: &Type, strange: Strange) -> Result<Json> {
    match (bytes.int_in_range(0..=31)?, strange) {
        (0..=5, _) => return Ok(Json::Null),
        (6, Strange::OtherShapes) => return other(bytes),
        (6, Strange::Unknown) => return Ok(Json::from(UNKNOWN)),
        _ => {}
    }
    Ok(match ty {
        Type::Truth => bytes.arbitrary::<bool>()?.into(),
        Type::Number => number(bytes)?,
        Type::Text | Type::Dynamic => text(bytes)?.into(),
        Type::List(element) | Type::Set(element) => Json::Array(
            (0..bytes.int_in_range(0..=3)?)
                .map(|_| json(bytes, element, strange))
                .collect::<Result<_>>()?,
        ),
        Type::Tuple(types) => {
            Json::Array(types.iter().map(|ty| json(bytes, ty, strange)).collect::<Result<_>>()?)
        }
        Type::Map(element) => {
            let mut members = Map::new();
            for _ in 0..bytes.int_in_range(0..=3)? {
                members.insert(text(bytes)?, json(bytes, element, strange)?);
            }
            Json::Object(members)
        }
        Type::Object(object) => {
            let mut members = Map::new();
            for (name, ty) in &object.attributes {
                members.insert(name.clone(), json(bytes, ty, strange)?);
            }
            Json::Object(members)
        }
    })
}

/// What is strange in a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strange {
    /// Parts of another type.
    OtherShapes,
    /// Parts that are not known yet.
    Unknown,
}

/// Stands for a part that is not known yet.
pub(crate) const UNKNOWN: &str = "(known after apply)";

fn number(bytes: &mut Unstructured<'_>) -> Result<Json> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => bytes.arbitrary::<i64>()?.into(),
        1 => serde_json::Number::from_f64(bytes.arbitrary()?).map_or(Json::Null, Json::Number),
        _ => (*bytes.choose(&NUMBERS)?).into(),
    })
}

fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => bytes.arbitrary::<&str>()?.to_owned(),
        _ => (*bytes.choose(&TEXTS)?).to_owned(),
    })
}

fn other(bytes: &mut Unstructured<'_>) -> Result<Json> {
    Ok(match bytes.int_in_range(0..=5)? {
        0 => json!([]),
        1 => json!({}),
        2 => json!([null, { "a": [1, "b"] }]),
        3 => json!(true),
        4 => json!(1.5),
        _ => text(bytes)?.into(),
    })
}

//! JSON as a state file has it, and as a provider may answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::WireError;
use crate::number::Number;
use crate::path::Path;
use crate::ty::Type;
use crate::value::Value;

/// Reads a value of a type. Attributes that are not there are null.
pub fn from_json(json: &Json, ty: &Type) -> Result<Value, WireError> {
    of(json, ty, &Path::default())
}

fn of(json: &Json, ty: &Type, path: &Path) -> Result<Value, WireError> {
    let wrong = |wanted: &str| WireError::at(path, format!("{wanted} required, got {json}"));
    if json.is_null() {
        return Ok(Value::Null);
    }
    let elements = |ty: &dyn Fn(usize) -> Option<Type>| -> Result<Vec<Value>, WireError> {
        let elements = json.as_array().ok_or_else(|| wrong("elements"))?;
        let element = |(place, json): (usize, &Json)| {
            let ty = ty(place).ok_or_else(|| wrong("fewer elements"))?;
            of(json, &ty, &path.index(place))
        };
        elements.iter().enumerate().map(element).collect()
    };
    Ok(match ty {
        Type::Bool => Value::Bool(json.as_bool().ok_or_else(|| wrong("true or false"))?),
        Type::Number => {
            let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            Value::Number(Number::parse(&text).ok_or_else(|| wrong("a number"))?)
        }
        Type::Text => Value::text(json.as_str().ok_or_else(|| wrong("a text"))?),
        Type::List(of_each) => Value::Sequence(elements(&|_| Some(of_each.as_ref().clone()))?),
        Type::Set(of_each) => Value::set(elements(&|_| Some(of_each.as_ref().clone()))?),
        Type::Tuple(types) => Value::Sequence(elements(&|place| types.get(place).cloned())?),
        Type::Map(of_each) => {
            let members = json.as_object().ok_or_else(|| wrong("members"))?;
            let member = |(name, json): (&String, &Json)| {
                Ok((name.clone(), of(json, of_each, &path.key(name))?))
            };
            Value::Members(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        Type::Object(types) => {
            let members = json.as_object().ok_or_else(|| wrong("attributes"))?;
            if let Some(name) = members.keys().find(|name| !types.contains_key(*name)) {
                return Err(WireError::at(&path.attribute(name), "there is no such attribute"));
            }
            let mut read = BTreeMap::new();
            for (name, ty) in types {
                let json = members.get(name).unwrap_or(&Json::Null);
                read.insert(name.clone(), of(json, ty, &path.attribute(name))?);
            }
            Value::Members(read)
        }
        Type::Dynamic => {
            let (ty, value) = match (json.get("type"), json.get("value")) {
                (Some(ty), Some(value)) => (
                    Type::parse(ty.to_string().as_bytes())
                        .map_err(|error| WireError::at(path, error.to_string()))?,
                    value,
                ),
                _ => return Err(wrong("a type and a value")),
            };
            let value = of(value, &ty, path)?;
            Value::Dynamic(Box::new(ty), Box::new(value))
        }
    })
}

/// The JSON of a value, as a state file has it. What is not known is null there, as core writes it.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown(_) => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Number(number) => serde_json::from_str(number.as_str()).unwrap_or(Json::Null),
        Value::Text(text) => json!(text),
        Value::Sequence(elements) | Value::Set(elements) => {
            Json::Array(elements.iter().map(to_json).collect())
        }
        Value::Members(members) => Json::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Dynamic(ty, value) => json!({ "type": ty.to_json(), "value": to_json(value) }),
    }
}

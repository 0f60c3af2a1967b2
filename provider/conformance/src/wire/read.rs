//! `MessagePack` as go-cty reads it.

use std::collections::BTreeMap;

use rmpv::Value as Packed;

use super::WireError;
use crate::number::Number;
use crate::path::Path;
use crate::ty::Type;
use crate::value::{Refinement, Value};

/// The extension of a value that is not known but about which something is promised.
const REFINED: i8 = 12;

/// Reads one value, and nothing after it.
pub(super) fn value(mut bytes: &[u8], ty: &Type) -> Result<Value, WireError> {
    let root = Path::default();
    let packed = rmpv::decode::read_value(&mut bytes)
        .map_err(|error| WireError::at(&root, format!("no MessagePack: {error}")))?;
    if !bytes.is_empty() {
        return Err(WireError::at(&root, format!("{} bytes too many", bytes.len())));
    }
    of(&packed, ty, &root)
}

fn of(packed: &Packed, ty: &Type, path: &Path) -> Result<Value, WireError> {
    let wrong = |wanted: &str| Err(WireError::at(path, format!("{wanted} required, got {packed}")));
    if let Packed::Ext(kind, data) = packed {
        return unknown(*kind, data, path);
    }
    if packed.is_nil() {
        return Ok(Value::Null);
    }
    match ty {
        Type::Bool => {
            packed.as_bool().map_or_else(|| wrong("true or false"), |it| Ok(Value::Bool(it)))
        }
        Type::Number => {
            number(packed).map_or_else(|| wrong("a number"), |it| Ok(Value::Number(it)))
        }
        Type::Text => packed.as_str().map_or_else(|| wrong("a text"), |it| Ok(Value::text(it))),
        Type::List(of_each) => elements(packed, path, |_| Some(of_each)).map(Value::Sequence),
        // An element that stands there twice is there once, as core takes it.
        Type::Set(of_each) => elements(packed, path, |_| Some(of_each)).map(Value::set),
        Type::Tuple(types) => {
            let elements = elements(packed, path, |place| types.get(place))?;
            if elements.len() == types.len() {
                Ok(Value::Sequence(elements))
            } else {
                wrong("another number of elements")
            }
        }
        Type::Map(of_each) => members(packed, path, |_| Some(of_each)).map(Value::Members),
        Type::Object(types) => {
            let members = members(packed, path, |name| types.get(name))?;
            match types.keys().find(|name| !members.contains_key(*name)) {
                Some(missing) => {
                    Err(WireError::at(path, format!("the attribute {missing:?} is missing")))
                }
                None => Ok(Value::Members(members)),
            }
        }
        Type::Dynamic => {
            let Some([ty, value]) = packed.as_array().map(Vec::as_slice) else {
                return wrong("a type and a value");
            };
            let json = ty.as_slice().or_else(|| ty.as_str().map(str::as_bytes));
            match json.map(Type::parse) {
                Some(Ok(ty)) => {
                    let value = of(value, &ty, path)?;
                    Ok(Value::Dynamic(Box::new(ty), Box::new(value)))
                }
                Some(Err(error)) => Err(WireError::at(path, error.to_string())),
                None => wrong("a type and a value"),
            }
        }
    }
}

fn number(packed: &Packed) -> Option<Number> {
    match packed {
        Packed::Integer(integer) => {
            integer.as_i64().map(Number::from).or_else(|| integer.as_u64().map(Number::from))
        }
        Packed::F32(value) => Number::from_f64(f64::from(*value)),
        Packed::F64(value) => Number::from_f64(*value),
        Packed::String(text) => text.as_str().and_then(Number::parse),
        Packed::Nil
        | Packed::Boolean(_)
        | Packed::Binary(_)
        | Packed::Array(_)
        | Packed::Map(_)
        | Packed::Ext(..) => None,
    }
}

fn elements<'t>(
    packed: &Packed,
    path: &Path,
    ty: impl Fn(usize) -> Option<&'t Type>,
) -> Result<Vec<Value>, WireError> {
    let Some(elements) = packed.as_array() else {
        return Err(WireError::at(path, format!("elements required, got {packed}")));
    };
    let element = |(place, packed): (usize, &Packed)| {
        let path = path.index(place);
        let ty = ty(place).ok_or_else(|| WireError::at(&path, "one element too many"))?;
        of(packed, ty, &path)
    };
    elements.iter().enumerate().map(element).collect()
}

fn members<'t>(
    packed: &Packed,
    path: &Path,
    ty: impl Fn(&str) -> Option<&'t Type>,
) -> Result<BTreeMap<String, Value>, WireError> {
    let Some(pairs) = packed.as_map() else {
        return Err(WireError::at(path, format!("members required, got {packed}")));
    };
    let mut members = BTreeMap::new();
    for (name, packed) in pairs {
        let Some(name) = name.as_str() else {
            return Err(WireError::at(path, format!("{name} is no name")));
        };
        let at = path.attribute(name);
        let ty = ty(name).ok_or_else(|| WireError::at(&at, "there is no such attribute"))?;
        if members.insert(name.to_owned(), of(packed, ty, &at)?).is_some() {
            return Err(WireError::at(&at, "stands there twice"));
        }
    }
    Ok(members)
}

/// Any extension is a value that is not known; only one of them says more.
fn unknown(kind: i8, mut data: &[u8], path: &Path) -> Result<Value, WireError> {
    if kind != REFINED {
        return Ok(Value::UNKNOWN);
    }
    let wrong = |text: &str| WireError {
        path: path.clone(),
        text: text.to_owned(),
        about_refinement: true,
    };
    let packed = rmpv::decode::read_value(&mut data).ok();
    let promises = packed.as_ref().and_then(Packed::as_map);
    let promises = promises.ok_or_else(|| wrong("a promise that is no map"))?;
    if promises.is_empty() {
        return Err(wrong("a promise that says nothing"));
    }
    let mut refinement = Refinement::default();
    for (key, said) in promises {
        let known = match key.as_i64() {
            Some(1) => said.as_bool().map(|null| refinement.null = Some(null)),
            Some(2) => said.as_str().map(|prefix| refinement.prefix = Some(prefix.to_owned())),
            Some(3) => bound(said).map(|bound| refinement.least = Some(bound)),
            Some(4) => bound(said).map(|bound| refinement.greatest = Some(bound)),
            Some(5) => said.as_u64().map(|count| refinement.fewest = Some(count)),
            Some(6) => said.as_u64().map(|count| refinement.most = Some(count)),
            // Later clients and servers may say more.
            _ => Some(()),
        };
        known.ok_or_else(|| wrong(&format!("promise {key} cannot be {said}")))?;
    }
    Ok(Value::Unknown(refinement))
}

fn bound(said: &Packed) -> Option<(Number, bool)> {
    match said.as_array()?.as_slice() {
        [bound, inclusive] => Some((number(bound)?, inclusive.as_bool()?)),
        _ => None,
    }
}

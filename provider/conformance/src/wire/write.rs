//! `MessagePack` as go-cty writes it.

use rmpv::Value as Packed;

use crate::number::Number;
use crate::ty::Type;
use crate::value::Value;

/// The bytes of a value.
pub(super) fn bytes(value: &Value, ty: &Type) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    let _ = rmpv::encode::write_value(&mut bytes, &of(value, ty));
    bytes
}

fn of(value: &Value, ty: &Type) -> Packed {
    match (value, ty) {
        (Value::Null, _) => Packed::Nil,
        (Value::Unknown(promise), _) => unknown(promise),
        (Value::Bool(truth), _) => Packed::Boolean(*truth),
        (Value::Number(number), _) => packed_number(number),
        (Value::Text(text), _) => text.as_str().into(),
        (Value::Sequence(elements) | Value::Set(elements), ty) => {
            let element = |(place, element): (usize, &Value)| match ty {
                Type::List(of_each) | Type::Set(of_each) => of(element, of_each),
                Type::Tuple(types) => of(element, types.get(place).unwrap_or(&Type::Dynamic)),
                Type::Bool
                | Type::Number
                | Type::Text
                | Type::Dynamic
                | Type::Map(_)
                | Type::Object(_) => of(element, &Type::Dynamic),
            };
            Packed::Array(elements.iter().enumerate().map(element).collect())
        }
        (Value::Members(members), ty) => {
            let member = |(name, member): (&String, &Value)| {
                let ty = match ty {
                    Type::Map(of_each) => of_each,
                    Type::Object(types) => types.get(name).unwrap_or(&Type::Dynamic),
                    Type::Bool
                    | Type::Number
                    | Type::Text
                    | Type::Dynamic
                    | Type::List(_)
                    | Type::Set(_)
                    | Type::Tuple(_) => &Type::Dynamic,
                };
                (name.as_str().into(), of(member, ty))
            };
            Packed::Map(members.iter().map(member).collect())
        }
        (Value::Dynamic(own, value), _) => Packed::Array(vec![
            Packed::Binary(own.to_json().to_string().into_bytes()),
            of(value, own),
        ]),
    }
}

fn packed_number(number: &Number) -> Packed {
    let text = number.as_str();
    if let Ok(integer) = text.parse::<i64>() {
        return integer.into();
    }
    // A machine's number only where it is exactly that, as core does; else the digits.
    match Number::from_f64(number.to_f64()) {
        Some(exact) if exact == *number => Packed::F64(number.to_f64()),
        _ => text.into(),
    }
}

fn unknown(promise: &crate::value::Refinement) -> Packed {
    let crate::value::Refinement { null, prefix, least, greatest, fewest, most } = promise;
    let bound = |bound: &(Number, bool)| {
        Packed::Array(vec![packed_number(&bound.0), Packed::Boolean(bound.1)])
    };
    let said = [
        null.map(Packed::Boolean),
        prefix.as_deref().map(Packed::from),
        least.as_ref().map(bound),
        greatest.as_ref().map(bound),
        fewest.map(Packed::from),
        most.map(Packed::from),
    ];
    let said: Vec<_> =
        (1_u8..).zip(said).filter_map(|(key, said)| Some((key.into(), said?))).collect();
    if said.is_empty() {
        return Packed::Ext(0, vec![0]);
    }
    let mut data = Vec::new();
    let _ = rmpv::encode::write_value(&mut data, &Packed::Map(said));
    Packed::Ext(12, data)
}

//! What a model cannot hold is put back: elements that are unknown within a known list, and digits beyond a machine's float.

use crate::value::{Members, Value};

/// The value that the resource gives back, in the form in which it was given to it wherever that says the same.
pub fn settle(given: &Value, back: Value) -> Value {
    if *given == back {
        return back;
    }
    match (given, back) {
        // A list with an unknown element counts as unknown in a model.
        (given, Value::Unknown) if !given.is_unknown() && !given.is_wholly_known() => given.clone(),
        (Value::Number(number), Value::Number(back)) => {
            if number.to_float().total_cmp(&back.to_float()).is_eq() && back.as_integer().is_none()
            {
                Value::Number(number.clone())
            } else {
                Value::Number(back)
            }
        }
        (Value::List(given), Value::List(back)) if given.len() == back.len() => {
            Value::List(given.iter().zip(back).map(|(given, back)| settle(given, back)).collect())
        }
        (Value::Object(given), Value::Object(back)) => {
            let settled = back.into_iter().map(|(name, back)| {
                let settled = settle(given.get(&name).unwrap_or(&Value::Null), back);
                (name, settled)
            });
            Value::Object(settled.collect::<Members>())
        }
        (_, back) => back,
    }
}

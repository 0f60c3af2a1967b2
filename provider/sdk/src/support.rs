//! What the derives' code calls. Not for use by hand: it may change with the derives.

use std::collections::BTreeMap;
use std::vec::IntoIter;

use crate::decode::{Findings, Place, Source};
use crate::field::Field;
use crate::function::Parameter;
use crate::provider::FunctionFault;
use crate::schema::{Attribute, DefaultValue, OnChange, Secrecy, Stability};
use crate::slot::Slot;
use crate::typed;
use crate::value::{Members, Value};

pub use std::sync::{Arc, LazyLock};

/// An attribute of that type, with nothing said about it but its description.
pub fn attribute<S: Slot<M>, M>(description: &str) -> Attribute {
    Attribute {
        shape: S::shape(),
        presence: S::PRESENCE,
        description: description.to_owned(),
        secrecy: S::secrecy(),
        deprecated: None,
        default: None,
        on_change: OnChange::InPlace,
        stability: Stability::Changing,
    }
}

/// A default, tried on the attribute itself.
pub fn default<S: Slot<M>, M>(attribute: &Attribute, value: Value) -> DefaultValue {
    let mut default = DefaultValue { value, refused: None };
    let completed = attribute.completed_default(&default);
    let mut findings = Findings::new(Source::Config);
    if S::decode(&completed, &Place::ROOT, &mut findings).is_none() {
        let refused = findings.into_diagnostics().into_iter().map(|found| found.detail);
        default.refused = Some(refused.collect::<Vec<_>>().join(" "));
    }
    default
}

/// A number that the compiler has read as a literal.
pub fn number(digits: &str) -> Value {
    Value::Number(digits.parse().expect("a literal of Rust is a decimal number"))
}

/// The attributes of an object.
pub fn object<const N: usize>(attributes: [(&str, Attribute); N]) -> BTreeMap<String, Attribute> {
    attributes.into_iter().map(|(name, attribute)| (name.to_owned(), attribute)).collect()
}

/// Reads one attribute.
pub fn decode<S: Slot<M>, M>(
    members: &Members,
    name: &str,
    secrecy: Secrecy,
    place: &Place<'_>,
    findings: &mut Findings,
) -> Option<S> {
    let place = place.attribute(name);
    let place = match secrecy {
        Secrecy::Shown => place,
        Secrecy::Sensitive | Secrecy::WriteOnly => place.hidden(),
    };
    S::decode(members.get(name).unwrap_or(&Value::Null), &place, findings)
}

/// Writes one attribute.
pub fn encode<S: Slot<M>, M>(name: &str, slot: &S) -> (String, Value) {
    (name.to_owned(), slot.encode())
}

/// A parameter of a function.
pub fn parameter<T: Field<M>, M>(name: &str, description: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        description: description.to_owned(),
        ty: T::shape().ty(),
        accepts: T::accepts(),
    }
}

/// A list that makes up a function's further arguments.
pub trait Variadic<M> {
    /// What each is.
    type Element: Field<M>;

    /// All of them.
    fn of(elements: Vec<Self::Element>) -> Self;
}

impl<T: Field<M>, M> Variadic<M> for Vec<T> {
    type Element = T;

    fn of(elements: Self) -> Self {
        elements
    }
}

/// The parameter of a function's further arguments.
pub fn variadic<V: Variadic<M>, M>(name: &str, description: &str) -> Parameter {
    parameter::<V::Element, M>(name, description)
}

/// Reads the next argument.
pub fn argument<T: Field<M>, M>(
    index: usize,
    arguments: &mut IntoIter<Value>,
) -> Result<T, FunctionFault> {
    typed::argument(index, &arguments.next().unwrap_or(Value::Null))
}

/// Reads all further arguments, the first of which stands at `index`.
pub fn arguments<V: Variadic<M>, M>(
    index: usize,
    arguments: &mut IntoIter<Value>,
) -> Result<V, FunctionFault> {
    let elements = arguments
        .enumerate()
        .map(|(further, value)| typed::argument(index + further, &value))
        .collect::<Result<_, _>>()?;
    Ok(V::of(elements))
}

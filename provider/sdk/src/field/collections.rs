//! Lists, sets and maps of fields.

use std::collections::BTreeMap;

use super::{Field, marker, refuse};
use crate::decode::{Findings, Place};
use crate::knowable::Knowable;
use crate::schema::{Nesting, Secrecy, Shape};
use crate::types::Type;
use crate::value::{Members, Value};

/// Distinct elements without order.
#[derive(Clone, Debug, Default)]
pub struct Set<T>(Vec<T>);

impl<T: PartialEq> Set<T> {
    /// A set of those elements; equal ones count once.
    pub fn new(elements: impl IntoIterator<Item = T>) -> Self {
        let mut distinct = Vec::new();
        for element in elements {
            if !distinct.contains(&element) {
                distinct.push(element);
            }
        }
        Self(distinct)
    }
}

impl<T> Set<T> {
    /// The elements.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|element| other.0.contains(element))
    }
}

impl<T: Eq> Eq for Set<T> {}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn collection(element: Shape, nesting: Nesting, of: fn(Box<Type>) -> Type) -> Shape {
    match element {
        Shape::Nested { nesting: Nesting::Single, object } => Shape::Nested { nesting, object },
        Shape::Plain { ty, rule } => Shape::Plain { ty: of(Box::new(ty)), rule },
        deeper @ Shape::Nested { .. } => Shape::Plain { ty: of(Box::new(deeper.ty())), rule: None },
    }
}

/// The elements read so far. Every one is read, so that all wrong ones are found; one that is unknown makes the whole unknown.
struct Gathered<T> {
    known: Vec<T>,
    so_far: SoFar,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SoFar {
    Known,
    Unknown,
    Wrong,
}

impl<T> Gathered<T> {
    fn with_capacity(capacity: usize) -> Self {
        Self { known: Vec::with_capacity(capacity), so_far: SoFar::Known }
    }

    fn push(&mut self, element: Option<Knowable<T>>, place: &Place<'_>, findings: &mut Findings) {
        let so_far = match element {
            Some(Knowable::Known(element)) => {
                self.known.push(element);
                SoFar::Known
            }
            Some(Knowable::Unknown) => SoFar::Unknown,
            Some(Knowable::Null) => {
                findings.missing(place);
                SoFar::Wrong
            }
            None => SoFar::Wrong,
        };
        self.so_far = self.so_far.max(so_far);
    }

    fn finish(self) -> Option<Knowable<Vec<T>>> {
        match self.so_far {
            SoFar::Known => Some(Knowable::Known(self.known)),
            SoFar::Unknown => Some(Knowable::Unknown),
            SoFar::Wrong => None,
        }
    }
}

fn list<T: Field<M>, M>(
    value: &Value,
    expected: &str,
    element_place: for<'a> fn(&'a Place<'a>, usize) -> Place<'a>,
    place: &Place<'_>,
    findings: &mut Findings,
) -> Option<Knowable<Vec<T>>> {
    match value {
        Value::Null => Some(Knowable::Null),
        Value::Unknown => Some(Knowable::Unknown),
        Value::List(elements) => {
            let mut gathered = Gathered::with_capacity(elements.len());
            for (index, element) in elements.iter().enumerate() {
                let place = element_place(place, index);
                gathered.push(T::decode(element, &place, findings), &place, findings);
            }
            gathered.finish()
        }
        Value::Truth(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Object(_)
        | Value::Dynamic(_) => refuse(value, expected, place, findings),
    }
}

impl<T: Field<M>, M> Field<marker::List<M>> for Vec<T> {
    fn shape() -> Shape {
        collection(T::shape(), Nesting::List, Type::List)
    }

    fn secrecy() -> Secrecy {
        T::secrecy()
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        list(value, "a list", |place, index| place.index(index), place, findings)
    }

    fn encode(&self) -> Value {
        Value::List(self.iter().map(T::encode).collect())
    }
}

impl<T: Field<M> + PartialEq, M> Field<marker::Set<M>> for Set<T> {
    fn shape() -> Shape {
        collection(T::shape(), Nesting::Set, Type::Set)
    }

    fn secrecy() -> Secrecy {
        T::secrecy()
    }

    /// An element of a set has no place of its own, so what is wrong with one is told of the whole.
    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        list(value, "a set", |place, _| *place, place, findings)
            .map(|elements| elements.map(Self::new))
    }

    fn encode(&self) -> Value {
        Value::set(self.iter().map(T::encode).collect())
    }
}

impl<T: Field<M>, M> Field<marker::Map<M>> for BTreeMap<String, T> {
    fn shape() -> Shape {
        collection(T::shape(), Nesting::Map, Type::Map)
    }

    fn secrecy() -> Secrecy {
        T::secrecy()
    }

    fn decode(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Option<Knowable<Self>> {
        match value {
            Value::Null => Some(Knowable::Null),
            Value::Unknown => Some(Knowable::Unknown),
            Value::Object(members) => {
                let mut gathered = Gathered::with_capacity(members.len());
                for (key, member) in members {
                    let place = place.key(key);
                    let element = T::decode(member, &place, findings);
                    let element =
                        element.map(|element| element.map(|element| (key.clone(), element)));
                    gathered.push(element, &place, findings);
                }
                Some(gathered.finish()?.map(|pairs| pairs.into_iter().collect()))
            }
            Value::Truth(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Dynamic(_) => refuse(value, "a map", place, findings),
        }
    }

    fn encode(&self) -> Value {
        let members: Members =
            self.iter().map(|(key, element)| (key.clone(), element.encode())).collect();
        Value::Object(members)
    }
}

//! Schemas: what may stand in a configuration, what the provider fills in, and how each is explained.
//!
//! A schema is written by a derive, once for each type, and shared: nothing here is built again per call.

mod lint;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::lint::SchemaFault;
use crate::path::Step;
use crate::types::{ObjectType, Type};
use crate::value::{Members, Value};

/// The schema of a resource, a data source or the provider itself.
#[derive(Clone, Debug)]
pub struct Schema {
    version: i64,
    description: String,
    object: Arc<Object>,
}

/// The attributes of a schema or of a nested object.
#[derive(Clone, Debug)]
pub struct Object {
    attributes: BTreeMap<String, Attribute>,
    ty: Type,
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// What stands in it.
    pub shape: Shape,
    /// Who gives it.
    pub presence: Presence,
    /// The user's reference text, in Markdown.
    pub description: String,
    /// Who may see it.
    pub secrecy: Secrecy,
    /// What to use instead, where the attribute should no longer be used.
    pub deprecated: Option<String>,
    /// The value where the user gives none.
    pub default: Option<DefaultValue>,
    /// What its change needs.
    pub on_change: OnChange,
    /// What becomes of a computed value when something else changes.
    pub stability: Stability,
}

/// What stands in an attribute.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value, or a collection of values, of a type.
    Plain {
        /// The type.
        ty: Type,
        /// What each single value in it must be.
        rule: Option<Rule>,
    },
    /// Objects with attributes of their own.
    Nested {
        /// How they are held.
        nesting: Nesting,
        /// The attributes of each.
        object: Arc<Object>,
    },
}

/// What a single value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The object of "expected …".
    pub text: &'static str,
    /// A value that passes.
    pub example: &'static str,
    /// All values that pass, where they are a closed list.
    pub words: &'static [&'static str],
}

/// How nested objects are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One.
    Single,
    /// Several in order.
    List,
    /// Several without order.
    Set,
    /// Several by name.
    Map,
}

impl Nesting {
    /// The nested objects in a value, each with its step where it has one: a single object has none, nor has an element of a set.
    pub fn elements(self, value: &Value) -> Vec<(Option<Step>, &Value)> {
        match (self, value) {
            (Self::Single, value) => vec![(None, value)],
            (Self::List, Value::List(elements)) => {
                let indexed = elements.iter().enumerate();
                indexed.map(|(index, element)| (Some(Step::Index(index)), element)).collect()
            }
            (Self::Set, Value::List(elements)) => {
                elements.iter().map(|element| (None, element)).collect()
            }
            (Self::Map, Value::Object(members)) => members
                .iter()
                .map(|(key, element)| (Some(Step::Key(key.clone())), element))
                .collect(),
            (Self::List | Self::Set | Self::Map, _) => Vec::new(),
        }
    }

    /// The same, to change them.
    pub fn elements_mut(self, value: &mut Value) -> Vec<(Option<Step>, &mut Value)> {
        match (self, value) {
            (Self::Single, value) => vec![(None, value)],
            (Self::List, Value::List(elements)) => {
                let indexed = elements.iter_mut().enumerate();
                indexed.map(|(index, element)| (Some(Step::Index(index)), element)).collect()
            }
            (Self::Set, Value::List(elements)) => {
                elements.iter_mut().map(|element| (None, element)).collect()
            }
            (Self::Map, Value::Object(members)) => members
                .iter_mut()
                .map(|(key, element)| (Some(Step::Key(key.clone())), element))
                .collect(),
            (Self::List | Self::Set | Self::Map, _) => Vec::new(),
        }
    }
}

/// Who gives an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The user, always.
    Required,
    /// The user, or nobody.
    Optional,
    /// The provider.
    Computed,
    /// The user, or else the provider.
    OptionalComputed,
}

impl Presence {
    /// Whether the provider gives it where the user does not.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// Who may see an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    /// Everybody.
    Shown,
    /// Readers of the state, but not of plans and logs.
    Sensitive,
    /// Nobody: it is used and never stored.
    WriteOnly,
}

/// What the change of an attribute needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChange {
    /// A change of the object as it stands.
    InPlace,
    /// Another object.
    Replace,
}

/// What becomes of a computed value when something else changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// It may change too, and is unknown until then.
    Changing,
    /// It stays.
    Stable,
}

/// The value of an attribute that the user does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultValue {
    /// The value.
    pub value: Value,
    /// Why the attribute itself refuses the value: a mistake of the schema, found by the lint.
    pub refused: Option<String>,
}

impl Schema {
    /// A schema of those attributes.
    pub fn new(version: i64, description: impl Into<String>, object: Arc<Object>) -> Self {
        Self { version, description: description.into(), object }
    }

    /// A schema without attributes.
    pub fn empty(description: impl Into<String>) -> Self {
        Self::new(0, description, Arc::new(Object::new(BTreeMap::new())))
    }

    /// The version that states are stored with.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The reference text of the whole, in Markdown.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The attributes.
    pub fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// The type of the whole value.
    pub fn ty(&self) -> &Type {
        &self.object.ty
    }

    /// Every rule of Terraform's core, and of ours, that the schema breaks.
    pub fn lint(&self) -> Vec<SchemaFault> {
        lint::schema(self)
    }
}

impl Object {
    /// An object of those attributes.
    pub fn new(attributes: BTreeMap<String, Attribute>) -> Self {
        let types =
            attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty())).collect();
        let ty = Type::Object(ObjectType { attributes: types, ..ObjectType::default() });
        Self { attributes, ty }
    }

    /// The attributes by name.
    pub fn attributes(&self) -> &BTreeMap<String, Attribute> {
        &self.attributes
    }

    /// The type of the object.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The object that stands where nothing was given: defaults where there are some, unknown where the provider decides, null elsewhere.
    pub(crate) fn unset(&self) -> Members {
        let unset = |attribute: &Attribute| match &attribute.default {
            Some(default) => attribute.completed_default(default),
            None if attribute.presence.is_computed() => Value::Unknown,
            None => Value::Null,
        };
        self.attributes.iter().map(|(name, attribute)| (name.clone(), unset(attribute))).collect()
    }
}

impl Attribute {
    /// The type of the attribute's value.
    pub fn ty(&self) -> Type {
        self.shape.ty()
    }

    /// The default, with its nested attributes' own defaults filled in.
    pub(crate) fn completed_default(&self, default: &DefaultValue) -> Value {
        match (&self.shape, &default.value) {
            (Shape::Nested { nesting: Nesting::Single, object }, Value::Object(given)) => {
                let mut members = object.unset();
                members.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
                Value::Object(members)
            }
            (_, value) => value.clone(),
        }
    }
}

impl Shape {
    /// The type of a value of this shape.
    pub fn ty(&self) -> Type {
        match self {
            Self::Plain { ty, rule: _ } => ty.clone(),
            Self::Nested { nesting, object } => {
                let object = object.ty.clone();
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::List(Box::new(object)),
                    Nesting::Set => Type::Set(Box::new(object)),
                    Nesting::Map => Type::Map(Box::new(object)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! A schema as core understands it.

pub mod lint;

use std::collections::BTreeMap;

use zeebe_proto::tfplugin6::schema as wire;

use crate::path::{Path, Step};
use crate::ty::{Type, TypeError};
use crate::value::Value;

/// What a configuration and a state of one kind consist of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Version of the state.
    pub version: i64,
    /// The root.
    pub block: Block,
}

/// Attributes and blocks that stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Its attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// Its nested blocks by name.
    pub blocks: BTreeMap<String, NestedBlock>,
}

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The configuration, or else the provider.
    OptionalComputed,
    /// The provider.
    Computed,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The type of its value.
    pub ty: Type,
    /// What it consists of, where it has attributes of its own.
    pub nested: Option<Object>,
    /// Who gives its value.
    pub presence: Presence,
    /// Whether it is kept out of plan and state.
    pub write_only: bool,
}

/// How things of one kind stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most one.
    Single,
    /// Always one, of which all may be null.
    Group,
    /// Many, in order.
    List,
    /// Many, each once.
    Set,
    /// Many, by key.
    Map,
}

/// Attributes of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// How many, and how found.
    pub nesting: Nesting,
    /// What one consists of.
    pub attributes: BTreeMap<String, Attribute>,
}

/// A nested block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedBlock {
    /// How many, and how found.
    pub nesting: Nesting,
    /// What one consists of.
    pub block: Block,
    /// Whether the provider may give it.
    pub computed: bool,
    /// The fewest there may be.
    pub fewest: i64,
}

/// Why a schema cannot be worked with; the lint says the same in the words of core.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// There is no root.
    #[error("the schema has no block")]
    NoBlock,
    /// An attribute's type is none.
    #[error("the attribute {0:?} has no type")]
    Type(String, #[source] TypeError),
    /// Nesting that does not exist.
    #[error("{0:?} is nested in no known way")]
    Nesting(String),
}

impl Presence {
    /// Whether the provider may give the value.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }

    /// Whether the configuration may give the value.
    pub fn is_configurable(self) -> bool {
        !matches!(self, Self::Computed)
    }
}

impl Schema {
    /// Reads what a provider sent.
    pub fn of(schema: &zeebe_proto::tfplugin6::Schema) -> Result<Self, SchemaError> {
        let block = schema.block.as_ref().ok_or(SchemaError::NoBlock)?;
        Ok(Self { version: schema.version, block: Block::of(block)? })
    }
}

fn attributes(sent: &[wire::Attribute]) -> Result<BTreeMap<String, Attribute>, SchemaError> {
    sent.iter().map(|it| Ok((it.name.clone(), Attribute::of(it)?))).collect()
}

/// The type of many values of one type.
fn nested(nesting: Nesting, of: Type) -> Type {
    match nesting {
        Nesting::Single | Nesting::Group => of,
        Nesting::List => Type::List(Box::new(of)),
        Nesting::Set => Type::Set(Box::new(of)),
        Nesting::Map => Type::Map(Box::new(of)),
    }
}

impl Attribute {
    fn of(sent: &wire::Attribute) -> Result<Self, SchemaError> {
        let object = match &sent.nested_type {
            Some(object) => Some(Object {
                nesting: match object.nesting() {
                    wire::object::NestingMode::Single => Nesting::Single,
                    wire::object::NestingMode::List => Nesting::List,
                    wire::object::NestingMode::Set => Nesting::Set,
                    wire::object::NestingMode::Map => Nesting::Map,
                    wire::object::NestingMode::Invalid => {
                        return Err(SchemaError::Nesting(sent.name.clone()));
                    }
                },
                attributes: attributes(&object.attributes)?,
            }),
            None => None,
        };
        let ty = match &object {
            Some(object) => nested(object.nesting, object.element_type()),
            None => Type::parse(&sent.r#type)
                .map_err(|error| SchemaError::Type(sent.name.clone(), error))?,
        };
        let presence = match (sent.required, sent.optional, sent.computed) {
            (true, _, _) => Presence::Required,
            (false, true, true) => Presence::OptionalComputed,
            (false, true, false) => Presence::Optional,
            (false, false, _) => Presence::Computed,
        };
        Ok(Self { ty, nested: object, presence, write_only: sent.write_only })
    }
}

impl Object {
    /// The type of one.
    pub fn element_type(&self) -> Type {
        Type::Object(
            self.attributes.iter().map(|(name, it)| (name.clone(), it.ty.clone())).collect(),
        )
    }
}

impl Block {
    fn of(sent: &wire::Block) -> Result<Self, SchemaError> {
        let mut blocks = BTreeMap::new();
        for sent in &sent.block_types {
            let name = sent.type_name.clone();
            let nesting = match sent.nesting() {
                wire::nested_block::NestingMode::Single => Nesting::Single,
                wire::nested_block::NestingMode::Group => Nesting::Group,
                wire::nested_block::NestingMode::List => Nesting::List,
                wire::nested_block::NestingMode::Set => Nesting::Set,
                wire::nested_block::NestingMode::Map => Nesting::Map,
                wire::nested_block::NestingMode::Invalid => return Err(SchemaError::Nesting(name)),
            };
            let inner = sent.block.as_ref().ok_or(SchemaError::NoBlock)?;
            let block = NestedBlock {
                nesting,
                block: Self::of(inner)?,
                computed: inner.computed,
                fewest: sent.min_items,
            };
            blocks.insert(name, block);
        }
        Ok(Self { attributes: attributes(&sent.attributes)?, blocks })
    }

    /// The type of its value.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, it)| (name.clone(), it.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, it)| (name.clone(), it.ty()));
        Type::Object(attributes.chain(blocks).collect())
    }

    /// Whether a path leads to something that can be in a value of it.
    pub fn has_path(&self, path: &Path) -> bool {
        type_has_path(&self.ty(), &path.0)
    }

    /// Where write-only attributes have a value that is not null.
    pub fn write_only_values(&self, value: &Value) -> Vec<Path> {
        let mut found = Vec::new();
        self.write_only_in(value, &Path::default(), &mut found);
        found
    }

    fn write_only_in(&self, value: &Value, path: &Path, found: &mut Vec<Path>) {
        if value.is_null() || !value.is_known() {
            return;
        }
        write_only_attributes(&self.attributes, value, path, found);
        for (name, block) in &self.blocks {
            let path = path.attribute(name);
            each_nested(block.nesting, value.member(name), &path, &mut |path, value| {
                block.block.write_only_in(value, path, found);
            });
        }
    }
}

fn write_only_attributes(
    attributes: &BTreeMap<String, Attribute>,
    value: &Value,
    path: &Path,
    found: &mut Vec<Path>,
) {
    for (name, attribute) in attributes {
        let (path, value) = (path.attribute(name), value.member(name));
        if attribute.write_only && !value.is_null() {
            found.push(path);
        } else if let Some(object) = &attribute.nested {
            each_nested(object.nesting, value, &path, &mut |path, value| {
                write_only_attributes(&object.attributes, value, path, found);
            });
        }
    }
}

/// Meets each value that stands in a nested one, where it is known.
pub fn each_nested(
    nesting: Nesting,
    value: &Value,
    path: &Path,
    meet: &mut dyn FnMut(&Path, &Value),
) {
    match nesting {
        Nesting::Single | Nesting::Group => {
            if !value.is_null() && value.is_known() {
                meet(path, value);
            }
        }
        Nesting::List | Nesting::Set => {
            for (place, element) in value.elements().iter().enumerate() {
                meet(&path.index(place), element);
            }
        }
        Nesting::Map => {
            for (key, element) in value.members().into_iter().flatten() {
                meet(&path.key(key), element);
            }
        }
    }
}

impl NestedBlock {
    /// The type of its value, all of them together.
    pub fn ty(&self) -> Type {
        nested(self.nesting, self.block.ty())
    }
}

fn type_has_path(ty: &Type, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    match (ty, step) {
        (Type::Dynamic, _) => true,
        (Type::Object(types), Step::Attribute(name)) => {
            types.get(name).is_some_and(|ty| type_has_path(ty, rest))
        }
        (Type::Map(of), Step::Key(_))
        | (Type::List(of), Step::Index(_))
        // An element of a set is its own key; some send its place.
        | (Type::Set(of), Step::Attribute(_) | Step::Key(_) | Step::Index(_)) => {
            type_has_path(of, rest)
        }
        (Type::Tuple(types), Step::Index(place)) => usize::try_from(*place)
            .ok()
            .and_then(|place| types.get(place))
            .is_some_and(|ty| type_has_path(ty, rest)),
        _ => false,
    }
}

//! Schemas as the protocol writes them: nested attributes, never blocks.

use zeebe_proto::tfplugin6;
use zeebe_proto::tfplugin6::StringKind;
use zeebe_proto::tfplugin6::schema::object::NestingMode;
use zeebe_proto::tfplugin6::schema::{Attribute as WireAttribute, Block, Object as WireObject};

use super::{Attribute, Nesting, Object, Presence, Schema, Secrecy, Shape};

impl From<&Schema> for tfplugin6::Schema {
    fn from(schema: &Schema) -> Self {
        let Schema { version, description, object } = schema;
        Self {
            version: *version,
            block: Some(Block {
                version: *version,
                attributes: attributes(object),
                description: description.clone(),
                description_kind: StringKind::Markdown.into(),
                ..Block::default()
            }),
        }
    }
}

fn attributes(object: &Object) -> Vec<WireAttribute> {
    object.attributes.iter().map(|(name, attribute)| wire(name, attribute)).collect()
}

fn wire(name: &str, attribute: &Attribute) -> WireAttribute {
    let Attribute {
        shape,
        presence,
        description,
        secrecy,
        deprecated,
        default: _,
        on_change: _,
        stability: _,
    } = attribute;
    let (ty, nested_type) = match shape {
        Shape::Plain { ty, rule: _ } => (ty.to_bytes(), None),
        Shape::Nested { nesting, object } => (Vec::new(), Some(nested(*nesting, object))),
    };
    WireAttribute {
        name: name.to_owned(),
        r#type: ty,
        nested_type,
        description: description.clone(),
        required: *presence == Presence::Required,
        optional: matches!(presence, Presence::Optional | Presence::OptionalComputed),
        computed: presence.is_computed(),
        sensitive: *secrecy != Secrecy::Shown,
        description_kind: StringKind::Markdown.into(),
        deprecated: deprecated.is_some(),
        write_only: *secrecy == Secrecy::WriteOnly,
        deprecation_message: deprecated.clone().unwrap_or_default(),
    }
}

fn nested(nesting: Nesting, object: &Object) -> WireObject {
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    WireObject { attributes: attributes(object), nesting: nesting.into(), ..WireObject::default() }
}

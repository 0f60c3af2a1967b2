//! What the provider says that it has.

use std::collections::HashMap;

use tf_conformance::rules::Rule;
use zeebe_proto::tfplugin6::resource_identity_schema::IdentityAttribute;
use zeebe_proto::tfplugin6::schema::{Attribute, Block, NestedBlock, Object, nested_block, object};
use zeebe_proto::tfplugin6::{
    ActionSchema, Diagnostic, Function, ResourceIdentitySchema, Schema, ServerCapabilities,
    diagnostic, function, get_metadata, get_provider_schema, get_resource_identity_schemas,
};

use crate::Mutant;

/// The one resource.
pub(crate) const THING: &str = "mutant_thing";
/// The one data source.
pub(crate) const LOOK: &str = "mutant_look";
/// The one ephemeral resource.
pub(crate) const TOKEN: &str = "mutant_token";
/// The one action.
pub(crate) const TOUCH: &str = "mutant_touch";
/// The one function.
pub(crate) const SHOUT: &str = "shout";

const TEXT: &str = r#""string""#;
const NUMBER: &str = r#""number""#;

pub(crate) fn error(summary: &str) -> Diagnostic {
    Diagnostic {
        severity: diagnostic::Severity::Error.into(),
        summary: summary.to_owned(),
        detail: "It was asked for.".to_owned(),
        attribute: None,
    }
}

fn attribute(name: &str, ty: &str) -> Attribute {
    Attribute { name: name.to_owned(), r#type: ty.into(), ..Attribute::default() }
}

fn required(name: &str, ty: &str) -> Attribute {
    Attribute { required: true, ..attribute(name, ty) }
}

fn optional(name: &str, ty: &str) -> Attribute {
    Attribute { optional: true, ..attribute(name, ty) }
}

fn computed(name: &str, ty: &str) -> Attribute {
    Attribute { computed: true, ..attribute(name, ty) }
}

/// What a thing has beside its healthy attributes.
fn strange(mutant: Mutant) -> Vec<Attribute> {
    let Mutant(Some(rule)) = mutant else { return Vec::new() };
    let nested = |nesting: object::NestingMode, attributes| Object {
        attributes,
        nesting: nesting.into(),
        ..Object::default()
    };
    let strange = if rule == Rule::SchemaNames {
        optional("not a name", TEXT)
    } else if rule == Rule::SchemaTypes {
        Attribute { optional: true, ..attribute("shapeless", "") }
    } else if rule == Rule::SchemaPresence {
        Attribute { computed: true, ..optional("torn", TEXT) }
    } else if rule == Rule::SchemaUnique {
        optional("size", NUMBER)
    } else if rule == Rule::SchemaSets {
        let hidden = Attribute { write_only: true, ..optional("hidden", TEXT) };
        Attribute {
            nested_type: Some(nested(object::NestingMode::Set, vec![hidden])),
            ..optional("secrets", "")
        }
    } else if rule == Rule::SchemaWriteOnly {
        Attribute { write_only: true, computed: true, ..optional("shy", TEXT) }
    } else if rule == Rule::SchemaDeprecation {
        Attribute { deprecation_message: "Use another.".to_owned(), ..optional("old", TEXT) }
    } else if rule == Rule::SchemaReserved {
        optional("count", NUMBER)
    } else {
        return Vec::new();
    };
    if rule == Rule::SchemaPresence {
        return vec![Attribute { required: true, ..strange }];
    }
    vec![strange]
}

fn thing(mutant: Mutant) -> Schema {
    let row = Object {
        attributes: vec![required("count", NUMBER), computed("sign", TEXT)],
        nesting: object::NestingMode::Map.into(),
        ..Object::default()
    };
    let mut attributes = vec![
        required("directory", TEXT),
        required("name", TEXT),
        optional("size", NUMBER),
        Attribute { computed: true, ..optional("note", TEXT) },
        optional("tags", r#"["set","string"]"#),
        Attribute { nested_type: Some(row), ..optional("rows", "") },
        Attribute { write_only: true, ..optional("secret", TEXT) },
        optional("fail", r#""bool""#),
        computed("id", TEXT),
    ];
    attributes.extend(strange(mutant));
    let limit = NestedBlock {
        type_name: "limit".to_owned(),
        block: Some(Block {
            attributes: vec![optional("most", NUMBER)],
            computed: mutant.breaks(Rule::SchemaComputedBlocks),
            ..Block::default()
        }),
        nesting: nested_block::NestingMode::List.into(),
        min_items: if mutant.breaks(Rule::SchemaNesting) { 2 } else { 0 },
        max_items: i64::from(mutant.breaks(Rule::SchemaNesting)),
    };
    let block = Block { version: 1, attributes, block_types: vec![limit], ..Block::default() };
    Schema { version: 1, block: Some(block) }
}

fn schema(attributes: Vec<Attribute>) -> Schema {
    Schema { version: 0, block: Some(Block { attributes, ..Block::default() }) }
}

pub(crate) fn functions(mutant: Mutant) -> HashMap<String, Function> {
    let ty = if mutant.breaks(Rule::SchemaFunctions) { "" } else { TEXT };
    let text = function::Parameter {
        name: "text".to_owned(),
        r#type: ty.into(),
        ..function::Parameter::default()
    };
    let shout = Function {
        parameters: vec![text],
        r#return: Some(function::Return { r#type: TEXT.into() }),
        summary: "Says it louder.".to_owned(),
        ..Function::default()
    };
    [(SHOUT.to_owned(), shout)].into()
}

pub(crate) fn schemas(mutant: Mutant, configured: bool) -> get_provider_schema::Response {
    let mut thing = thing(mutant);
    if let (true, true, Some(block)) =
        (configured, mutant.breaks(Rule::SchemaStable), &mut thing.block)
    {
        "Another one.".clone_into(&mut block.description);
    }
    get_provider_schema::Response {
        provider: Some(schema(vec![optional("endpoint", TEXT)])),
        resource_schemas: [(THING.to_owned(), thing)].into(),
        data_source_schemas: [(
            LOOK.to_owned(),
            schema(vec![required("id", TEXT), computed("name", TEXT)]),
        )]
        .into(),
        functions: functions(mutant),
        list_resource_schemas: [(
            listed(mutant).to_owned(),
            schema(vec![required("directory", TEXT)]),
        )]
        .into(),
        ephemeral_resource_schemas: [(
            TOKEN.to_owned(),
            schema(vec![required("name", TEXT), computed("value", TEXT)]),
        )]
        .into(),
        action_schemas: [(
            TOUCH.to_owned(),
            ActionSchema { schema: Some(schema(vec![required("id", TEXT)])) },
        )]
        .into(),
        diagnostics: mutant
            .breaks(Rule::SchemaAnswers)
            .then(|| error("no schema today"))
            .into_iter()
            .collect(),
        server_capabilities: Some(capabilities()),
        ..get_provider_schema::Response::default()
    }
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: true,
    }
}

/// The type of what can be listed.
fn listed(mutant: Mutant) -> &'static str {
    if mutant.breaks(Rule::SchemaLists) { "mutant_other" } else { THING }
}

pub(crate) fn metadata(mutant: Mutant) -> get_metadata::Response {
    let resources = if mutant.breaks(Rule::SchemaMetadata) { &[][..] } else { &[THING][..] };
    get_metadata::Response {
        server_capabilities: Some(capabilities()),
        resources: resources
            .iter()
            .map(|it| get_metadata::ResourceMetadata { type_name: (*it).to_owned() })
            .collect(),
        data_sources: vec![get_metadata::DataSourceMetadata { type_name: LOOK.to_owned() }],
        functions: vec![get_metadata::FunctionMetadata { name: SHOUT.to_owned() }],
        list_resources: vec![get_metadata::ListResourceMetadata {
            type_name: listed(mutant).to_owned(),
        }],
        ephemeral_resources: vec![get_metadata::EphemeralMetadata { type_name: TOKEN.to_owned() }],
        actions: vec![get_metadata::ActionMetadata { type_name: TOUCH.to_owned() }],
        ..get_metadata::Response::default()
    }
}

pub(crate) fn identities(mutant: Mutant) -> get_resource_identity_schemas::Response {
    let path = IdentityAttribute {
        name: "path".to_owned(),
        r#type: TEXT.into(),
        required_for_import: !mutant.breaks(Rule::SchemaIdentity),
        ..IdentityAttribute::default()
    };
    get_resource_identity_schemas::Response {
        identity_schemas: [(
            THING.to_owned(),
            ResourceIdentitySchema { version: 0, identity_attributes: vec![path] },
        )]
        .into(),
        diagnostics: Vec::new(),
    }
}

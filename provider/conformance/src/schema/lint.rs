//! What core finds wrong with a schema before it works with it, and what makes one unusable in HCL.

use std::collections::BTreeSet;

use zeebe_proto::tfplugin6 as wire;
use zeebe_proto::tfplugin6::schema::{Attribute, Block, NestedBlock, nested_block, object};

use crate::judge::Breach;
use crate::path::Path;
use crate::rules::Rule;
use crate::ty::Type;

/// What a schema is the schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The provider's configuration.
    Provider,
    /// A managed resource.
    Resource,
    /// A data source.
    Data,
    /// An ephemeral resource, an action, or a configuration of a list.
    Other,
}

/// Terraform's own arguments of a `resource` or a `data` block.
const RESERVED: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// The rules that this lint looks at.
pub const RULES: [Rule; 9] = [
    Rule::SchemaNames,
    Rule::SchemaTypes,
    Rule::SchemaPresence,
    Rule::SchemaUnique,
    Rule::SchemaNesting,
    Rule::SchemaSets,
    Rule::SchemaWriteOnly,
    Rule::SchemaDeprecation,
    Rule::SchemaComputedBlocks,
];

/// Everything that is wrong with a schema, each with the rule that it breaks.
pub fn schema(sent: &wire::Schema, kind: Kind) -> Vec<(Rule, Breach)> {
    let mut lint = Lint { kind, found: Vec::new() };
    let root = Path::default();
    match &sent.block {
        Some(block) => {
            lint.block(block, &root);
            if matches!(kind, Kind::Resource | Kind::Data) {
                lint.reserved(block);
            }
        }
        None => lint.add(Rule::SchemaTypes, &root, "a block at the root", "none"),
    }
    lint.found
}

struct Lint {
    kind: Kind,
    found: Vec<(Rule, Breach)>,
}

impl Lint {
    fn add(&mut self, rule: Rule, path: &Path, expected: &str, got: &str) {
        self.found.push((rule, Breach::at(path, expected, got)));
    }

    fn reserved(&mut self, block: &Block) {
        let attributes = block.attributes.iter().map(|it| &it.name);
        for name in attributes.chain(block.block_types.iter().map(|it| &it.type_name)) {
            if RESERVED.contains(&name.as_str()) {
                let path = Path::default().attribute(name);
                self.add(Rule::SchemaReserved, &path, "a name that Terraform leaves free", name);
            }
        }
    }

    fn block(&mut self, block: &Block, path: &Path) {
        self.deprecation(block.deprecated, &block.deprecation_message, path);
        self.attributes(&block.attributes, path);
        let mut seen: BTreeSet<&str> = block.attributes.iter().map(|it| it.name.as_str()).collect();
        for nested in &block.block_types {
            let path = path.attribute(&nested.type_name);
            if !seen.insert(&nested.type_name) {
                self.add(Rule::SchemaUnique, &path, "one thing of a name", "two");
            }
            if !is_block_name(&nested.type_name) {
                let expected = "lower-case letters, digits and underscores";
                self.add(Rule::SchemaNames, &path, expected, &nested.type_name);
            }
            self.nested(nested, &path);
        }
        if block.computed {
            for attribute in block.attributes.iter().filter(|it| !it.computed) {
                let path = path.attribute(&attribute.name);
                self.add(Rule::SchemaComputedBlocks, &path, "a computed attribute", "another");
            }
            for nested in &block.block_types {
                if nested.block.as_ref().is_some_and(|it| !it.computed) {
                    let path = path.attribute(&nested.type_name);
                    self.add(Rule::SchemaComputedBlocks, &path, "a computed block", "another");
                }
            }
        }
    }

    fn attributes(&mut self, attributes: &[Attribute], path: &Path) {
        let mut seen = BTreeSet::new();
        for attribute in attributes {
            let path = path.attribute(&attribute.name);
            if !seen.insert(&attribute.name) {
                self.add(Rule::SchemaUnique, &path, "one thing of a name", "two");
            }
            if !is_identifier(&attribute.name) {
                self.add(Rule::SchemaNames, &path, "a name that HCL can write", &attribute.name);
            }
            self.attribute(attribute, &path);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, path: &Path) {
        let Attribute { required, optional, computed, .. } = *attribute;
        match (required, optional, computed) {
            (true, false, false) | (false, true, _) | (false, false, true) => {}
            (required, optional, computed) => {
                let got = format!("required {required}, optional {optional}, computed {computed}");
                let expected = "required, or optional, or computed, or the last two";
                self.add(Rule::SchemaPresence, path, expected, &got);
            }
        }
        self.deprecation(attribute.deprecated, &attribute.deprecation_message, path);
        if attribute.write_only && (computed || self.kind != Kind::Resource) {
            let expected = "an attribute of a managed resource that only its configuration gives";
            let got = if computed { "a computed one" } else { "one of another schema" };
            self.add(Rule::SchemaWriteOnly, path, expected, got);
        }
        match (&attribute.nested_type, attribute.r#type.is_empty()) {
            (None, true) => {
                self.add(Rule::SchemaTypes, path, "a type or attributes of its own", "neither");
            }
            (Some(_), false) => {
                self.add(Rule::SchemaTypes, path, "a type or attributes of its own", "both");
            }
            (None, false) => {
                if let Err(error) = Type::parse(&attribute.r#type) {
                    self.add(Rule::SchemaTypes, path, "a type", &error.to_string());
                }
            }
            (Some(object), true) => {
                match object.nesting() {
                    object::NestingMode::Invalid => {
                        let got = object.nesting.to_string();
                        self.add(Rule::SchemaNesting, path, "single, list, set or map", &got);
                    }
                    object::NestingMode::Set => {
                        self.set_members(&object.attributes, &[], path);
                    }
                    object::NestingMode::Single
                    | object::NestingMode::List
                    | object::NestingMode::Map => {}
                }
                self.attributes(&object.attributes, path);
            }
        }
    }

    fn nested(&mut self, nested: &NestedBlock, path: &Path) {
        let (fewest, most) = (nested.min_items, nested.max_items);
        let computed = nested.block.as_ref().is_some_and(|it| it.computed);
        let counts = format!("{fewest} to {most}");
        if fewest < 0 || most < 0 {
            self.add(Rule::SchemaNesting, path, "counts from zero", &counts);
        }
        match nested.nesting() {
            nested_block::NestingMode::Single => {
                if fewest != most || fewest > 1 {
                    let expected = "the same least and greatest count, 0 or 1, for a single block";
                    self.add(Rule::SchemaNesting, path, expected, &counts);
                }
            }
            nested_block::NestingMode::Group | nested_block::NestingMode::Map => {
                if fewest != 0 || most != 0 {
                    self.add(Rule::SchemaNesting, path, "no counts for a group or a map", &counts);
                }
                if computed && nested.nesting() == nested_block::NestingMode::Group {
                    self.add(Rule::SchemaComputedBlocks, path, "no computed group", "one");
                }
            }
            nested_block::NestingMode::List | nested_block::NestingMode::Set => {
                if fewest > most && most != 0 {
                    let expected = "a least count that is not above the greatest";
                    self.add(Rule::SchemaNesting, path, expected, &counts);
                }
                if fewest > 0 && computed {
                    let expected = "no least count for a computed block";
                    self.add(Rule::SchemaComputedBlocks, path, expected, &counts);
                }
            }
            nested_block::NestingMode::Invalid => {
                let got = nested.nesting.to_string();
                self.add(Rule::SchemaNesting, path, "single, group, list, set or map", &got);
            }
        }
        match &nested.block {
            Some(block) => {
                if nested.nesting() == nested_block::NestingMode::Set {
                    self.set_members(&block.attributes, &block.block_types, path);
                }
                self.block(block, path);
            }
            None => self.add(Rule::SchemaTypes, path, "a block", "none"),
        }
    }

    /// Elements of sets are told apart by their whole values, so these must be of fixed types, and all there.
    fn set_members(&mut self, attributes: &[Attribute], blocks: &[NestedBlock], path: &Path) {
        for attribute in attributes {
            let path = path.attribute(&attribute.name);
            if attribute.write_only {
                self.add(Rule::SchemaSets, &path, "no write-only attribute in a set", "one");
            }
            if Type::parse(&attribute.r#type).is_ok_and(|ty| ty.has_dynamic()) {
                self.add(Rule::SchemaSets, &path, "a type that is fixed, in a set", "any type");
            }
            if let Some(object) = &attribute.nested_type {
                self.set_members(&object.attributes, &[], &path);
            }
        }
        for nested in blocks {
            if let Some(block) = &nested.block {
                let path = path.attribute(&nested.type_name);
                self.set_members(&block.attributes, &block.block_types, &path);
            }
        }
    }

    fn deprecation(&mut self, deprecated: bool, message: &str, path: &Path) {
        if !deprecated && !message.is_empty() {
            self.add(Rule::SchemaDeprecation, path, "no message about what is in use", message);
        }
    }
}

fn is_block_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(fits)
}

/// Whether HCL takes a text as an identifier, in ASCII.
pub fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

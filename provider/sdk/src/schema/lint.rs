//! What Terraform's core refuses in a schema, and what we refuse because it plans badly.

use std::fmt;

use super::{Attribute, Nesting, Object, OnChange, Presence, Schema, Secrecy, Shape, Stability};
use crate::path::Path;
use crate::types::Type;

/// Names that mean something else in a `resource` or `data` block.
const TAKEN: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// One rule that a schema breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// The attribute.
    pub path: Path,
    /// The rule.
    pub text: String,
}

impl fmt::Display for SchemaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, text } = self;
        if path.is_root() { f.write_str(text) } else { write!(f, "{path}: {text}") }
    }
}

pub(super) fn schema(schema: &Schema) -> Vec<SchemaFault> {
    let mut lint = Lint { found: Vec::new() };
    let root = Path::root();
    if schema.version < 0 {
        lint.found(&root, "the version is less than 0");
    }
    if schema.description.trim().is_empty() {
        lint.found(&root, "there is no description");
    }
    for name in schema.object.attributes.keys().filter(|name| TAKEN.contains(&name.as_str())) {
        lint.found(&root.then(name), "the name means something else in a block of this kind");
    }
    lint.object(&root, &schema.object, Place::default());
    lint.found
}

/// What surrounds an attribute.
#[derive(Clone, Copy, Default)]
struct Place {
    in_set: bool,
    in_computed: bool,
}

struct Lint {
    found: Vec<SchemaFault>,
}

impl Lint {
    fn found(&mut self, path: &Path, text: &str) {
        self.found.push(SchemaFault { path: path.clone(), text: text.to_owned() });
    }

    fn object(&mut self, path: &Path, object: &Object, place: Place) {
        for (name, attribute) in &object.attributes {
            let path = path.then(name);
            self.attribute(&path, name, attribute);
            self.placed(&path, attribute, place);
            if let Shape::Nested { nesting, object } = &attribute.shape {
                let in_set = place.in_set || *nesting == Nesting::Set;
                let in_computed = place.in_computed || attribute.presence == Presence::Computed;
                self.object(&path, object, Place { in_set, in_computed });
            }
        }
    }

    fn attribute(&mut self, path: &Path, name: &str, attribute: &Attribute) {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || !name.bytes().all(allowed) {
            self.found(path, "a name has only lower-case letters, digits and underscores");
        }
        if attribute.description.trim().is_empty() {
            self.found(path, "there is no description");
        }
        if attribute.deprecated.as_deref().is_some_and(|message| message.trim().is_empty()) {
            self.found(path, "the deprecation does not say what to use instead");
        }
        if attribute.secrecy == Secrecy::WriteOnly && attribute.presence.is_computed() {
            self.found(path, "what is never stored cannot be computed");
        }
        if attribute.stability == Stability::Stable && !attribute.presence.is_computed() {
            self.found(path, "only a computed value can be stable");
        }
        if attribute.on_change == OnChange::Replace && attribute.presence == Presence::Computed {
            self.found(path, "a value that only the provider gives cannot ask for a replacement");
        }
        match &attribute.default {
            Some(_) if attribute.presence != Presence::OptionalComputed => {
                self.found(path, "a default needs an attribute that is both optional and computed");
            }
            Some(default) => {
                if let Some(refused) = &default.refused {
                    self.found(path, &format!("the attribute refuses its own default: {refused}"));
                }
            }
            None => {}
        }
        if let Shape::Plain { ty, rule: _ } = &attribute.shape
            && holds_open_type(ty)
        {
            self.found(path, "a collection cannot hold values of an open type");
        }
    }

    fn placed(&mut self, path: &Path, attribute: &Attribute, place: Place) {
        if place.in_set {
            if attribute.presence.is_computed() && attribute.default.is_none() {
                self.found(
                    path,
                    "a computed value in a set makes its element another one: use a map",
                );
            }
            if attribute.secrecy == Secrecy::WriteOnly {
                self.found(path, "an element of a set cannot hold what is never stored");
            }
            if matches!(&attribute.shape, Shape::Plain { ty: Type::Dynamic, rule: _ }) {
                self.found(path, "an element of a set cannot hold a value of an open type");
            }
        }
        if place.in_computed && attribute.presence != Presence::Computed {
            self.found(path, "everything in a computed object is computed");
        }
    }
}

fn holds_open_type(ty: &Type) -> bool {
    let open = |ty: &Type| *ty == Type::Dynamic || holds_open_type(ty);
    match ty {
        Type::Truth | Type::Number | Type::Text | Type::Dynamic => false,
        Type::List(element) | Type::Set(element) | Type::Map(element) => open(element),
        Type::Tuple(elements) => elements.iter().any(holds_open_type),
        Type::Object(object) => object.attributes.values().any(holds_open_type),
    }
}

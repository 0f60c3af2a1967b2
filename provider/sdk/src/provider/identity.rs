//! What tells one object from every other, for ever: the identity that a client stores beside a state, and imports by.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::provider::StoredState;
use crate::schema::{Object, SchemaFault, Shape};
use crate::types::Type;
use crate::value::Value;

/// The attributes of an identity: plain values, of which the user gives the required ones to import by it.
#[derive(Clone, Debug)]
pub struct IdentitySchema {
    version: i64,
    object: Arc<Object>,
}

impl IdentitySchema {
    /// An identity of those attributes. Its version is apart from that of the state.
    pub fn new(version: i64, object: Arc<Object>) -> Self {
        Self { version, object }
    }

    /// The version that identities are stored with.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The attributes.
    pub fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// The type of the whole value.
    pub fn ty(&self) -> &Type {
        self.object.ty()
    }

    /// Every rule of Terraform's core for identities that this breaks.
    pub fn lint(&self) -> Vec<SchemaFault> {
        let fault = |name: &str, text: &str| SchemaFault {
            path: crate::path::Path::attribute(name),
            text: text.to_owned(),
        };
        let mut found = Vec::new();
        for (name, attribute) in self.object.attributes() {
            let plain = match &attribute.shape {
                Shape::Plain { ty: Type::List(element), rule: _ } => is_single(element),
                Shape::Plain { ty, rule: _ } => is_single(ty),
                Shape::Nested { .. } => false,
            };
            if !plain {
                found.push(fault(name, "an identity holds single values, and lists of them"));
            }
            if attribute.presence == crate::schema::Presence::Computed {
                found.push(fault(name, "an identity's attribute is required or optional"));
            }
        }
        found
    }
}

fn is_single(ty: &Type) -> bool {
    matches!(ty, Type::Text | Type::Number | Type::Truth)
}

/// The identity of one type of managed resource. It follows from the state alone, so that it is as stable as what it is made of.
pub trait ResourceIdentity: Send + Sync {
    /// Its attributes.
    fn schema(&self) -> &IdentitySchema;

    /// The identity of the object of a state; unknown or null parts where the state does not tell them yet.
    fn of(&self, state: &Value) -> Result<Value, Vec<Diagnostic>>;

    /// The id by which an object of that identity is imported.
    fn import_id(&self, identity: &Value) -> Result<String, Vec<Diagnostic>>;

    /// Turns a stored identity of any version into a value of the current schema.
    fn upgrade(&self, stored: &StoredState) -> Result<Value, Vec<Diagnostic>>;
}

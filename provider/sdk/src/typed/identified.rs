//! What tells one object of a managed resource from every other, over a model of its own.

use std::marker::PhantomData;

use super::managed::Managed;
use crate::codec::json;
use crate::diagnostic::Diagnostic;
use crate::model::{Attributes, Model};
use crate::provider::{IdentitySchema, ResourceIdentity, StoredState};
use crate::value::Value;

/// A managed resource whose objects have an identity.
///
/// The identity follows from the state, so it is as stable as the attributes that it is made of: take those that never change.
pub trait Identified: Managed {
    /// The struct that is the identity's schema: what is `Required` in it is needed to import by it.
    type Identity: Attributes;

    /// The version that identities are stored with, apart from that of the state.
    const IDENTITY_VERSION: i64 = 0;

    /// The identity of an object, as far as its state tells it.
    fn identity(state: &Self::Model) -> Self::Identity;

    /// The id that [`Managed::import`] takes for an object of that identity.
    fn import_id(identity: &Self::Identity) -> Result<String, Vec<Diagnostic>>;

    /// Turns a stored identity of any version into one of the current schema. By itself this drops what the schema no longer has, and leaves
    /// null what it did not have yet.
    fn upgrade_identity(stored: &StoredState) -> Result<Value, Vec<Diagnostic>> {
        json::decode_leniently(&stored.json, Self::Identity::object().ty()).map_err(|error| {
            let name = Self::Model::NAME;
            let detail = format!("The identity is not JSON: {error}. Remove the object from the state, and import it again.");
            vec![Diagnostic::error(format!("could not read the stored identity of a \"{name}\""), detail)]
        })
    }
}

/// The identity of a typed resource as the provider's other side sees it.
pub(super) struct IdentityAdapter<R> {
    schema: IdentitySchema,
    marker: PhantomData<fn() -> R>,
}

impl<R: Identified> IdentityAdapter<R> {
    pub(super) fn new() -> Self {
        let schema = IdentitySchema::new(R::IDENTITY_VERSION, R::Identity::object().clone());
        Self { schema, marker: PhantomData }
    }
}

impl<R: Identified> ResourceIdentity for IdentityAdapter<R> {
    fn schema(&self) -> &IdentitySchema {
        &self.schema
    }

    fn of(&self, state: &Value) -> Result<Value, Vec<Diagnostic>> {
        Ok(R::identity(&R::Model::decode_state(state)?).encode())
    }

    fn import_id(&self, identity: &Value) -> Result<String, Vec<Diagnostic>> {
        R::import_id(&R::Identity::decode(identity)?)
    }

    fn upgrade(&self, stored: &StoredState) -> Result<Value, Vec<Diagnostic>> {
        R::upgrade_identity(stored)
    }
}

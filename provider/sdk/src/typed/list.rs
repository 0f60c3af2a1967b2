//! What a list resource does, over its model.

use std::marker::PhantomData;
use std::ops::ControlFlow;

use async_trait::async_trait;

use super::decode_config;
use super::identified::Identified;
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::model::{Attributes, Model};
use crate::provider::{Finds, Found, ListQuestion, ListResource, Objects};
use crate::schema::Schema;
use crate::value::Value;

/// Lists the objects of one type, whoever made them.
#[async_trait]
pub trait Listing: Send + Sync + 'static {
    /// The managed resource whose objects it lists.
    type Resource: Identified;
    /// The struct that says where to look.
    type Config: Attributes;

    /// The reference text.
    const DESCRIPTION: &'static str;

    /// Checks what no single attribute can: rules between attributes. Parts may be unknown; rules about them hold back.
    async fn validate(&self, call: &Call, config: &Self::Config) -> Vec<Diagnostic> {
        let _ = (call, config);
        Vec::new()
    }

    /// Finds the objects, and gives each as soon as it is found, until that breaks off.
    async fn list(
        &self,
        call: &Call,
        config: Self::Config,
        finds: Gathered<Self::Resource>,
    ) -> Vec<Diagnostic>;
}

/// Takes what a listing finds.
#[derive(Debug)]
pub struct Gathered<R: Identified> {
    finds: Finds,
    objects: Objects,
    marker: PhantomData<fn() -> R>,
}

impl<R: Identified> Gathered<R> {
    /// Whether the state of each object is wanted too.
    pub fn objects(&self) -> Objects {
        self.objects
    }

    /// Gives an object by its state, as a read would find it; its identity follows from that. Breaks off where the client wants no more.
    pub async fn give(&mut self, name: impl Into<String>, state: &R::Model) -> ControlFlow<()> {
        self.give_with(name, state, Vec::new()).await
    }

    /// The same with something to tell about the object.
    pub async fn give_with(
        &mut self,
        name: impl Into<String>,
        state: &R::Model,
        diagnostics: Vec<Diagnostic>,
    ) -> ControlFlow<()> {
        let object = match self.objects {
            Objects::Wanted => Some(state.encode()),
            Objects::NotWanted => None,
        };
        let identity = R::identity(state).encode();
        self.finds.give(Found { name: name.into(), identity, object, diagnostics }).await
    }

    /// Tells of an object that could not be looked at, by its identity, and goes on.
    pub async fn give_unseen(
        &mut self,
        name: impl Into<String>,
        identity: &R::Identity,
        diagnostics: Vec<Diagnostic>,
    ) -> ControlFlow<()> {
        let identity = identity.encode();
        self.finds.give(Found { name: name.into(), identity, object: None, diagnostics }).await
    }
}

/// A typed list resource, for [`crate::provider::Provider::with_list`].
pub fn list<L: Listing>(listing: L) -> impl ListResource {
    let schema = Schema::new(0, L::DESCRIPTION, L::Config::object().clone());
    Adapter { listing, schema }
}

struct Adapter<L> {
    listing: L,
    schema: Schema,
}

#[async_trait]
impl<L: Listing> ListResource for Adapter<L> {
    fn type_name(&self) -> &str {
        <L::Resource as super::Managed>::Model::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        match decode_config(&config) {
            Ok(config) => self.listing.validate(&call, &config).await,
            Err(diagnostics) => diagnostics,
        }
    }

    async fn list(&self, call: Call, question: ListQuestion, found: Finds) -> Vec<Diagnostic> {
        let ListQuestion { config, objects } = question;
        match decode_config(&config) {
            Ok(config) => {
                let finds = Gathered { finds: found, objects, marker: PhantomData };
                self.listing.list(&call, config, finds).await
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

//! What a managed resource does, over its model.

use async_trait::async_trait;

use crate::call::Call;
use crate::codec::json;
use crate::diagnostic::Diagnostic;
use crate::model::{Model, ResourceModel};
use crate::path::Path;
use crate::provider::{Deferral, MovedState, StoredState, not_moved};
use crate::value::Value;

/// One type of managed resource.
///
/// Every model that comes from a configuration has its defaults filled in. A model of a state may lack what an older release did not store.
#[async_trait]
pub trait Managed: Send + Sync + 'static {
    /// The struct that is its schema.
    type Model: ResourceModel;

    /// Checks what no single attribute can: rules between attributes. Parts may be unknown; rules about them hold back.
    async fn validate(&self, call: &Call, config: &Self::Model) -> Vec<Diagnostic> {
        let _ = (call, config);
        Vec::new()
    }

    /// Has its say in the plan of a creation or a change: fills in computed values that are known already, asks for a replacement, warns, refuses.
    ///
    /// It is asked again during the apply, when all of the configuration is known: what it answered as known must come out the same.
    async fn plan(&self, call: &Call, change: Change<Self::Model>) -> Planned<Self::Model> {
        let _ = call;
        change.as_planned()
    }

    /// Has its say in the plan of a deletion: warns, refuses. Core does not ask before a replacement, nor for a tainted object.
    async fn plan_destroy(&self, call: &Call, deletion: Deletion<Self::Model>) -> Vec<Diagnostic> {
        let _ = (call, deletion);
        Vec::new()
    }

    /// Makes the object. On failure the outcome holds what is there, or nothing where nothing was made.
    async fn create(&self, call: &Call, creation: Creation<Self::Model>) -> Outcome<Self::Model>;

    /// Looks at the object; an outcome without a state says that it is gone.
    async fn read(&self, call: &Call, reading: Reading<Self::Model>) -> Outcome<Self::Model>;

    /// Changes the object. On failure the outcome holds what is there.
    async fn update(&self, call: &Call, change: PlannedChange<Self::Model>)
    -> Outcome<Self::Model>;

    /// Deletes the object. On failure the outcome holds what is left.
    async fn delete(&self, call: &Call, deletion: Deletion<Self::Model>) -> Outcome<Self::Model>;

    /// Finds the object that a person named; a read follows.
    async fn import(&self, call: &Call, id: &str) -> Outcome<Self::Model> {
        let _ = (call, id);
        let name = Self::Model::NAME;
        Outcome::failed(Diagnostic::error(
            format!("\"{name}\" cannot be imported"),
            "Resources of this type are only made by an apply.",
        ))
    }

    /// Takes over the state of an object that was managed as another type, or by another provider; a read follows.
    async fn take_over(&self, call: &Call, source: &MovedState) -> Outcome<Self::Model> {
        let _ = call;
        Outcome::failed(not_moved(&source.type_name, Self::Model::NAME))
    }

    /// Turns a stored state of any version into one of the current schema; it must succeed for whatever a release has stored.
    ///
    /// Where an attribute was renamed or changed its meaning, an implementation changes the JSON first. By itself this drops what the schema no
    /// longer has, and leaves null what it did not have yet.
    fn upgrade(&self, stored: &StoredState) -> Result<Value, Vec<Diagnostic>> {
        json::decode_leniently(&stored.json, Self::Model::schema().ty()).map_err(|error| {
            let name = Self::Model::NAME;
            let detail = format!("The state is not JSON: {error}. Restore it from a backup, or import the object again.");
            vec![Diagnostic::error(format!("could not read the stored state of a \"{name}\""), detail)]
        })
    }
}

/// A creation or a change that is being planned.
#[derive(Clone, Debug)]
pub struct Change<M> {
    /// The refreshed state; none for a creation.
    pub prior: Option<M>,
    /// What the user wrote, its defaults filled in.
    pub config: M,
    /// The plan so far; what is computed is unknown unless nothing changes at all, or it is stable.
    pub planned: M,
    /// What is stored beside the prior state.
    pub private: Vec<u8>,
    /// What the plan before the apply stored, where the client keeps it; empty otherwise.
    pub planned_private: Vec<u8>,
}

impl<M> Change<M> {
    /// The plan as it stands, with nothing to say to it.
    pub fn as_planned(self) -> Planned<M> {
        let Self { prior: _, config: _, planned, private, planned_private: _ } = self;
        Planned {
            planned,
            private,
            requires_replace: Vec::new(),
            diagnostics: Vec::new(),
            deferred: None,
        }
    }
}

/// What a resource says to a plan.
#[derive(Clone, Debug)]
pub struct Planned<M> {
    /// The state after the apply, unknown where only the apply can tell.
    pub planned: M,
    /// What the apply is given.
    pub private: Vec<u8>,
    /// Attributes whose change needs another object, beside those that say so in the schema; they count only where the value really changes.
    pub requires_replace: Vec<Path>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the change should be planned another time; heard only by clients that can put one off, so that the plan must hold without it.
    pub deferred: Option<Deferral>,
}

/// A creation that was planned.
#[derive(Clone, Debug)]
pub struct Creation<M> {
    /// What to make; unknown where the creation itself tells.
    pub planned: M,
    /// What the user wrote, with the values that are used and never stored.
    pub config: M,
    /// What the plan stored.
    pub private: Vec<u8>,
}

/// A look at an object.
#[derive(Clone, Debug)]
pub struct Reading<M> {
    /// The last known state.
    pub prior: M,
    /// What is stored beside it.
    pub private: Vec<u8>,
}

/// A change that was planned.
#[derive(Clone, Debug)]
pub struct PlannedChange<M> {
    /// The state before.
    pub prior: M,
    /// What to make of it; unknown where the change itself tells.
    pub planned: M,
    /// What the user wrote, with the values that are used and never stored.
    pub config: M,
    /// What the plan stored.
    pub private: Vec<u8>,
}

/// A deletion.
#[derive(Clone, Debug)]
pub struct Deletion<M> {
    /// The last known state.
    pub prior: M,
    /// What is stored beside it, or what its plan stored.
    pub private: Vec<u8>,
}

/// What is there after an operation, whether it succeeded or not.
#[derive(Clone, Debug)]
pub struct Outcome<M> {
    /// The state as it is now; none where there is no object.
    pub state: Option<M>,
    /// What to store beside it.
    pub private: Vec<u8>,
    /// What a person is told. Any error among them fails the operation; the state is kept nevertheless.
    pub diagnostics: Vec<Diagnostic>,
}

impl<M> Outcome<M> {
    /// The object is there.
    pub fn there(state: M) -> Self {
        Self { state: Some(state), private: Vec::new(), diagnostics: Vec::new() }
    }

    /// There is no object.
    pub fn gone() -> Self {
        Self { state: None, private: Vec::new(), diagnostics: Vec::new() }
    }

    /// The operation failed and made nothing.
    pub fn failed(diagnostic: Diagnostic) -> Self {
        Self::gone().with(diagnostic)
    }

    /// The same with something more to tell.
    #[must_use]
    pub fn with(mut self, diagnostic: Diagnostic) -> Self {
        self.diagnostics.push(diagnostic);
        self
    }

    /// The same with what to store beside the state.
    #[must_use]
    pub fn with_private(mut self, private: Vec<u8>) -> Self {
        self.private = private;
        self
    }
}

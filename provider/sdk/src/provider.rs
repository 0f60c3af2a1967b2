//! The seam between Terraform's calls and a provider: object-safe traits over values, which the typed layer implements for models.
//!
//! What stands on this side decodes requests by the schema, guards every call (panics, cancellation, broken promises) and encodes answers:
//! an implementation sees values and answers with values.

mod action;
mod ephemeral;
mod identity;
mod list;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::action::{Action, Progress};
pub use self::ephemeral::{EphemeralResource, Opened, Renewed};
pub use self::identity::{IdentitySchema, ResourceIdentity};
pub use self::list::{Finds, Found, ListQuestion, ListResource, Objects};
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::function::Signature;
use crate::path::Path;
use crate::plan::configuration;
use crate::schema::Schema;
use crate::value::Value;

/// Everything that one provider binary offers.
pub struct Provider {
    pub(crate) configuration: Arc<dyn Configuration>,
    pub(crate) resources: BTreeMap<String, Arc<dyn ManagedResource>>,
    pub(crate) data_sources: BTreeMap<String, Arc<dyn DataSource>>,
    pub(crate) functions: BTreeMap<String, Arc<dyn Function>>,
    pub(crate) lists: BTreeMap<String, Arc<dyn ListResource>>,
    pub(crate) actions: BTreeMap<String, Arc<dyn Action>>,
    pub(crate) ephemerals: BTreeMap<String, Arc<dyn EphemeralResource>>,
}

impl Provider {
    /// A provider that so far offers nothing but its configuration.
    pub fn new(configuration: impl Configuration + 'static) -> Self {
        Self {
            configuration: Arc::new(configuration),
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            functions: BTreeMap::new(),
            lists: BTreeMap::new(),
            actions: BTreeMap::new(),
            ephemerals: BTreeMap::new(),
        }
    }

    /// The same with one resource type more.
    #[must_use]
    pub fn with_resource(mut self, resource: impl ManagedResource + 'static) -> Self {
        self.resources.insert(resource.type_name().to_owned(), Arc::new(resource));
        self
    }

    /// The same with one data source more.
    #[must_use]
    pub fn with_data_source(mut self, data_source: impl DataSource + 'static) -> Self {
        self.data_sources.insert(data_source.type_name().to_owned(), Arc::new(data_source));
        self
    }

    /// The same with one function more.
    #[must_use]
    pub fn with_function(mut self, function: impl Function + 'static) -> Self {
        self.functions.insert(function.name().to_owned(), Arc::new(function));
        self
    }

    /// The same with one list resource more.
    #[must_use]
    pub fn with_list(mut self, list: impl ListResource + 'static) -> Self {
        self.lists.insert(list.type_name().to_owned(), Arc::new(list));
        self
    }

    /// The same with one action more.
    #[must_use]
    pub fn with_action(mut self, action: impl Action + 'static) -> Self {
        self.actions.insert(action.type_name().to_owned(), Arc::new(action));
        self
    }

    /// The same with one ephemeral resource more.
    #[must_use]
    pub fn with_ephemeral(mut self, ephemeral: impl EphemeralResource + 'static) -> Self {
        self.ephemerals.insert(ephemeral.type_name().to_owned(), Arc::new(ephemeral));
        self
    }

    /// What the `provider` block configures.
    pub fn configuration(&self) -> &dyn Configuration {
        &*self.configuration
    }

    /// The resource types by their names in HCL.
    pub fn resources(&self) -> impl Iterator<Item = &dyn ManagedResource> {
        self.resources.values().map(|resource| &**resource)
    }

    /// The data sources by their names in HCL.
    pub fn data_sources(&self) -> impl Iterator<Item = &dyn DataSource> {
        self.data_sources.values().map(|data_source| &**data_source)
    }

    /// The functions by their names.
    pub fn functions(&self) -> impl Iterator<Item = &dyn Function> {
        self.functions.values().map(|function| &**function)
    }

    /// The list resources by the names of what they list.
    pub fn lists(&self) -> impl Iterator<Item = &dyn ListResource> {
        self.lists.values().map(|list| &**list)
    }

    /// The actions by their names in HCL.
    pub fn actions(&self) -> impl Iterator<Item = &dyn Action> {
        self.actions.values().map(|action| &**action)
    }

    /// The ephemeral resources by their names in HCL.
    pub fn ephemerals(&self) -> impl Iterator<Item = &dyn EphemeralResource> {
        self.ephemerals.values().map(|ephemeral| &**ephemeral)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            configuration: _,
            resources,
            data_sources,
            functions,
            lists,
            actions,
            ephemerals,
        } = self;
        f.debug_struct("Provider")
            .field("resources", &resources.keys())
            .field("data_sources", &data_sources.keys())
            .field("functions", &functions.keys())
            .field("lists", &lists.keys())
            .field("actions", &actions.keys())
            .field("ephemerals", &ephemerals.keys())
            .finish_non_exhaustive()
    }
}

/// The `provider` block. What it configures is shared with the resources by whoever makes both.
#[async_trait]
pub trait Configuration: Send + Sync {
    /// Schema of the `provider` block.
    fn schema(&self) -> &Schema;

    /// Checks a block before it is used; any part may still be unknown.
    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Takes a block into use, instead of the one before: a provider in debug mode is configured many times. Parts may be unknown at plan.
    async fn configure(&self, call: Call, config: Value) -> Vec<Diagnostic>;
}

/// One type of managed resource.
#[async_trait]
pub trait ManagedResource: Send + Sync {
    /// The type's name in HCL, with the provider's prefix.
    fn type_name(&self) -> &str;

    /// Schema of the resource.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; any part may still be unknown, and the provider not configured yet.
    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Turns a stored state of any schema version, the current one too, into a value of the current schema.
    async fn upgrade(&self, call: Call, stored: StoredState) -> Result<Value, Vec<Diagnostic>>;

    /// Looks at the real object.
    async fn read(&self, call: Call, question: ReadQuestion) -> ReadAnswer;

    /// Says what an apply would do. A null `proposed` asks about a deletion.
    async fn plan(&self, call: Call, question: PlanQuestion) -> PlanAnswer;

    /// Does what was planned. A null `planned` asks for the deletion; a null `prior` for a creation.
    async fn apply(&self, call: Call, question: ApplyQuestion) -> ApplyAnswer;

    /// Finds the object that a person named; a read follows.
    async fn import(&self, call: Call, id: String) -> ImportAnswer;

    /// What tells one object from every other; none where the type has no identity.
    fn identity(&self) -> Option<&dyn ResourceIdentity> {
        None
    }

    /// Takes over the state of an object that was managed as another type, or by another provider; a read follows.
    async fn take_over(&self, call: Call, source: MovedState) -> ImportAnswer {
        let _ = call;
        let diagnostics = vec![not_moved(&source.type_name, self.type_name())];
        ImportAnswer { state: Value::Null, private: Vec::new(), diagnostics }
    }

    /// The configuration that says what a state is: what the user writes to manage the object as it is.
    async fn generate_config(&self, call: Call, state: Value) -> Result<Value, Vec<Diagnostic>> {
        let _ = call;
        Ok(configuration(self.schema().object(), &state))
    }
}

/// The answer to a move between types that have nothing in common.
pub fn not_moved(from: &str, to: &str) -> Diagnostic {
    Diagnostic::error(
        format!("cannot move the state of a \"{from}\" to a \"{to}\""),
        format!(
            "Nothing of a \"{from}\" is a \"{to}\". Remove the `moved` block, and import the object as a \"{to}\"."
        ),
    )
}

/// The state of an object that was managed as another type, or by another provider.
#[derive(Clone, Debug)]
pub struct MovedState {
    /// Address of the provider that managed it: `<host>/hashicorp/helm`.
    pub provider: String,
    /// Its type there.
    pub type_name: String,
    /// Schema version of the release that stored it.
    pub version: i64,
    /// The state in JSON.
    pub json: Vec<u8>,
    /// What that provider stored beside it.
    pub private: Vec<u8>,
}

/// A state as it was stored, perhaps by an older release.
#[derive(Clone, Debug)]
pub struct StoredState {
    /// Schema version of the release that stored it.
    pub version: i64,
    /// The state in JSON.
    pub json: Vec<u8>,
}

/// What [`ManagedResource::read`] is asked.
#[derive(Clone, Debug)]
pub struct ReadQuestion {
    /// The last known state.
    pub state: Value,
    /// What the resource stored beside it.
    pub private: Vec<u8>,
}

/// What [`ManagedResource::read`] answers.
#[derive(Clone, Debug)]
pub struct ReadAnswer {
    /// The state as found, wholly known; null where the object is gone.
    pub state: Value,
    /// What to store beside it.
    pub private: Vec<u8>,
    /// What a person is told. With an error among them the last known state is kept.
    pub diagnostics: Vec<Diagnostic>,
}

/// What [`ManagedResource::plan`] is asked.
#[derive(Clone, Debug)]
pub struct PlanQuestion {
    /// The refreshed state; null where there is no object, or only a tainted one.
    pub prior: Value,
    /// The configuration over the prior state, as core merged them; null for a deletion.
    pub proposed: Value,
    /// The configuration alone; null for a deletion.
    pub config: Value,
    /// What is stored beside the prior state.
    pub prior_private: Vec<u8>,
    /// What the plan before the apply stored, where this is the plan during the apply and the client keeps it; empty otherwise.
    pub planned_private: Vec<u8>,
}

/// What [`ManagedResource::plan`] answers.
#[derive(Clone, Debug)]
pub struct PlanAnswer {
    /// The state after the apply, unknown where only the apply can tell; null for a deletion.
    pub planned: Value,
    /// What [`ManagedResource::apply`] is given.
    pub private: Vec<u8>,
    /// Attributes whose change needs another object.
    pub requires_replace: Vec<Path>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the change should be planned another time; heard only by clients that can put one off, so that the plan must hold without it.
    pub deferred: Option<Deferral>,
}

/// Why a change cannot be planned yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferral {
    /// What it depends on in its own configuration is not known.
    ConfigUnknown,
    /// What it depends on in the `provider` block is not known.
    ProviderConfigUnknown,
    /// Something that must be there first is not.
    AbsentPrerequisite,
}

/// What [`ManagedResource::apply`] is asked.
#[derive(Clone, Debug)]
pub struct ApplyQuestion {
    /// The state before; null for a creation.
    pub prior: Value,
    /// The planned state; null for a deletion.
    pub planned: Value,
    /// The configuration; null for a deletion.
    pub config: Value,
    /// What the plan stored.
    pub planned_private: Vec<u8>,
}

/// What [`ManagedResource::apply`] answers.
#[derive(Clone, Debug)]
pub struct ApplyAnswer {
    /// The state as it is now, also after an error: null only where no object is left. What stayed unknown after an error is stored as null.
    pub state: Value,
    /// What to store beside it.
    pub private: Vec<u8>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
}

/// What [`ManagedResource::import`] answers.
#[derive(Clone, Debug)]
pub struct ImportAnswer {
    /// Enough of the state for a read to find the object; null only beside an error.
    pub state: Value,
    /// What to store beside it.
    pub private: Vec<u8>,
    /// What a person is told.
    pub diagnostics: Vec<Diagnostic>,
}

/// One type of data source.
#[async_trait]
pub trait DataSource: Send + Sync {
    /// The type's name in HCL, with the provider's prefix.
    fn type_name(&self) -> &str;

    /// Schema of the data source.
    fn schema(&self) -> &Schema;

    /// Checks a configuration; any part may still be unknown, and the provider not configured yet.
    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic>;

    /// Looks; the answer is the configuration with the computed attributes filled in.
    async fn read(
        &self,
        call: Call,
        config: Value,
    ) -> Result<(Value, Vec<Diagnostic>), Vec<Diagnostic>>;
}

/// One function; pure, since core checks that the same arguments give the same result.
pub trait Function: Send + Sync {
    /// Name without `provider::<provider>::`.
    fn name(&self) -> &str;

    /// Parameters, result and texts.
    fn signature(&self) -> &Signature;

    /// The result for arguments that fit the signature, the variadic ones at the end.
    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionFault>;
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionFault {
    /// The text for the person who wrote the call.
    pub text: String,
    /// The argument that it is about, from 0; none where it is about all of them.
    pub argument: Option<usize>,
}

//! A typed resource as the provider's other side sees it.

use async_trait::async_trait;

use super::decode_config;
use super::identified::{Identified, IdentityAdapter};
use super::managed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
use crate::call::{Ability, Call};
use crate::diagnostic::{Diagnostic, has_errors};
use crate::model::{Attributes, Model};
use crate::path::Path;
use crate::plan::{
    check, effective, forget_write_only, prepare, replacements, settle, write_only_given,
};
use crate::provider::{
    ApplyAnswer, ApplyQuestion, ImportAnswer, ManagedResource, MovedState, PlanAnswer,
    PlanQuestion, ReadAnswer, ReadQuestion, ResourceIdentity, StoredState,
};
use crate::schema::{Object, Schema};
use crate::value::Value;

/// A typed resource, for [`crate::provider::Provider::with_resource`].
pub fn resource<R: Managed>(resource: R) -> impl ManagedResource {
    Adapter { managed: resource, identity: None }
}

/// A typed resource whose objects have an identity, for [`crate::provider::Provider::with_resource`].
pub fn identified<R: Identified>(resource: R) -> impl ManagedResource {
    let identity: Box<dyn ResourceIdentity> = Box::new(IdentityAdapter::<R>::new());
    Adapter { managed: resource, identity: Some(identity) }
}

struct Adapter<R> {
    managed: R,
    identity: Option<Box<dyn ResourceIdentity>>,
}

/// State, private data and diagnostics: what every answer is made of.
type Parts = (Value, Vec<u8>, Vec<Diagnostic>);

impl<R: Managed> Adapter<R> {
    fn object() -> &'static Object {
        R::Model::object()
    }

    async fn planned(
        &self,
        call: &Call,
        question: &PlanQuestion,
    ) -> Result<PlanAnswer, Vec<Diagnostic>> {
        let PlanQuestion { prior, proposed: _, config, prior_private, planned_private } = question;
        let effective = effective(Self::object(), config);
        let prepared = prepare(Self::object(), prior, &effective);
        let change = Change {
            prior: state(prior)?,
            config: R::Model::decode(&effective)?,
            planned: R::Model::decode_state(&prepared)?,
            private: prior_private.clone(),
            planned_private: planned_private.clone(),
        };
        let Planned { planned, private, requires_replace, mut diagnostics, deferred } =
            self.managed.plan(call, change).await;
        let mut planned = settle(&prepared, planned.encode());
        forget_write_only(Self::object(), &mut planned);
        if !has_errors(&diagnostics) {
            diagnostics.extend(check(Self::object(), prior, config, &planned));
        }
        let requires_replace = replacements(Self::object(), prior, &planned, &requires_replace);
        Ok(PlanAnswer { planned, private, requires_replace, diagnostics, deferred })
    }

    async fn planned_deletion(&self, call: &Call, question: PlanQuestion) -> PlanAnswer {
        let PlanQuestion { prior, proposed: _, config: _, prior_private, planned_private: _ } =
            question;
        let diagnostics = match state(&prior) {
            Ok(Some(prior)) => {
                let deletion = Deletion { prior, private: prior_private.clone() };
                self.managed.plan_destroy(call, deletion).await
            }
            Ok(None) => Vec::new(),
            Err(diagnostics) => diagnostics,
        };
        PlanAnswer {
            planned: Value::Null,
            private: prior_private,
            requires_replace: Vec::new(),
            diagnostics,
            deferred: None,
        }
    }

    async fn applied(
        &self,
        call: &Call,
        question: &ApplyQuestion,
    ) -> Result<Parts, Vec<Diagnostic>> {
        let ApplyQuestion { prior, planned, config, planned_private } = question;
        let private = planned_private.clone();
        let outcome = match (state(prior)?, planned.is_null()) {
            (Some(prior), true) => self.managed.delete(call, Deletion { prior, private }).await,
            (None, true) => Outcome::gone(),
            (Some(prior), false) => {
                let config = decode_config(config)?;
                let planned = R::Model::decode_state(planned)?;
                self.managed.update(call, PlannedChange { prior, planned, config, private }).await
            }
            (None, false) => {
                let config = decode_config(config)?;
                let planned = R::Model::decode_state(planned)?;
                self.managed.create(call, Creation { planned, config, private }).await
            }
        };
        Ok(Self::parts(planned, outcome))
    }

    /// What to store, in the form in which it was given wherever that says the same.
    fn parts(given: &Value, outcome: Outcome<R::Model>) -> Parts {
        let Outcome { state, private, diagnostics } = outcome;
        let state = state.map_or(Value::Null, |state| {
            let mut state = settle(given, state.encode());
            forget_write_only(Self::object(), &mut state);
            state
        });
        (state, private, diagnostics)
    }
}

/// What is configured but cannot be kept out of the state, because the client does not know how.
fn unstorable(object: &Object, config: &Value) -> Vec<Diagnostic> {
    let told = |path: Path| {
        let detail = format!(
            "`{path}` is used and never stored, which needs Terraform 1.11 or OpenTofu 1.11, or newer. Leave it out, or use a newer release."
        );
        Diagnostic::error(format!("{path} cannot be kept out of the state"), detail).at(path)
    };
    write_only_given(object, config).into_iter().map(told).collect()
}

fn state<M: Model>(value: &Value) -> Result<Option<M>, Vec<Diagnostic>> {
    if value.is_null() { Ok(None) } else { M::decode_state(value).map(Some) }
}

#[async_trait]
impl<R: Managed> ManagedResource for Adapter<R> {
    fn type_name(&self) -> &str {
        R::Model::NAME
    }

    fn schema(&self) -> &Schema {
        R::Model::schema()
    }

    async fn validate(&self, call: Call, config: Value) -> Vec<Diagnostic> {
        let mut found = if call.client.can(Ability::WriteOnly) {
            Vec::new()
        } else {
            unstorable(Self::object(), &config)
        };
        found.extend(match decode_config(&config) {
            Ok(config) => self.managed.validate(&call, &config).await,
            Err(diagnostics) => diagnostics,
        });
        found
    }

    async fn upgrade(&self, _call: Call, stored: StoredState) -> Result<Value, Vec<Diagnostic>> {
        self.managed.upgrade(&stored)
    }

    async fn read(&self, call: Call, question: ReadQuestion) -> ReadAnswer {
        let ReadQuestion { state: given, private } = question;
        let prior = match state(&given) {
            Ok(Some(prior)) => prior,
            Ok(None) => return ReadAnswer { state: given, private, diagnostics: Vec::new() },
            Err(diagnostics) => return ReadAnswer { state: given, private, diagnostics },
        };
        let outcome = self.managed.read(&call, Reading { prior, private: private.clone() }).await;
        let failed = has_errors(&outcome.diagnostics);
        let (state, new_private, diagnostics) = Self::parts(&given, outcome);
        if failed {
            ReadAnswer { state: given, private, diagnostics }
        } else {
            ReadAnswer { state, private: new_private, diagnostics }
        }
    }

    async fn plan(&self, call: Call, question: PlanQuestion) -> PlanAnswer {
        if question.config.is_null() {
            return self.planned_deletion(&call, question).await;
        }
        match self.planned(&call, &question).await {
            Ok(answer) => answer,
            Err(diagnostics) => PlanAnswer {
                planned: question.prior,
                private: question.prior_private,
                requires_replace: Vec::new(),
                diagnostics,
                deferred: None,
            },
        }
    }

    async fn apply(&self, call: Call, question: ApplyQuestion) -> ApplyAnswer {
        let (state, private, diagnostics) = match self.applied(&call, &question).await {
            Ok(parts) => parts,
            // Nothing was begun, so what was there is there.
            Err(diagnostics) => (question.prior, question.planned_private, diagnostics),
        };
        ApplyAnswer { state, private, diagnostics }
    }

    async fn import(&self, call: Call, id: String) -> ImportAnswer {
        let outcome = self.managed.import(&call, &id).await;
        let (state, private, diagnostics) = Self::parts(&Value::Null, outcome);
        ImportAnswer { state, private, diagnostics }
    }

    fn identity(&self) -> Option<&dyn ResourceIdentity> {
        self.identity.as_deref()
    }

    async fn take_over(&self, call: Call, source: MovedState) -> ImportAnswer {
        let outcome = self.managed.take_over(&call, &source).await;
        let (state, private, diagnostics) = Self::parts(&Value::Null, outcome);
        ImportAnswer { state, private, diagnostics }
    }
}

//! What `zeebe_cluster` does: plans from the last look, carries out what was shown.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::{MovedState, StoredState};
use tf_sdk::typed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
use tf_sdk::{Attributes, Diagnostic, Operation};
use zeebe_engine::{ClusterObserved, Engine, EngineError, Phase};
use zeebe_spec::DeletionProtection;

use super::model::{Cluster, OnCreateTimeout};
use super::moved::{self, Source};
use super::outcome::{failed, found, kept, made, out_of_time, protected, stored, unspecified};
use super::planning::{Plans, Sentences, refused, undecided};
use super::record;
use super::spec::{forgotten, given, spec};
use crate::deadline::{READ, within};
use crate::explain;
use crate::resources::choice::SpecError;

/// Three brokers on two busy cores need half a minute, the first fetch of a distribution some more.
const CREATE: Duration = Duration::from_mins(20);
/// A roll waits for the cluster before each broker, and a change moves data.
const UPDATE: Duration = Duration::from_hours(1);
/// A broker is given half a minute to stop by itself.
const DELETE: Duration = Duration::from_mins(10);

/// The resource `zeebe_cluster`.
#[derive(Debug)]
pub struct ClusterResource {
    pub(super) engine: Arc<Engine>,
}

impl ClusterResource {
    /// The resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Managed for ClusterResource {
    type Model = Cluster;

    async fn validate(&self, _call: &Call, config: &Cluster) -> Vec<Diagnostic> {
        let mut found = match spec(config) {
            Ok(spec) => spec
                .warnings()
                .iter()
                .map(|warning| explain::warning(warning, &spec.target))
                .collect(),
            Err(SpecError::NotYetKnown) => Vec::new(),
            Err(SpecError::Wrong(wrong)) => wrong,
        };
        found.extend(forgotten(config));
        found
    }

    async fn plan(&self, call: &Call, change: Change<Cluster>) -> Planned<Cluster> {
        let spec = match spec(&change.config) {
            Ok(spec) => spec,
            Err(SpecError::NotYetKnown) => return undecided(change),
            Err(SpecError::Wrong(wrong)) => return refused(change, wrong),
        };
        let name = spec.name.to_string();
        match self.beside(call, &spec, &change).await {
            Ok(None) => {}
            Ok(Some(neighbour)) => {
                return refused(change, vec![explain::shared_store(&neighbour)]);
            }
            Err(error) => return refused(change, explain::engine(&error, &name)),
        }
        let planning = self.planned(call, &spec, &change).await;
        match planning {
            Ok(Plans { addresses, sentences, is_unstored }) => {
                let mut planned = change.as_planned();
                if is_unstored {
                    planned.diagnostics.push(explain::unstored());
                }
                record::addresses(&mut planned.planned, &addresses);
                match sentences {
                    Sentences::Work(sentences) => {
                        planned.planned.last_change.set(sentences);
                        planned.planned.status.set_unknown();
                    }
                    Sentences::Nothing { prior } => {
                        planned.planned.last_change = prior.last_change;
                        planned.planned.status = prior.status;
                    }
                }
                planned
            }
            Err(error) => refused(change, explain::engine(&error, &name)),
        }
    }

    async fn plan_destroy(&self, _call: &Call, deletion: Deletion<Cluster>) -> Vec<Diagnostic> {
        protected(&deletion.prior).into_iter().collect()
    }

    async fn create(&self, call: &Call, creation: Creation<Cluster>) -> Outcome<Cluster> {
        let Creation { planned, config, private: _ } = creation;
        let spec = match spec(&config) {
            Ok(spec) => spec,
            Err(error) => return unspecified(error),
        };
        let name = spec.name.to_string();
        let cluster = match self.engine.cluster(&spec) {
            Ok(cluster) => cluster.giving(given(&config)),
            Err(error) => return failed(&EngineError::Open(error), &name),
        };
        let deadline = planned.timeouts.of_operation(Operation::Create, CREATE);
        let sentences = planned.last_change.as_known().cloned();
        let (outcome, stopped) = within(call, &name, deadline, |call| {
            let (cluster, spec, sentences) = (&cluster, &spec, sentences.as_deref());
            async move { cluster.create(spec, sentences, &call).await }
        })
        .await;
        let error = match outcome {
            Ok(applied) => return made(&cluster, planned, applied),
            Err(error) => error,
        };
        let quiet = zeebe_engine::Call::quiet();
        let seen = match cluster.look(&quiet).await {
            Ok(seen) => seen,
            Err(_) if error.touched_nothing() => return failed(&error, &name),
            // What is there is not known: a state that may describe nothing is found gone by the next
            // refresh, and a cluster without a state would be lost.
            Err(_) => return kept(&cluster, planned, None, explain::engine(&error, &name)),
        };
        if error.touched_nothing() || seen.components.is_empty() {
            // Nothing runs: what the book says is only that a creation had begun.
            if !error.touched_nothing() {
                let undone = cluster.destroy(DeletionProtection::Off, &quiet).await;
                tracing::debug!(?undone, "took back a creation that had made nothing");
            }
            return failed(&error, &name);
        }
        let policy = planned.on_create_timeout.as_known().copied().unwrap_or(OnCreateTimeout::Keep);
        match (policy, out_of_time(&error, stopped)) {
            (OnCreateTimeout::Keep, Some(why)) => {
                let warning = Diagnostic::warning(
                    format!("cluster \"{name}\" is not ready yet"),
                    format!(
                        "{why} What was made is kept, and the next apply finishes it. It stopped here: {}",
                        error.chain()
                    ),
                );
                kept(&cluster, planned, Some(&seen), vec![warning])
            }
            (OnCreateTimeout::Delete, Some(_)) => {
                let mut diagnostics = explain::engine(&error, &name);
                match cluster.destroy(DeletionProtection::Off, &quiet).await {
                    Ok(_) => {
                        let mut outcome = Outcome::gone();
                        outcome.diagnostics = diagnostics;
                        outcome
                    }
                    Err(undo) => {
                        diagnostics.extend(explain::engine(&undo, &name));
                        kept(&cluster, planned, Some(&seen), diagnostics)
                    }
                }
            }
            (OnCreateTimeout::Fail, Some(_))
            | (OnCreateTimeout::Keep | OnCreateTimeout::Fail | OnCreateTimeout::Delete, None) => {
                kept(&cluster, planned, Some(&seen), explain::engine(&error, &name))
            }
        }
    }

    async fn read(&self, call: &Call, reading: Reading<Cluster>) -> Outcome<Cluster> {
        let Reading { prior, private } = reading;
        let name = prior.name.as_known().map(ToString::to_string).unwrap_or_default();
        let looked = self.look(call, &prior, &name).await;
        match looked {
            Ok((cluster, seen)) => found(&cluster, prior, &seen),
            Err(error) => {
                Outcome { state: Some(prior), private, diagnostics: explain::engine(&error, &name) }
            }
        }
    }

    async fn update(&self, call: &Call, change: PlannedChange<Cluster>) -> Outcome<Cluster> {
        let PlannedChange { prior, planned, config, private } = change;
        let spec = match spec(&config) {
            Ok(spec) => spec,
            Err(error) => {
                let Outcome { diagnostics, .. } = unspecified(error);
                return Outcome { state: Some(prior), private, diagnostics };
            }
        };
        let name = spec.name.to_string();
        let cluster = match self.engine.cluster(&spec) {
            Ok(cluster) => cluster.giving(given(&config)),
            Err(error) => {
                let diagnostics = explain::engine(&EngineError::Open(error), &name);
                return Outcome { state: Some(prior), private, diagnostics };
            }
        };
        if planned.status.as_known().is_some() {
            // Only attributes of ours differ: the engine has nothing to do.
            return Outcome::there(planned).with_private(private);
        }
        let deadline = planned.timeouts.of_operation(Operation::Update, UPDATE);
        let sentences = planned.last_change.as_known().cloned();
        let (outcome, _) = within(call, &name, deadline, |call| {
            let (cluster, spec, sentences) = (&cluster, &spec, sentences.as_deref());
            async move { cluster.change(spec, sentences, &call).await }
        })
        .await;
        match outcome {
            Ok(applied) => made(&cluster, planned, applied),
            Err(error) => {
                let private = match cluster.look(&zeebe_engine::Call::quiet()).await {
                    Ok(seen) => stored(&cluster, &prior, &seen),
                    Err(_) => private,
                };
                let diagnostics = explain::engine(&error, &name);
                Outcome { state: Some(prior), private, diagnostics }
            }
        }
    }

    async fn delete(&self, call: &Call, deletion: Deletion<Cluster>) -> Outcome<Cluster> {
        let Deletion { prior, private } = deletion;
        let stays = |prior: Cluster, private: Vec<u8>, diagnostics: Vec<Diagnostic>| Outcome {
            state: Some(prior),
            private,
            diagnostics,
        };
        if let Some(refusal) = protected(&prior) {
            return stays(prior, private, vec![refusal]);
        }
        let name = prior.name.as_known().map(ToString::to_string).unwrap_or_default();
        let id = prior.id.as_known().cloned().unwrap_or_default();
        let cluster = match self.engine.at(&id) {
            Ok(cluster) => cluster,
            Err(error) => {
                let diagnostics = explain::engine(&EngineError::Open(error), &name);
                return stays(prior, private, diagnostics);
            }
        };
        let deadline = prior.timeouts.of_operation(Operation::Delete, DELETE);
        let (outcome, _) = within(call, &name, deadline, |call| {
            let cluster = &cluster;
            async move { cluster.destroy(DeletionProtection::Off, &call).await }
        })
        .await;
        match outcome {
            Ok(_) => Outcome::gone(),
            Err(error) => stays(prior, private, explain::engine(&error, &name)),
        }
    }

    async fn import(&self, call: &Call, id: &str) -> Outcome<Cluster> {
        let looked = match self.engine.at(id) {
            Ok(cluster) => {
                let (looked, _) = within(call, id, READ, |call| {
                    let cluster = &cluster;
                    async move { cluster.look(&call).await }
                })
                .await;
                looked.map(|seen| (cluster, seen))
            }
            Err(error) => Err(EngineError::Open(error)),
        };
        let (cluster, seen) = match looked {
            Ok(found) => found,
            Err(error) => return failed(&error, id),
        };
        match &seen.record {
            Some(record) if record.phase != Phase::Destroyed => {
                let state = record::state_of(&cluster, record);
                let private = stored(&cluster, &state, &seen);
                Outcome::there(state).with_private(private)
            }
            Some(_) | None => Outcome::failed(Diagnostic::error(
                format!("no cluster stands at {id}"),
                "There is no book of a cluster there. Expected the address of one that this provider or \
                 `zeebe-provision` made, as its attribute `id` says it.",
            )),
        }
    }

    async fn take_over(&self, _call: &Call, source: &MovedState) -> Outcome<Cluster> {
        if let Source::Foreign(refusal) = moved::source(source) {
            return Outcome::failed(refusal);
        }
        let stored = StoredState { version: source.version, json: source.json.clone() };
        match self.upgrade(&stored).and_then(|state| Cluster::decode_state(&state)) {
            Ok(state) => Outcome::there(state).with_private(source.private.clone()),
            Err(diagnostics) => Outcome { diagnostics, ..Outcome::gone() },
        }
    }
}

impl ClusterResource {
    async fn look(
        &self,
        call: &Call,
        prior: &Cluster,
        name: &str,
    ) -> Result<(zeebe_engine::Cluster, ClusterObserved), EngineError> {
        let id = prior.id.as_known().cloned().unwrap_or_default();
        let cluster = self.engine.at(&id).map_err(EngineError::Open)?;
        let deadline = prior.timeouts.of_operation(Operation::Read, READ);
        let (seen, _) = within(call, name, deadline, |call| {
            let cluster = &cluster;
            async move { cluster.look(&call).await }
        })
        .await;
        seen.map(|seen| (cluster, seen))
    }
}

//! What `zeebe_cluster` does: plans from the last look, carries out what was shown.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::{Deferral, MovedState, StoredState};
use tf_sdk::typed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
use tf_sdk::{Attributes, Diagnostic, Knowable, Operation, Path};
use zeebe_engine::{
    Applied, ClusterObserved, Engine, EngineError, Fixed, Phase, PlanError, StepFailure,
};
use zeebe_spec::{ClusterSpec, DeletionProtection};

use super::model::{Cluster, OnCreateTimeout, Target};
use super::moved::{self, Source};
use super::record;
use super::spec::{SpecError, spec};
use crate::deadline::{READ, Stopped, within};
use crate::explain;

/// Three brokers on two busy cores need half a minute, the first fetch of a distribution some more.
const CREATE: Duration = Duration::from_mins(20);
/// A roll waits for the cluster before each broker, and a change moves data.
const UPDATE: Duration = Duration::from_hours(1);
/// A broker is given half a minute to stop by itself.
const DELETE: Duration = Duration::from_mins(10);

/// The resource `zeebe_cluster`.
#[derive(Debug)]
pub struct ClusterResource {
    engine: Arc<Engine>,
}

impl ClusterResource {
    /// The resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

/// A plan before all is known: what follows from the topology or the target stays only where these do, or the
/// plan during apply, which knows them, would say otherwise.
fn undecided(change: Change<Cluster>) -> Planned<Cluster> {
    let moves = change.prior.as_ref().is_some_and(|prior| {
        prior.topology != change.planned.topology || prior.target != change.planned.target
    });
    let deferred = nowhere(&change.config).then_some(Deferral::ConfigUnknown);
    let mut planned = Planned { deferred, ..change.as_planned() };
    if moves {
        planned.planned.handle.set_unknown();
        planned.planned.gateway_address.set_unknown();
        planned.planned.rest_address.set_unknown();
    }
    planned
}

#[async_trait]
impl Managed for ClusterResource {
    type Model = Cluster;

    async fn validate(&self, _call: &Call, config: &Cluster) -> Vec<Diagnostic> {
        match spec(config) {
            Ok(spec) => spec
                .warnings()
                .iter()
                .map(|warning| explain::warning(warning, &spec.target))
                .collect(),
            Err(SpecError::NotYetKnown) => Vec::new(),
            Err(SpecError::Wrong(wrong)) => wrong,
        }
    }

    async fn plan(&self, call: &Call, change: Change<Cluster>) -> Planned<Cluster> {
        let spec = match spec(&change.config) {
            Ok(spec) => spec,
            Err(SpecError::NotYetKnown) => return undecided(change),
            Err(SpecError::Wrong(wrong)) => return refused(change, wrong),
        };
        let name = spec.name.to_string();
        let planning = self.planned(call, &spec, &change).await;
        match planning {
            Ok(Plans { addresses, sentences }) => {
                let mut planned = change.as_planned();
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
            Ok(cluster) => cluster,
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
            Ok(cluster) => cluster,
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

/// What a plan says.
struct Plans {
    addresses: zeebe_engine::Addresses,
    sentences: Sentences,
}

enum Sentences {
    /// There is something to do.
    Work(Vec<String>),
    /// The engine has nothing to do; what it said last time stays.
    Nothing { prior: Box<Cluster> },
}

impl ClusterResource {
    async fn planned(
        &self,
        call: &Call,
        spec: &ClusterSpec,
        change: &Change<Cluster>,
    ) -> Result<Plans, EngineError> {
        let cluster = self.engine.cluster(spec).map_err(EngineError::Open)?;
        let addresses = cluster.addresses(spec);
        let name = spec.name.to_string();
        let Some(prior) = &change.prior else {
            let (plan, _) = within(call, &name, READ, |call| {
                let cluster = &cluster;
                async move { cluster.plan_creation(spec, &call).await }
            })
            .await;
            return Ok(Plans { addresses, sentences: Sentences::Work(plan?.sentences()) });
        };
        stays(prior, spec, &addresses)?;
        let (plan, _) = within(call, &name, READ, |call| {
            let cluster = &cluster;
            async move {
                let seen = match cluster.recall(&change.private, self::spec(prior).ok().as_ref()) {
                    Some(seen) => seen,
                    // A state that was imported by an older release, or whose private part was lost.
                    None => cluster.look(&call).await?,
                };
                cluster.plan_change(spec, &seen, &call).await
            }
        })
        .await;
        let sentences = plan?.sentences();
        let sentences = if sentences.is_empty() {
            Sentences::Nothing { prior: Box::new(prior.clone()) }
        } else {
            Sentences::Work(sentences)
        };
        Ok(Plans { addresses, sentences })
    }

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

/// Whether not even the target is known: then nothing can be said of what an apply would do.
fn nowhere(config: &Cluster) -> bool {
    match &*config.target {
        Knowable::Unknown => true,
        Knowable::Null => false,
        Knowable::Known(Target { local, simulated }) => {
            local.is_unknown() || simulated.is_unknown()
        }
    }
}

/// Refuses another name or another place: that would be another cluster.
fn stays(
    prior: &Cluster,
    spec: &ClusterSpec,
    addresses: &zeebe_engine::Addresses,
) -> Result<(), PlanError> {
    let fixed = |what, from: &str, to: &str| {
        Err(PlanError::Fixed { what, from: from.to_owned(), to: to.to_owned() })
    };
    if let Some(name) = prior.name.as_known()
        && *name != spec.name
    {
        return fixed(Fixed::Name, name.as_str(), spec.name.as_str());
    }
    match prior.id.as_known() {
        Some(id) if *id != addresses.id => fixed(Fixed::Target, id, &addresses.id),
        Some(_) | None => Ok(()),
    }
}

fn refused(change: Change<Cluster>, diagnostics: Vec<Diagnostic>) -> Planned<Cluster> {
    Planned { diagnostics, ..change.as_planned() }
}

/// What is found is the state: as it was where it says the same, as the book says where it does not.
fn found(
    cluster: &zeebe_engine::Cluster,
    prior: Cluster,
    seen: &ClusterObserved,
) -> Outcome<Cluster> {
    let Some(found) = &seen.record else {
        return Outcome::gone();
    };
    if found.phase == Phase::Destroyed {
        return Outcome::gone();
    }
    let same = matches!(spec(&prior), Ok(wished) if wished == found.spec);
    let mut state = if same || seen.last_apply == zeebe_engine::LastApply::CutOff {
        // An apply that was cut off has written its wish and not reached it: the state keeps what was.
        prior
    } else {
        Cluster {
            on_create_timeout: prior.on_create_timeout,
            timeouts: prior.timeouts,
            last_change: prior.last_change,
            id: prior.id,
            handle: prior.handle,
            gateway_address: prior.gateway_address,
            rest_address: prior.rest_address,
            ..record::imported(&found.spec)
        }
    };
    record::phase(&mut state, found.phase);
    let private = stored(cluster, &state, seen);
    Outcome::there(state).with_private(private)
}

fn made(cluster: &zeebe_engine::Cluster, planned: Cluster, applied: Applied) -> Outcome<Cluster> {
    let Applied { sentences, seen } = applied;
    let mut state = planned;
    state.last_change.set(sentences);
    record::phase(&mut state, Phase::Ready);
    let private = stored(cluster, &state, &seen);
    Outcome::there(state).with_private(private)
}

/// What was made so far is kept in the state.
fn kept(
    cluster: &zeebe_engine::Cluster,
    planned: Cluster,
    seen: Option<&ClusterObserved>,
    diagnostics: Vec<Diagnostic>,
) -> Outcome<Cluster> {
    let mut state = planned;
    record::phase(&mut state, Phase::Creating);
    let private = seen.map(|seen| stored(cluster, &state, seen)).unwrap_or_default();
    Outcome { state: Some(state), private, diagnostics }
}

/// What is kept beside this state, so that the next plan follows from what was seen and nothing else.
fn stored(cluster: &zeebe_engine::Cluster, state: &Cluster, seen: &ClusterObserved) -> Vec<u8> {
    cluster.keep(seen, spec(state).ok().as_ref())
}

fn failed(error: &EngineError, name: &str) -> Outcome<Cluster> {
    let mut outcome = Outcome::gone();
    outcome.diagnostics = explain::engine(error, name);
    outcome
}

fn unspecified(error: SpecError) -> Outcome<Cluster> {
    let mut outcome = Outcome::gone();
    outcome.diagnostics = match error {
        SpecError::Wrong(wrong) => wrong,
        SpecError::NotYetKnown => vec![Diagnostic::error(
            "configuration is not known at apply",
            "This is a bug of the provider or of Terraform: please report it.",
        )],
    };
    outcome
}

/// Why an operation ended before it was done, if it was for want of time.
fn out_of_time(error: &EngineError, stopped: Stopped) -> Option<&'static str> {
    match (stopped, error.step_failure()) {
        (Stopped::OutOfTime, _) => Some("Its creation ran out of time (`timeouts.create`)."),
        (Stopped::Interrupted, _) => Some("Its creation was interrupted."),
        (Stopped::No, Some(StepFailure::TimedOut)) => Some("It did not become whole in time."),
        (Stopped::No, Some(StepFailure::Cancelled | StepFailure::Other) | None) => None,
    }
}

/// The refusal to destroy a protected cluster, also where core asks at apply only: for a replacement and
/// for a tainted object.
fn protected(prior: &Cluster) -> Option<Diagnostic> {
    let name = prior.name.as_known().map(ToString::to_string).unwrap_or_default();
    prior.deletion_protection.as_known().copied().unwrap_or(true).then(|| {
        Diagnostic::error(
            format!("cluster \"{name}\" is protected from deletion"),
            "Nothing was touched. To destroy it, set `deletion_protection = false` in its block (put the \
             block back if it was removed), run `terraform apply`, and destroy it then. If it is only \
             marked as tainted, run `terraform untaint <address>`; if `-replace` was given, leave it out.",
        )
        .at(Path::attribute("deletion_protection"))
    })
}

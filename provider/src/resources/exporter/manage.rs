//! What `zeebe_exporter` does: says what a change will do, and has the engine do it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
use tf_sdk::{Diagnostic, Operation, Path, Required};
use zeebe_engine::{
    Engine, EngineError, ExporterError, ExporterPhase, ExporterSeen, ExporterWish, GivenSecrets,
};
use zeebe_spec::ExporterSpec;

use super::identity::{address, parse};
use super::model::{self, Exporter, ExporterPhaseWord};
use super::record;
use super::sentences::{Seen, sentences};
use super::spec::{forgotten, given, spec};
use crate::deadline::{READ, within};
use crate::explain;
use crate::resources::choice::SpecError;

/// A roll waits for the cluster before each broker, and then for the backlog.
const CHANGE: Duration = Duration::from_hours(1);

/// The resource `zeebe_exporter`.
#[derive(Debug)]
pub struct ExporterResource {
    engine: Arc<Engine>,
}

impl ExporterResource {
    /// The resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Managed for ExporterResource {
    type Model = Exporter;

    async fn validate(&self, _call: &Call, config: &Exporter) -> Vec<Diagnostic> {
        let mut wrong = match spec(config) {
            Ok(_) | Err(SpecError::NotYetKnown) => Vec::new(),
            Err(SpecError::Wrong(wrong)) => wrong,
        };
        wrong.extend(forgotten(config));
        wrong
    }

    async fn plan(&self, call: &Call, change: Change<Exporter>) -> Planned<Exporter> {
        let after = match spec(&change.config) {
            Ok(after) => after,
            Err(SpecError::NotYetKnown) => return addressed(change.as_planned()),
            Err(SpecError::Wrong(wrong)) => {
                return Planned { diagnostics: wrong, ..change.as_planned() };
            }
        };
        let before = change.prior.as_ref().and_then(|prior| Some((prior, spec(prior).ok()?)));
        let another = before
            .as_ref()
            .is_some_and(|(_, before)| before.kind() != after.kind() || before.name != after.name);
        let planned_sentences = match &before {
            // What replaces another is made anew.
            Some((prior, before)) if !another && !moves(prior, &change.config) => {
                sentences(Some((before, seen(prior))), &after)
            }
            Some(_) | None => sentences(None, &after),
        };
        let told =
            change.prior.as_ref().map(|prior| (prior.last_change.clone(), prior.status.clone()));
        let mut diagnostics = self.mistakes(call, &change.config, &after).await;
        if before.as_ref().is_none_or(|(_, before)| before.sink != after.sink) {
            diagnostics.extend(self.beside(call, &change.config, &after).await);
        }
        let mut planned = addressed(change.as_planned());
        planned.diagnostics.extend(diagnostics);
        if another {
            // The product keeps what an exporter remembers by its name, which another class would not understand.
            let kinds = ["elasticsearch", "opensearch", "kafka", "lake", "jar"];
            planned.requires_replace.extend(kinds.map(Path::attribute));
        }
        if let (true, Some(prior)) = (planned_sentences.is_empty(), told) {
            (planned.planned.last_change, planned.planned.status) = prior;
        } else {
            planned.planned.last_change.set(planned_sentences);
            planned.planned.status.set_unknown();
        }
        planned
    }

    async fn create(&self, call: &Call, creation: Creation<Exporter>) -> Outcome<Exporter> {
        let Creation { planned, config, private: _ } = creation;
        let wish = match spec(&config) {
            Ok(wish) => wish,
            Err(error) => return Outcome { diagnostics: error.at_apply(), ..Outcome::gone() },
        };
        let deadline = planned.timeouts.of_operation(Operation::Create, CHANGE);
        match self
            .carry_out(call, &planned, ExporterWish::New(wish.clone()), given(&config), deadline)
            .await
        {
            Ok(Some(seen)) => there(planned, &seen),
            Ok(None) => Outcome::failed(explain::no_exporter(&id_of(&planned))),
            Err(diagnostics) => match self.look(call, &planned).await {
                // What the book knows by now must not be forgotten.
                Ok(Some(seen)) if seen.record.spec == wish => {
                    Outcome { diagnostics, ..there(planned, &seen) }
                }
                Ok(_) | Err(_) => Outcome { diagnostics, ..Outcome::gone() },
            },
        }
    }

    async fn read(&self, call: &Call, reading: Reading<Exporter>) -> Outcome<Exporter> {
        let Reading { prior, private } = reading;
        let prior = located(prior);
        if cluster_of(&prior).is_none() || prior.name.as_known().is_none() {
            // Nobody knows where to look, and what may still stand is not forgotten.
            let diagnostics = vec![explain::no_exporter(&id_of(&prior))];
            return Outcome { state: Some(prior), private, diagnostics };
        }
        match self.look(call, &prior).await {
            Ok(None) => Outcome::gone(),
            Ok(Some(seen)) => Outcome::there(found(prior, &seen)).with_private(private),
            Err(diagnostics) => Outcome { state: Some(prior), private, diagnostics },
        }
    }

    async fn update(&self, call: &Call, change: PlannedChange<Exporter>) -> Outcome<Exporter> {
        let PlannedChange { prior, planned, config, private } = change;
        let wish = match spec(&config) {
            Ok(wish) => wish,
            Err(error) => {
                return Outcome { state: Some(prior), private, diagnostics: error.at_apply() };
            }
        };
        if planned.status.as_known().is_some() {
            // Only attributes of ours differ: the engine has nothing to do.
            return Outcome::there(planned).with_private(private);
        }
        let deadline = planned.timeouts.of_operation(Operation::Update, CHANGE);
        match self
            .carry_out(call, &planned, ExporterWish::Changed(wish), given(&config), deadline)
            .await
        {
            Ok(Some(seen)) => there(planned, &seen),
            Ok(None) => Outcome {
                diagnostics: vec![explain::no_exporter(&id_of(&prior))],
                state: Some(prior),
                private,
            },
            Err(diagnostics) => {
                let state = match self.look(call, &prior).await {
                    Ok(Some(seen)) => found(prior, &seen),
                    Ok(None) | Err(_) => prior,
                };
                Outcome { state: Some(state), private, diagnostics }
            }
        }
    }

    async fn delete(&self, call: &Call, deletion: Deletion<Exporter>) -> Outcome<Exporter> {
        let Deletion { prior, private } = deletion;
        let Some(name) = prior.name.as_known().cloned() else { return Outcome::gone() };
        let deadline = prior.timeouts.of_operation(Operation::Delete, CHANGE);
        match self
            .carry_out(call, &prior, ExporterWish::Gone(name), GivenSecrets::new(), deadline)
            .await
        {
            Ok(_) => Outcome::gone(),
            Err(diagnostics) => Outcome { state: Some(prior), private, diagnostics },
        }
    }

    async fn import(&self, call: &Call, id: &str) -> Outcome<Exporter> {
        let Some((cluster_id, name)) = parse(id) else {
            return Outcome::failed(explain::no_exporter(id));
        };
        let failed = |error: EngineError| Outcome {
            diagnostics: explain::engine(&error, cluster_id),
            ..Outcome::gone()
        };
        let cluster = match self.engine.at(cluster_id) {
            Ok(cluster) => cluster,
            Err(error) => return failed(EngineError::Open(error)),
        };
        let (looked, _) = within(call, id, READ, |call| {
            let (cluster, name) = (&cluster, &name);
            async move {
                let seen = cluster.exporter(name, &call).await?;
                Ok((seen, cluster.record().await?))
            }
        })
        .await;
        match looked {
            Ok((Some(seen), Some(record))) => {
                let addresses = cluster.addresses(&record.spec);
                let mut state = record::imported(&seen.record.spec);
                state.cluster = Required::of(model::ClusterHandle {
                    id: Required::of(addresses.id),
                    settings: Some(addresses.settings).into(),
                });
                state.id.set(id.to_owned());
                Outcome::there(found(state, &seen))
            }
            Ok((None, _) | (_, None)) => Outcome::failed(explain::no_exporter(id)),
            Err(error) => failed(error),
        }
    }
}

impl ExporterResource {
    /// What the cluster says to a wish before anything is done; nothing where it is not known yet which cluster.
    async fn mistakes(
        &self,
        call: &Call,
        config: &Exporter,
        wish: &ExporterSpec,
    ) -> Vec<Diagnostic> {
        let Some(id) = cluster_of(config) else { return Vec::new() };
        let cluster = match self.engine.at(&id) {
            Ok(cluster) => cluster,
            Err(error) => return explain::engine(&EngineError::Open(error), &id),
        };
        let (mistakes, _) = within(call, &id, READ, |_| cluster.exporter_mistakes(wish)).await;
        match mistakes {
            Ok(mistakes) => mistakes.iter().map(explain::exporter_mistake).collect(),
            Err(error) => explain::engine(&error, &id),
        }
    }

    /// What the clusters beside this one say to a new sink.
    async fn beside(&self, call: &Call, config: &Exporter, wish: &ExporterSpec) -> Vec<Diagnostic> {
        let Some(id) = cluster_of(config) else { return Vec::new() };
        let (mistakes, _) =
            within(call, &id, READ, |_| self.engine.mistakes_beside(&id, wish)).await;
        match mistakes {
            Ok(mistakes) => mistakes.iter().map(explain::exporter_mistake).collect(),
            Err(error) => explain::engine(&error, &id),
        }
    }

    async fn carry_out(
        &self,
        call: &Call,
        exporter: &Exporter,
        wish: ExporterWish,
        secrets: GivenSecrets,
        deadline: Duration,
    ) -> Result<Option<ExporterSeen>, Vec<Diagnostic>> {
        let id = cluster_of(exporter).unwrap_or_default();
        let name = exporter.name.as_known().map(ToString::to_string).unwrap_or_default();
        let wrong = |error: ExporterError| explain::exporter(&error, &name, &id);
        let cluster =
            self.engine.at(&id).map_err(|error| explain::engine(&EngineError::Open(error), &id))?;
        let (outcome, _) = within(call, &id, deadline, |call| {
            let cluster = &cluster;
            async move { cluster.export(wish, secrets, &call).await }
        })
        .await;
        outcome.map_err(wrong)
    }

    async fn look(
        &self,
        call: &Call,
        exporter: &Exporter,
    ) -> Result<Option<ExporterSeen>, Vec<Diagnostic>> {
        let (Some(id), Some(name)) = (cluster_of(exporter), exporter.name.as_known()) else {
            return Ok(None);
        };
        let wrong = |error: EngineError| explain::engine(&error, &id);
        let cluster = self.engine.at(&id).map_err(|error| wrong(EngineError::Open(error)))?;
        let deadline = exporter.timeouts.of_operation(Operation::Read, READ);
        let (looked, _) = within(call, &id, deadline, |call| {
            let cluster = &cluster;
            async move { cluster.exporter(name, &call).await }
        })
        .await;
        looked.map_err(wrong)
    }
}

/// The address of the cluster, where it is known.
fn cluster_of(exporter: &Exporter) -> Option<String> {
    exporter.cluster.as_known()?.id.as_known().cloned()
}

fn id_of(exporter: &Exporter) -> String {
    exporter.id.as_known().cloned().unwrap_or_default()
}

/// The state with all that says where the exporter is, each from the others: another release may have stored less.
fn located(mut state: Exporter) -> Exporter {
    let id = id_of(&state);
    if let Some((cluster, name)) = parse(&id) {
        if state.name.as_known().is_none() {
            state.name = Required::of(name);
        }
        if cluster_of(&state).is_none() {
            state.cluster = Required::of(model::ClusterHandle {
                id: Required::of(cluster.to_owned()),
                settings: None.into(),
            });
        }
    } else if let (Some(cluster), Some(name)) = (cluster_of(&state), state.name.as_known()) {
        let id = address(&cluster, name);
        state.id.set(id);
    }
    state
}

/// Whether the exporter would be one of another cluster.
fn moves(prior: &Exporter, config: &Exporter) -> bool {
    cluster_of(prior) != cluster_of(config)
}

/// The plan with the exporter's address, where it is known.
fn addressed(mut planned: Planned<Exporter>) -> Planned<Exporter> {
    match (cluster_of(&planned.planned), planned.planned.name.as_known()) {
        (Some(cluster), Some(name)) => {
            let id = address(&cluster, name);
            planned.planned.id.set(id);
        }
        (None, _) | (_, None) => planned.planned.id.set_unknown(),
    }
    planned
}

/// How the last apply of a state ended.
fn seen(state: &Exporter) -> Seen {
    let phase = state.status.as_known().and_then(|status| status.phase.as_known());
    match phase {
        Some(ExporterPhaseWord::Ready) => Seen::Finished,
        Some(ExporterPhaseWord::Paused | ExporterPhaseWord::SoftPaused) => Seen::Paused,
        Some(ExporterPhaseWord::Provisioning) | None => Seen::Unfinished,
    }
}

/// What an apply has reached.
fn there(mut planned: Exporter, seen: &ExporterSeen) -> Outcome<Exporter> {
    record::phase(&mut planned, seen);
    Outcome::there(planned)
}

/// What a look has found: as it was where it says the same, as the book says where it does not; on or off as the product
/// says.
fn found(prior: Exporter, seen: &ExporterSeen) -> Exporter {
    let same = match spec(&prior) {
        Ok(wished) => {
            let is_under_way = match seen.record.phase {
                ExporterPhase::Arriving | ExporterPhase::Due => true,
                ExporterPhase::Ready | ExporterPhase::Leaving => false,
            };
            wished.sink == seen.record.spec.sink || is_under_way
        }
        Err(_) => false,
    };
    let mut state = if same {
        prior
    } else {
        Exporter {
            cluster: prior.cluster,
            timeouts: prior.timeouts,
            id: prior.id,
            last_change: prior.last_change,
            ..record::imported(&seen.record.spec)
        }
    };
    state.enabled.set(record::working(seen));
    record::phase(&mut state, seen);
    state
}

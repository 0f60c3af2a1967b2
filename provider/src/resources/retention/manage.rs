//! What `zeebe_retention` does: says what a change will do, and has the engine do it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
use tf_sdk::{Computed, Defaulted, Diagnostic, NotYetKnown, Operation, Optional, Required};
use zeebe_engine::{Cluster, Comes, Engine, EngineError, RetentionError, Verdict};
use zeebe_spec::{ExporterName, RetentionSpec};

use super::identity::{address, parse};
use super::model::{Retention, RetentionPhase, RetentionStatus};
use crate::deadline::{READ, within};
use crate::explain;
use crate::resources::exporter;

/// A store removes hundreds of indices in a minute.
const CHANGE: Duration = Duration::from_mins(10);

/// The resource `zeebe_retention`.
#[derive(Debug)]
pub struct RetentionResource {
    engine: Arc<Engine>,
}

/// Whose records are kept, and for how long.
struct Wish {
    cluster: String,
    spec: RetentionSpec,
}

#[async_trait]
impl Managed for RetentionResource {
    type Model = Retention;

    async fn validate(&self, _call: &Call, config: &Retention) -> Vec<Diagnostic> {
        match wish(config) {
            Ok(_) => Vec::new(),
            Err(Unwished::NotYetKnown) => alone(config),
            Err(Unwished::Wrong(wrong)) => wrong,
        }
    }

    async fn plan(&self, call: &Call, change: Change<Retention>) -> Planned<Retention> {
        let after = match wish(&change.config) {
            Ok(after) => after,
            Err(Unwished::NotYetKnown) => {
                let mut planned = change.as_planned();
                planned.planned.id.set_unknown();
                return planned;
            }
            Err(Unwished::Wrong(wrong)) => {
                return Planned { diagnostics: wrong, ..change.as_planned() };
            }
        };
        let before = change.prior.as_ref().and_then(|prior| Some((prior, wish(prior).ok()?)));
        let stays = before.as_ref().is_some_and(|(_, before)| before.is_of_the_same(&after));
        let steps = match &before {
            Some((prior, before)) if stays => sentences(Some((before, phase_of(prior))), &after),
            Some(_) | None => sentences(None, &after),
        };
        let told =
            change.prior.as_ref().map(|prior| (prior.last_change.clone(), prior.status.clone()));
        let mut planned = change.as_planned();
        if !steps.is_empty() {
            planned.diagnostics.extend(self.foreseen(call, &after).await);
        }
        planned.planned.id.set(address(&after.cluster, &after.spec.exporter));
        if let (true, Some(prior)) = (steps.is_empty(), told) {
            (planned.planned.last_change, planned.planned.status) = prior;
        } else {
            planned.planned.last_change.set(steps);
            planned.planned.status.set_unknown();
        }
        planned
    }

    async fn create(&self, call: &Call, creation: Creation<Retention>) -> Outcome<Retention> {
        let Creation { planned, config, private: _ } = creation;
        let deadline = planned.timeouts.of_operation(Operation::Create, CHANGE);
        match self.carry_out(call, &config, Comes::New, deadline).await {
            Ok((phase, diagnostics)) => Outcome { diagnostics, ..there(planned, phase) },
            Err(diagnostics) => Outcome { diagnostics, ..Outcome::gone() },
        }
    }

    async fn read(&self, call: &Call, reading: Reading<Retention>) -> Outcome<Retention> {
        let Reading { prior, private } = reading;
        let prior = located(prior);
        let (id, deadline) = (id_of(&prior), prior.timeouts.of_operation(Operation::Read, READ));
        let Some((cluster_id, exporter)) = parse(&id) else {
            // Nobody knows where to look, and what may still stand is not forgotten.
            let diagnostics = vec![explain::no_retention(&id)];
            return Outcome { state: Some(prior), private, diagnostics };
        };
        let looked = self.look(call, cluster_id, &exporter, deadline).await;
        match looked {
            Ok(None) => Outcome::gone(),
            Ok(Some((spec, verdict))) => {
                let mut state = prior;
                state.exporter = Required::of(exporter::address(cluster_id, &exporter));
                if state.minimum_age.as_known() != Some(&spec.minimum_age) {
                    state.minimum_age = Required::of(spec.minimum_age);
                }
                state.enforced_by = Defaulted::of(spec.enforced_by);
                let (phase, diagnostics) = match verdict {
                    Ok(verdict) => (seen(&verdict, phase_of(&state)), Vec::new()),
                    // It is told, and nothing follows from it: nobody has seen that anything is wrong.
                    Err(error) => (
                        phase_of(&state),
                        explain::retention_unclear(&error, &exporter, cluster_id),
                    ),
                };
                state.status.set(RetentionStatus { phase: Computed::of(phase) });
                let mut outcome = Outcome::there(state).with_private(private);
                outcome.diagnostics.extend(diagnostics);
                outcome
            }
            Err(diagnostics) => Outcome { state: Some(prior), private, diagnostics },
        }
    }

    async fn update(&self, call: &Call, change: PlannedChange<Retention>) -> Outcome<Retention> {
        let PlannedChange { prior, planned, config, private } = change;
        if planned.status.as_known().is_some() {
            // Only attributes of ours differ: the engine has nothing to do.
            return Outcome::there(planned).with_private(private);
        }
        let deadline = planned.timeouts.of_operation(Operation::Update, CHANGE);
        match self.carry_out(call, &config, Comes::Instead, deadline).await {
            Ok((phase, diagnostics)) => Outcome { private, diagnostics, ..there(planned, phase) },
            Err(diagnostics) => Outcome { state: Some(prior), private, diagnostics },
        }
    }

    async fn delete(&self, call: &Call, deletion: Deletion<Retention>) -> Outcome<Retention> {
        let Deletion { prior, private } = deletion;
        let id = id_of(&prior);
        let Some((cluster_id, exporter)) = parse(&id) else { return Outcome::gone() };
        let deadline = prior.timeouts.of_operation(Operation::Delete, READ);
        let outcome = match self.cluster(cluster_id) {
            Err(error) => Err(error),
            Ok(cluster) => {
                let (outcome, _) = within(call, cluster_id, deadline, |call| {
                    let (cluster, exporter) = (&cluster, &exporter);
                    async move { cluster.retain_for_ever(exporter, &call).await }
                })
                .await;
                outcome
            }
        };
        match outcome {
            Ok(()) => Outcome::gone(),
            Err(error) => {
                let diagnostics = explain::retention(&error, &exporter, cluster_id);
                Outcome { state: Some(prior), private, diagnostics }
            }
        }
    }

    async fn import(&self, call: &Call, id: &str) -> Outcome<Retention> {
        let Some((cluster_id, exporter)) = parse(id) else {
            return Outcome::failed(explain::no_retention(id));
        };
        match self.look(call, cluster_id, &exporter, READ).await {
            Err(diagnostics) => Outcome { diagnostics, ..Outcome::gone() },
            Ok(None) => Outcome::failed(explain::no_retention(id)),
            Ok(Some((spec, verdict))) => {
                let phase = verdict.map_or(RetentionPhase::Provisioning, |verdict| {
                    seen(&verdict, RetentionPhase::Ready)
                });
                Outcome::there(Retention {
                    exporter: Required::of(exporter::address(cluster_id, &exporter)),
                    minimum_age: Required::of(spec.minimum_age),
                    enforced_by: Defaulted::of(spec.enforced_by),
                    timeouts: Optional::null(),
                    id: Computed::of(id.to_owned()),
                    status: Computed::of(RetentionStatus { phase: Computed::of(phase) }),
                    last_change: Computed::of(Vec::new()),
                })
            }
        }
    }
}

impl RetentionResource {
    /// The resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    fn cluster(&self, id: &str) -> Result<Cluster, RetentionError> {
        self.engine.at(id).map_err(|error| RetentionError::Engine(EngineError::Open(error)))
    }

    /// What the cluster and the store say to a wish before anything is done. Where the exporter comes by the same apply,
    /// there is nobody to ask.
    async fn foreseen(&self, call: &Call, wish: &Wish) -> Vec<Diagnostic> {
        let Wish { cluster: id, spec } = wish;
        let cluster = match self.cluster(id) {
            Ok(cluster) => cluster,
            Err(error) => return explain::retention(&error, &spec.exporter, id),
        };
        let (found, _) = within(call, id, READ, |call| {
            let cluster = &cluster;
            async move {
                let mistakes = cluster.retention_mistakes(spec).await;
                let mistakes = mistakes.map_err(RetentionError::Engine)?;
                if !mistakes.is_empty() {
                    return Err(RetentionError::Wrong(mistakes));
                }
                let mut duties = cluster.duties().await.map_err(RetentionError::Engine)?;
                duties.retentions.insert(spec.exporter.clone());
                // Whether an agent can run here; who starts it is seen at the apply.
                cluster.plan_agent(duties, &call).await.map_err(RetentionError::Engine)?;
                cluster.judged(&spec.exporter, spec.minimum_age.duration(), &call).await
            }
        })
        .await;
        match found {
            Ok(verdict) => explain::retention_foreseen(&verdict, spec),
            Err(RetentionError::NoCluster { .. } | RetentionError::NoExporter { .. }) => Vec::new(),
            Err(error @ (RetentionError::Store { .. } | RetentionError::SignOn { .. })) => {
                explain::retention_unclear(&error, &spec.exporter, id)
            }
            Err(error) => explain::retention(&error, &spec.exporter, id),
        }
    }

    /// Writes the wish, and removes what is too old by it. A store that does not do so is told of, and the next apply goes on.
    async fn carry_out(
        &self,
        call: &Call,
        config: &Retention,
        comes: Comes,
        deadline: Duration,
    ) -> Result<(RetentionPhase, Vec<Diagnostic>), Vec<Diagnostic>> {
        let Wish { cluster: id, spec } = &wish(config).map_err(Unwished::at_apply)?;
        let name = &spec.exporter;
        let wrong = |error: &RetentionError| explain::retention(error, name, id);
        let cluster = self.cluster(id).map_err(|error| wrong(&error))?;
        let (outcome, _) = within(call, id, deadline, |call| {
            let cluster = &cluster;
            async move {
                cluster.retain(spec, comes, &call).await?;
                Ok(cluster.purge(name, spec.minimum_age.duration(), &call).await)
            }
        })
        .await;
        match outcome {
            Err(error) => Err(wrong(&error)),
            Ok(Ok(_)) => Ok((RetentionPhase::Ready, Vec::new())),
            Ok(Err(error)) => {
                Ok((RetentionPhase::Provisioning, explain::retention_unclear(&error, name, id)))
            }
        }
    }

    /// What the book says, and what the store says to it.
    async fn look(
        &self,
        call: &Call,
        id: &str,
        exporter: &ExporterName,
        deadline: Duration,
    ) -> Result<Option<(RetentionSpec, Result<Verdict, RetentionError>)>, Vec<Diagnostic>> {
        let wrong = |error: &RetentionError| explain::retention(error, exporter, id);
        let cluster = self.cluster(id).map_err(|error| wrong(&error))?;
        let (looked, _) = within(call, id, deadline, |call| {
            let cluster = &cluster;
            async move {
                let spec = cluster.retention(exporter).await.map_err(RetentionError::Engine)?;
                let Some(spec) = spec else { return Ok(None) };
                let verdict = cluster.judged(exporter, spec.minimum_age.duration(), &call).await;
                Ok(Some((spec, verdict)))
            }
        })
        .await;
        match looked {
            // Its cluster or its exporter is gone, and what was said of its records went with it.
            Ok(Some((
                _,
                Err(RetentionError::NoCluster { .. } | RetentionError::NoExporter { .. }),
            ))) => Ok(None),
            Ok(looked) => Ok(looked),
            Err(error) => Err(wrong(&error)),
        }
    }
}

/// Why there is no wish.
enum Unwished {
    NotYetKnown,
    Wrong(Vec<Diagnostic>),
}

impl From<NotYetKnown> for Unwished {
    fn from(_: NotYetKnown) -> Self {
        Self::NotYetKnown
    }
}

impl Unwished {
    fn at_apply(self) -> Vec<Diagnostic> {
        match self {
            Self::Wrong(wrong) => wrong,
            Self::NotYetKnown => crate::resources::choice::SpecError::NotYetKnown.at_apply(),
        }
    }
}

impl Wish {
    fn is_of_the_same(&self, other: &Self) -> bool {
        self.cluster == other.cluster && self.spec.exporter == other.spec.exporter
    }
}

/// The wish that a configuration says.
fn wish(config: &Retention) -> Result<Wish, Unwished> {
    let Retention {
        exporter,
        minimum_age,
        enforced_by,
        timeouts: _,
        id: _,
        status: _,
        last_change: _,
    } = config;
    let exporter = exporter.known()?;
    let (minimum_age, enforced_by) = (minimum_age.known()?.clone(), *enforced_by.known()?);
    let Some((cluster, exporter)) = exporter::parse(exporter) else {
        let wrong = explain::no_exporter(exporter).at(tf_sdk::Path::attribute("exporter"));
        return Err(Unwished::Wrong(vec![wrong]));
    };
    let spec = RetentionSpec { exporter, minimum_age, enforced_by };
    let mistakes = spec.mistakes();
    if mistakes.is_empty() {
        return Ok(Wish { cluster: cluster.to_owned(), spec });
    }
    Err(Unwished::Wrong(mistakes.iter().map(explain::exporter_mistake).collect()))
}

/// What is wrong with the age alone, while nobody knows yet whose records are kept.
fn alone(config: &Retention) -> Vec<Diagnostic> {
    let age = config.minimum_age.as_known();
    age.and_then(|age| zeebe_spec::retention::mistake_of_age("minimum_age", age.duration()))
        .iter()
        .map(explain::exporter_mistake)
        .collect()
}

/// The steps from one wish to another; empty where nothing is to do.
fn sentences(before: Option<(&Wish, RetentionPhase)>, after: &Wish) -> Vec<String> {
    let RetentionSpec { exporter, minimum_age, enforced_by: _ } = &after.spec;
    let say = format!(
        "write into the book that records of exporter \"{exporter}\" are kept for {minimum_age}"
    );
    let remove = format!(
        "remove the indices of exporter \"{exporter}\" that are older, but for those that must stay"
    );
    let attend = "see that agent 0 of the cluster runs, which goes on with it".to_owned();
    match before {
        Some((before, RetentionPhase::Ready)) if before.spec == after.spec => Vec::new(),
        Some((before, _)) if before.spec == after.spec => vec![attend, remove],
        Some(_) | None => vec![say, attend, remove],
    }
}

fn phase_of(state: &Retention) -> RetentionPhase {
    let phase = state.status.as_known().and_then(|status| status.phase.as_known());
    phase.copied().unwrap_or(RetentionPhase::Provisioning)
}

/// The phase that a look finds. An apply that did not come to its end is not finished by a look.
fn seen(verdict: &Verdict, before: RetentionPhase) -> RetentionPhase {
    match before {
        RetentionPhase::Provisioning if !verdict.too_old.is_empty() => RetentionPhase::Provisioning,
        _ if verdict.overdue > 0 => RetentionPhase::Overdue,
        RetentionPhase::Provisioning | RetentionPhase::Overdue | RetentionPhase::Ready => {
            RetentionPhase::Ready
        }
    }
}

fn id_of(state: &Retention) -> String {
    state.id.as_known().cloned().unwrap_or_default()
}

/// The state with its address, which the exporter's says as well: another release may have stored less.
fn located(mut state: Retention) -> Retention {
    let exporter = state.exporter.as_known().and_then(|id| exporter::parse(id));
    if parse(&id_of(&state)).is_none()
        && let Some((cluster, name)) = exporter
    {
        let id = address(cluster, &name);
        state.id.set(id);
    }
    state
}

fn there(mut planned: Retention, phase: RetentionPhase) -> Outcome<Retention> {
    planned.status.set(RetentionStatus { phase: Computed::of(phase) });
    Outcome::there(planned)
}

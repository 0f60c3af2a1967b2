//! What `zeebe_backup_schedule` does: says what a change will do, and has the engine do it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::{
    Change, Creation, Deletion, Managed, Outcome, Planned, PlannedChange, Reading,
};
use tf_sdk::{Computed, Diagnostic, Knowable, NotYetKnown, Operation, Optional, Path, Required};
use zeebe_engine::{
    Cluster, Comes, Due, Engine, EngineError, ScheduleError, ScheduleRecord, Scheduled,
};
use zeebe_spec::schedule::mistake_of_interval;
use zeebe_spec::{BackupTimes, ScheduleSpec};

use super::identity::{address, parse};
use super::model::{BackupSchedule, SchedulePhase, ScheduleStatus};
use crate::deadline::{READ, within};
use crate::explain;
use crate::resources::choice::{Missing, SpecError, only};
use crate::resources::search_backup;

/// As long as a backup may take that is under way, or that is overdue, and a little more.
const CHANGE: Duration = Duration::from_mins(40);

/// The resource `zeebe_backup_schedule`.
#[derive(Debug)]
pub struct ScheduleResource {
    engine: Arc<Engine>,
}

/// Whose backups, and when.
#[derive(PartialEq, Eq)]
struct Wish {
    cluster: String,
    spec: ScheduleSpec,
}

/// Whether a backup is overdue that the apply has said it takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Late {
    Is,
    IsNot,
}

#[async_trait]
impl Managed for ScheduleResource {
    type Model = BackupSchedule;

    async fn validate(&self, _call: &Call, config: &BackupSchedule) -> Vec<Diagnostic> {
        let mut wrong = mistakes(config);
        if let Some(id) = config.cluster.as_known()
            && let Err(error) = self.cluster(id)
        {
            wrong.extend(explain::schedule(&error, id));
        }
        wrong
    }

    async fn plan(&self, call: &Call, change: Change<BackupSchedule>) -> Planned<BackupSchedule> {
        let wrong = mistakes(&change.config);
        if !wrong.is_empty() {
            return Planned { diagnostics: wrong, ..change.as_planned() };
        }
        let Ok(after) = wish(&change.config) else {
            let mut planned = change.as_planned();
            planned.planned.id.set_unknown();
            return planned;
        };
        let before = change.prior.as_ref().and_then(|prior| Some((wish(prior).ok()?, prior)));
        let steps = match &before {
            Some((before, prior)) if before.cluster == after.cluster => {
                sentences(Some((before, phase_of(prior))), &after)
            }
            Some(_) | None => sentences(None, &after),
        };
        let told =
            change.prior.as_ref().map(|prior| (prior.last_change.clone(), prior.status.clone()));
        let mut planned = change.as_planned();
        if !steps.is_empty() {
            planned.diagnostics.extend(self.foreseen(call, &after).await);
        }
        planned.planned.id.set(address(&after.cluster));
        if let (true, Some(prior)) = (steps.is_empty(), told) {
            (planned.planned.last_change, planned.planned.status) = prior;
        } else {
            planned.planned.last_change.set(steps);
            planned.planned.status.set_unknown();
        }
        planned
    }

    async fn create(
        &self,
        call: &Call,
        creation: Creation<BackupSchedule>,
    ) -> Outcome<BackupSchedule> {
        let Creation { planned, config, private: _ } = creation;
        let deadline = planned.timeouts.of_operation(Operation::Create, CHANGE);
        match self.carry_out(call, &config, Comes::New, Late::IsNot, deadline).await {
            Ok(()) => there(planned),
            Err(diagnostics) => Outcome { diagnostics, ..Outcome::gone() },
        }
    }

    async fn read(&self, call: &Call, reading: Reading<BackupSchedule>) -> Outcome<BackupSchedule> {
        let Reading { prior, private } = reading;
        let prior = located(prior);
        let id = prior.id.as_known().cloned().unwrap_or_default();
        let Some(cluster) = parse(&id) else {
            // Nobody knows where to look, and what may still stand is not forgotten.
            let diagnostics = vec![explain::no_schedule(&id)];
            return Outcome { state: Some(prior), private, diagnostics };
        };
        let deadline = prior.timeouts.of_operation(Operation::Read, READ);
        match self.look(call, cluster, deadline).await {
            Ok(None) => Outcome::gone(),
            Ok(Some((record, due))) => {
                let mut state = prior;
                told_by(&mut state, cluster, &record.spec);
                let (phase, diagnostics) = match due {
                    Ok(due) => (seen(&due), Vec::new()),
                    // It is told, and nothing follows from it: nobody has seen that anything is wrong.
                    Err(error) => {
                        (phase_of(&state), vec![explain::schedule_unclear(&error, cluster)])
                    }
                };
                state.status.set(ScheduleStatus { phase: Computed::of(phase) });
                let mut outcome = Outcome::there(state).with_private(private);
                outcome.diagnostics.extend(diagnostics);
                outcome
            }
            Err(diagnostics) => Outcome { state: Some(prior), private, diagnostics },
        }
    }

    async fn update(
        &self,
        call: &Call,
        change: PlannedChange<BackupSchedule>,
    ) -> Outcome<BackupSchedule> {
        let PlannedChange { prior, planned, config, private } = change;
        if planned.status.as_known().is_some() {
            // Only attributes of ours differ: the engine has nothing to do.
            return Outcome::there(planned).with_private(private);
        }
        let deadline = planned.timeouts.of_operation(Operation::Update, CHANGE);
        let late = match (wish(&prior), wish(&config)) {
            (Ok(before), Ok(after)) => late(&before, phase_of(&prior), &after),
            (Err(_), _) | (_, Err(_)) => Late::IsNot,
        };
        match self.carry_out(call, &config, Comes::Instead, late, deadline).await {
            Ok(()) => there(planned).with_private(private),
            Err(diagnostics) => Outcome { state: Some(prior), private, diagnostics },
        }
    }

    async fn delete(
        &self,
        call: &Call,
        deletion: Deletion<BackupSchedule>,
    ) -> Outcome<BackupSchedule> {
        let Deletion { prior, private } = deletion;
        let id = prior.id.as_known().cloned().unwrap_or_default();
        let Some(cluster_id) = parse(&id) else { return Outcome::gone() };
        let deadline = prior.timeouts.of_operation(Operation::Delete, CHANGE);
        let outcome = match self.cluster(cluster_id) {
            Err(error) => Err(error),
            Ok(cluster) => {
                let (outcome, _) = within(call, cluster_id, deadline, |call| {
                    let cluster = &cluster;
                    async move { cluster.unschedule_backups(&call).await }
                })
                .await;
                outcome
            }
        };
        match outcome {
            Ok(()) => Outcome::gone(),
            Err(error) => {
                let diagnostics = explain::schedule(&error, cluster_id);
                Outcome { state: Some(prior), private, diagnostics }
            }
        }
    }

    async fn import(&self, call: &Call, id: &str) -> Outcome<BackupSchedule> {
        let Some(cluster) = parse(id) else {
            return Outcome::failed(explain::no_schedule(id));
        };
        match self.look(call, cluster, READ).await {
            Err(diagnostics) => Outcome { diagnostics, ..Outcome::gone() },
            Ok(None) => Outcome::failed(explain::no_schedule(id)),
            Ok(Some((record, due))) => {
                let phase = due.map_or(SchedulePhase::Ready, |due| seen(&due));
                let mut state = BackupSchedule {
                    cluster: Required::of(cluster.to_owned()),
                    every: Optional::null(),
                    daily_at: Optional::null(),
                    keep: Optional::null(),
                    search_store: Optional::null(),
                    timeouts: Optional::null(),
                    id: Computed::of(id.to_owned()),
                    status: Computed::of(ScheduleStatus { phase: Computed::of(phase) }),
                    last_change: Computed::of(Vec::new()),
                };
                told_by(&mut state, cluster, &record.spec);
                Outcome::there(state)
            }
        }
    }
}

impl ScheduleResource {
    /// The resource over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    fn cluster(&self, id: &str) -> Result<Cluster, ScheduleError> {
        self.engine.at(id).map_err(|error| ScheduleError::Engine(EngineError::Open(error)))
    }

    /// What the cluster says to a wish before anything is done. Where it comes by the same apply, there is nobody to ask.
    async fn foreseen(&self, call: &Call, wish: &Wish) -> Vec<Diagnostic> {
        let id = wish.cluster.as_str();
        let cluster = match self.cluster(id) {
            Ok(cluster) => cluster,
            Err(error) => return explain::schedule(&error, id),
        };
        let (found, _) = within(call, id, READ, |call| {
            let cluster = &cluster;
            async move { cluster.schedulable(&call).await }
        })
        .await;
        match found {
            // The store may come by the same apply as well: then that says so.
            Ok(()) | Err(ScheduleError::NoCluster { .. } | ScheduleError::NoStore { .. }) => {
                Vec::new()
            }
            Err(error) => explain::schedule(&error, id),
        }
    }

    /// Writes the wish, has an agent go on with it, and takes a backup that is overdue.
    async fn carry_out(
        &self,
        call: &Call,
        config: &BackupSchedule,
        comes: Comes,
        late: Late,
        deadline: Duration,
    ) -> Result<(), Vec<Diagnostic>> {
        let Ok(Wish { cluster: id, spec }) = wish(config) else {
            return Err(SpecError::NotYetKnown.at_apply());
        };
        let wrong = |error: &ScheduleError| explain::schedule(error, &id);
        let cluster = self.cluster(&id).map_err(|error| wrong(&error))?;
        let (outcome, _) = within(call, &id, deadline, |call| {
            let (cluster, spec) = (&cluster, &spec);
            async move {
                cluster.schedule_backups(spec, comes, &call).await?;
                match late {
                    // Whoever took it meanwhile has taken it: the engine looks again.
                    Late::Is => cluster.back_up_when_due(&call).await.map(|_taken| ())?,
                    Late::IsNot => {}
                }
                Ok(())
            }
        })
        .await;
        outcome.map_err(|error| wrong(&error))
    }

    /// What the book says, and what the store says to it.
    async fn look(
        &self,
        call: &Call,
        id: &str,
        deadline: Duration,
    ) -> Result<Option<(ScheduleRecord, Result<Due, EngineError>)>, Vec<Diagnostic>> {
        let wrong = |error: &ScheduleError| explain::schedule(error, id);
        let cluster = self.cluster(id).map_err(|error| wrong(&error))?;
        let (looked, _) = within(call, id, deadline, |call| {
            let cluster = &cluster;
            async move {
                let Some(record) = cluster.backup_schedule().await? else { return Ok(None) };
                let due = cluster.due(&record, &call).await;
                Ok(Some((record, due)))
            }
        })
        .await;
        looked.map_err(|error| wrong(&ScheduleError::Engine(error)))
    }
}

/// What is wrong with the times, as far as they are known.
fn mistakes(config: &BackupSchedule) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    if let (Ok(every), Ok(daily_at)) = (config.every.known(), config.daily_at.known()) {
        let given = [every.map(|_| ()), daily_at.map(|_| ())].into_iter().flatten().collect();
        only(&Path::root(), &["every", "daily_at"], given, Missing::IsWrong, &mut wrong);
    }
    if let Some(detail) = config.every.as_known().and_then(mistake_of_interval) {
        let summary = "time between two backups is out of range";
        wrong.push(Diagnostic::error(summary, detail).at(Path::attribute("every")));
    }
    wrong.extend(search_backup::mistakes(&config.search_store));
    wrong
}

/// The wish that a configuration says, which has no mistakes.
fn wish(config: &BackupSchedule) -> Result<Wish, NotYetKnown> {
    let BackupSchedule {
        cluster,
        every,
        daily_at,
        keep,
        search_store,
        timeouts: _,
        id: _,
        status: _,
        last_change: _,
    } = config;
    let (every, daily_at, keep) = (every.known()?, daily_at.known()?, keep.known()?);
    let times = match (every, daily_at) {
        (Some(every), _) => BackupTimes::Every(every.clone()),
        (None, Some(time)) => BackupTimes::DailyAt(time.clone()),
        (None, None) => return Err(NotYetKnown),
    };
    let search_store = search_backup::wish(search_store)?;
    let spec = ScheduleSpec { times, keep: keep.copied(), search_store };
    Ok(Wish { cluster: cluster.known()?.clone(), spec })
}

/// The steps from one wish to another; empty where nothing is to do.
fn sentences(before: Option<(&Wish, SchedulePhase)>, after: &Wish) -> Vec<String> {
    let attend = "see that agent 0 of the cluster runs, which takes them".to_owned();
    let take = "take the backup that is overdue".to_owned();
    let mut steps = match before {
        Some((before, _)) if before == after => Vec::new(),
        Some(_) | None => said(&after.spec),
    };
    let late = before.map_or(Late::IsNot, |(before, phase)| late(before, phase, after));
    match late {
        Late::IsNot if steps.is_empty() => {}
        Late::IsNot => steps.push(attend),
        Late::Is => steps.extend([attend, take]),
    }
    steps
}

/// What is written into the book.
fn said(spec: &ScheduleSpec) -> Vec<String> {
    let ScheduleSpec { times, keep, search_store } = spec;
    let kept = keep.map_or_else(|| "all".to_owned(), |keep| format!("the newest {keep}"));
    let mut said = vec![format!(
        "write into the book that backups are taken {times}, and that {kept} are kept"
    )];
    said.extend(search_store.as_ref().map(|with| {
        let seconds = with.budget().as_secs();
        let repository = with.repository.as_str();
        format!(
            "and that exporting is paused softly for each, {seconds} s at most, for a snapshot in repository \"{repository}\""
        )
    }));
    said
}

/// Whether a backup was seen to be overdue by the times that still hold.
fn late(before: &Wish, phase: SchedulePhase, after: &Wish) -> Late {
    match phase {
        SchedulePhase::Overdue if before.spec.times == after.spec.times => Late::Is,
        SchedulePhase::Overdue | SchedulePhase::Ready => Late::IsNot,
    }
}

fn phase_of(state: &BackupSchedule) -> SchedulePhase {
    let phase = state.status.as_known().and_then(|status| status.phase.as_known());
    phase.copied().unwrap_or(SchedulePhase::Ready)
}

fn seen(due: &Due) -> SchedulePhase {
    match due.scheduled() {
        Scheduled::IsLate => SchedulePhase::Overdue,
        Scheduled::Waits | Scheduled::IsDue => SchedulePhase::Ready,
    }
}

/// What the book says, in the user's own writing where it means the same.
fn told_by(state: &mut BackupSchedule, cluster: &str, spec: &ScheduleSpec) {
    let ScheduleSpec { times, keep, search_store } = spec;
    let (every, daily_at) = match times {
        BackupTimes::Every(every) => (Some(every), None),
        BackupTimes::DailyAt(time) => (None, Some(time)),
    };
    state.cluster = Required::of(cluster.to_owned());
    if state.every.as_known() != every {
        state.every = every.cloned().map_or_else(Optional::null, Optional::of);
    }
    state.daily_at = daily_at.cloned().map_or_else(Optional::null, Optional::of);
    state.keep = keep.map_or_else(Optional::null, Optional::of);
    state.search_store =
        search_store.as_ref().map(search_backup::said).map_or_else(Optional::null, Optional::of);
}

/// The state with its address, which the cluster's says as well: another release may have stored less.
fn located(mut state: BackupSchedule) -> BackupSchedule {
    let id = state.id.as_known().map(String::as_str).unwrap_or_default();
    if parse(id).is_none()
        && let Knowable::Known(cluster) = state.cluster.clone().into_knowable()
    {
        state.id.set(address(&cluster));
    }
    state
}

fn there(mut planned: BackupSchedule) -> Outcome<BackupSchedule> {
    planned.status.set(ScheduleStatus { phase: Computed::of(SchedulePhase::Ready) });
    Outcome::there(planned)
}

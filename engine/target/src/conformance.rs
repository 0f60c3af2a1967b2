//! One suite for all targets: what the rest of the engine takes for granted about each of them.
//!
//! A target's tests make a [`Fixture`] and expect [`suite`] to find no violation:
//! ```text
//! assert_eq!(suite(|| Fixture::new()).await, []);
//! ```

mod book;
mod components;

use std::fmt;
use std::future::Future;

use async_trait::async_trait;
use zeebe_plan::component::{ComponentId, ComponentState, Condition, Observed, Process, Wanted};

use crate::error::TargetError;
use crate::target::{Call, Target};

/// One new, empty place of a target, and what only the target's own tests can do to it.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// Opens the place as an engine does. Each call is another engine at the same place, which shares
    /// nothing with the others but the place.
    async fn open(&self) -> Box<dyn Target>;

    /// A component of the place.
    fn component(&self) -> ComponentId;

    /// That component as it can be started here.
    fn process(&self) -> Process;

    /// Puts a mark into the component's data.
    async fn mark(&self);

    /// Whether the mark is there.
    async fn is_marked(&self) -> bool;

    /// Ends the component's process from outside, as a crash of it would.
    async fn kill(&self);

    /// How many processes run for the component, counted from outside.
    async fn processes(&self) -> usize;

    /// Makes the place unreadable: what is there is still there, and nobody can say so.
    async fn hide(&self);

    /// Has an engine of its own killed while it ensures this, at a moment that differs with `moment`;
    /// `false` where this target's tests have no such engine.
    async fn killed_while_ensuring(&self, wanted: &Wanted, moment: u32) -> bool {
        let _ = (wanted, moment);
        false
    }
}

/// Something that the rest of the engine takes for granted and that is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: &'static str,
    /// What was found in place of it.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.found)
    }
}

/// Checks every rule, each on a place of its own, and says which do not hold.
pub async fn suite<F, M>(make: impl Fn() -> M) -> Vec<Violation>
where
    F: Fixture,
    M: Future<Output = F>,
{
    let mut violations = Vec::new();
    let mut note = |rule: &'static str, outcome: Result<(), String>| {
        if let Err(found) = outcome {
            violations.push(Violation { rule, found });
        }
    };
    macro_rules! check {
        ($module:ident: $($rule:ident),+ $(,)?) => {
            $(note(stringify!($rule), $module::$rule(&make().await).await);)+
        };
    }
    check!(components:
        an_empty_place_has_no_component,
        what_was_ensured_is_observed,
        ensuring_twice_is_ensuring_once,
        another_fingerprint_is_another_run,
        a_stopped_component_keeps_its_data_and_starts_over_it,
        a_component_that_died_is_stopped_and_is_started_again,
        a_deleted_component_leaves_nothing,
        a_component_that_is_taken_away_can_keep_its_data,
        an_ensure_that_was_cancelled_is_finished_by_the_next,
        an_engine_that_was_killed_leaves_no_second_process,
        a_reach_names_every_broker_that_was_asked_for,
        a_place_that_cannot_be_read_is_unclear_and_never_absent,
    );
    check!(book:
        a_document_is_seen_by_every_engine,
        of_two_engines_at_once_one_has_the_lease,
        a_lease_that_was_let_go_can_be_taken,
        a_journal_is_in_order_and_seen_by_every_engine,
        a_destroyed_book_is_gone_and_its_components_are_not,
        a_book_that_cannot_be_read_is_unclear_and_never_empty,
    );
    violations
}

/// What is expected, else what was found.
fn expect<T: fmt::Debug>(holds: bool, found: T) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{found:?}")) }
}

/// An error with all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn failed(error: impl std::error::Error) -> String {
    chain(&error)
}

/// What a new engine sees of the fixture's component.
async fn seen(fixture: &impl Fixture) -> Result<Observed<ComponentState>, TargetError> {
    let mut components = fixture.open().await.observe(&Call::quiet()).await?;
    Ok(components.remove(&fixture.component()).unwrap_or(Observed::Absent))
}

/// Has a new engine make the fixture's component so.
async fn ensured(fixture: &impl Fixture, wanted: &Wanted) -> Result<(), TargetError> {
    let target = fixture.open().await;
    if let Wanted::Running(process) = wanted {
        target.prepare(&process.version, &Call::quiet()).await?;
    }
    target.ensure(&fixture.component(), wanted, &Call::quiet()).await
}

fn running(process: &Process) -> Wanted {
    Wanted::Running(Box::new(process.clone()))
}

/// Which run of the component there is.
fn run_of(seen: &Observed<ComponentState>) -> Option<&str> {
    match seen {
        Observed::Present(ComponentState { condition: Condition::Running(run), .. }) => Some(run),
        Observed::Present(ComponentState { condition: Condition::Stopped, .. })
        | Observed::Absent
        | Observed::Unclear(_) => None,
    }
}

fn is_stopped(seen: &Observed<ComponentState>) -> bool {
    matches!(seen, Observed::Present(ComponentState { condition: Condition::Stopped, .. }))
}

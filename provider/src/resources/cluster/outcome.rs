//! What is told of an operation that has ended: the state, what is kept beside it, and why it went wrong.

use tf_sdk::typed::Outcome;
use tf_sdk::{Diagnostic, Path};
use zeebe_engine::{Applied, ClusterObserved, EngineError, Phase, StepFailure};

use super::model::Cluster;
use super::record;
use super::spec::spec;
use crate::deadline::Stopped;
use crate::explain;
use crate::resources::choice::SpecError;

/// What is found is the state: as it was where it says the same, as the book says where it does not.
pub(super) fn found(
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

pub(super) fn made(
    cluster: &zeebe_engine::Cluster,
    planned: Cluster,
    applied: Applied,
) -> Outcome<Cluster> {
    let Applied { sentences, seen } = applied;
    let mut state = planned;
    state.last_change.set(sentences);
    record::phase(&mut state, Phase::Ready);
    let private = stored(cluster, &state, &seen);
    Outcome::there(state).with_private(private)
}

/// What was made so far is kept in the state.
pub(super) fn kept(
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
pub(super) fn stored(
    cluster: &zeebe_engine::Cluster,
    state: &Cluster,
    seen: &ClusterObserved,
) -> Vec<u8> {
    cluster.keep(seen, spec(state).ok().as_ref())
}

pub(super) fn failed(error: &EngineError, name: &str) -> Outcome<Cluster> {
    let mut outcome = Outcome::gone();
    outcome.diagnostics = explain::engine(error, name);
    outcome
}

pub(super) fn unspecified(error: SpecError) -> Outcome<Cluster> {
    let mut outcome = Outcome::gone();
    outcome.diagnostics = error.at_apply();
    outcome
}

/// Why an operation ended before it was done, if it was for want of time.
pub(super) fn out_of_time(error: &EngineError, stopped: Stopped) -> Option<&'static str> {
    match (stopped, error.step_failure()) {
        (Stopped::OutOfTime, _) => Some("Its creation ran out of time (`timeouts.create`)."),
        (Stopped::Interrupted, _) => Some("Its creation was interrupted."),
        (Stopped::No, Some(StepFailure::TimedOut)) => Some("It did not become whole in time."),
        (Stopped::No, Some(StepFailure::Cancelled | StepFailure::Other) | None) => None,
    }
}

/// The refusal to destroy a protected cluster, also where core asks at apply only: for a replacement and
/// for a tainted object.
pub(super) fn protected(prior: &Cluster) -> Option<Diagnostic> {
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

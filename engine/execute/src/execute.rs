//! The steps of a plan, one after the other, each between its intent and its outcome in the journal.

use zeebe_plan::step::{Plan, Step};
use zeebe_target::{ApplyId, Call, Event, LeftBehind};

use crate::chain::chain;
use crate::cluster::Cluster;
use crate::error::{ExecuteError, StepError};
use crate::run::{Journal, Run};
use crate::step;

/// Runs the steps of a plan. The caller has taken the lease before it looked, and holds it to the end.
///
/// Stops at the first step that is not done: those before it stay, those after it are not begun, and the
/// next plan goes on from what is then.
pub async fn execute(
    plan: &Plan,
    purpose: &str,
    cluster: &Cluster<'_>,
    call: &Call,
) -> Result<ApplyId, ExecuteError> {
    let apply = ApplyId::new();
    let of = plan.steps.len();
    let error = |step: usize, why: StepError, left_behind: LeftBehind| ExecuteError {
        step,
        of,
        what: plan.steps.get(step).map(ToString::to_string).unwrap_or_default(),
        left_behind,
        why,
    };
    let Some(last) = plan.steps.last() else {
        return Ok(apply);
    };
    let journal = cluster.target().book().journal().await;
    let ours = journal
        .map_err(|source| error(0, StepError::Journal(source), LeftBehind::Nothing))?
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::Accepted { change, step: _ } => Some(change),
            Event::Began { .. }
            | Event::Started { .. }
            | Event::Saw { .. }
            | Event::Done { .. }
            | Event::Failed { .. }
            | Event::Ended { .. } => None,
        })
        .collect();
    let mut run =
        Run { cluster, call, apply: apply.clone(), step: 0, journal: Journal::Kept, ours };
    let steps = plan.steps.iter().map(ToString::to_string).collect();
    run.note(Event::Began { purpose: purpose.to_owned(), steps })
        .await
        .map_err(|why| error(0, why, LeftBehind::Nothing))?;
    for (number, step) in plan.steps.iter().enumerate() {
        run.step = number;
        call.progress.say(&format!("step {} of {of}: {step}", number + 1));
        if let Err(why) = done(&mut run, step).await {
            let error = error(number, why.reason, why.left_behind);
            tracing::warn!(step = number, error = error.chain(), "step was not done");
            failed(&run, &error).await;
            return Err(error);
        }
    }
    if *last != Step::Forget {
        run.note(Event::Ended { outcome: format!("all {of} steps are done") })
            .await
            .map_err(|why| error(of - 1, why, LeftBehind::Traceable))?;
    }
    Ok(apply)
}

/// A step that was not done, and what it left.
struct NotDone {
    reason: StepError,
    left_behind: LeftBehind,
}

async fn done(run: &mut Run<'_>, step: &Step) -> Result<(), NotDone> {
    let before = |reason| NotDone { reason, left_behind: LeftBehind::Nothing };
    if run.call.cancel.is_cancelled() {
        return Err(before(StepError::Cancelled));
    }
    run.note(Event::Started { step: run.step, what: step.to_string() }).await.map_err(before)?;
    step::run(run, step)
        .await
        .map_err(|reason| NotDone { left_behind: reason.left_behind(), reason })?;
    match step {
        // The journal is gone with the book; to write on would make a new one.
        Step::Forget => Ok(()),
        Step::Record(_)
        | Step::Prepare(_)
        | Step::Ensure { .. }
        | Step::Await { .. }
        | Step::Change { .. }
        | Step::Canary { .. }
        | Step::Snapshot { .. }
        | Step::RecordExporter(_)
        | Step::Receive { .. }
        | Step::SetAside(_)
        | Step::Restore { .. }
        | Step::Restored { .. }
        | Step::Switch { .. }
        | Step::Export { .. }
        | Step::Resume { .. }
        | Step::ForgetExporter(_)
        | Step::Gate(_) => run
            .note(Event::Done { step: run.step })
            .await
            .map_err(|reason| NotDone { reason, left_behind: LeftBehind::Traceable }),
    }
}

/// Writes down that a step was not done. What cannot be written down is as if we had been killed here,
/// which the next apply bears.
async fn failed(run: &Run<'_>, error: &ExecuteError) {
    let events = [
        Event::Failed { step: error.step, why: chain(&error.why), left_behind: error.left_behind },
        Event::Ended { outcome: error.to_string() },
    ];
    for event in events {
        if let Err(unwritten) = run.note(event).await {
            tracing::warn!(
                error = chain(&unwritten),
                "the journal does not say why the apply ended"
            );
            return;
        }
    }
}

//! A change of the product: asked for once, waited for, and looked at when it is said to be done.

use std::time::Duration;

use zeebe_management::{Effect, ManagementError};
use zeebe_plan::product::{
    ChangeId, ChangeRequest, ChangeStatus, ClusterTopology, Operation, PendingChange,
};

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::{StepError, listed};
use crate::lacks;
use crate::retry::{Wait, cancellable};
use crate::run::Run;

/// How long a request whose answer did not come may still be on its way to the coordinator: twice the
/// longest time that a broker tries to pass one on. Only then, and only if nothing came of it, is it
/// asked for again.
const ON_ITS_WAY: Duration = Duration::from_secs(10);

/// How long a topology may lag behind the word that a change is completed.
const LAG: Duration = Duration::from_secs(10);

/// Waits for the end of a change that is under way, whoever asked for it.
pub(super) async fn end_of(
    run: &mut Run<'_>,
    change: ChangeId,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    ended(run, &product, change, &mut wait).await.map(|_| ())
}

/// Has the product change the cluster. Looks first: what is so already is not asked for, and what is
/// under way is waited for.
pub(super) async fn change(
    run: &mut Run<'_>,
    request: &ChangeRequest,
    operations: Option<&[Operation]>,
    deadline: Duration,
) -> Result<(), StepError> {
    let product = run.connect().await?;
    // The clock and the call outlive the run's own borrow.
    let (cluster, call) = (run.cluster, run.call);
    let mut wait = Wait::new(cluster.target().clock(), call, deadline);
    let mut sent: Option<Sent> = None;
    loop {
        let topology = coordinator(&product, &mut wait, call).await?;
        if let Some(pending) = &topology.pending_change {
            let asked = sent.as_ref().map(|sent| sent.operations.as_slice()).or(operations);
            let ours = run.ours.contains(&pending.id)
                || asked.is_some_and(|asked| same(&all(pending), asked));
            if ours {
                run.accepted(pending.id).await?;
                let topology = ended(run, &product, pending.id, &mut wait).await?;
                return reached(&product, pending.id, request, topology, &mut wait, call).await;
            }
            let foreign = format!(
                "change {} of the product, which is not ours, is under way: {}",
                pending.id,
                listed(&all(pending))
            );
            run.saw(&foreign).await?;
            wait.is_for(&foreign);
            ended(run, &product, pending.id, &mut wait).await?;
            continue;
        }
        if lacks::of_change(&topology, request).is_empty() {
            return run.saw("it is so already").await;
        }
        if let Some(Sent { at, operations, error }) = sent.take() {
            if wait.so_far().saturating_sub(at) < ON_ITS_WAY {
                wait.is_for(
                    "whether the product took the request, which it did not answer clearly",
                );
                sent = Some(Sent { at, operations, error });
                pause(&mut wait, || vec!["the product's answer".to_owned()]).await?;
                continue;
            }
            if is_answer(&error) {
                return Err(StepError::Product(error));
            }
        }
        let Some(planned) = asked(&product, request, operations, &mut wait, call).await? else {
            continue;
        };
        match cancellable(call, product.client.change(request)).await? {
            Ok(taken) => {
                run.accepted(taken.id).await?;
                let topology = ended(run, &product, taken.id, &mut wait).await?;
                return reached(&product, taken.id, request, topology, &mut wait, call).await;
            }
            Err(error) => match refusal(error) {
                Refusal::Final(error) => return Err(StepError::Product(error)),
                Refusal::NotTaken(why) => again(&mut wait, why).await?,
                Refusal::Unclear(error) => {
                    run.saw(format!("the answer to the request is not clear: {}", chain(&error)))
                        .await?;
                    sent = Some(Sent { at: wait.so_far(), operations: planned, error });
                }
            },
        }
    }
}

/// What the product says it will do; `None` where it has to be looked at again first.
async fn asked(
    product: &Product,
    request: &ChangeRequest,
    operations: Option<&[Operation]>,
    wait: &mut Wait<'_>,
    call: &zeebe_target::Call,
) -> Result<Option<Vec<Operation>>, StepError> {
    match cancellable(call, product.client.dry_run(request)).await? {
        Ok(planned) => {
            if let Some(expected) = operations
                && !same(expected, &planned.operations)
            {
                return Err(StepError::Differs {
                    planned: expected.to_vec(),
                    now: planned.operations,
                });
            }
            if planned.operations.is_empty() {
                // It was looked at before it was asked; it may have become so in between.
                let topology = coordinator(product, wait, call).await?;
                let lacks = lacks::of_change(&topology, request);
                return if lacks.is_empty() || topology.pending_change.is_some() {
                    Ok(None)
                } else {
                    Err(StepError::NothingToDo { lacks })
                };
            }
            Ok(Some(planned.operations))
        }
        Err(error) => match refusal(error) {
            Refusal::Final(error) => Err(StepError::Product(error)),
            Refusal::Unclear(error) if is_answer(&error) => Err(StepError::Product(error)),
            // A dry run changes nothing, so that it does not matter what came of it.
            Refusal::Unclear(error) => again(wait, chain(&error)).await.map(|()| None),
            Refusal::NotTaken(why) => again(wait, why).await.map(|()| None),
        },
    }
}

/// What an error says about a request.
enum Refusal {
    /// It will never be taken.
    Final(ManagementError),
    /// It was not taken, and may be later.
    NotTaken(String),
    /// It may have been taken.
    Unclear(ManagementError),
}

/// A request that was sent and not clearly answered.
struct Sent {
    at: Duration,
    /// The operations that it has if it was taken.
    operations: Vec<Operation>,
    error: ManagementError,
}

/// Whether an unclear error is an answer all the same, which would be the same another time.
fn is_answer(error: &ManagementError) -> bool {
    match error {
        ManagementError::Shape { .. } | ManagementError::Envelope { .. } => true,
        ManagementError::Unclear { .. }
        | ManagementError::NotReachable { .. }
        | ManagementError::Refused { .. }
        | ManagementError::Conflict { .. }
        | ManagementError::Unsupported { .. }
        | ManagementError::NoAddress { .. }
        | ManagementError::NoAddresses { .. }
        | ManagementError::NobodyAnswered { .. } => false,
    }
}

fn refusal(error: ManagementError) -> Refusal {
    match (&error, error.effect()) {
        (_, Effect::Possible) => Refusal::Unclear(error),
        (
            ManagementError::Conflict { .. }
            | ManagementError::NotReachable { .. }
            | ManagementError::NobodyAnswered { .. },
            Effect::None,
        ) => Refusal::NotTaken(chain(&error)),
        (
            ManagementError::Refused { .. }
            | ManagementError::Unsupported { .. }
            | ManagementError::NoAddress { .. }
            | ManagementError::NoAddresses { .. }
            | ManagementError::Unclear { .. }
            | ManagementError::Shape { .. }
            | ManagementError::Envelope { .. },
            Effect::None,
        ) => Refusal::Final(error),
    }
}

/// Looks at the coordinator until it answers.
async fn coordinator(
    product: &Product,
    wait: &mut Wait<'_>,
    call: &zeebe_target::Call,
) -> Result<ClusterTopology, StepError> {
    loop {
        match cancellable(call, product.coordinator()).await? {
            Ok(topology) => return Ok(topology),
            Err(error) => {
                let why = format!("the coordinator does not answer ({})", chain(&error));
                again(wait, why).await?;
            }
        }
    }
}

/// Waits until a change is no longer under way, and returns the topology after it.
async fn ended(
    run: &Run<'_>,
    product: &Product,
    change: ChangeId,
    wait: &mut Wait<'_>,
) -> Result<ClusterTopology, StepError> {
    wait.hasten();
    loop {
        let topology = coordinator(product, wait, run.call).await?;
        match &topology.pending_change {
            Some(pending) if pending.id == change => match pending.status {
                ChangeStatus::InProgress | ChangeStatus::Completed => {
                    let done = pending.completed.len();
                    let of = done + pending.pending.len();
                    let next = pending.pending.first();
                    let what = match next {
                        Some(next) => format!(
                            "change {change} of the product has done {done} of {of} operations, now {next}"
                        ),
                        None => {
                            format!("change {change} of the product has done all {of} operations")
                        }
                    };
                    again(wait, what).await?;
                }
                status @ (ChangeStatus::Failed | ChangeStatus::Cancelled) => {
                    return Err(StepError::Ended { change, status });
                }
            },
            Some(_) | None => {
                return match topology.last_change {
                    Some(last) if last.id == change => match last.status {
                        ChangeStatus::Completed | ChangeStatus::InProgress => Ok(topology),
                        status @ (ChangeStatus::Failed | ChangeStatus::Cancelled) => {
                            Err(StepError::Ended { change, status })
                        }
                    },
                    // Another one came after it, or the product does not say: the topology will.
                    Some(_) | None => Ok(topology),
                };
            }
        }
    }
}

/// Looks whether a change that is completed has brought what was asked for.
async fn reached(
    product: &Product,
    change: ChangeId,
    request: &ChangeRequest,
    mut topology: ClusterTopology,
    wait: &mut Wait<'_>,
    call: &zeebe_target::Call,
) -> Result<(), StepError> {
    let since = wait.so_far();
    loop {
        let lacks = lacks::of_change(&topology, request);
        if lacks.is_empty() {
            return Ok(());
        }
        if wait.so_far().saturating_sub(since) >= LAG {
            return Err(StepError::NotReached { change, lacks });
        }
        wait.is_for(&lacks.join(", "));
        pause(wait, || lacks).await?;
        topology = coordinator(product, wait, call).await?;
    }
}

/// Says what is waited for, and pauses, unless it has taken too long already.
async fn again(wait: &mut Wait<'_>, what: String) -> Result<(), StepError> {
    wait.is_for(&what);
    pause(wait, || vec![what]).await
}

async fn pause(wait: &mut Wait<'_>, lacks: impl FnOnce() -> Vec<String>) -> Result<(), StepError> {
    if wait.is_over() {
        return Err(StepError::TimedOut { after: wait.deadline(), lacks: lacks() });
    }
    wait.pause().await
}

fn all(pending: &PendingChange) -> Vec<Operation> {
    pending.completed.iter().chain(&pending.pending).cloned().collect()
}

/// Whether two changes are the same: the same operations, in whatever order. The product itself orders them
/// differently after a restart of its coordinator.
fn same(one: &[Operation], other: &[Operation]) -> bool {
    let (mut one, mut other) = (one.to_vec(), other.to_vec());
    one.sort();
    other.sort();
    one == other
}

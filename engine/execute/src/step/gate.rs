//! The gate: waits for a condition of the whole cluster, and says what is still missing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeebe_management::Readiness;
use zeebe_plan::component::{ComponentId, Condition, Observed};
use zeebe_plan::step::Gate;
use zeebe_spec::{BrokerId, PartitionId};

use crate::chain::chain;
use crate::cluster::{Components, Product};
use crate::error::StepError;
use crate::lacks;
use crate::retry::cancellable;
use crate::run::Run;

/// How often the processes are looked at: one that has ended never becomes whole.
const LOOK_AT_PROCESSES: Duration = Duration::from_secs(2);

/// What one look at the cluster brought.
enum Look {
    /// All is as it should be, with these leaders.
    Whole(BTreeMap<PartitionId, BTreeSet<BrokerId>>),
    /// This is missing.
    Lacks(Vec<String>),
}

pub(super) async fn gate(run: &Run<'_>, gate: &Gate) -> Result<(), StepError> {
    let mut wait = run.wait(gate.deadline);
    let mut product: Result<Product, String> = Err("nobody was asked yet".to_owned());
    let mut processes_at: Option<Duration> = None;
    // Since when it holds without a break, and with which leaders.
    let mut whole: Option<(Duration, BTreeMap<_, _>)> = None;
    loop {
        let now = wait.so_far();
        if processes_at.is_none_or(|at| now.saturating_sub(at) >= LOOK_AT_PROCESSES) {
            product = processes(run, gate).await?;
            processes_at = Some(now);
        }
        let seen = match &product {
            Ok(product) => look(run, gate, product).await?,
            Err(why) => Look::Lacks(vec![why.clone()]),
        };
        let now = wait.so_far();
        // How long nothing but a sight of something else can end the wait.
        let longest = match seen {
            Look::Whole(leaders) => {
                let since = match whole.take() {
                    Some((since, before)) if before == leaders => since,
                    // A leader that moved between two looks was none in between.
                    Some(_) => {
                        run.saw("a leader has moved").await?;
                        now
                    }
                    None => {
                        wait.hasten();
                        now
                    }
                };
                let held = now.saturating_sub(since);
                if held >= gate.stable_for {
                    let held = held.as_millis();
                    return run
                        .saw(format!("the cluster is whole, held {held} ms: {}", led(&leaders)))
                        .await;
                }
                let what =
                    format!("the cluster to stay whole for {} s", gate.stable_for.as_secs_f32());
                if wait.is_for(&what) {
                    run.saw(format!("the cluster is whole: {}", led(&leaders))).await?;
                }
                whole = Some((since, leaders));
                if wait.is_over() {
                    return Err(StepError::TimedOut { after: gate.deadline, lacks: vec![what] });
                }
                gate.stable_for.saturating_sub(held)
            }
            Look::Lacks(lacks) => {
                whole = None;
                let what = lacks.join(", ");
                if wait.is_for(&what) {
                    run.saw(&what).await?;
                }
                if wait.is_over() {
                    return Err(StepError::TimedOut { after: gate.deadline, lacks });
                }
                gate.deadline
            }
        };
        wait.pause_for_a_sight(longest).await?;
    }
}

/// Looks at the processes, and for the way to the product. A member whose process has ended is the end of
/// the wait: nobody starts it again while we wait.
async fn processes(run: &Run<'_>, gate: &Gate) -> Result<Result<Product, String>, StepError> {
    let target = run.cluster.target();
    let components = match cancellable(run.call, target.observe(run.call)).await? {
        Ok(components) => components,
        Err(error) => return Ok(Err(chain(&error))),
    };
    if let Some(id) = ended(&components, gate) {
        let root = &target.place().root;
        let logs = match id {
            ComponentId::Broker(broker) => format!("{root}/brokers/{broker}/logs"),
            ComponentId::Gateway(index) => format!("{root}/gateways/{index}/logs"),
            ComponentId::Receiver(index) => format!("{root}/receivers/{index}"),
            ComponentId::Agent => format!("{root}/agents/0"),
        };
        return Err(StepError::Died { id, logs });
    }
    Ok(match cancellable(run.call, run.cluster.connect_to(&components, run.call)).await? {
        Ok(Some(product)) => Ok(product),
        Ok(None) => Err("no broker runs".to_owned()),
        Err(error) => Err(chain(&error)),
    })
}

/// The first member whose process has ended.
fn ended(components: &Components, gate: &Gate) -> Option<ComponentId> {
    gate.shape.members.iter().map(|broker| ComponentId::Broker(*broker)).find(|id| match components
        .get(id)
    {
        Some(Observed::Present(state)) => state.condition == Condition::Stopped,
        Some(Observed::Absent | Observed::Unclear(_)) | None => false,
    })
}

async fn look(run: &Run<'_>, gate: &Gate, product: &Product) -> Result<Look, StepError> {
    let topology = match cancellable(run.call, product.coordinator()).await? {
        Ok(topology) => topology,
        Err(error) => {
            return Ok(Look::Lacks(vec![format!(
                "the coordinator does not answer ({})",
                chain(&error)
            )]));
        }
    };
    // Each gateway must see the whole: clients may be connected to any of them.
    let mut seen = BTreeMap::new();
    let mut lacks = Vec::new();
    let views = cancellable(run.call, product.gateway_views()).await?;
    if views.is_empty() {
        lacks.push("no gateway runs".to_owned());
    }
    for (id, view) in views {
        match view {
            Ok(view) => {
                for lack in lacks::of_gate(gate, &topology, &view) {
                    if !lacks.contains(&lack) {
                        lacks.push(lack);
                    }
                }
                seen = lacks::leaders(&view);
            }
            Err(error) => {
                lacks.push(format!("the gateway of {id} does not answer ({})", chain(&error)));
            }
        }
    }
    if seen.is_empty() {
        lacks.extend(lacks::of_shape(&topology, &gate.shape));
    }
    lacks.extend(unready(run, gate, product).await?);
    Ok(if lacks.is_empty() { Look::Whole(seen) } else { Look::Lacks(lacks) })
}

/// The members that do not themselves say that they are ready.
///
/// A gateway goes on listing a broker as a healthy leader for 7 to 14 s after it was killed, and for a moment
/// after it was stopped (seen on 8.5.8 and 8.6.0): its view alone would let a roll stop the next broker while
/// the last one is still starting.
async fn unready(run: &Run<'_>, gate: &Gate, product: &Product) -> Result<Vec<String>, StepError> {
    let mut lacks = Vec::new();
    for broker in &gate.shape.members {
        match cancellable(run.call, product.client.ready(*broker)).await? {
            Ok(Readiness::Ready) => {}
            Ok(Readiness::NotReady { status }) => {
                lacks.push(format!("broker {broker} is not ready ({status})"));
            }
            Err(error) => {
                lacks.push(format!(
                    "broker {broker} does not say that it is ready ({})",
                    chain(&error)
                ));
            }
        }
    }
    Ok(lacks)
}

/// Who leads what, for the journal.
fn led(leaders: &BTreeMap<PartitionId, BTreeSet<BrokerId>>) -> String {
    let led = leaders.iter().flat_map(|(partition, brokers)| {
        brokers.iter().map(move |broker| format!("broker {broker} leads partition {partition}"))
    });
    led.collect::<Vec<_>>().join(", ")
}

//! What an operator asks for by itself, outside of a plan: it changes nothing that a plan looks at, and stands in no journal.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use zeebe_plan::product::{ClusterTopology, GatewayView, MemberState, Role};
use zeebe_plan::step::Step;
use zeebe_spec::{BrokerId, PartitionId};
use zeebe_target::{ApplyId, Call};

use crate::chain::chain;
use crate::cluster::{Cluster, Product};
use crate::error::StepError;
use crate::retry::cancellable;
use crate::run::{Journal, Run};
use crate::step;
use crate::step::canary::Canary;

/// After how long the product is asked again: a copy that lags does not take the lead when it is asked, and would a
/// moment later.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// A partition whose lead moved: from whom, where somebody had it, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The partition.
    pub partition: PartitionId,
    /// Who led it before.
    pub from: Option<BrokerId>,
    /// Who leads it now.
    pub to: BrokerId,
}

/// Has the product give the lead of every partition to the copy that is preferred, and waits until it is so. Says what moved.
pub async fn rebalance(
    cluster: &Cluster<'_>,
    deadline: Duration,
    call: &Call,
) -> Result<Vec<Moved>, StepError> {
    let run = run(cluster, call);
    let product = run.connect().await?;
    let mut wait = run.wait(deadline);
    let mut before: Option<BTreeMap<PartitionId, BrokerId>> = None;
    let mut asked_at: Option<Duration> = None;
    loop {
        let lacks = match cancellable(call, look(&product)).await? {
            Ok((preferred, leaders)) => {
                let before = before.get_or_insert_with(|| leaders.clone());
                let lacks = lacks(&preferred, &leaders);
                if lacks.is_empty() {
                    return Ok(moved(before, &preferred));
                }
                if asked_at.is_none_or(|at| wait.so_far().saturating_sub(at) >= ASK_AGAIN) {
                    ask(&product, call).await?;
                    asked_at = Some(wait.so_far());
                }
                lacks
            }
            Err(why) => vec![why],
        };
        wait.is_for(&lacks.join(", "));
        if wait.is_over() {
            return Err(StepError::TimedOut { after: wait.deadline(), lacks });
        }
        wait.pause().await?;
    }
}

/// Has the product take a snapshot of every partition on every member, and sees that they are new. Says which members
/// there are.
pub async fn snapshot(
    cluster: &Cluster<'_>,
    deadline: Duration,
    call: &Call,
) -> Result<BTreeSet<BrokerId>, StepError> {
    let mut run = run(cluster, call);
    let product = run.connect().await?;
    let topology = cancellable(call, product.coordinator()).await?.map_err(StepError::Product)?;
    let brokers = topology.member_ids();
    let step = Step::Snapshot { brokers: brokers.clone(), deadline };
    step::run(&mut run, &step).await?;
    Ok(brokers)
}

/// Deploys the canary and sees that it starts on every partition. Says which there are. Who asks for this alone has
/// learned nothing where it could not be tried: that is an error.
pub async fn canary(
    cluster: &Cluster<'_>,
    deadline: Duration,
    call: &Call,
) -> Result<BTreeSet<PartitionId>, StepError> {
    let run = run(cluster, call);
    let product = run.connect().await?;
    let topology = cancellable(call, product.coordinator()).await?.map_err(StepError::Product)?;
    let partitions: BTreeSet<PartitionId> = topology.replicas().into_keys().collect();
    let count = u16::try_from(partitions.len()).unwrap_or(u16::MAX);
    match step::canary::canary(&run, count, deadline).await? {
        Canary::Everywhere => Ok(partitions),
        Canary::NotTried(error) => Err(StepError::Gateway(error)),
    }
}

pub(crate) fn run<'a>(cluster: &'a Cluster<'a>, call: &'a Call) -> Run<'a> {
    Run {
        cluster,
        call,
        apply: ApplyId::new(),
        step: 0,
        journal: Journal::Silent,
        ours: BTreeSet::new(),
    }
}

/// Asks whichever broker answers first: each passes it on to all.
async fn ask(product: &Product, call: &Call) -> Result<(), StepError> {
    let mut outcome = Ok(());
    for broker in product.client.reach().brokers.keys() {
        outcome = cancellable(call, product.client.rebalance(*broker)).await?;
        if outcome.is_ok() {
            break;
        }
    }
    outcome.map_err(StepError::Product)
}

type Leaders = BTreeMap<PartitionId, BrokerId>;

/// Who should lead and who does, or why that is not known.
async fn look(product: &Product) -> Result<(Leaders, Leaders), String> {
    let unknown = |what: &str, error| format!("{what} does not answer ({})", chain(&error));
    let topology =
        product.coordinator().await.map_err(|error| unknown("the coordinator", error))?;
    let view = product.gateway_view().await.map_err(|error| unknown("no gateway", error))?;
    Ok((preferred(&topology), leaders(&view)))
}

/// The copy with the highest priority of each partition, among those that are in.
fn preferred(topology: &ClusterTopology) -> Leaders {
    let mut best: BTreeMap<PartitionId, (i64, BrokerId)> = BTreeMap::new();
    for (broker, member) in &topology.members {
        for (partition, replica) in &member.partitions {
            let better =
                best.get(partition).is_none_or(|(priority, _)| replica.priority > *priority);
            if replica.state == MemberState::Active && better {
                best.insert(*partition, (replica.priority, *broker));
            }
        }
    }
    best.into_iter().map(|(partition, (_, broker))| (partition, broker)).collect()
}

fn leaders(view: &GatewayView) -> Leaders {
    let replicas = view.brokers.iter().flat_map(|(broker, view)| {
        view.partitions.iter().map(|(partition, (role, _))| (*partition, *broker, *role))
    });
    replicas
        .filter(|(_, _, role)| *role == Role::Leader)
        .map(|(partition, broker, _)| (partition, broker))
        .collect()
}

fn lacks(preferred: &Leaders, leaders: &Leaders) -> Vec<String> {
    let wrong =
        preferred.iter().filter(|(partition, broker)| leaders.get(partition) != Some(broker));
    wrong
        .map(|(partition, broker)| match leaders.get(partition) {
            Some(leader) => {
                format!("partition {partition} is led by broker {leader}, not by broker {broker}")
            }
            None => format!("partition {partition} has no leader"),
        })
        .collect()
}

fn moved(before: &Leaders, now: &Leaders) -> Vec<Moved> {
    let changed = now.iter().filter(|(partition, broker)| before.get(partition) != Some(broker));
    changed
        .map(|(partition, to)| Moved {
            partition: *partition,
            from: before.get(partition).copied(),
            to: *to,
        })
        .collect()
}

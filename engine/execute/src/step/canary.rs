//! The canary: a process that is deployed after a roll and must start, in its latest version, on every partition.
//!
//! ```text
//! deploy ─▶ start, again and again: the gateway takes the partitions in turn ─▶ seen everywhere ─▶ delete
//!                     └─ not found, or an older version: that partition does not have it (yet)
//! ```
//! The process has nothing to do and ends at once. Its text follows from nothing, so that an apply that was cut off
//! and comes again finds its own deployment, and leaves none behind.

use std::collections::BTreeMap;
use std::time::Duration;

use zeebe_gateway::{Deployed, Gateway, GatewayError, Started};
use zeebe_plan::component::ComponentId;
use zeebe_spec::PartitionId;

use crate::error::StepError;
use crate::retry::{Wait, cancellable};
use crate::run::Run;

/// The id of the process, which users see in Operate and in what is exported.
const PROCESS: &str = "zeebe-provision-canary";
const FILE: &str = "zeebe-provision-canary.bpmn";
const DEFINITION: &str = include_str!("canary/zeebe-provision-canary.bpmn");

/// How many instances are started in a row for each partition before there is a pause: clients of the cluster take
/// turns too.
const STARTS: u16 = 2;

/// What came of a canary that was not refused.
#[derive(Debug)]
pub(crate) enum Canary {
    /// It started on every partition.
    Everywhere,
    /// It was never deployed: the gateway asks for credentials, which we have none of.
    NotTried(GatewayError),
}

/// The canary as a step of a roll: a gateway that asks for credentials is left alone, as it is no reason to undo a
/// roll, and journal and progress say so.
pub(super) async fn step(
    run: &Run<'_>,
    partitions: u16,
    deadline: Duration,
) -> Result<(), StepError> {
    match canary(run, partitions, deadline).await? {
        Canary::Everywhere => Ok(()),
        Canary::NotTried(error) => {
            let what = format!("no canary was tried: {error}");
            run.call.progress.say(&what);
            run.saw(&what).await
        }
    }
}

/// Deploys the canary, sees it start on every partition, and deletes it.
pub(crate) async fn canary(
    run: &Run<'_>,
    partitions: u16,
    deadline: Duration,
) -> Result<Canary, StepError> {
    let product = run.connect().await?;
    let gateways = product.clients().map_err(StepError::Connect)?;
    let mut wait = run.wait(deadline);
    let (gateway, deployed) = match deployed(run, &gateways, &mut wait).await? {
        Deployment::Done(gateway, deployed) => (gateway, deployed),
        Deployment::NoCredentials(error) => return Ok(Canary::NotTried(error)),
    };
    let mut seen = Seen { version: deployed.version, partitions, latest: BTreeMap::new() };
    // Another gateway each time: one that is away must not hide what the others see.
    for gateway in gateways.values().cycle() {
        let trouble = started(run, gateway, &mut seen).await?;
        if seen.everywhere() {
            break;
        }
        let mut lacks = seen.lacks();
        lacks.extend(trouble.map(|error| error.to_string()));
        let what = lacks.join(", ");
        if wait.is_for(&what) {
            run.saw(&what).await?;
        }
        if wait.is_over() {
            return Err(StepError::NotEverywhere { after: deadline, lacks });
        }
        wait.pause().await?;
    }
    run.saw(format!(
        "version {} of the canary starts on every partition: {}",
        deployed.version,
        (1..=partitions).map(|partition| partition.to_string()).collect::<Vec<_>>().join(", ")
    ))
    .await?;
    deleted(run, &gateway, &deployed).await?;
    Ok(Canary::Everywhere)
}

enum Deployment {
    Done(Gateway, Deployed),
    NoCredentials(GatewayError),
}

/// Deploys the canary at the first gateway that takes it, unless they ask for credentials.
async fn deployed(
    run: &Run<'_>,
    gateways: &BTreeMap<ComponentId, Gateway>,
    wait: &mut Wait<'_>,
) -> Result<Deployment, StepError> {
    loop {
        let mut lacks = Vec::new();
        for (id, gateway) in gateways {
            match cancellable(run.call, gateway.deploy(FILE, DEFINITION)).await? {
                Ok(deployed) => return Ok(Deployment::Done(gateway.clone(), deployed)),
                Err(error @ GatewayError::Credentials { .. }) => {
                    return Ok(Deployment::NoCredentials(error));
                }
                Err(
                    error @ (GatewayError::Busy { .. }
                    | GatewayError::Unclear { .. }
                    | GatewayError::NotFound { .. }),
                ) => lacks.push(format!("the gateway of {id}: {error}")),
                Err(error @ (GatewayError::Refused { .. } | GatewayError::NoProcess)) => {
                    return Err(StepError::Gateway(error));
                }
            }
        }
        if gateways.is_empty() {
            lacks.push("no gateway runs".to_owned());
        }
        wait.is_for(&lacks.join(", "));
        if wait.is_over() {
            return Err(StepError::TimedOut { after: wait.deadline(), lacks });
        }
        wait.pause().await?;
    }
}

/// Starts instances until each partition has had its turn twice, or all have started the version. Gives what came
/// between, last.
async fn started(
    run: &Run<'_>,
    gateway: &Gateway,
    seen: &mut Seen,
) -> Result<Option<GatewayError>, StepError> {
    let mut trouble = None;
    for _ in 0..seen.partitions.saturating_mul(STARTS) {
        match cancellable(run.call, gateway.start(PROCESS)).await? {
            Ok(started) => seen.add(started),
            // The partition whose turn it was has no version at all, or has too much to do.
            Err(error @ (GatewayError::NotFound { .. } | GatewayError::Busy { .. })) => {
                trouble = Some(error);
            }
            Err(error @ GatewayError::Unclear { .. }) => return Ok(Some(error)),
            Err(
                error @ (GatewayError::Credentials { .. }
                | GatewayError::Refused { .. }
                | GatewayError::NoProcess),
            ) => return Err(StepError::Gateway(error)),
        }
        if seen.everywhere() {
            return Ok(None);
        }
    }
    Ok(trouble)
}

/// Takes the canary away. What it has shown stays true if that fails: the next canary finds it and takes it away.
async fn deleted(run: &Run<'_>, gateway: &Gateway, deployed: &Deployed) -> Result<(), StepError> {
    match cancellable(run.call, gateway.delete(deployed)).await? {
        Ok(()) | Err(GatewayError::NotFound { .. }) => Ok(()),
        Err(error) => run.saw(format!("the canary is still deployed: {error}")).await,
    }
}

/// What has started where.
struct Seen {
    /// The version that was deployed.
    version: i32,
    partitions: u16,
    latest: BTreeMap<PartitionId, i32>,
}

impl Seen {
    fn add(&mut self, started: Started) {
        if let Some(partition) = started.partition() {
            let latest = self.latest.entry(partition).or_insert(started.version);
            *latest = (*latest).max(started.version);
        }
    }

    fn everywhere(&self) -> bool {
        (1..=self.partitions)
            .all(|number| self.latest.get(&PartitionId(number)) >= Some(&self.version))
    }

    fn lacks(&self) -> Vec<String> {
        let version = self.version;
        (1..=self.partitions)
            .filter_map(|number| match self.latest.get(&PartitionId(number)) {
                None => Some(format!("partition {number} starts no version of the canary")),
                Some(older) if *older < version => Some(format!(
                    "partition {number} starts version {older} of the canary and not {version}"
                )),
                Some(_) => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;

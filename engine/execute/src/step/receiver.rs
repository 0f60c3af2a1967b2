//! A receiver, waited for until it reaches the place that it brings records to.

use std::collections::BTreeSet;
use std::time::Duration;

use zeebe_management::{BaseUrl, ReceiverReadiness};
use zeebe_plan::component::{ComponentId, Condition, Observed};
use zeebe_spec::{ExporterName, ReceiverIndex};

use crate::chain::chain;
use crate::cluster::ConnectError;
use crate::error::StepError;
use crate::retry::cancellable;
use crate::run::Run;

pub(super) async fn receive(
    run: &Run<'_>,
    receiver: ReceiverIndex,
    exporter: &ExporterName,
    deadline: Duration,
) -> Result<(), StepError> {
    let mut wait = run.wait(deadline);
    loop {
        let Some(lack) = lack(run, receiver).await? else {
            return run.saw(format!("receiver {receiver} is ready")).await;
        };
        if wait.is_for(&lack) {
            run.saw(&lack).await?;
        }
        if wait.is_over() {
            return Err(StepError::Receives {
                after: deadline,
                receiver,
                exporter: exporter.to_string(),
                lack,
            });
        }
        wait.pause().await?;
    }
}

/// Why it is not ready; `None` where it is.
async fn lack(run: &Run<'_>, receiver: ReceiverIndex) -> Result<Option<String>, StepError> {
    let target = run.cluster.target();
    let id = ComponentId::Receiver(receiver);
    match cancellable(run.call, target.observe(run.call)).await? {
        Ok(components) => match components.get(&id) {
            Some(Observed::Present(state)) if state.condition == Condition::Stopped => {
                // Nobody starts it again while we wait.
                let logs = format!("{}/receivers/{receiver}/console.log", target.place().root);
                return Err(StepError::Died { id, logs });
            }
            Some(Observed::Present(_)) => {}
            Some(Observed::Unclear(why)) => return Ok(Some(why.clone())),
            Some(Observed::Absent) | None => return Ok(Some(format!("{id} is not there"))),
        },
        Err(error) => return Ok(Some(chain(&error))),
    }
    let reach = match cancellable(run.call, target.reach(&BTreeSet::new(), run.call)).await? {
        Ok(reach) => reach,
        Err(error) => return Ok(Some(chain(&error))),
    };
    let Some(url) = reach.receivers.get(&receiver) else {
        return Ok(Some(format!("nobody knows how to reach {id}")));
    };
    let url = BaseUrl::parse(url).map_err(|source| {
        StepError::Connect(ConnectError::Address { of: id.to_string(), source })
    })?;
    Ok(match cancellable(run.call, run.cluster.transport().receiver(&url)).await? {
        Ok(ReceiverReadiness::Ready) => None,
        Ok(ReceiverReadiness::NotReady(why)) => Some(why),
        Err(error) => Some(chain(&error)),
    })
}

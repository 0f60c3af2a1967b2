//! `zeebe_rebalance`: the lead of every partition back to the broker that is preferred.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::Progress;
use tf_sdk::typed::Deed;
use tf_sdk::{Attributes, Diagnostic, Optional, Required};
use zeebe_engine::{Engine, Moved};
use zeebe_scalar::Span;

use super::deed::{checked, deadline, done};

/// An election takes seconds; a copy that lags behind takes the lead only when it has caught up.
const DEADLINE: Duration = Duration::from_mins(5);

/// What to rebalance.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Rebalance {
    /// The cluster's address: `zeebe_cluster.payments.id`.
    pub cluster: Required<String>,
    /// How long to wait until every partition is led by the broker that is preferred: 5m unless said.
    pub timeout: Optional<Span>,
}

/// The action `zeebe_rebalance`.
#[derive(Debug)]
pub struct RebalanceAction {
    engine: Arc<Engine>,
}

impl RebalanceAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for RebalanceAction {
    type Config = Rebalance;

    const NAME: &'static str = "zeebe_rebalance";
    const DESCRIPTION: &'static str = "Gives the lead of every partition back to the broker that is \
        preferred, as after the loss of a broker, and waits until it is so. Tells what moved. Work goes on \
        meanwhile; each partition whose lead moves pauses for the moment of an election.";

    async fn validate(&self, _call: &Call, config: &Rebalance) -> Vec<Diagnostic> {
        checked(&self.engine, &config.cluster)
    }

    async fn invoke(&self, call: &Call, config: Rebalance, progress: &Progress) -> Vec<Diagnostic> {
        let deadline = deadline(&config.timeout, DEADLINE);
        let outcome = done(&self.engine, &config.cluster, call, progress, |cluster, call| {
            Box::pin(cluster.rebalance(deadline, call))
        })
        .await;
        match outcome {
            Ok(moved) => {
                say(&moved, progress);
                Vec::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

fn say(moved: &[Moved], progress: &Progress) {
    for Moved { partition, from, to } in moved {
        progress.say(match from {
            Some(from) => format!("partition {partition}: broker {to} leads, after broker {from}"),
            None => format!("partition {partition}: broker {to} leads, after nobody"),
        });
    }
    if moved.is_empty() {
        progress.say("every partition was led by the broker that is preferred");
    }
}

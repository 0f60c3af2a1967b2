//! `zeebe_snapshot`: a snapshot of every partition on every broker.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::Progress;
use tf_sdk::typed::Deed;
use tf_sdk::{Attributes, Diagnostic, Optional, Required};
use zeebe_engine::Engine;
use zeebe_scalar::Span;

use super::deed::{checked, deadline, done};

/// A large state takes minutes to write.
const DEADLINE: Duration = Duration::from_mins(10);

/// What to take snapshots of.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Snapshot {
    /// The cluster's address: `zeebe_cluster.payments.id`.
    pub cluster: Required<String>,
    /// How long to wait until every copy of every partition has a new snapshot: 10m unless said.
    pub timeout: Optional<Span>,
}

/// The action `zeebe_snapshot`.
#[derive(Debug)]
pub struct SnapshotAction {
    engine: Arc<Engine>,
}

impl SnapshotAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for SnapshotAction {
    type Config = Snapshot;

    const NAME: &'static str = "zeebe_snapshot";
    const DESCRIPTION: &'static str = "Has every broker take a snapshot of its copy of every partition, \
        and sees that it holds all that was processed before it was asked for. A copy that has nothing \
        new takes none and counts as done. It shortens the next start of a broker; it is not a backup.";

    async fn validate(&self, _call: &Call, config: &Snapshot) -> Vec<Diagnostic> {
        checked(&self.engine, &config.cluster)
    }

    async fn invoke(&self, call: &Call, config: Snapshot, progress: &Progress) -> Vec<Diagnostic> {
        let deadline = deadline(&config.timeout, DEADLINE);
        let outcome = done(&self.engine, &config.cluster, call, progress, |cluster, call| {
            Box::pin(cluster.snapshot(deadline, call))
        })
        .await;
        match outcome {
            Ok(brokers) => {
                let brokers: Vec<String> = brokers.iter().map(ToString::to_string).collect();
                let brokers = brokers.join(", ");
                progress.say(format!("snapshots are there on the brokers {brokers}"));
                Vec::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

//! `zeebe_verify`: a process deployed and started on every partition.

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
use crate::explain;

/// A deployment reaches every partition within seconds; one that is still missing after minutes is lost.
const DEADLINE: Duration = Duration::from_mins(2);

/// What to verify.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Verify {
    /// The cluster's address: `zeebe_cluster.payments.id`.
    pub cluster: Required<String>,
    /// How long to wait until the process starts on every partition: 2m unless said.
    pub timeout: Optional<Span>,
}

/// The action `zeebe_verify`.
#[derive(Debug)]
pub struct VerifyAction {
    engine: Arc<Engine>,
}

impl VerifyAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for VerifyAction {
    type Config = Verify;

    const NAME: &'static str = "zeebe_verify";
    const DESCRIPTION: &'static str = "Sees that the cluster takes work everywhere: deploys the process \
        `zeebe-provision-canary`, which has nothing to do, starts it until it has started in that version on \
        every partition, and deletes it. Fails with the partitions where it does not, and with whatever \
        keeps the cluster from being whole. Its instances are seen in what is exported.";

    async fn validate(&self, _call: &Call, config: &Verify) -> Vec<Diagnostic> {
        checked(&self.engine, &config.cluster)
    }

    async fn invoke(&self, call: &Call, config: Verify, progress: &Progress) -> Vec<Diagnostic> {
        let deadline = deadline(&config.timeout, DEADLINE);
        let outcome = done(&self.engine, &config.cluster, call, progress, |cluster, call| {
            Box::pin(cluster.verify(deadline, call))
        })
        .await;
        match outcome {
            Ok(verified) if verified.problems.is_empty() => {
                let partitions: Vec<String> =
                    verified.partitions.iter().map(ToString::to_string).collect();
                progress.say(format!("work starts on the partitions {}", partitions.join(", ")));
                Vec::new()
            }
            Ok(verified) => {
                let id = config.cluster.as_known().map(String::as_str).unwrap_or_default();
                vec![explain::not_whole(id, &verified.problems)]
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

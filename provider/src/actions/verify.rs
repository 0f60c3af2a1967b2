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

use super::deed::{Told, checked, cluster, deadline};
use crate::deadline::within_telling;
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
        let id = config.cluster.as_known().cloned().unwrap_or_default();
        let cluster = match cluster(&self.engine, &id).await {
            Ok(cluster) => cluster,
            Err(diagnostics) => return diagnostics,
        };
        let deadline = deadline(&config.timeout, DEADLINE);
        let told = Arc::new(Told(progress.clone()));
        let outcome = within_telling(call, told, |call| {
            let cluster = &cluster;
            async move { cluster.verify(deadline, &call).await }
        })
        .await;
        match outcome {
            Ok(verified) if verified.problems.is_empty() => {
                let partitions: Vec<String> =
                    verified.partitions.iter().map(ToString::to_string).collect();
                progress.say(format!("work starts on the partitions {}", partitions.join(", ")));
                Vec::new()
            }
            Ok(verified) => vec![explain::not_whole(&id, &verified.problems)],
            Err(error) => explain::engine(&error, &id),
        }
    }
}

//! `zeebe_restore_drill`: a backup restored beside the cluster, seen to work, and taken away again.

use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::Progress;
use tf_sdk::typed::Deed;
use tf_sdk::{Attributes, Diagnostic, Optional, Required};
use zeebe_engine::{Drilled, Engine};
use zeebe_spec::BackupId;

use super::deed::{checked, done};

/// What to restore.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct DrillConfig {
    /// The cluster's address: `zeebe_cluster.payments.id`. The cluster needs a `backup_store`.
    pub cluster: Required<String>,
    /// The backup's id. The newest that is whole unless said.
    pub id: Optional<BackupId>,
}

/// The action `zeebe_restore_drill`.
#[derive(Debug)]
pub struct DrillAction {
    engine: Arc<Engine>,
}

impl DrillAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for DrillAction {
    type Config = DrillConfig;

    const NAME: &'static str = "zeebe_restore_drill";
    const DESCRIPTION: &'static str = "Restores a backup into a scratch cluster beside the cluster, with its version, \
        topology and settings, on ports that are free, without exporters; waits until every partition leads and has processed up \
        to where the backup goes, and starts a canary on each; then takes the scratch cluster away. A backup that does not come so \
        far is an error. It takes as much memory as the cluster does, and nothing else changes it meanwhile: an apply says \
        that the drill has the lease. When it is stopped in the middle, the next drill or the cluster's destruction takes away what it \
        left.";

    async fn validate(&self, _call: &Call, config: &DrillConfig) -> Vec<Diagnostic> {
        checked(&self.engine, &config.cluster)
    }

    async fn invoke(
        &self,
        call: &Call,
        config: DrillConfig,
        progress: &Progress,
    ) -> Vec<Diagnostic> {
        let backup = config.id.as_known().copied();
        let outcome = done(&self.engine, &config.cluster, call, progress, |cluster, call| {
            Box::pin(cluster.drill(backup, call))
        })
        .await;
        match outcome {
            Ok(Drilled { backup, positions }) => {
                let positions: Vec<String> = positions
                    .iter()
                    .map(|(partition, position)| format!("partition {partition} to {position}"))
                    .collect();
                progress.say(format!(
                    "backup {backup} restores: {}; the scratch cluster is gone",
                    positions.join(", ")
                ));
                Vec::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

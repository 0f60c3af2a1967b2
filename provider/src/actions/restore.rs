//! `zeebe_restore`: a cluster that is there, brought back to a backup of its own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::Progress;
use tf_sdk::typed::Deed;
use tf_sdk::{Attributes, Diagnostic, Optional, Required, Set};
use zeebe_engine::{BroughtBack, Engine, RestoreWish};
use zeebe_scalar::Span;
use zeebe_spec::{BackupId, ExporterName};

use super::deed::{checked, deadline, done};

/// A broker processes again what lies between its snapshot and the end of the backup, which may be much.
const DEADLINE: Duration = Duration::from_mins(30);

/// What to bring back.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct RestoreConfig {
    /// The cluster's address: `zeebe_cluster.payments.id`. The cluster needs a `backup_store`.
    pub cluster: Required<String>,
    /// The cluster's name, once more: what it has done since the backup is gone from it.
    pub confirm: Required<String>,
    /// The backup's id. The newest that is whole unless said; where a restore was cut off, its own.
    pub id: Optional<BackupId>,
    /// Exporters to Elasticsearch or OpenSearch, or by a jar, whose place may hold records of both histories. Without it
    /// a restore of a cluster that has such an exporter is refused; with one to Kafka or into a lake it always is.
    pub accept_mixed_records: Optional<Set<ExporterName>>,
    /// How long the restored brokers may take, once they are started, to be whole and to have processed up to where the backup
    /// goes: 30m unless said.
    pub timeout: Optional<Span>,
}

/// The action `zeebe_restore`.
#[derive(Debug)]
pub struct RestoreAction {
    engine: Arc<Engine>,
}

impl RestoreAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for RestoreAction {
    type Config = RestoreConfig;

    const NAME: &'static str = "zeebe_restore";
    const DESCRIPTION: &'static str = "Brings a cluster that is there back to a backup in its `backup_store`: looks first whether \
        the backup is whole and fits, then stops the brokers, sets their data aside (`before-restore-…` in each broker's folder; nothing \
        of it is deleted), restores every broker, starts them, and waits until every partition leads and has processed up to where the \
        backup goes and a canary starts on each. What was done after the backup is gone from the cluster. Clients are refused \
        meanwhile. While it is under way `status.phase` of the cluster is `restoring`; when it was stopped or killed in the middle, \
        the next run of it or the next apply of the cluster finishes it.";

    async fn validate(&self, _call: &Call, config: &RestoreConfig) -> Vec<Diagnostic> {
        checked(&self.engine, &config.cluster)
    }

    async fn invoke(
        &self,
        call: &Call,
        config: RestoreConfig,
        progress: &Progress,
    ) -> Vec<Diagnostic> {
        let wish = RestoreWish {
            backup: config.id.as_known().copied(),
            confirm: config.confirm.as_known().cloned().unwrap_or_default(),
            mixed: config
                .accept_mixed_records
                .as_known()
                .map(|names| names.iter().cloned().collect())
                .unwrap_or_default(),
            deadline: deadline(&config.timeout, DEADLINE),
        };
        let outcome = done(&self.engine, &config.cluster, call, progress, |cluster, call| {
            let wish = wish.clone();
            Box::pin(async move { cluster.restore(&wish, call).await })
        })
        .await;
        match outcome {
            Ok(BroughtBack { restoration, positions }) => {
                let positions: Vec<String> = positions
                    .iter()
                    .map(|(partition, position)| format!("partition {partition} at {position}"))
                    .collect();
                progress.say(format!(
                    "the cluster is back on backup {}: {}; what it had is in the folder {restoration} of each broker",
                    restoration.backup,
                    positions.join(", ")
                ));
                Vec::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

//! `zeebe_backup`: a backup of every partition, in the cluster's store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::Progress;
use tf_sdk::typed::Deed;
use tf_sdk::{Attributes, Diagnostic, Optional, Required};
use zeebe_engine::{BackedUp, BackupWish, Engine};
use zeebe_scalar::Span;
use zeebe_spec::{BackupId, BackupsKept};

use super::deed::{checked, deadline, done};
use crate::resources::choice::SpecError;
use crate::resources::search_backup::{self, SearchStoreBackup};

/// A large state takes long to bring to a store.
const DEADLINE: Duration = Duration::from_mins(30);

/// What to back up.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct BackupConfig {
    /// The cluster's address: `zeebe_cluster.payments.id`. The cluster needs a `backup_store`.
    pub cluster: Required<String>,
    /// The backup's id, higher than that of every backup before it. The time of day as a number, `20261123174500`, unless
    /// said; the next that is free where the store has a higher one.
    pub id: Optional<BackupId>,
    /// How many whole backups are kept, this one among them: all older ones are taken out of the store when this one is
    /// whole. All are kept unless said.
    pub keep: Optional<BackupsKept>,
    /// What it takes along of search stores; nothing unless said.
    pub search_store: Optional<SearchStoreBackup>,
    /// How long to wait until the backup is whole: 30m unless said.
    pub timeout: Optional<Span>,
}

/// The action `zeebe_backup`.
#[derive(Debug)]
pub struct BackupAction {
    engine: Arc<Engine>,
}

impl BackupAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for BackupAction {
    type Config = BackupConfig;

    const NAME: &'static str = "zeebe_backup";
    const DESCRIPTION: &'static str = "Has the cluster take a backup into its `backup_store`, while it works \
        on, and waits until every partition says that its part is there. A backup that fails, or of which a \
        part is missing, is an error; one that is not whole in time may still become so, and the data source \
        `zeebe_backups` tells. With `keep`, older backups are taken out of the store then.";

    async fn validate(&self, _call: &Call, config: &BackupConfig) -> Vec<Diagnostic> {
        let mut wrong = checked(&self.engine, &config.cluster);
        wrong.extend(search_backup::mistakes(&config.search_store));
        wrong
    }

    async fn invoke(
        &self,
        call: &Call,
        config: BackupConfig,
        progress: &Progress,
    ) -> Vec<Diagnostic> {
        let deadline = deadline(&config.timeout, DEADLINE);
        let wish =
            BackupWish { id: config.id.as_known().copied(), keep: config.keep.as_known().copied() };
        let Ok(in_step) = search_backup::wish(&config.search_store) else {
            return SpecError::NotYetKnown.at_apply();
        };
        let outcome = done(&self.engine, &config.cluster, call, progress, |cluster, call| {
            Box::pin(async move { cluster.back_up(wish, in_step.as_ref(), deadline, call).await })
        })
        .await;
        match outcome {
            Ok(BackedUp { backup, removed }) => {
                let partitions: Vec<String> =
                    backup.partitions.keys().map(ToString::to_string).collect();
                progress.say(format!(
                    "backup {} is whole, of the partitions {}",
                    backup.id,
                    partitions.join(", ")
                ));
                if !removed.is_empty() {
                    let removed: Vec<String> = removed.iter().map(ToString::to_string).collect();
                    progress.say(format!("taken out of the store: {}", removed.join(", ")));
                }
                Vec::new()
            }
            Err(diagnostics) => diagnostics,
        }
    }
}

//! `data.zeebe_backups`: what is in a cluster's store of backups, as the product says it now.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::Lookup;
use tf_sdk::{Attributes, Computed, DataSource, Diagnostic, Required};
use zeebe_engine::{Backup, Engine, EngineError, PartitionBackup, Phase};

use crate::data_sources::exporter::SourceHandle;
use crate::deadline::{READ, within};
use crate::explain;

/// What is in a cluster's store of backups, from the oldest, as the product says it now. Volatile: it is read anew with each
/// plan. A store that cannot be reached is an error, with the store's own words: a broker starts and takes requests for
/// backups on without it.
#[derive(Clone, Debug, PartialEq, Eq, DataSource)]
#[data_source(name = "zeebe_backups")]
pub struct BackupsSource {
    /// The cluster: `zeebe_cluster.payments.handle`.
    pub cluster: Required<SourceHandle>,
    /// The newest backup that is whole. Null where there is none.
    pub latest: Computed<i64>,
    /// All backups, from the oldest.
    pub backups: Computed<Vec<BackupFound>>,
}

/// One backup.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct BackupFound {
    /// Its id.
    pub id: Computed<i64>,
    /// How far it is: `completed`, `in_progress`, `failed`, `incomplete` where a part is missing, `incompatible` where another
    /// version took it and this one cannot read it, `does_not_exist`.
    pub state: Computed<String>,
    /// When it began, as RFC 3339. Null where no part of it is there.
    pub began: Computed<String>,
    /// The version that took it. Null where its parts differ.
    pub version: Computed<String>,
    /// The partitions by their number.
    pub partitions: Computed<BTreeMap<String, BackupPart>>,
}

/// What a backup holds of one partition.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct BackupPart {
    /// How far it is, in the words of the whole.
    pub state: Computed<String>,
    /// Why it failed, in the product's words; null where it did not.
    pub failure: Computed<String>,
}

/// The data source `zeebe_backups`.
#[derive(Debug)]
pub struct BackupsLookup {
    engine: Arc<Engine>,
}

impl BackupsLookup {
    /// The data source over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Lookup for BackupsLookup {
    type Model = BackupsSource;

    async fn read(
        &self,
        call: &Call,
        config: BackupsSource,
    ) -> Result<(BackupsSource, Vec<Diagnostic>), Vec<Diagnostic>> {
        let handle = config.cluster.as_known();
        let id = handle.and_then(|handle| handle.id.as_known()).cloned().unwrap_or_default();
        let wrong = |error: EngineError| explain::engine(&error, &id);
        let cluster = self.engine.at(&id).map_err(|error| wrong(EngineError::Open(error)))?;
        let (looked, _) = within(call, &id, READ, |call| {
            let cluster = &cluster;
            async move {
                let record = cluster.record().await?;
                if record.is_none_or(|record| record.phase == Phase::Destroyed) {
                    return Ok(None);
                }
                cluster.backups(&call).await.map(Some)
            }
        })
        .await;
        let Some(backups) = looked.map_err(wrong)? else {
            return Err(vec![explain::absent_handle(&id)]);
        };
        let whole = backups.iter().filter(|backup| backup.state.word() == "COMPLETED");
        let found = BackupsSource {
            latest: whole.map(|backup| backup.id.get()).max().into(),
            backups: Computed::of(backups.iter().map(found).collect()),
            cluster: config.cluster,
        };
        Ok((found, Vec::new()))
    }
}

fn found(backup: &Backup) -> BackupFound {
    let parts = backup.partitions.iter();
    BackupFound {
        id: Computed::of(backup.id.get()),
        state: Computed::of(backup.state.word().to_ascii_lowercase()),
        began: backup.began().map(str::to_owned).into(),
        version: backup.version().map(str::to_owned).into(),
        partitions: Computed::of(parts.map(|(id, it)| (id.to_string(), part(it))).collect()),
    }
}

fn part(part: &PartitionBackup) -> BackupPart {
    BackupPart {
        state: Computed::of(part.state.word().to_ascii_lowercase()),
        failure: part.failure.clone().into(),
    }
}

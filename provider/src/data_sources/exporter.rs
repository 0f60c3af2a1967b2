//! `data.zeebe_exporter`: how far one exporter is, partition by partition, as the product says it now.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::Lookup;
use tf_sdk::{Attributes, Computed, DataSource, Diagnostic, Optional, Required};
use zeebe_engine::product::ExportingPhase;
use zeebe_engine::{Engine, EngineError, ExporterAtPartition, ExporterPhase, ExporterState, Phase};
use zeebe_spec::ExporterName;

use crate::deadline::{READ, within};
use crate::explain;

/// One exporter as the product says it now: where it stands, and how far it is on each partition. Volatile: it is read
/// anew with each plan. The product does not say why a sink takes nothing: that is in the log of the broker which leads
/// the partition, and here it shows as a `backlog` that does not shrink.
#[derive(Clone, Debug, PartialEq, Eq, DataSource)]
#[data_source(name = "zeebe_exporter")]
pub struct ExporterSource {
    /// The cluster: `zeebe_cluster.payments.handle`.
    pub cluster: Required<SourceHandle>,
    /// The exporter's name.
    pub name: Required<ExporterName>,
    /// The exporter's address: `local:///srv/zeebe/payments/exporters/audit`.
    pub id: Computed<String>,
    /// The attribute of `zeebe_exporter` that says its sink: `elasticsearch`, `opensearch`, `jar`.
    pub sink: Computed<String>,
    /// How far it is in its life, as the cluster's book says: `provisioning`, `ready`, or `leaving` where it was not seen to
    /// be gone.
    pub phase: Computed<String>,
    /// Where it stands over all partitions, as the product says: `enabling`, `enabled`, `disabling`, `disabled`, `unknown`
    /// where partitions differ, `config_not_found` where the brokers have no settings of it and the log waits for it all the
    /// same. Null before 8.6, which cannot say.
    pub state: Computed<String>,
    /// Whether the cluster exports: `exporting`, `paused` or `soft_paused` where somebody paused it through the management
    /// API, `mixed` where partitions differ; null where no partition says.
    pub exporting: Computed<String>,
    /// How many positions of all partitions wait for the exporter; null where a partition does not say, and where
    /// the exporter is disabled.
    pub backlog: Computed<i64>,
    /// The partitions by their number.
    pub partitions: Computed<BTreeMap<String, ExportedPartition>>,
}

/// What reaches a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct SourceHandle {
    /// The cluster's address.
    pub id: Required<String>,
    /// Its target's settings, in the engine's own form.
    pub settings: Optional<String>,
}

/// The exporter with one partition, as the broker says that leads it.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct ExportedPartition {
    /// The broker that leads the partition, and so exports it. Null where none does; then all else is null too.
    pub leader: Computed<i64>,
    /// Where the exporter stands with this partition, in the words of `state`; null before 8.6.
    pub state: Computed<String>,
    /// Whether the partition exports: `exporting`, `paused`, `soft_paused` (records leave, and nothing is cut from the log), `closed`.
    pub exporting: Computed<String>,
    /// The last record that is safe with the sink, or was passed over by the exporter's filter; -1 where none is. Where the
    /// broker has exported nothing since it started, that of the slowest exporter of the partition.
    pub exported_position: Computed<i64>,
    /// The last record that the exporter was given since the broker started; null where there was none.
    pub given_position: Computed<i64>,
    /// The last command that the partition has processed; -1 where there was none.
    pub processed_position: Computed<i64>,
    /// How many positions lie between `exported_position` and the farther of the two others. A position is a record; those
    /// that the exporter's filter will pass over count too. Null for an exporter that is disabled: the log does not wait for it.
    pub backlog: Computed<i64>,
}

/// The data source `zeebe_exporter`.
#[derive(Debug)]
pub struct ExporterLookup {
    engine: Arc<Engine>,
}

impl ExporterLookup {
    /// The data source over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Lookup for ExporterLookup {
    type Model = ExporterSource;

    async fn read(
        &self,
        call: &Call,
        config: ExporterSource,
    ) -> Result<(ExporterSource, Vec<Diagnostic>), Vec<Diagnostic>> {
        let handle = config.cluster.as_known();
        let id = handle.and_then(|handle| handle.id.as_known()).cloned().unwrap_or_default();
        let Some(name) = config.name.as_known().cloned() else { return Ok((config, Vec::new())) };
        let wrong = |error: EngineError| explain::engine(&error, &id);
        let cluster = self.engine.at(&id).map_err(|error| wrong(EngineError::Open(error)))?;
        let (looked, _) = within(call, &id, READ, |call| {
            let (cluster, name) = (&cluster, &name);
            async move {
                let record = cluster.record().await?;
                if record.is_none_or(|record| record.phase == Phase::Destroyed) {
                    return Ok(None);
                }
                let others = cluster.exporters().await?;
                Ok(Some((others, cluster.exporter_vitals(name, &call).await?)))
            }
        })
        .await;
        let (record, vitals) = match looked.map_err(wrong)? {
            None => return Err(vec![explain::absent_handle(&id)]),
            Some((others, None)) => {
                return Err(vec![explain::absent_exporter(&name, &id, others.keys())]);
            }
            Some((_, Some(found))) => found,
        };
        let partitions = &vitals.partitions;
        let backlog: Option<u64> = partitions.values().map(ExporterAtPartition::backlog).sum();
        let found = ExporterSource {
            id: Computed::of(format!("{id}/exporters/{name}")),
            sink: Computed::of(record.spec.kind().to_owned()),
            phase: Computed::of(
                match record.phase {
                    ExporterPhase::Arriving | ExporterPhase::Due => "provisioning",
                    ExporterPhase::Ready => "ready",
                    ExporterPhase::Leaving => "leaving",
                }
                .to_owned(),
            ),
            state: vitals.state.map(word).into(),
            exporting: together(partitions.values().filter_map(|at| at.exporting)).into(),
            backlog: backlog.map(whole).into(),
            partitions: Computed::of(
                partitions.iter().map(|(id, at)| (id.to_string(), partition(at))).collect(),
            ),
            cluster: config.cluster,
            name: config.name,
        };
        Ok((found, Vec::new()))
    }
}

fn partition(at: &ExporterAtPartition) -> ExportedPartition {
    ExportedPartition {
        leader: at.leader.map(|leader| i64::from(leader.0)).into(),
        state: at.state.map(word).into(),
        exporting: at.exporting.map(phase).into(),
        exported_position: at.exported.into(),
        given_position: at.given.into(),
        processed_position: at.processed.into(),
        backlog: at.backlog().map(whole).into(),
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// One word for all partitions.
fn together(phases: impl Iterator<Item = ExportingPhase>) -> Option<String> {
    phases.map(phase).reduce(|one, other| if one == other { one } else { "mixed".to_owned() })
}

fn phase(phase: ExportingPhase) -> String {
    match phase {
        ExportingPhase::Exporting => "exporting",
        ExportingPhase::Paused => "paused",
        ExportingPhase::SoftPaused => "soft_paused",
        ExportingPhase::Closed => "closed",
        ExportingPhase::Unknown => "unknown",
    }
    .to_owned()
}

fn word(state: ExporterState) -> String {
    match state {
        ExporterState::Enabling => "enabling",
        ExporterState::Enabled => "enabled",
        ExporterState::Disabling => "disabling",
        ExporterState::Disabled => "disabled",
        ExporterState::Unknown => "unknown",
        ExporterState::ConfigNotFound => "config_not_found",
    }
    .to_owned()
}

//! `data.zeebe_retention`: what the store holds of one exporter's records, and how it stands to how long they are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::Lookup;
use tf_sdk::{Computed, DataSource, Diagnostic, Path, Required};
use zeebe_engine::{Engine, EngineError, RetentionError};

use crate::actions::purge::why;
use crate::deadline::{READ, within};
use crate::explain;
use crate::resources::retention::parse;

/// What a search store holds of one exporter's records, and how that stands to how long they are kept. Volatile: the
/// store is asked anew with each plan.
#[derive(Clone, Debug, PartialEq, Eq, DataSource)]
#[data_source(name = "zeebe_retention")]
pub struct RetentionSource {
    /// The retention's address: `zeebe_retention.audit.id`.
    pub id: Required<String>,
    /// How long a record is kept, as the cluster's book says: `30d`.
    pub minimum_age: Computed<String>,
    /// How many indices the exporter has in its store.
    pub indices: Computed<i64>,
    /// Their bytes, copies too.
    pub bytes: Computed<i64>,
    /// The day (UTC) of the oldest, `2026-11-23`; null where there is none.
    pub oldest: Computed<String>,
    /// Indices that are too old, and that nothing holds back: the next round of the agent removes them, and so does the next
    /// apply.
    pub too_old: Computed<Vec<String>>,
    /// Indices that are too old and must stay for now, each with its reason.
    pub kept_back: Computed<BTreeMap<String, String>>,
    /// Indices that begin with the exporter's prefix and whose names say no day, so that they never go: somebody else's, or
    /// of an exporter whose names were configured.
    pub undated: Computed<Vec<String>>,
}

/// The data source `zeebe_retention`.
#[derive(Debug)]
pub struct RetentionLookup {
    engine: Arc<Engine>,
}

impl RetentionLookup {
    /// The data source over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Lookup for RetentionLookup {
    type Model = RetentionSource;

    async fn read(
        &self,
        call: &Call,
        config: RetentionSource,
    ) -> Result<(RetentionSource, Vec<Diagnostic>), Vec<Diagnostic>> {
        let Some(id) = config.id.as_known().cloned() else { return Ok((config, Vec::new())) };
        let absent = || vec![explain::no_retention(&id).at(Path::attribute("id"))];
        let Some((cluster_id, exporter)) = parse(&id) else { return Err(absent()) };
        let wrong = |error: RetentionError| explain::retention(&error, &exporter, cluster_id);
        let cluster = self
            .engine
            .at(cluster_id)
            .map_err(|error| wrong(RetentionError::Engine(EngineError::Open(error))))?;
        let (looked, _) = within(call, cluster_id, READ, |call| {
            let (cluster, exporter) = (&cluster, &exporter);
            async move {
                let spec = cluster.retention(exporter).await.map_err(RetentionError::Engine)?;
                let Some(spec) = spec else { return Ok(None) };
                let age = spec.minimum_age.duration();
                Ok(Some((cluster.judged(exporter, age, &call).await?, spec)))
            }
        })
        .await;
        let Some((verdict, spec)) = looked.map_err(wrong)? else { return Err(absent()) };
        let names = verdict.too_old.iter().map(|index| index.name.clone());
        let kept =
            verdict.kept_back.iter().map(|kept| (kept.index.name.clone(), why(&kept.reason)));
        let found = RetentionSource {
            id: config.id,
            minimum_age: Computed::of(spec.minimum_age.to_string()),
            indices: Computed::of(i64::try_from(verdict.total).unwrap_or(i64::MAX)),
            bytes: Computed::of(i64::try_from(verdict.bytes).unwrap_or(i64::MAX)),
            oldest: verdict.oldest.map(|day| day.to_string()).into(),
            too_old: Computed::of(names.collect()),
            kept_back: Computed::of(kept.collect()),
            undated: Computed::of(verdict.undated.clone()),
        };
        Ok((found, Vec::new()))
    }
}

//! How long the records of an exporter are kept where it writes them: the wish in the book, what the store says to it, and
//! the removal of what is too old.
//!
//! ```text
//! retention/<exporter> in the book ─┐
//! exporters/<exporter> in the book ─┼─ judged ─▶ Verdict ─ purged, under the lease ─▶ Purged
//! the store, the brokers, the clock ┘
//! ```

mod place;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use zeebe_plan::observed::{
    ClusterRecord, ExporterAtPartition, ExporterPhase, ExporterRecord, Phase,
};
use zeebe_retention::{Facts, Index, OldIndex, Rule, Running, Verdict, judge};
use zeebe_search::{OldestRunning, Reason, Removed, SearchError, Store};
use zeebe_spec::{ExporterMistake, ExporterName, RetentionSpec, SearchSink};
use zeebe_target::{Call, DocumentName};

use crate::agent;
use crate::cluster::Cluster;
use crate::error::EngineError;

/// Why records are not kept as long as was asked for, or nobody could tell.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// There is no cluster at that address.
    #[error("no cluster stands at {id}")]
    NoCluster {
        /// Its address.
        id: String,
    },
    /// The cluster has no such exporter.
    #[error("cluster {id} has no exporter \"{name}\"")]
    NoExporter {
        /// The cluster's address.
        id: String,
        /// The exporter's name.
        name: ExporterName,
    },
    /// Somebody keeps the records of this exporter already, for another time.
    #[error("how long records of exporter \"{name}\" are kept is said already")]
    Occupied {
        /// The exporter's name.
        name: ExporterName,
    },
    /// It cannot be so for that exporter.
    #[error("records of the exporter cannot be kept so")]
    Wrong(Vec<ExporterMistake>),
    /// Another password is needed, or it is not there.
    #[error("could not sign on at the store of exporter \"{name}\": {why}")]
    SignOn {
        /// The exporter's name.
        name: ExporterName,
        /// Why not.
        why: String,
    },
    /// The store did not do what it was asked.
    #[error("the store of exporter \"{name}\" did not answer")]
    Store {
        /// The exporter's name.
        name: ExporterName,
        /// Why not.
        #[source]
        source: SearchError,
    },
    /// The user wanted to stop.
    #[error("it was cancelled")]
    Cancelled,
    /// The engine failed.
    #[error(transparent)]
    Engine(EngineError),
}

/// What a purge has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// The indices that are gone, the oldest first.
    pub removed: Vec<OldIndex>,
    /// What was judged before.
    pub verdict: Verdict,
}

impl Cluster {
    /// How long records are kept, of each exporter that somebody has said it of.
    pub async fn retentions(&self) -> Result<BTreeMap<ExporterName, RetentionSpec>, EngineError> {
        let mut found = BTreeMap::new();
        for name in self.target.book().documents().await.map_err(EngineError::Book)? {
            if name.is_retention()
                && let Some(spec) = self.document::<RetentionSpec>(&name).await?
            {
                found.insert(spec.exporter.clone(), spec);
            }
        }
        Ok(found)
    }

    /// How long the records of one exporter are kept; `None` where nobody has said it.
    pub async fn retention(
        &self,
        exporter: &ExporterName,
    ) -> Result<Option<RetentionSpec>, EngineError> {
        self.document(&DocumentName::retention(exporter.as_str())).await
    }

    /// Every mistake in a wish for the records of an exporter, as far as its cluster says one.
    pub async fn retention_mistakes(
        &self,
        spec: &RetentionSpec,
    ) -> Result<Vec<ExporterMistake>, EngineError> {
        let there = self.exporters().await?.remove(&spec.exporter);
        Ok(there.map_or_else(|| spec.mistakes(), |record| spec.mistakes_on(&record.spec)))
    }

    /// Writes into the book how long the records of an exporter are kept. One that is new must not be said already.
    pub async fn retain(
        &self,
        spec: &RetentionSpec,
        comes: Comes,
        call: &Call,
    ) -> Result<(), RetentionError> {
        let lease = self
            .lease_in_turn("say how long records are kept", call)
            .await
            .map_err(RetentionError::Engine)?;
        let (_, exporter) = self.exporter_document(&spec.exporter).await?;
        let mistakes = spec.mistakes_on(&exporter.spec);
        if !mistakes.is_empty() {
            return Err(RetentionError::Wrong(mistakes));
        }
        let there = self.retention(&spec.exporter).await.map_err(RetentionError::Engine)?;
        if comes == Comes::New && there.is_some_and(|there| there != *spec) {
            return Err(RetentionError::Occupied { name: spec.exporter.clone() });
        }
        let mut duties = self.duties().await.map_err(RetentionError::Engine)?;
        duties.retentions.insert(spec.exporter.clone());
        let plan = self.plan_agent(duties, call).await.map_err(RetentionError::Engine)?;
        // A wish holds nothing but text, which has a form in JSON.
        let body = serde_json::to_value(spec).unwrap_or_default();
        let name = DocumentName::retention(spec.exporter.as_str());
        let written = self.target.book().write(&name, &body).await;
        written.map_err(|error| RetentionError::Engine(EngineError::Book(error)))?;
        self.attend(&plan, &lease, call).await.map_err(RetentionError::Engine)
    }

    /// Takes out of the book how long the records of an exporter are kept: none is removed any more. Where it is not said,
    /// or the cluster is gone, there is nothing to do.
    pub async fn retain_for_ever(
        &self,
        exporter: &ExporterName,
        call: &Call,
    ) -> Result<(), RetentionError> {
        if self.retention(exporter).await.map_err(RetentionError::Engine)?.is_none() {
            return Ok(());
        }
        let lease = self
            .lease_in_turn("say how long records are kept", call)
            .await
            .map_err(RetentionError::Engine)?;
        let removed = self.target.book().remove(&DocumentName::retention(exporter.as_str())).await;
        removed.map_err(|error| RetentionError::Engine(EngineError::Book(error)))?;
        let duties = self.duties().await.map_err(RetentionError::Engine)?;
        let plan = self.plan_agent(duties, call).await.map_err(RetentionError::Engine)?;
        self.attend(&plan, &lease, call).await.map_err(RetentionError::Engine)
    }

    /// Looks which indices of an exporter are older than that, and which of those must stay. Removes nothing.
    pub async fn judged(
        &self,
        exporter: &ExporterName,
        minimum_age: Duration,
        call: &Call,
    ) -> Result<Verdict, RetentionError> {
        let (cluster, record) = self.exporter_document(exporter).await?;
        let Some((store, sink)) = self.store_of(&record.spec).await? else {
            return Ok(Verdict::default());
        };
        self.judged_in(&store, sink, &cluster, exporter, minimum_age, call).await
    }

    /// Removes what is older than that of an exporter's records, index by index, but for what must stay. May be killed
    /// anywhere: what was not removed is removed by the next.
    pub async fn purge(
        &self,
        exporter: &ExporterName,
        older_than: Duration,
        call: &Call,
    ) -> Result<Purged, RetentionError> {
        let _lease =
            self.lease_in_turn(agent::REMOVAL, call).await.map_err(RetentionError::Engine)?;
        self.purged(exporter, older_than, call).await
    }

    /// Does what the book says about how long records are kept, for every exporter. Takes the lease only where something
    /// is to go, and reads the book again when it has it.
    pub async fn enforce_retentions(
        &self,
        call: &Call,
    ) -> Result<BTreeMap<ExporterName, Result<Purged, RetentionError>>, EngineError> {
        let mut outcomes = BTreeMap::new();
        for (name, spec) in self.retentions().await? {
            if call.cancel.is_cancelled() {
                break;
            }
            let outcome = self.enforced(&spec, call).await;
            outcomes.insert(name, outcome);
        }
        Ok(outcomes)
    }

    async fn enforced(&self, spec: &RetentionSpec, call: &Call) -> Result<Purged, RetentionError> {
        let name = &spec.exporter;
        let verdict = self.judged(name, spec.minimum_age.duration(), call).await?;
        if verdict.too_old.is_empty() {
            return Ok(Purged { removed: Vec::new(), verdict });
        }
        let _lease =
            self.lease_in_turn(agent::REMOVAL, call).await.map_err(RetentionError::Engine)?;
        match self.retention(name).await.map_err(RetentionError::Engine)? {
            Some(now) => self.purged(name, now.minimum_age.duration(), call).await,
            // Somebody has taken it away meanwhile.
            None => Ok(Purged { removed: Vec::new(), verdict }),
        }
    }

    async fn purged(
        &self,
        exporter: &ExporterName,
        older_than: Duration,
        call: &Call,
    ) -> Result<Purged, RetentionError> {
        let (cluster, record) = self.exporter_document(exporter).await?;
        let Some((store, sink)) = self.store_of(&record.spec).await? else {
            return Ok(Purged::default());
        };
        let verdict = self.judged_in(&store, sink, &cluster, exporter, older_than, call).await?;
        let mut removed = Vec::new();
        let count = verdict.too_old.len();
        for (number, index) in verdict.too_old.iter().enumerate() {
            if call.cancel.is_cancelled() {
                return Err(RetentionError::Cancelled);
            }
            let done = store
                .remove(&index.name)
                .await
                .map_err(|source| RetentionError::Store { name: exporter.clone(), source })?;
            if done == Removed::Now {
                call.progress.say(&format!(
                    "removed index \"{}\", {} documents, {} of {count}",
                    index.name,
                    index.documents,
                    number + 1
                ));
                removed.push(index.clone());
            }
        }
        Ok(Purged { removed, verdict })
    }

    async fn judged_in(
        &self,
        store: &Store,
        sink: &SearchSink,
        cluster: &ClusterRecord,
        exporter: &ExporterName,
        minimum_age: Duration,
        call: &Call,
    ) -> Result<Verdict, RetentionError> {
        let prefix = sink.prefix();
        let failed = |source| RetentionError::Store { name: exporter.clone(), source };
        let indices = store.indices(prefix).await.map_err(failed)?;
        let indices: Vec<Index> = indices
            .into_iter()
            .map(|index| Index { name: index.name, bytes: index.bytes, documents: index.documents })
            .collect();
        let now = self.target.clock().now();
        let minimum_age = SignedDuration::try_from(minimum_age).unwrap_or(SignedDuration::MAX);
        let rule = Rule { prefix, minimum_age };
        let nobody = Facts { now, reached: now, running: Running::None };
        // Where nothing would go anyway, nobody need be asked what must stay.
        let first = judge(rule, &indices, &nobody);
        if first.too_old.is_empty() {
            return Ok(first);
        }
        let running = match now.checked_sub(minimum_age) {
            Ok(before) => match store.oldest_running(prefix, before).await {
                Ok(OldestRunning::None) => Running::None,
                Ok(OldestRunning::Since(began)) => Running::Since(began),
                Ok(OldestRunning::Unclear(why)) => Running::Unclear(why),
                Err(error) => Running::Unclear(Reason(&error).to_string()),
            },
            Err(_) => Running::None,
        };
        let reached = if self.has_all(exporter, call).await {
            now
        } else {
            let reached = store.reached(prefix).await.map_err(failed)?;
            let partitions = usize::from(cluster.shape.partitions);
            let slowest = reached.values().min().filter(|_| reached.len() >= partitions);
            slowest.copied().unwrap_or(Timestamp::MIN)
        };
        Ok(judge(rule, &indices, &Facts { now, reached, running }))
    }

    /// Whether the brokers say that all they have is exported.
    async fn has_all(&self, exporter: &ExporterName, call: &Call) -> bool {
        match self.exporter_vitals(exporter, call).await {
            Ok(Some((_, vitals))) => {
                !vitals.partitions.is_empty()
                    && vitals
                        .partitions
                        .values()
                        .map(ExporterAtPartition::backlog)
                        .all(|behind| behind == Some(0))
            }
            Ok(None) => false,
            Err(error) => {
                tracing::debug!(error = %Reason(&error), "the brokers do not say how far they have exported");
                false
            }
        }
    }

    async fn exporter_document(
        &self,
        name: &ExporterName,
    ) -> Result<(ClusterRecord, ExporterRecord), RetentionError> {
        let cluster = self.record().await.map_err(RetentionError::Engine)?;
        let Some(cluster) = cluster.filter(|cluster| cluster.phase != Phase::Destroyed) else {
            return Err(RetentionError::NoCluster { id: self.id().to_owned() });
        };
        let mut exporters = self.exporters().await.map_err(RetentionError::Engine)?;
        match exporters.remove(name).filter(|there| there.phase != ExporterPhase::Leaving) {
            Some(record) => Ok((cluster, record)),
            None => {
                Err(RetentionError::NoExporter { id: self.id().to_owned(), name: name.clone() })
            }
        }
    }
}

/// Whether a wish is new or takes the place of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comes {
    /// Nobody has said yet how long the records are kept, or has said the same.
    New,
    /// In the place of what was said before.
    Instead,
}

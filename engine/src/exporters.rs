//! Exporters of a cluster: what is asked for one, by several callers at once, and carried out for all of them in one go.
//!
//! Every exporter that comes, goes or changes costs a restart of each broker. Terraform asks for each by a call of its own,
//! a moment apart; so whoever has its turn waits for that moment, takes what has come meanwhile, and plans once for all.
//!
//! ```text
//! caller ─┐                      ┌─ lease ─ look ─ plan ─ execute ─┐
//! caller ─┼─▶ waiting ─▶ first ──┤  all that waits, one roll        ├─▶ each its own answer
//! caller ─┘                      └──────────────────────────────────┘
//! ```

mod gathering;
mod overlap;

use std::collections::BTreeMap;
use std::sync::Arc;

use zeebe_execute::{execute, exporter_vitals, observe_exporters};
use zeebe_plan::desired;
use zeebe_plan::observed::{
    ClusterObserved, ClusterRecord, ExporterPhase, ExporterRecord, ExporterVitals, Exporters, Phase,
};
use zeebe_plan::product::{ExporterState, ExportingPhase};
use zeebe_plan::{Plan, order};
use zeebe_spec::cluster::RECEIVERS_PER_BROKER;
use zeebe_spec::{ClusterSpec, ExporterMistake, ExporterName, ExporterSpec};
use zeebe_target::Call;

use crate::cluster::{Cluster, GivenSecrets};
use crate::error::{EngineError, ProductError};
use crate::planning::checked;

pub(crate) use crate::exporters::gathering::Gatherings;
pub(crate) use crate::exporters::overlap::overlap;

/// What is asked for one exporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExporterWish {
    /// It comes. One of this name that stands there already is taken over only if it is wished the same.
    New(ExporterSpec),
    /// It is there, and is to be so.
    Changed(ExporterSpec),
    /// It goes.
    Gone(ExporterName),
}

impl ExporterWish {
    fn name(&self) -> &ExporterName {
        match self {
            Self::New(spec) | Self::Changed(spec) => &spec.name,
            Self::Gone(name) => name,
        }
    }
}

/// What one caller asks for.
#[derive(Clone, Debug)]
struct Asked {
    wish: ExporterWish,
    /// What the target is to keep for it, where it was given.
    given: GivenSecrets,
}

/// Why an exporter is not as it was asked for. Several callers may be told of the same.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExporterError {
    /// There is no cluster to export from.
    #[error("no cluster stands at {id}")]
    NoCluster {
        /// Its address.
        id: String,
    },
    /// It cannot be so on this cluster, or beside its other exporters.
    #[error("exporter cannot be on this cluster")]
    Wrong(Vec<ExporterMistake>),
    /// Another one of this name stands there.
    #[error("an exporter \"{name}\" with another wish stands there")]
    Occupied {
        /// The name.
        name: ExporterName,
    },
    /// What was done for it, and perhaps for others in the same go, did not come to its end.
    #[error(transparent)]
    Engine(Arc<EngineError>),
    /// The user wanted to stop before its turn came.
    #[error("it was cancelled before anything was done")]
    Cancelled,
}

/// One exporter as a look found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExporterSeen {
    /// Its document.
    pub record: ExporterRecord,
    /// Where the product says that it stands; `None` where it does not know it or cannot say.
    pub state: Option<ExporterState>,
    /// How somebody has paused exporting of the cluster, if anybody has.
    pub pause: Option<ExportingPhase>,
}

impl Cluster {
    /// Looks at one exporter; `None` where it certainly is not there. What the product says may be some seconds old, so that
    /// a refresh of all exporters of a cluster asks it once.
    pub async fn exporter(
        &self,
        name: &ExporterName,
        call: &Call,
    ) -> Result<Option<ExporterSeen>, EngineError> {
        let seen = self.look_again(call).await?;
        Ok(exporter_of(&seen, name))
    }

    /// Looks at how one exporter is, partition by partition; `None` where there is no such exporter.
    pub async fn exporter_vitals(
        &self,
        name: &ExporterName,
        call: &Call,
    ) -> Result<Option<(ExporterRecord, ExporterVitals)>, EngineError> {
        let (Some(cluster), Some(record)) =
            (self.record().await?, self.exporters().await?.remove(name))
        else {
            return Ok(None);
        };
        let partitions = cluster.shape.partitions;
        let vitals = exporter_vitals(&self.execution(), name, partitions, call)
            .await
            .map_err(|error| EngineError::Management(ProductError::Vitals(error)))?;
        Ok(Some((record, vitals)))
    }

    /// The documents of its exporters.
    pub async fn exporters(&self) -> Result<Exporters, EngineError> {
        zeebe_execute::exporters(&self.execution()).await.map_err(EngineError::Observe)
    }

    /// Every mistake that can be told before anything is done: about the wish alone, and, where the cluster is there,
    /// about it on this cluster.
    pub async fn exporter_mistakes(
        &self,
        spec: &ExporterSpec,
    ) -> Result<Vec<ExporterMistake>, EngineError> {
        let mut mistakes = spec.mistakes();
        if let Some(record) = self.record().await? {
            let others = self.exporters().await?;
            mistakes.extend(mistakes_there(spec, &record, others.values()));
        }
        Ok(mistakes)
    }

    /// Has an exporter come, change or go: with all that is asked for this cluster at the same time, in one roll.
    ///
    /// What the wish says to be kept at the target is given beside it; without it, what is kept there already is used.
    pub async fn export(
        &self,
        wish: ExporterWish,
        given: GivenSecrets,
        call: &Call,
    ) -> Result<Option<ExporterSeen>, ExporterError> {
        let name = wish.name().clone();
        let gathering = self.gatherings.of(self.id());
        let asked = Asked { wish, given };
        let seen = gathering.join(asked, call, |asked| self.exported(asked, call)).await?;
        Ok(exporter_of(&seen, &name))
    }

    /// Carries out what several callers ask for. Whoever asks for what cannot be is told so, and the others are served.
    async fn exported(
        &self,
        asked: Vec<Asked>,
        call: &Call,
    ) -> Vec<Result<Arc<ClusterObserved>, ExporterError>> {
        let all = |error: EngineError, count: usize| {
            let error = Arc::new(error);
            (0..count).map(|_| Err(ExporterError::Engine(Arc::clone(&error)))).collect()
        };
        let count = asked.len();
        let lease = match self.lease("update exporters", call).await {
            Ok(lease) => lease,
            Err(error) => return all(error, count),
        };
        let seen = match observe_exporters(&self.execution(), call).await {
            Ok(seen) => seen,
            Err(error) => return all(EngineError::Observe(error), count),
        };
        let Some(record) = seen.record.clone().filter(|record| record.phase != Phase::Destroyed)
        else {
            // Where nothing exports, what shall be gone is gone.
            let nothing = Arc::new(seen);
            return asked
                .iter()
                .map(|asked| match asked.wish {
                    ExporterWish::Gone(_) => Ok(Arc::clone(&nothing)),
                    ExporterWish::New(_) | ExporterWish::Changed(_) => {
                        Err(ExporterError::NoCluster { id: self.id().to_owned() })
                    }
                })
                .collect();
        };
        let mut wishes = order::ExporterWishes::new();
        let mut refused: BTreeMap<usize, ExporterError> = BTreeMap::new();
        let mut secrets = GivenSecrets::new();
        for (index, Asked { wish, mut given }) in asked.into_iter().enumerate() {
            match admitted(&wish, &record, &seen, &wishes) {
                Ok(wanted) => {
                    let kept = wanted.iter().flat_map(ExporterSpec::kept_secrets);
                    secrets.extend(kept.filter_map(|name| given.remove_entry(name)));
                    wishes.insert(wish.name().clone(), wanted);
                }
                Err(error) => {
                    refused.insert(index, error);
                }
            }
        }
        let outcome = async {
            for (name, secret) in &secrets {
                self.target.secrets().keep(name, secret).await.map_err(EngineError::Secrets)?;
            }
            self.exported_as(&wishes, &record, &seen, call).await
        };
        let outcome = outcome.await.map_err(Arc::new);
        drop(lease);
        (0..count)
            .map(|index| match (refused.remove(&index), &outcome) {
                (Some(error), _) => Err(error),
                (None, Ok(seen)) => Ok(Arc::clone(seen)),
                (None, Err(error)) => Err(ExporterError::Engine(Arc::clone(error))),
            })
            .collect()
    }

    async fn exported_as(
        &self,
        wishes: &order::ExporterWishes,
        record: &ClusterRecord,
        seen: &ClusterObserved,
        call: &Call,
    ) -> Result<Arc<ClusterObserved>, EngineError> {
        if wishes.is_empty() {
            return Ok(Arc::new(seen.clone()));
        }
        let plan = self.plan_exporters(wishes, record, seen, call).await?;
        if !plan.steps.is_empty() {
            execute(&plan, "update exporters", &self.execution(), call)
                .await
                .map_err(|error| EngineError::Execute(Box::new(error)))?;
        }
        let seen = self.look(call).await?;
        self.forget_secrets(Some(&record.spec), seen.exporters.values()).await?;
        Ok(Arc::new(seen))
    }

    /// Takes away what is kept for other wishes than these.
    pub(crate) async fn forget_secrets(
        &self,
        cluster: Option<&ClusterSpec>,
        exporters: impl Iterator<Item = &ExporterRecord>,
    ) -> Result<(), EngineError> {
        let of_cluster = cluster.into_iter().flat_map(ClusterSpec::kept_secrets);
        let of_exporters = exporters.flat_map(|record| record.spec.kept_secrets());
        let named = of_cluster.chain(of_exporters).cloned().collect();
        self.target.secrets().keep_only(&named).await.map_err(EngineError::Secrets)
    }

    async fn plan_exporters(
        &self,
        wishes: &order::ExporterWishes,
        record: &ClusterRecord,
        seen: &ClusterObserved,
        call: &Call,
    ) -> Result<Plan, EngineError> {
        let documents = order::told(&seen.exporters, wishes);
        let desired = desired::cluster(&record.spec, &documents, &seen.duties, self.target.place());
        let plan = order::exporters(&desired, wishes, record, seen).map_err(EngineError::Plan)?;
        if plan.steps.is_empty() {
            return Ok(plan);
        }
        let plan = checked(plan)?;
        self.preflight(&plan, call).await?;
        Ok(plan)
    }
}

fn exporter_of(seen: &ClusterObserved, name: &ExporterName) -> Option<ExporterSeen> {
    let record = seen.exporters.get(name)?.clone();
    Some(ExporterSeen { record, state: seen.exporter_state(name), pause: seen.pause() })
}

/// What a wish means for the plan, or why it cannot be.
fn admitted(
    wish: &ExporterWish,
    record: &ClusterRecord,
    seen: &ClusterObserved,
    others: &order::ExporterWishes,
) -> Result<Option<ExporterSpec>, ExporterError> {
    let spec = match wish {
        ExporterWish::Gone(_) => return Ok(None),
        ExporterWish::New(spec) | ExporterWish::Changed(spec) => spec,
    };
    let there = seen.exporters.get(&spec.name);
    let occupied = others.contains_key(&spec.name)
        || there.is_some_and(|there| there.phase != ExporterPhase::Leaving && there.spec != *spec);
    if matches!(wish, ExporterWish::New(_)) && occupied {
        return Err(ExporterError::Occupied { name: spec.name.clone() });
    }
    let documents = order::wished(&seen.exporters, others);
    let mistakes = mistakes_there(spec, record, documents.values());
    if mistakes.is_empty() { Ok(Some(spec.clone())) } else { Err(ExporterError::Wrong(mistakes)) }
}

/// What a wish gets wrong about this cluster and beside its other exporters.
fn mistakes_there<'a>(
    spec: &ExporterSpec,
    record: &ClusterRecord,
    others: impl Iterator<Item = &'a ExporterRecord>,
) -> Vec<ExporterMistake> {
    let mut mistakes = spec.mistakes_on(&record.spec.version);
    let others: Vec<&ExporterRecord> = others
        .filter(|other| other.spec.name != spec.name && other.phase != ExporterPhase::Leaving)
        .collect();
    mistakes.extend(without_room(spec, record, &others));
    for other in others {
        let whose = format!("exporter \"{}\"", other.spec.name);
        mistakes.extend(overlap(spec, &whose, &other.spec));
    }
    mistakes
}

/// Whether the receiver that an exporter needs finds no port any more.
fn without_room(
    spec: &ExporterSpec,
    record: &ClusterRecord,
    others: &[&ExporterRecord],
) -> Option<ExporterMistake> {
    spec.received()?;
    let room = record.spec.topology.brokers.get() * RECEIVERS_PER_BROKER;
    let taken = others.iter().filter(|other| other.receiver.is_some()).count();
    (taken >= usize::from(room)).then(|| ExporterMistake {
        at: spec.kind().to_owned(),
        summary: "the cluster has no port for another receiver".to_owned(),
        detail: format!(
            "Each exporter to Kafka or a lake has a receiver, and there is room for {RECEIVERS_PER_BROKER} beside each \
             broker: expected {room} at most, got {}. Read what is in Kafka more than once, or have more brokers.",
            taken + 1
        ),
    })
}

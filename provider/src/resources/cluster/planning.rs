//! What a change of a cluster will do: from the last look alone, so that the plan during apply says the same.

use tf_sdk::call::Call;
use tf_sdk::provider::Deferral;
use tf_sdk::typed::{Change, Planned};
use tf_sdk::{Diagnostic, Knowable};
use zeebe_engine::{EngineError, Fixed, Neighbour, PlanError};
use zeebe_spec::ClusterSpec;

use super::manage::ClusterResource;
use super::model::{Cluster, Target};
use super::spec::spec as spec_of;
use crate::deadline::{READ, within};

/// A plan before all is known: what follows from the topology or the target stays only where these do, or the
/// plan during apply, which knows them, would say otherwise.
pub(super) fn undecided(change: Change<Cluster>) -> Planned<Cluster> {
    let moves = change.prior.as_ref().is_some_and(|prior| {
        prior.topology != change.planned.topology || prior.target != change.planned.target
    });
    let deferred = nowhere(&change.config).then_some(Deferral::ConfigUnknown);
    let mut planned = Planned { deferred, ..change.as_planned() };
    if moves {
        planned.planned.handle.set_unknown();
        planned.planned.gateway_address.set_unknown();
        planned.planned.rest_address.set_unknown();
    }
    planned
}

/// What a plan says.
pub(super) struct Plans {
    pub(super) addresses: zeebe_engine::Addresses,
    pub(super) sentences: Sentences,
    /// Whether backups are to be taken for which the wish has no store.
    pub(super) is_unstored: bool,
}

pub(super) enum Sentences {
    /// There is something to do.
    Work(Vec<String>),
    /// The engine has nothing to do; what it said last time stays.
    Nothing { prior: Box<Cluster> },
}

impl ClusterResource {
    pub(super) async fn planned(
        &self,
        call: &Call,
        spec: &ClusterSpec,
        change: &Change<Cluster>,
    ) -> Result<Plans, EngineError> {
        let cluster = self.engine.cluster(spec).map_err(EngineError::Open)?;
        let addresses = cluster.addresses(spec);
        let name = spec.name.to_string();
        let Some(prior) = &change.prior else {
            let (plan, _) = within(call, &name, READ, |call| {
                let cluster = &cluster;
                async move { cluster.plan_creation(spec, &call).await }
            })
            .await;
            let sentences = Sentences::Work(plan?.sentences());
            return Ok(Plans { addresses, sentences, is_unstored: false });
        };
        stays(prior, spec, &addresses)?;
        let (plan, _) = within(call, &name, READ, |call| {
            let cluster = &cluster;
            async move {
                let seen = match cluster.recall(&change.private, spec_of(prior).ok().as_ref()) {
                    Some(seen) => seen,
                    // A state that was imported by an older release, or whose private part was lost.
                    None => cluster.look(&call).await?,
                };
                let plan = cluster.plan_change(spec, &seen, &call).await?;
                Ok::<_, EngineError>((plan, seen.duties.backups && spec.backup_store.is_none()))
            }
        })
        .await;
        let (plan, is_unstored) = plan?;
        let sentences = plan.sentences();
        let sentences = if sentences.is_empty() {
            Sentences::Nothing { prior: Box::new(prior.clone()) }
        } else {
            Sentences::Work(sentences)
        };
        Ok(Plans { addresses, sentences, is_unstored })
    }
}

impl ClusterResource {
    /// Who keeps backups where the wish would, if it is another place than before.
    pub(super) async fn beside(
        &self,
        call: &Call,
        spec: &ClusterSpec,
        change: &Change<Cluster>,
    ) -> Result<Option<Neighbour>, EngineError> {
        let prior = change.prior.as_ref();
        let Some(store) = &spec.backup_store else { return Ok(None) };
        if prior.is_some_and(|prior| prior.backup_store == change.planned.backup_store) {
            return Ok(None);
        }
        let id = self.engine.cluster(spec).map_err(EngineError::Open)?.id().to_owned();
        let (neighbour, _) =
            within(call, &id, READ, |_| self.engine.backups_beside(&id, store)).await;
        neighbour
    }
}

/// Whether not even the target is known: then nothing can be said of what an apply would do.
fn nowhere(config: &Cluster) -> bool {
    match &*config.target {
        Knowable::Unknown => true,
        Knowable::Null => false,
        Knowable::Known(Target { local, simulated }) => {
            local.is_unknown() || simulated.is_unknown()
        }
    }
}

/// Refuses another name or another place: that would be another cluster.
fn stays(
    prior: &Cluster,
    spec: &ClusterSpec,
    addresses: &zeebe_engine::Addresses,
) -> Result<(), PlanError> {
    let fixed = |what, from: &str, to: &str| {
        Err(PlanError::Fixed { what, from: from.to_owned(), to: to.to_owned() })
    };
    if let Some(name) = prior.name.as_known()
        && *name != spec.name
    {
        return fixed(Fixed::Name, name.as_str(), spec.name.as_str());
    }
    match prior.id.as_known() {
        Some(id) if *id != addresses.id => fixed(Fixed::Target, id, &addresses.id),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn refused(change: Change<Cluster>, diagnostics: Vec<Diagnostic>) -> Planned<Cluster> {
    Planned { diagnostics, ..change.as_planned() }
}

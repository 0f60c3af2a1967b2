//! Plans, with what the target and the product say to them.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_execute::{ask, observe};
use zeebe_plan::component::{ComponentId, Wanted};
use zeebe_plan::desired;
use zeebe_plan::observed::{ClusterObserved, ProductObserved};
use zeebe_plan::product::ClusterTopology;
use zeebe_plan::{Plan, PlanError, Step, check, converge, order};
use zeebe_spec::{BrokerId, ClusterSpec, DeletionProtection, PartitionId};
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::error::{EngineError, ProductError};

impl Cluster {
    /// The plan of a creation: the same however far an earlier one came.
    pub async fn plan_creation(
        &self,
        spec: &ClusterSpec,
        call: &Call,
    ) -> Result<Plan, EngineError> {
        let exporters = self.exporters().await?;
        let duties = self.duties().await?;
        let desired = desired::cluster(spec, &exporters, &duties, self.target.place());
        if let Some(record) = self.record().await? {
            order::adopt(&desired, &record, self.id()).map_err(EngineError::Plan)?;
        }
        let plan = checked(order::create(&desired))?;
        self.preflight(&plan, call).await?;
        Ok(plan)
    }

    /// The plan of a change, made from a look that was taken before; empty where nothing is to do.
    ///
    /// It follows from the wish and that look alone, so that a second plan of the same inputs is the same.
    /// The product is asked only for its own operations, and only if it is still as the look says.
    pub async fn plan_change(
        &self,
        spec: &ClusterSpec,
        seen: &ClusterObserved,
        call: &Call,
    ) -> Result<Plan, EngineError> {
        let desired = desired::cluster(spec, &seen.exporters, &seen.duties, self.target.place());
        let Some(record) = &seen.record else {
            return self.plan_creation(spec, call).await;
        };
        let plan = converge(&desired, record, seen).map_err(EngineError::Plan)?;
        if plan.steps.is_empty() {
            return Ok(plan);
        }
        let plan = checked(plan)?;
        self.preflight(&plan, call).await?;
        self.answered(plan, seen, call).await
    }

    /// The plan of a destruction.
    pub fn plan_destruction(
        &self,
        seen: &ClusterObserved,
        protection: DeletionProtection,
    ) -> Result<Plan, EngineError> {
        order::destroy(seen, protection).map_err(EngineError::Plan).and_then(checked)
    }

    pub(crate) async fn preflight(&self, plan: &Plan, call: &Call) -> Result<(), EngineError> {
        let wanted: BTreeMap<ComponentId, Wanted> = plan
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Ensure { id, to: to @ Wanted::Running(_), why: _ } => Some((*id, to.clone())),
                Step::Ensure { to: Wanted::Stopped | Wanted::Absent(_), .. }
                | Step::Record(_)
                | Step::Prepare(_)
                | Step::Await { .. }
                | Step::Change { .. }
                | Step::Canary { .. }
                | Step::Snapshot { .. }
                | Step::RecordExporter(_)
                | Step::Receive { .. }
                | Step::SetAside(_)
                | Step::Restore { .. }
                | Step::Restored { .. }
                | Step::Switch { .. }
                | Step::Export { .. }
                | Step::Resume { .. }
                | Step::ForgetExporter(_)
                | Step::Gate(_)
                | Step::Forget => None,
            })
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let found = self.target.preflight(&wanted, call).await.map_err(EngineError::Target)?;
        if found.is_empty() { Ok(()) } else { Err(EngineError::Preflight(found)) }
    }

    /// Puts the product's own operations into the plan, where it can be asked for them now.
    async fn answered(
        &self,
        plan: Plan,
        seen: &ClusterObserved,
        call: &Call,
    ) -> Result<Plan, EngineError> {
        let ProductObserved::Answered(answer) = &seen.product else {
            return Ok(plan);
        };
        let Some(request) = plan.question().cloned() else {
            return Ok(plan);
        };
        let now = observe(&self.execution(), call).await.map_err(EngineError::Observe)?;
        let moved = |what: &str| Err(EngineError::Moved { what: what.to_owned() });
        match &now.product {
            ProductObserved::Answered(now) if layout(&now.topology) == layout(&answer.topology) => {
            }
            ProductObserved::Answered(_) => {
                return moved("The product has other members, copies or a change under way.");
            }
            ProductObserved::Down => return moved("None of its brokers runs any more."),
            ProductObserved::Silent(why) => {
                return moved(&format!("Its brokers do not answer any more ({why})."));
            }
        }
        let planned = ask(&self.execution(), &request, call)
            .await
            .map_err(|error| EngineError::Management(ProductError::Ask(error)))?;
        Ok(plan.answered(planned.operations))
    }
}

/// What of a topology a plan depends on: members and copies, and whether a change is under way.
fn layout(
    topology: &ClusterTopology,
) -> (BTreeSet<BrokerId>, BTreeMap<PartitionId, BTreeSet<BrokerId>>, bool) {
    (topology.member_ids(), topology.replicas(), topology.pending_change.is_some())
}

pub(crate) fn checked(plan: Plan) -> Result<Plan, EngineError> {
    match check::plan(&plan).into_iter().next() {
        None => Ok(plan),
        Some(broken) => Err(EngineError::Broken(broken)),
    }
}

impl From<PlanError> for EngineError {
    fn from(error: PlanError) -> Self {
        Self::Plan(error)
    }
}

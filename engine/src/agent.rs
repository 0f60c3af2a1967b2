//! The agent of a cluster, as a component of it: there as long as its book says that something is due while no terraform runs.

use zeebe_execute::observe;
use zeebe_plan::observed::{Duties, Phase};
use zeebe_plan::{Plan, attend, desired};
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::error::EngineError;
use crate::lease::Held;
use crate::planning::checked;

/// What the agent takes the lease for.
pub(crate) const REMOVAL: &str = "remove records that are too old";

/// The same, for a backup whose time has come.
pub(crate) const BACKUP: &str = "take the backup that is due";

/// Whether a lease is held for what an agent does.
pub(crate) fn is_its(purpose: &str) -> bool {
    [REMOVAL, BACKUP].contains(&purpose)
}

impl Cluster {
    /// What is to be done for the cluster while no terraform runs, as its book says.
    pub async fn duties(&self) -> Result<Duties, EngineError> {
        zeebe_execute::duties(&self.execution()).await.map_err(EngineError::Observe)
    }

    /// What must be done for the agent to be there, or to be gone, when these are its duties, after a look whether it can be.
    pub async fn plan_agent(&self, duties: Duties, call: &Call) -> Result<Plan, EngineError> {
        let mut seen = observe(&self.execution(), call).await.map_err(EngineError::Observe)?;
        seen.duties = duties;
        let record = match &seen.record {
            Some(record) if record.phase != Phase::Destroyed => record,
            Some(_) | None => return Ok(Plan { steps: Vec::new() }),
        };
        let place = self.target.place();
        let desired = desired::cluster(&record.spec, &seen.exporters, &seen.duties, place);
        let plan = attend(&desired, record, &seen).map_err(EngineError::Plan)?;
        if plan.steps.is_empty() {
            return Ok(plan);
        }
        let plan = checked(plan)?;
        self.preflight(&plan, call).await?;
        Ok(plan)
    }

    /// Carries that out.
    pub(crate) async fn attend(
        &self,
        plan: &Plan,
        lease: &Held,
        call: &Call,
    ) -> Result<(), EngineError> {
        self.carry_out(plan, "have an agent as the book says", lease, call).await
    }
}

#[cfg(test)]
mod tests;

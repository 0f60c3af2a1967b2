//! Deeds: each under the lease, after a look of its own, and only what the user has seen.

use std::iter;

use zeebe_execute::{execute, observe};
use zeebe_plan::Plan;
use zeebe_plan::observed::ClusterObserved;
use zeebe_spec::{ClusterSpec, DeletionProtection};
use zeebe_target::Call;

use crate::cluster::Cluster;
use crate::error::EngineError;
use crate::lease::Held;

/// What an apply did, and what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What was done, a sentence a step.
    pub sentences: Vec<String>,
    /// A look taken after it.
    pub seen: ClusterObserved,
}

impl Cluster {
    /// Makes the cluster, or finishes a creation of the same wish that was cut off.
    ///
    /// With `planned`, the sentences that the user has seen, nothing else is done.
    pub async fn create(
        &self,
        spec: &ClusterSpec,
        planned: Option<&[String]>,
        call: &Call,
    ) -> Result<Applied, EngineError> {
        let lease = self.lease("create", call).await?;
        let plan = self.plan_creation(spec, call).await?;
        let sentences = agreed(&plan, planned)?;
        self.keep_given(spec).await?;
        match self.carry_out(&plan, "create", &lease, call).await {
            Ok(()) => self.applied(sentences, call).await,
            Err(error) => {
                // Of a creation that made no book, nobody would take it away later.
                if matches!(self.record().await, Ok(None))
                    && let Err(left) = self.forget_secrets(None, iter::empty()).await
                {
                    // Why nothing was made is what must be told.
                    tracing::warn!(error = %left.chain(), "a licence key was left at the target");
                }
                Err(error)
            }
        }
    }

    /// Changes the cluster into what is wished, from what is there now.
    ///
    /// With `planned`, the sentences that the user has seen, nothing else is done.
    pub async fn change(
        &self,
        spec: &ClusterSpec,
        planned: Option<&[String]>,
        call: &Call,
    ) -> Result<Applied, EngineError> {
        let lease = self.lease("update", call).await?;
        let seen = observe(&self.execution(), call).await.map_err(EngineError::Observe)?;
        let plan = self.plan_change(spec, &seen, call).await?;
        let sentences = agreed(&plan, planned)?;
        self.keep_given(spec).await?;
        self.carry_out(&plan, "update", &lease, call).await?;
        let applied = self.applied(sentences, call).await?;
        self.forget_secrets(Some(spec), applied.seen.exporters.values()).await?;
        Ok(applied)
    }

    /// Destroys the cluster; its data is kept or deleted as its book says. One that is not there is fine.
    pub async fn destroy(
        &self,
        protection: DeletionProtection,
        call: &Call,
    ) -> Result<Vec<String>, EngineError> {
        let Some(record) = self.record().await? else {
            return Ok(Vec::new());
        };
        let lease = self.lease("destroy", call).await?;
        if protection == DeletionProtection::Off {
            // A drill that was killed left brokers, which nobody would look for any more.
            self.clear_drill(&record.spec, call).await?;
        }
        self.destroyed(protection, &lease, call).await
    }

    /// The same under a lease, without a look for the scratch cluster of a drill.
    pub(crate) async fn destroyed(
        &self,
        protection: DeletionProtection,
        lease: &Held,
        call: &Call,
    ) -> Result<Vec<String>, EngineError> {
        let seen = observe(&self.execution(), call).await.map_err(EngineError::Observe)?;
        let plan = self.plan_destruction(&seen, protection)?;
        // First: what is destroyed in part has no more use for them, and nobody comes back once the book is gone.
        self.forget_secrets(None, iter::empty()).await?;
        self.carry_out(&plan, "destroy", lease, call).await?;
        Ok(plan.sentences())
    }

    /// Keeps at the target what was given and the wish says so of.
    async fn keep_given(&self, spec: &ClusterSpec) -> Result<(), EngineError> {
        for name in spec.kept_secrets() {
            if let Some(secret) = self.given.get(name) {
                self.target.secrets().keep(name, secret).await.map_err(EngineError::Secrets)?;
            }
        }
        Ok(())
    }

    pub(crate) async fn carry_out(
        &self,
        plan: &Plan,
        purpose: &str,
        _lease: &Held,
        call: &Call,
    ) -> Result<(), EngineError> {
        if plan.steps.is_empty() {
            return Ok(());
        }
        execute(plan, purpose, &self.execution(), call)
            .await
            .map(|_| ())
            .map_err(|error| EngineError::Execute(Box::new(error)))
    }

    async fn applied(&self, sentences: Vec<String>, call: &Call) -> Result<Applied, EngineError> {
        Ok(Applied { sentences, seen: self.look(call).await? })
    }
}

/// The plan's sentences, if they are those that the user has seen.
fn agreed(plan: &Plan, planned: Option<&[String]>) -> Result<Vec<String>, EngineError> {
    let now = plan.sentences();
    match planned {
        Some(planned) if planned != now => {
            Err(EngineError::Changed { planned: planned.to_vec(), now })
        }
        Some(_) | None => Ok(now),
    }
}

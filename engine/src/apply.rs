//! Deeds: each under the lease, after a look of its own, and only what the user has seen.

use std::iter;
use std::time::{Duration, Instant};

use zeebe_execute::{Answer, execute, observe};
use zeebe_plan::Plan;
use zeebe_plan::observed::ClusterObserved;
use zeebe_spec::{ClusterSpec, DeletionProtection};
use zeebe_target::{Call, Lease, LeaseError};

use crate::agent;
use crate::cluster::Cluster;
use crate::error::EngineError;

/// How long an apply waits for what an agent does under the lease: as long as a backup may take, and more than hundreds of
/// indices take to go.
const AGENT_PATIENCE: Duration = Duration::from_mins(15);
/// How often the lease is tried meanwhile.
const LEASE_AGAIN: Duration = Duration::from_millis(500);

/// What an apply did, and what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What was done, a sentence a step.
    pub sentences: Vec<String>,
    /// A look taken after it.
    pub seen: ClusterObserved,
}

/// The right to change the cluster. When it is given up, nobody relies on what the product said before.
#[derive(Debug)]
pub(crate) struct Held {
    _lease: Box<dyn Lease>,
    answer: Answer,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.answer.forget();
    }
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
        if self.record().await?.is_none() {
            return Ok(Vec::new());
        }
        let lease = self.lease("destroy", call).await?;
        let seen = observe(&self.execution(), call).await.map_err(EngineError::Observe)?;
        let plan = self.plan_destruction(&seen, protection)?;
        // First: what is destroyed in part has no more use for them, and nobody comes back once the book is gone.
        self.forget_secrets(None, iter::empty()).await?;
        self.carry_out(&plan, "destroy", &lease, call).await?;
        Ok(plan.sentences())
    }

    /// The lease. What an agent does under it is short and ends by itself, so it is waited for; whoever else has it is told
    /// of.
    pub(crate) async fn lease(&self, purpose: &str, call: &Call) -> Result<Held, EngineError> {
        let begun = Instant::now();
        let mut told = false;
        loop {
            match self.target.book().lease(purpose).await {
                Ok(lease) => return Ok(Held { _lease: lease, answer: self.answer.clone() }),
                Err(LeaseError::Held { place, holder, purpose, since })
                    if agent::is_its(&purpose) && begun.elapsed() < AGENT_PATIENCE =>
                {
                    if !told {
                        call.progress
                            .say(&format!("waiting for {holder}: {purpose}, since {since}"));
                        told = true;
                    }
                    tokio::select! {
                        () = tokio::time::sleep(LEASE_AGAIN) => {}
                        () = call.cancel.cancelled() => {
                            let held = LeaseError::Held { place, holder, purpose, since };
                            return Err(EngineError::Lease(held));
                        }
                    }
                }
                Err(error) => return Err(EngineError::Lease(error)),
            }
        }
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

//! The right to change a cluster: who has it, and who is waited for.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use zeebe_execute::Answer;
use zeebe_target::{Call, Lease, LeaseError};

use crate::agent;
use crate::cluster::Cluster;
use crate::error::EngineError;

/// How long an apply waits for what an agent does under the lease: as long as a backup may take, and more than hundreds of
/// indices take to go.
const AGENT_PATIENCE: Duration = Duration::from_mins(35);
/// The first pause before the lease is tried again: a wish that is written into the book takes no longer.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(2);

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
    /// The lease. What an agent does under it is short and ends by itself, so it is waited for; whoever else has it is told
    /// of.
    pub(crate) async fn lease(&self, purpose: &str, call: &Call) -> Result<Held, EngineError> {
        let begun = Instant::now();
        let is_waited_for =
            |held_for: &str| agent::is_its(held_for) && begun.elapsed() < AGENT_PATIENCE;
        self.lease_after(is_waited_for, purpose, call).await
    }

    /// The lease, when whoever has it gives it up.
    pub(crate) async fn lease_in_turn(
        &self,
        purpose: &str,
        call: &Call,
    ) -> Result<Held, EngineError> {
        self.lease_after(|_| true, purpose, call).await
    }

    /// The lease, after those who are waited for; an error that names the holder where it is not, or where the call ends
    /// first.
    async fn lease_after(
        &self,
        is_waited_for: impl Fn(&str) -> bool,
        purpose: &str,
        call: &Call,
    ) -> Result<Held, EngineError> {
        let mut pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST)
            .with_max_delay(LONGEST)
            .with_jitter()
            .without_max_times()
            .build();
        let mut told = false;
        loop {
            let held = match self.target.book().lease(purpose).await {
                Ok(lease) => return Ok(Held { _lease: lease, answer: self.answer.clone() }),
                Err(error) => error,
            };
            let LeaseError::Held { holder, purpose: held_for, since, .. } = &held else {
                return Err(EngineError::Lease(held));
            };
            if !is_waited_for(held_for) {
                return Err(EngineError::Lease(held));
            }
            if !told {
                call.progress.say(&format!("waiting for {holder}: {held_for}, since {since}"));
                told = true;
            }
            tokio::select! {
                () = call.cancel.cancelled() => return Err(EngineError::Lease(held)),
                // The builder sets no end.
                () = tokio::time::sleep(pauses.next().unwrap_or(LONGEST)) => {}
            }
        }
    }
}

//! Callers that ask for the same cluster at the same time, served in one go.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, oneshot};
use zeebe_plan::observed::ClusterObserved;
use zeebe_target::Call;

use super::{Asked, ExporterError};

/// How long the first waits for others. Terraform calls for all that it may do at once, within milliseconds; a roll takes
/// minutes.
const OTHERS: Duration = Duration::from_millis(300);

/// What each caller is told.
type Answer = Result<Arc<ClusterObserved>, ExporterError>;

/// The gatherings of one process, by the address of their cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gatherings(Arc<Mutex<BTreeMap<String, Arc<Gathering>>>>);

impl Gatherings {
    pub(crate) fn of(&self, id: &str) -> Arc<Gathering> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(id.to_owned()).or_default())
    }
}

/// Those who wait for one cluster.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    turn: Turn<()>,
    waiting: Mutex<Vec<(Asked, oneshot::Sender<Answer>)>>,
}

impl Gathering {
    /// Waits for its turn, or for somebody else to have done it. `serve` answers each wish, in their order.
    pub(super) async fn join<F: Future<Output = Vec<Answer>>>(
        &self,
        wish: Asked,
        call: &Call,
        serve: impl FnOnce(Vec<Asked>) -> F,
    ) -> Answer {
        let (sender, mut answer) = oneshot::channel();
        self.waiting().push((wish, sender));
        let turn = tokio::select! {
            biased;
            answered = &mut answer => return answered.unwrap_or(Err(ExporterError::Cancelled)),
            turn = self.turn.lock() => turn,
            // Whoever has the turn may have taken the wish along; then it is done and nobody is told.
            () = call.cancel.cancelled() => return Err(ExporterError::Cancelled),
        };
        if let Ok(answered) = answer.try_recv() {
            return answered;
        }
        tokio::select! {
            () = tokio::time::sleep(OTHERS) => {}
            () = call.cancel.cancelled() => return Err(ExporterError::Cancelled),
        }
        let (wishes, senders): (Vec<_>, Vec<_>) = std::mem::take(&mut *self.waiting())
            .into_iter()
            // Whoever does not wait any more has gone away.
            .filter(|(_, sender)| !sender.is_closed())
            .unzip();
        for (answered, sender) in serve(wishes).await.into_iter().zip(senders) {
            // Whoever has gone away meanwhile need not be told.
            let _unheard = sender.send(answered);
        }
        drop(turn);
        answer.try_recv().unwrap_or(Err(ExporterError::Cancelled))
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<(Asked, oneshot::Sender<Answer>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

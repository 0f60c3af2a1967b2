//! A call of Terraform as a call of the engine, with a deadline.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use zeebe_engine::{Call, Progress};

/// How long a look may take: it asks one broker after another, five seconds each at most.
pub(crate) const READ: Duration = Duration::from_mins(1);

/// Why an operation was stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Nobody stopped it.
    No,
    /// Its time was over.
    OutOfTime,
    /// The user wanted to stop.
    Interrupted,
}

/// Progress lines go to Terraform's log, where somebody who watches an apply with logs on follows them.
struct Log {
    cluster: String,
}

impl Progress for Log {
    fn say(&self, line: &str) {
        tracing::info!(cluster = self.cluster, "{line}");
    }
}

/// Runs an operation on a cluster; cancels it when its time is over and waits for it to come to rest.
pub(crate) async fn within<T, F: Future<Output = T>>(
    call: &tf_sdk::call::Call,
    cluster: &str,
    deadline: Duration,
    operation: impl FnOnce(Call) -> F,
) -> (T, Stopped) {
    let cancel = call.cancelled.child_token();
    let progress = Arc::new(Log { cluster: cluster.to_owned() });
    let mut running = std::pin::pin!(operation(Call { cancel: cancel.clone(), progress }));
    tokio::select! {
        outcome = &mut running => {
            let stopped =
                if call.cancelled.is_cancelled() { Stopped::Interrupted } else { Stopped::No };
            (outcome, stopped)
        }
        () = tokio::time::sleep(deadline) => {
            cancel.cancel();
            (running.await, Stopped::OutOfTime)
        }
    }
}

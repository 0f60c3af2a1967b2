//! Does for one cluster what must be done while no terraform runs: so far, removes exported records that are too old.
//!
//! ```text
//! every hour: the book ─▶ engine: enforce_retentions ─▶ Round ─▶ State ─▶ /metrics, /ready
//! ```
//!
//! It keeps nothing of its own. What to do it reads from the cluster's book each time, and what is to be removed it removes
//! under the same lease as an apply; so it may be killed anywhere, run twice, or not run for a while.
//!
//! Architecture invariant: it knows the engine's façade and nothing below it, and nothing of Terraform.

pub mod pages;
pub mod round;
pub mod state;

use std::sync::Arc;
use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use zeebe_engine::{Call, Cluster, Progress};

use crate::round::{Round, round};
use crate::state::State;

/// What goes on is said in the log.
#[derive(Clone, Copy, Debug)]
pub struct Logged;

impl Progress for Logged {
    fn say(&self, line: &str) {
        info!("{line}");
    }
}

/// One round after the other until it is told to stop; one that is under way comes to the end of what it has begun.
pub async fn run(cluster: &Cluster, every: Duration, state: &State, stop: &CancellationToken) {
    loop {
        let call = Call { cancel: stop.child_token(), progress: Arc::new(Logged) };
        let round = round(cluster, &call).await;
        told(&round);
        state.came(round, jiff::Timestamp::now());
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep(every) => {}
        }
    }
}

fn told(round: &Round) {
    for line in round.failures() {
        warn!("{line}");
    }
    for line in round.lines() {
        info!("{line}");
    }
}

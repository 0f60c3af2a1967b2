//! Does for one cluster what must be done while no terraform runs: removes exported records that are too old, and takes backups when it is their time.
//!
//! ```text
//! every hour, when a backup is due, ─▶ engine: enforce_retentions, ─▶ Round ─▶ State ─▶ /metrics, /ready
//! and when the book says otherwise            back_up_when_due
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

use tokio::time::{self, Instant};
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

/// How often the book is looked at: what is said there now is done now, not at the next round.
const LOOK: Duration = Duration::from_secs(5);
/// How long a round that is under way may take to end when the agent is told to. What it leaves the next one does.
const END: Duration = Duration::from_millis(500);

/// One round after the other until it is told to stop: every so often, and at once when the book says something else.
pub async fn run(cluster: &Cluster, every: Duration, state: &State, stop: &CancellationToken) {
    let ended = async {
        stop.cancelled().await;
        time::sleep(END).await;
    };
    tokio::select! {
        () = rounds(cluster, every, state, stop) => {}
        () = ended => {}
    }
}

async fn rounds(cluster: &Cluster, every: Duration, state: &State, stop: &CancellationToken) {
    let mut known = None;
    let mut next = Instant::now();
    while !stop.is_cancelled() {
        // A book that cannot be read is told of by the round.
        let said = (
            cluster.retentions().await.ok(),
            cluster.backup_schedule().await.ok(),
            cluster.backup_pause().await.ok(),
        );
        if Instant::now() >= next || known.as_ref() != Some(&said) {
            known = Some(said);
            let call = Call { cancel: stop.child_token(), progress: Arc::new(Logged) };
            let round = round(cluster, &call).await;
            told(&round);
            next = Instant::now() + round.rests().min(every);
            state.came(round, jiff::Timestamp::now());
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep_until(next.min(Instant::now() + LOOK)) => {}
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

//! Work on a cluster: a process with one task is deployed, instances of it are started, a worker completes their jobs,
//! and everything is counted, while brokers come and go.
//!
//! ```text
//! starter ── CreateProcessInstance(business = n) ──▶ gateway ──▶ partitions
//! worker  ◀─ ActivateJobs ─────────────────────────┘               │
//!         ── CompleteJob ──────────────────────────────────────────▶
//! ```
//!
//! A lost answer is a third outcome beside yes and no. Each attempt to start an instance therefore has a business id of
//! its own: an instance whose answer was lost is recognised when its job arrives, and one that arrives twice is caught.

mod client;
mod ledger;
mod worker;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use tokio::{runtime, sync::Notify};

use self::ledger::Ledger;
pub use self::{
    client::{Client, Created},
    ledger::Report,
};
use crate::wait;

/// The process that the load runs.
pub const PROCESS: &str = "one-task";
/// The type of its only job.
pub const JOB: &str = "one-task-work";
/// Its definition.
pub const DEFINITION: &[u8] = include_bytes!("../fixtures/one-task.bpmn");

/// Time between two new instances: some twenty a second leave room for the roll beside them.
const PACE: Duration = Duration::from_millis(50);
/// After the last instance was started, everything has to be done within this time.
const LAST_JOBS: Duration = Duration::from_mins(2);

/// A running load.
#[derive(Debug)]
pub struct Load {
    ledger: Arc<Ledger>,
    starting: Arc<AtomicBool>,
    /// Whether the answer to the last start has come: until then one instance more may turn out to be there.
    all_started: Arc<AtomicBool>,
    over: Arc<Notify>,
    thread: Option<JoinHandle<Result<()>>>,
    gateways: Vec<String>,
}

impl Load {
    /// Deploys the process through one of those gateways, and starts instances until [`Self::finish`].
    pub fn start(gateways: Vec<String>) -> Result<Self> {
        Self::run(gateways, None)
    }

    /// Runs exactly so many instances to their end.
    pub fn instances(gateways: Vec<String>, count: usize) -> Result<Report> {
        Self::run(gateways, Some(count))?.finish_at(count)
    }

    /// How many instances were started so far.
    pub fn started(&self) -> usize {
        self.ledger.started()
    }

    /// How many instances had their job completed so far.
    pub fn completed(&self) -> usize {
        self.ledger.completed()
    }

    /// Waits until so many more instances were started *and* completed, all of them after this call.
    pub fn wait_for_more(&self, count: usize) -> Result<()> {
        let goal = self.started() + count;
        wait::until_true(&format!("{count} more instances"), Duration::from_mins(2), || {
            Ok(self.started() >= goal && self.completed() >= goal)
        })
    }

    /// Starts no more, lets the worker finish, and proves through the gateway that no instance is left.
    pub fn finish(self) -> Result<Report> {
        self.starting.store(false, Ordering::SeqCst);
        self.close()
    }

    fn finish_at(self, count: usize) -> Result<Report> {
        wait::until_true(&format!("{count} instances started"), LAST_JOBS, || {
            Ok(self.started() >= count)
        })?;
        self.close()
    }

    fn run(gateways: Vec<String>, count: Option<usize>) -> Result<Self> {
        let ledger = Arc::new(Ledger::default());
        let starting = Arc::new(AtomicBool::new(true));
        let all_started = Arc::new(AtomicBool::new(false));
        let over = Arc::new(Notify::new());
        let runtime =
            runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.block_on(async { Client::new(&gateways)?.deploy(DEFINITION).await })?;
        let (own_ledger, own_starting, own_over, own_gateways) =
            (Arc::clone(&ledger), Arc::clone(&starting), Arc::clone(&over), gateways.clone());
        let own_all_started = Arc::clone(&all_started);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let starter = async {
                    starter(Client::new(&own_gateways)?, count, &own_ledger, &own_starting).await?;
                    own_all_started.store(true, Ordering::SeqCst);
                    // The worker goes on alone.
                    std::future::pending::<Result<()>>().await
                };
                let work = worker::work(Client::new(&own_gateways)?, &own_ledger);
                tokio::select! {
                    ended = async { tokio::try_join!(starter, work) } => ended.map(drop),
                    () = own_over.notified() => Ok(()),
                }
            })
        });
        Ok(Self { ledger, starting, all_started, over, thread: Some(thread), gateways })
    }

    fn close(mut self) -> Result<Report> {
        let done = wait::until_true("the last jobs", LAST_JOBS, || {
            Ok(self.all_started.load(Ordering::SeqCst) && self.ledger.is_settled())
        });
        self.stop()?;
        done.with_context(|| format!("{:#?}", self.ledger.report()))?;
        let left = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(async { still_there(&Client::new(&self.gateways)?, &self.ledger).await })?;
        Ok(Report { still_there: left, ..self.ledger.report() })
    }

    fn stop(&mut self) -> Result<()> {
        self.over.notify_one();
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(anyhow!("the load panicked")),
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Whoever wanted to know how it went has called `finish`.
        drop(self.stop());
    }
}

/// Starts instances at a steady pace, each attempt with a business id of its own.
async fn starter(
    client: Client,
    count: Option<usize>,
    ledger: &Ledger,
    starting: &AtomicBool,
) -> Result<()> {
    let mut attempt: u64 = 0;
    while starting.load(Ordering::SeqCst) && count.is_none_or(|count| ledger.started() < count) {
        attempt += 1;
        let outcome = client.create(PROCESS, attempt).await?;
        ledger.record_start(attempt, outcome);
        tokio::time::sleep(PACE).await;
    }
    Ok(())
}

/// The instances that the cluster still knows: those that can be cancelled.
async fn still_there(client: &Client, ledger: &Ledger) -> Result<Vec<i64>> {
    let mut left = Vec::new();
    for instance in ledger.instances() {
        if client.cancel(instance).await? {
            left.push(instance);
        }
    }
    Ok(left)
}

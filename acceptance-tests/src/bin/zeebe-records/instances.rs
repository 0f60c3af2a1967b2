//! Starts instances of a process without a task, and knows which there must be.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use acceptance_tests::{
    load::{Client, Created},
    wait,
};
use anyhow::{Result, anyhow};
use tokio::runtime;

const PROCESS: &str = "no-task";
const DEFINITION: &[u8] = include_bytes!("../../../fixtures/no-task.bpmn");
/// Between two instances: ten thousand of them take some minutes, in which there is time for everything else.
const PACE: Duration = Duration::from_millis(20);
/// However long the cluster is away, the next share of the instances is started within this time.
const PATIENCE: Duration = Duration::from_mins(10);

/// Instances that are being started.
pub(crate) struct Instances {
    started: Arc<AtomicUsize>,
    all: usize,
    thread: JoinHandle<Result<Started>>,
}

/// What was started.
#[derive(Debug, Default)]
pub(crate) struct Started {
    /// The keys of those whose start was answered.
    pub(crate) instances: BTreeSet<i64>,
    /// Attempts whose answer was lost: each may have started one.
    pub(crate) unclear: usize,
}

impl Instances {
    /// Starts so many, one after the other.
    pub(crate) fn start(gateways: &[String], all: usize) -> Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let client = runtime.block_on(async {
            let client = Client::new(gateways)?;
            client.deploy(DEFINITION).await?;
            anyhow::Ok(client)
        })?;
        let started = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&started);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let mut result = Started::default();
                let mut attempt = 0;
                while result.instances.len() < all {
                    attempt += 1;
                    match client.create(PROCESS, attempt).await? {
                        Created::Instance(key) => {
                            result.instances.insert(key);
                            counted.store(result.instances.len(), Ordering::SeqCst);
                        }
                        Created::Refused(_) => {}
                        Created::Unclear(_) => result.unclear += 1,
                    }
                    tokio::time::sleep(PACE).await;
                }
                Ok(result)
            })
        });
        Ok(Self { started, all, thread })
    }

    /// Waits until so many are started.
    pub(crate) fn wait_for(&self, count: usize) -> Result<()> {
        wait::until_true(&format!("{count} instances started"), PATIENCE, || {
            Ok(self.started.load(Ordering::SeqCst) >= count.min(self.all))
        })
    }

    /// Waits for the last.
    pub(crate) fn finish(self) -> Result<Started> {
        self.wait_for(self.all)?;
        self.thread.join().map_err(|_| anyhow!("starting instances panicked"))?
    }
}

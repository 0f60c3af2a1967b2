//! The worker of a load: takes jobs and completes them, and keeps at those whose completion is unclear.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use zeebe_proto::gateway::ActivatedJob;

use super::{
    JOB,
    client::{Client, Completed},
    ledger::Ledger,
};

/// Jobs taken at once.
const BATCH: i32 = 32;
/// A completion that stays unclear so often is left to the job's own timeout.
const ATTEMPTS: u32 = 5;

/// Works until it is dropped.
pub(super) async fn work(client: Client, ledger: &Ledger) -> Result<()> {
    loop {
        match client.activate(JOB, BATCH).await? {
            Err(hindrance) => ledger.record_hindrance(hindrance),
            Ok(jobs) => {
                for job in jobs {
                    complete(&client, ledger, &job).await?;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn complete(client: &Client, ledger: &Ledger, job: &ActivatedJob) -> Result<()> {
    let variables: Value = serde_json::from_str(&job.variables)?;
    let business = variables["business"].as_u64().context("a job without a business id")?;
    let (instance, key) = (job.process_instance_key, job.key);
    ledger.record_job(instance, business, key);
    for _ in 0..ATTEMPTS {
        match client.complete(key).await? {
            Completed::Yes => {
                ledger.record_completion(instance, key);
                break;
            }
            Completed::Gone => {
                ledger.record_already_completed(instance);
                break;
            }
            Completed::Unclear(hindrance) => ledger.record_hindrance(hindrance),
        }
    }
    Ok(())
}

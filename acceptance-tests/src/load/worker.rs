//! The worker of a load: takes jobs and completes them, and keeps at those whose completion is unclear.

use std::mem;
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

/// Works until it is dropped.
///
/// A completion whose answer was lost is asked for again in every round until it is clear: it may have been written before
/// its leader went, and then the job never comes again.
pub(super) async fn work(client: Client, ledger: &Ledger) -> Result<()> {
    let mut unclear: Vec<ActivatedJob> = Vec::new();
    loop {
        let mut jobs = mem::take(&mut unclear);
        match client.activate(JOB, BATCH).await? {
            Err(hindrance) => ledger.record_hindrance(hindrance),
            Ok(taken) => jobs.extend(taken),
        }
        for job in jobs {
            if !is_completed(&client, ledger, &job).await? {
                unclear.push(job);
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn is_completed(client: &Client, ledger: &Ledger, job: &ActivatedJob) -> Result<bool> {
    let variables: Value = serde_json::from_str(&job.variables)?;
    let business = variables["business"].as_u64().context("a job without a business id")?;
    let (instance, key) = (job.process_instance_key, job.key);
    ledger.record_job(instance, business, key);
    match client.complete(key).await? {
        Completed::Yes => ledger.record_completion(instance, key),
        Completed::Gone => ledger.record_already_completed(instance),
        Completed::Unclear(hindrance) => {
            ledger.record_hindrance(hindrance);
            return Ok(false);
        }
    }
    Ok(true)
}

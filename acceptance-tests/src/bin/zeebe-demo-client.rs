//! Uses a cluster as a client would: deploys a process, starts an instance, completes its job, sees the instance end.
//!
//! `zeebe-demo-client GATEWAY FILE JOB`: the gateway as `host:port`, a BPMN file, and the type of the process's only job.

use std::{
    env, fs,
    io::{self, Write},
};

use acceptance_tests::load::Client;
use anyhow::{Context, Result, bail};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [gateway, file, job] = arguments.as_slice() else {
        bail!("usage: zeebe-demo-client GATEWAY FILE JOB");
    };
    let definition = fs::read(file).with_context(|| format!("could not read \"{file}\""))?;
    let client = Client::new(std::slice::from_ref(gateway))?;
    let mut out = io::stdout();

    let topology = client.topology().await.with_context(|| format!("no answer from {gateway}"))?;
    writeln!(
        out,
        "cluster:  {} brokers, {} partitions, replication factor {}, version {}",
        topology.brokers.len(),
        topology.partitions_count,
        topology.replication_factor,
        topology.gateway_version
    )?;
    let process = client.deploy(&definition).await?;
    writeln!(out, "deployed: process \"{process}\"")?;
    // A client of its own for the worker, as a worker would have.
    let worker = Client::new(std::slice::from_ref(gateway))?;
    let (instance, work) = tokio::try_join!(client.run(&process), worker.work_on_one(job))?;
    writeln!(out, "worked:   job {work} of type \"{job}\"")?;
    writeln!(out, "ended:    instance {instance}, completed")?;
    Ok(())
}

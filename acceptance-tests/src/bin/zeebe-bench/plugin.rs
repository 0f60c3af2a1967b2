//! A provider started as core starts it, without core: its memory before any call, and how fast it ends.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use acceptance_tests::{lab::Lab, processes};
use anyhow::{Context, Result, ensure};
use tonic::transport::Endpoint;
use zeebe_proto::plugin::{Empty, grpc_controller_client::GrpcControllerClient};

use crate::figure::{Figure, median, megabytes};

/// Terraform's own word by which a provider knows that it was not started by a person.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
/// Times that it is started.
const ROUNDS: usize = 5;

/// Memory at start and time to exit, beside the baseline's.
pub(crate) fn figures(lab: &Lab, baseline: &str) -> Result<Vec<Figure>> {
    let ours = measured(lab.provider.as_str())?;
    let theirs = measured(baseline)?;
    Ok(vec![
        Figure::new("memory at start", "MB", ours.megabytes)
            .beside("time provider", theirs.megabytes)
            .at_most(30.0),
        Figure::new("exit after Shutdown", "ms", ours.exit)
            .beside("time provider", theirs.exit)
            .at_most(200.0),
    ])
}

struct Measured {
    megabytes: f64,
    exit: f64,
}

fn measured(provider: &str) -> Result<Measured> {
    let mut megabytes = Vec::new();
    let mut exits = Vec::new();
    for _ in 0..ROUNDS {
        let round = round(provider)?;
        megabytes.push(round.megabytes);
        exits.push(round.exit);
    }
    Ok(Measured { megabytes: median(megabytes), exit: median(exits) })
}

fn round(provider: &str) -> Result<Measured> {
    let mut child = Command::new(provider)
        .env(COOKIE.0, COOKIE.1)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("could not start \"{provider}\""))?;
    let result = conversation(&mut child);
    if result.is_err() {
        child.kill()?;
        child.wait()?;
    }
    result.with_context(|| format!("\"{provider}\""))
}

fn conversation(child: &mut Child) -> Result<Measured> {
    let stdout = child.stdout.take().context("no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    // 1|6|unix|/path/of/socket|grpc|
    let mut fields = line.trim().split('|').skip(2);
    ensure!(fields.next() == Some("unix"), "a handshake of another kind: {line:?}");
    let socket = fields.next().context("a handshake without an address")?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let channel =
        runtime.block_on(async { Endpoint::new(format!("unix:{socket}"))?.connect().await })?;
    let mut controller = GrpcControllerClient::new(channel);
    let pid = i32::try_from(child.id())?;
    let bytes = processes::peak_memory(pid).context("no memory of the provider")?;
    let asked = Instant::now();
    // A provider may end before its answer is on the wire.
    let _answered = runtime.block_on(controller.shutdown(Empty {}));
    while child.try_wait()?.is_none() {
        ensure!(asked.elapsed() < Duration::from_secs(10), "it does not end");
        thread::sleep(Duration::from_millis(1));
    }
    Ok(Measured { megabytes: megabytes(bytes), exit: asked.elapsed().as_secs_f64() * 1_000.0 })
}

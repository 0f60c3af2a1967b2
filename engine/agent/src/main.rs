//! `zeebe-agent`: looks after one cluster while no terraform runs.
//!
//! Exit codes: 0 done, or told to end; 1 an error, or, of one round, something that was not done.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::info;
use tracing_subscriber::EnvFilter;
use zeebe_agent::round::{reason, round};
use zeebe_agent::state::State;
use zeebe_agent::{Logged, pages, run};
use zeebe_engine::{Call, Cluster, Engine, OpenError};
use zeebe_scalar::Span;

/// Between two rounds. Indices grow too old at midnight, so an hour is soon enough.
const EVERY: Duration = Duration::from_hours(1);

/// Looks after one cluster while no terraform runs: removes exported records that are too old, as the resources
/// `zeebe_retention` say it, and takes backups when `zeebe_backup_schedule` says it, until SIGTERM or SIGINT.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The cluster's address: `local:///srv/zeebe/payments`.
    #[arg(long)]
    cluster: String,
    /// One round, what came of it on the standard output, and no more.
    #[arg(long)]
    once: bool,
    /// How long to wait between two rounds at most: 1h unless said. A backup that is due is not waited for.
    #[arg(long, value_parser = span, conflicts_with = "once")]
    every: Option<Span>,
    /// Where metrics, health and readiness are told; an address of this machine alone. Nowhere unless said.
    #[arg(long, value_parser = loopback, conflicts_with = "once")]
    management: Option<SocketAddr>,
}

#[derive(Debug, thiserror::Error)]
enum AgentError {
    #[error("the cluster has no place")]
    Open(#[source] OpenError),
    #[error("could not listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("could not speak to the terminal or the system")]
    System(#[from] io::Error),
}

fn span(text: &str) -> Result<Span, String> {
    let span = Span::try_from(text.to_owned()).map_err(|error| error.to_string())?;
    if span.duration() < Duration::from_secs(1) {
        return Err("expected 1s or more".to_owned());
    }
    Ok(span)
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "expected `127.0.0.1:9390`".to_owned())?;
    if !address.ip().is_loopback() {
        return Err("expected an address of this machine alone, as `127.0.0.1:9390`".to_owned());
    }
    Ok(address)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter =
        EnvFilter::try_from_env("ZEEBE_AGENT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_env_filter(filter)
        .init();
    let runtime = match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure(&error),
    };
    match runtime.block_on(started(arguments)) {
        Ok(code) => code,
        Err(error) => failure(&error),
    }
}

fn failure(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    // Nobody is left to hear that this could not be said either.
    drop(writeln!(io::stderr(), "error: {}", reason(error)));
    ExitCode::FAILURE
}

async fn started(arguments: Arguments) -> Result<ExitCode, AgentError> {
    let Arguments { cluster, once, every, management } = arguments;
    let engine = Engine::new().map_err(AgentError::Open)?;
    let cluster = engine.at(&cluster).map_err(AgentError::Open)?;
    let stop = stop()?;
    if once {
        return one_round(&cluster, &stop).await;
    }
    let every = every.map_or(EVERY, |every| every.duration());
    let state = Arc::new(State::new(cluster.id()));
    if let Some(address) = management {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| AgentError::Listen { address, source })?;
        info!(management = %listener.local_addr()?, "telling how it is");
        tokio::spawn(pages::serve(listener, Arc::clone(&state), stop.clone()));
    }
    info!(cluster = cluster.id(), ?every, "looking after the cluster");
    run(&cluster, every, &state, &stop).await;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn one_round(cluster: &Cluster, stop: &CancellationToken) -> Result<ExitCode, AgentError> {
    let call = Call { cancel: stop.child_token(), progress: Arc::new(Logged) };
    let round = round(cluster, &call).await;
    let mut out = io::stdout();
    for line in round.lines().iter().chain(&round.failures()) {
        writeln!(out, "{line}")?;
    }
    Ok(if round.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A token that is cancelled when the system asks the program to end.
fn stop() -> Result<CancellationToken, AgentError> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stopper = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopper.cancel();
    });
    Ok(stop)
}

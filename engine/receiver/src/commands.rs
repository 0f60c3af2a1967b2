//! What the program can be asked to do.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use zeebe_receiver::Reason;
use zeebe_receiver::config::{ConfigError, Settings, SinkSettings};
use zeebe_receiver::metrics::Metrics;
use zeebe_receiver::serve::{ServeError, Server};
use zeebe_receiver::sink::file::FileSink;
#[cfg(feature = "kafka")]
use zeebe_receiver::sink::kafka::KafkaSink;
use zeebe_receiver::sink::{Sink, SinkError};

/// How long the sink may take to be made ready at the start. What takes longer is tried again with the first records.
const PREPARING: Duration = Duration::from_secs(15);

/// Takes the records that a Zeebe cluster exports, and answers for them when a sink durably has them.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves exporters until SIGTERM or SIGINT; then finishes what was begun.
    Serve {
        /// The configuration, TOML.
        #[arg(long)]
        config: Utf8PathBuf,
    },
    /// Tells every mistake of a configuration, and does nothing else.
    Check {
        /// The configuration, TOML.
        #[arg(long)]
        config: Utf8PathBuf,
    },
}

/// A command that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("the sink cannot be used")]
    Sink(#[source] SinkError),
    #[error("could not speak to the terminal or the system")]
    System(#[from] io::Error),
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, CommandError> {
    match arguments.command {
        Command::Serve { config } => serve(Settings::load(&config)?).await?,
        Command::Check { config } => {
            Settings::load(&config)?;
            writeln!(io::stdout(), "the configuration \"{config}\" has no mistake")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn open(settings: SinkSettings) -> Result<Arc<dyn Sink>, CommandError> {
    Ok(match settings {
        SinkSettings::File { directory } => Arc::new(FileSink::new(directory)),
        #[cfg(feature = "kafka")]
        SinkSettings::Kafka(settings) => {
            Arc::new(KafkaSink::new(*settings).map_err(CommandError::Sink)?)
        }
    })
}

async fn serve(settings: Settings) -> Result<(), CommandError> {
    let Settings { cluster, listen, management, sink } = settings;
    if listen.credential.is_some() && listen.tls.is_none() && !listen.address.ip().is_loopback() {
        warn!("the exporter's password comes over plain HTTP: set listen.tls");
    }
    let sink = open(sink)?;
    // Bound first: an exporter that comes early waits, and nobody else takes the port.
    let metrics = Arc::new(Metrics::new(&cluster));
    let server = Server::bind(&listen, management, Arc::clone(&sink), metrics).await?;
    match time::timeout(PREPARING, sink.prepare()).await {
        Ok(Ok(())) => {}
        Ok(Err(error @ SinkError::Refused(_))) => return Err(CommandError::Sink(error)),
        Ok(Err(error)) => warn!(error = %Reason(&error), "the sink is not ready yet"),
        Err(_) => warn!("the sink is not ready within {PREPARING:?}"),
    }
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
    info!(
        cluster,
        address = %server.address()?,
        management = %server.management()?,
        "taking records"
    );
    server.run(stop).await;
    info!("stopped");
    Ok(())
}

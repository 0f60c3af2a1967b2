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
use zeebe_receiver::config::{AnySettings, ConfigError, Settings, SinkSettings};
use zeebe_receiver::index::settings::IndexSettings;
use zeebe_receiver::index::store::Store;
use zeebe_receiver::metrics::Metrics;
use zeebe_receiver::serve::{self, ServeError, Server};
use zeebe_receiver::sink::file::FileSink;
use zeebe_receiver::sink::kafka::KafkaSink;
use zeebe_receiver::sink::lake::LakeSink;
use zeebe_receiver::sink::{Sink, SinkError};
use zeebe_receiver::verify::{Gaps, Reading};

/// How long the sink may take to be made ready at the start. What takes longer is tried again with the first records.
const PREPARING: Duration = Duration::from_secs(15);

/// What `verify` ends with when it found something.
const FOUND: u8 = 2;

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
    /// Writes the records of a topic of Kafka into Elasticsearch or OpenSearch, each once, until SIGTERM or SIGINT; then
    /// finishes what was begun.
    Index {
        /// The configuration, TOML.
        #[arg(long)]
        config: Utf8PathBuf,
    },
    /// Reads all that the sink of a configuration holds, and proves that no position is doubled, contradictory or out of
    /// order, and, beside a complete reading, that none is missing. Exit code 2 when one is.
    Verify {
        /// The configuration whose sink is read.
        #[arg(long)]
        config: Utf8PathBuf,
        /// Another configuration: its sink holds all that was exported, and the first is compared with it.
        #[arg(long)]
        against: Option<Utf8PathBuf>,
        /// Every record type and value type is exported, so a gap in the positions is a loss.
        #[arg(long)]
        unfiltered: bool,
        /// Writes JSON for machines, one document.
        #[arg(long)]
        json: bool,
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
    #[error("the index cannot go on")]
    Index(#[source] SinkError),
    #[error("the store cannot be read")]
    Store(#[source] SinkError),
    #[error("could not speak to the terminal or the system")]
    System(#[from] io::Error),
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, CommandError> {
    match arguments.command {
        Command::Serve { config } => serve(Settings::load(&config)?).await?,
        Command::Index { config } => index(IndexSettings::load(&config)?).await?,
        Command::Verify { config, against, unfiltered, json } => {
            let reading = read(AnySettings::load(&config)?).await?;
            let report = match against {
                None => reading.verify(),
                Some(against) => reading.verify_against(&read(AnySettings::load(&against)?).await?),
            };
            let gaps = if unfiltered { Gaps::AreLoss } else { Gaps::ByDesign };
            let exact = report.is_exact(gaps);
            if json {
                writeln!(io::stdout(), "{}", report.document(exact))?;
            } else {
                write!(io::stdout(), "{report}")?;
            }
            if !exact {
                return Ok(ExitCode::from(FOUND));
            }
        }
        Command::Check { config } => {
            AnySettings::load(&config)?;
            writeln!(io::stdout(), "the configuration \"{config}\" has no mistake")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn read(settings: AnySettings) -> Result<Reading, CommandError> {
    let settings = match settings {
        AnySettings::Index(settings) => {
            let store = Store::new(settings.store).map_err(CommandError::Sink)?;
            return store.reading().await.map_err(CommandError::Store);
        }
        AnySettings::Receiver(settings) => settings.sink,
    };
    match settings {
        SinkSettings::File { directory } => FileSink::new(directory).reading().await,
        SinkSettings::Kafka(settings) => {
            KafkaSink::new(*settings).map_err(CommandError::Sink)?.reading().await
        }
        SinkSettings::Lake(settings) => {
            LakeSink::new(*settings).map_err(CommandError::Sink)?.reading().await
        }
    }
    .map_err(CommandError::Sink)
}

fn open(settings: SinkSettings) -> Result<Arc<dyn Sink>, CommandError> {
    Ok(match settings {
        SinkSettings::File { directory } => Arc::new(FileSink::new(directory)),
        SinkSettings::Kafka(settings) => {
            Arc::new(KafkaSink::new(*settings).map_err(CommandError::Sink)?)
        }
        SinkSettings::Lake(settings) => {
            Arc::new(LakeSink::new(*settings).map_err(CommandError::Sink)?)
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
    let stop = stop()?;
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

async fn index(settings: IndexSettings) -> Result<(), CommandError> {
    let login = settings.store.address.login.is_some();
    if login && settings.store.address.url.scheme_str() == Some("http") {
        warn!("the store's credential goes over plain HTTP: use an https address");
    }
    let listener = serve::bind(settings.management).await?;
    info!(
        cluster = settings.cluster,
        management = %listener.local_addr()?,
        topic = settings.source.topic,
        store = %settings.store.address.url,
        prefix = %settings.store.prefix,
        "indexing records"
    );
    zeebe_receiver::index::run(settings, listener, stop()?).await.map_err(CommandError::Index)?;
    info!("stopped");
    Ok(())
}

/// A token that is cancelled when the system asks the program to end.
fn stop() -> Result<CancellationToken, CommandError> {
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

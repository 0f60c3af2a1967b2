//! Serves a provider as a go-plugin plugin: the handshake, who is let in, and what stands beside the provider's own service.
//!
//! ```text
//! terraform ── environment ──▶ handshake ── one line ──▶ terraform
//!           ── TLS over a socket: identity ──▶ connections ──▶ router ─┬▶ rpc        (tfplugin6.Provider)
//!                                                                     ├▶ controller, stdio, broker, health
//!           ◀── exit within 200 ms of Shutdown ────────────────────────┘
//! ```

mod broker;
mod connections;
mod controller;
mod handshake;
mod identity;
mod listener;
mod orphan;
mod reattach;
mod router;
mod stdio;
mod streams;

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::parent_id;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::level_filters::LevelFilter;

use self::broker::Broker;
use self::connections::Open;
use self::controller::Controller;
use self::handshake::{Wish, WishError};
use self::identity::{Identity, IdentityError};
use self::listener::{ListenError, Listener};
use self::stdio::Stdio;
use self::streams::Streams;
use crate::logging;
use crate::panics;
use crate::provider::Provider;
use crate::rpc::Service;

/// Few threads: calls wait for the network most of the time, and each thread costs memory from the start.
const THREADS: usize = 2;
/// What calls in flight may still do when the client ended the provider: it kills after two seconds.
const AFTER_SHUTDOWN: Duration = Duration::from_millis(50);
/// What they may still do when the client was killed and nobody waits: enough to write down where they stand.
const AFTER_LOSS: Duration = Duration::from_secs(10);

/// Serves `provider` until the client ends it; the whole of a provider's `main`.
///
/// `address` is the provider's source address, for example `zeebe-platform/zeebe`: its last part names the provider's own log level variable
/// (`TF_LOG_PROVIDER_ZEEBE`), and the whole of it is what debug mode (`-debug`) prints.
pub fn main(provider: Provider, address: &str) -> ExitCode {
    let debug =
        env::args().skip(1).any(|argument| matches!(argument.as_str(), "-debug" | "--debug"));
    let served = if debug { debug_mode(provider, address) } else { plugin(provider, address) };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let Failure { error, mut stderr } = failure;
            // Nobody is left to tell where stderr cannot be written.
            let _ = writeln!(stderr, "{}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// The line that a client with these variables would be told, for a socket that is not there: all of the handshake
/// that reads what the client wrote. For the fuzzer.
#[doc(hidden)]
pub fn greeting(variable: impl Fn(&str) -> Option<OsString>) -> Result<String, String> {
    let wish = Wish::read(variable).map_err(|error| error.to_string())?;
    let certificate = wish.client_certificate.as_deref().map(identity::client).transpose();
    let certificate = certificate.map_err(|error| sentence(&error))?;
    let socket = wish.socket_folder.unwrap_or_default().join("socket");
    Ok(handshake::line(&socket, certificate.as_ref(), wish.multiplex))
}

/// Why the provider was not served.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Wish(WishError),
    #[error("could not take the process's streams")]
    Streams(#[source] io::Error),
    #[error("could not start the runtime")]
    Runtime(#[source] io::Error),
    #[error("could not listen")]
    Listen(#[source] ListenError),
    #[error("could not set up encryption")]
    Identity(#[source] IdentityError),
    #[error("could not write the handshake")]
    Handshake(#[source] io::Error),
    #[error("could not watch for signals")]
    Signals(#[source] io::Error),
}

/// An error, and where a person may read it.
struct Failure {
    error: ServeError,
    stderr: Box<dyn Write>,
}

fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn to_stderr(error: ServeError) -> Failure {
    Failure { error, stderr: Box::new(io::stderr()) }
}

/// Started by Terraform.
fn plugin(provider: Provider, address: &str) -> Result<(), Failure> {
    let wish =
        Wish::read(|name| env::var_os(name)).map_err(|error| to_stderr(ServeError::Wish(error)))?;
    // Before anything starts a thread or a process: both would see the streams as they were.
    let client = parent_id();
    let Streams { stdout, stderr, printed, complained } =
        Streams::take().map_err(|error| to_stderr(ServeError::Streams(error)))?;
    let told = stderr.try_clone().map_err(|error| to_stderr(ServeError::Streams(error)))?;
    logging::install(
        stderr,
        logging::level_from_environment(name(address)).unwrap_or(LevelFilter::OFF),
    );
    panics::log();

    let serve = || -> Result<(), ServeError> {
        let runtime = runtime()?;
        let served = runtime.block_on(async {
            let ending = CancellationToken::new();
            let stdio =
                Stdio::of(printed, complained, ending.clone()).map_err(ServeError::Streams)?;
            let service = Service::new(provider);
            ignore_interrupts(&service)?;
            if !wish.speaks_our_protocol() {
                tracing::error!(client = ?wish.protocols, "the client does not speak protocol 6");
            }
            let identity = wish.client_certificate.as_deref().map(Identity::pinned_to).transpose();
            let identity = identity.map_err(ServeError::Identity)?;
            let listener =
                Listener::bind(wish.socket_folder.as_deref(), wish.socket_group.as_deref())
                    .map_err(ServeError::Listen)?;
            let (certificate, config) = match identity {
                Some(Identity { certificate, config }) => (Some(certificate), Some(config)),
                None => (None, None),
            };
            greet(stdout, &listener, certificate.as_ref(), &wish).map_err(ServeError::Handshake)?;

            let open = Open::new(0);
            tokio::spawn(watch_client(client, open.subscribe(), service.clone(), ending.clone()));
            let served = Served {
                service: service.clone(),
                stdio,
                identity: config,
                ending: ending.clone(),
                shutdown: ending,
            };
            run(served, &listener, &open).await;
            service.idle(AFTER_SHUTDOWN).await;
            Ok(())
        });
        runtime.shutdown_background();
        served
    };
    serve().map_err(|error| Failure { error, stderr: Box::new(told) })
}

/// Started by a person.
fn debug_mode(provider: Provider, address: &str) -> Result<(), Failure> {
    logging::install(
        io::stderr(),
        logging::level_from_environment(name(address)).unwrap_or(LevelFilter::INFO),
    );
    panics::log();
    let serve = || -> Result<(), ServeError> {
        let runtime = runtime()?;
        let served = runtime.block_on(async {
            let ending = CancellationToken::new();
            let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signals)?;
            let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signals)?;
            let listener = Listener::bind(None, None).map_err(ServeError::Listen)?;
            let instructions = reattach::instructions(address, listener.path());
            show(&instructions).map_err(ServeError::Handshake)?;

            let service = Service::new(provider);
            // The client must not end what it did not start: in this mode it says goodbye, and the next command comes back.
            let unheeded = CancellationToken::new();
            let stdio = Stdio::quiet(ending.clone());
            let served = Served {
                service: service.clone(),
                stdio,
                identity: None,
                ending,
                shutdown: unheeded,
            };
            let open = Open::new(0);
            tokio::select! {
                () = run(served, &listener, &open) => {}
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            service.stop();
            service.idle(AFTER_LOSS).await;
            Ok(())
        });
        runtime.shutdown_background();
        served
    };
    serve().map_err(to_stderr)
}

fn runtime() -> Result<Runtime, ServeError> {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)
}

/// The last part of a source address.
fn name(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

fn greet(
    mut stdout: impl Write,
    listener: &Listener,
    certificate: Option<&CertificateDer<'_>>,
    wish: &Wish,
) -> io::Result<()> {
    let line = handshake::line(listener.path(), certificate, wish.multiplex);
    stdout.write_all(format!("{line}\n").as_bytes())?;
    stdout.flush()
}

/// Shows a person something; the lock on stdout ends here, for the provider may print too.
fn show(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// An interrupt reaches the whole process group. The client decides what it means and says so by `StopProvider`; a provider that dies of it
/// loses what it just made. A termination or a lost terminal is taken for the wish to stop: calls are cancelled, and the client still gets their answers.
fn ignore_interrupts(service: &Service) -> Result<(), ServeError> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signals)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(ServeError::Signals)?;
    let service = service.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupt.recv() => tracing::debug!("interrupted; the client decides what that means"),
                Some(()) = terminate.recv() => {
                    tracing::info!("asked to terminate: calls in flight are cancelled");
                    service.stop();
                }
                Some(()) = hang_up.recv() => {
                    tracing::info!("the terminal is gone: calls in flight are cancelled");
                    service.stop();
                }
                else => return,
            }
        }
    });
    Ok(())
}

/// Ends the process when the client was killed.
async fn watch_client(
    client: u32,
    open: watch::Receiver<usize>,
    service: Service,
    ending: CancellationToken,
) {
    orphan::client_is_gone(client, open).await;
    tracing::warn!("the client is gone: calls in flight are cancelled");
    service.stop();
    service.idle(AFTER_LOSS).await;
    ending.cancel();
}

/// What is served, and until when.
struct Served {
    service: Service,
    stdio: Stdio,
    identity: Option<Arc<ServerConfig>>,
    /// Ends the serving.
    ending: CancellationToken,
    /// Cancelled by the client's `Shutdown`.
    shutdown: CancellationToken,
}

async fn run(served: Served, listener: &Listener, open: &Open) {
    let Served { service, stdio, identity, ending, shutdown } = served;
    let controller = Controller { ending: shutdown };
    let broker = Broker { ending: ending.clone() };
    let router = router::router(service.clone(), controller, stdio, broker).await;
    let serving = connections::serve(listener, identity, router, open, &ending);
    let stopping = async {
        ending.cancelled().await;
        service.stop();
    };
    tokio::join!(serving, stopping);
}

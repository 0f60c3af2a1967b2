//! Listening: one port for exporters, one for metrics and health.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

mod auth;
mod body;
mod exporter;
mod management;
mod tls;

pub use self::auth::Guard;
pub use self::management::Pages;
pub use self::tls::TlsError;

use self::body::Memory;
use self::exporter::Exporter;
use self::management::{Management, Receiving};
use crate::config::Listen;
use crate::intake::Intake;
use crate::metrics::Metrics;
use crate::sink::Sink;

/// An exporter that has nothing to send keeps its connection; one that says nothing for so long is gone.
const IDLE: Duration = Duration::from_mins(10);
/// A TLS handshake takes no longer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After an accept that failed, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// What goes back over HTTP.
type Reply = Response<http_body_util::Full<hyper::body::Bytes>>;

/// A receiver that could not begin to listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not one of this machine's.
    #[error("could not listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(TlsError),
}

/// A receiver that listens.
pub struct Server {
    exporters: TcpListener,
    management: TcpListener,
    tls: Option<TlsAcceptor>,
    exporter: Arc<Exporter>,
    pages: Arc<dyn Pages>,
}

impl Server {
    /// Binds both ports.
    pub async fn bind(
        listen: &Listen,
        management: SocketAddr,
        sink: Arc<dyn Sink>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, ServeError> {
        let tls = listen.tls.as_ref().map(tls::acceptor).transpose().map_err(ServeError::Tls)?;
        let intake = Intake::new(Arc::clone(&sink), Arc::clone(&metrics), listen.deadline);
        let exporter = Exporter {
            guard: listen.credential.as_ref().map(Guard::new),
            memory: Memory::new(listen.memory),
            deadline: listen.deadline,
            intake,
            metrics: Arc::clone(&metrics),
        };
        Ok(Self {
            exporters: bind(listen.address).await?,
            management: bind(management).await?,
            tls,
            exporter: Arc::new(exporter),
            pages: Arc::new(Receiving { sink, metrics }),
        })
    }

    /// Where exporters are listened to.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.exporters.local_addr()
    }

    /// Where metrics and health are.
    pub fn management(&self) -> io::Result<SocketAddr> {
        self.management.local_addr()
    }

    /// Serves until it is told to stop; then takes no more, finishes what was begun, and returns.
    pub async fn run(self, stop: CancellationToken) {
        let Self { exporters, management, tls, exporter, pages } = self;
        let connections = TaskTracker::new();
        let serving = accept(exporters, &stop, |stream| {
            let (exporter, tls, stop) = (Arc::clone(&exporter), tls.clone(), stop.clone());
            connections.spawn(async move {
                match tls {
                    None => exporter_connection(stream, exporter, stop).await,
                    Some(tls) => match time::timeout(HANDSHAKE, tls.accept(stream)).await {
                        Ok(Ok(stream)) => exporter_connection(stream, exporter, stop).await,
                        Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
                        Err(_) => debug!("a TLS handshake took too long"),
                    },
                }
            });
        });
        let telling = tell(management, pages, stop.clone());
        tokio::join!(serving, telling);
        info!("stopping: no more is taken, what was begun is finished");
        connections.close();
        connections.wait().await;
        exporter.intake.close().await;
    }
}

/// Answers for metrics and health until it is told to stop.
pub async fn tell(listener: TcpListener, pages: Arc<dyn Pages>, stop: CancellationToken) {
    let management = Arc::new(Management::new(pages));
    let connections = TaskTracker::new();
    accept(listener, &stop, |stream| {
        let (management, stop) = (Arc::clone(&management), stop.clone());
        connections.spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let management = Arc::clone(&management);
                async move { Ok::<Reply, io::Error>(management.answer(&request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HANDSHAKE)
                .serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                ended = connection => drop(ended),
                () = stop.cancelled() => {}
            }
        });
    })
    .await;
    connections.close();
    connections.wait().await;
}

/// Binds a port.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Hands out connections until it is time to stop.
async fn accept(
    listener: TcpListener,
    stop: &CancellationToken,
    mut connected: impl FnMut(TcpStream),
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                // Only the delay of small answers depends on it.
                drop(stream.set_nodelay(true));
                connected(stream);
            }
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                time::sleep(PAUSE).await;
            }
        }
    }
}

/// Serves one connection. When it is time to stop, the request that is under way is still answered.
async fn exporter_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    exporter: Arc<Exporter>,
    stop: CancellationToken,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let exporter = Arc::clone(&exporter);
        async move { Ok::<Reply, io::Error>(exporter.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests;

//! Accepts connections, lets in whom the identity lets in, and answers until told to end.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::serve::listener::Listener;
use crate::serve::router::Router;

/// What an ended server still does for requests in flight; the client kills after two seconds.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// A window that takes a usual state in one go.
const WINDOW: u32 = 1 << 20;
const HANDSHAKE: Duration = Duration::from_secs(30);

/// How many connections are open now.
pub(crate) type Open = watch::Sender<usize>;

/// Serves until `ending`.
pub(crate) async fn serve(
    listener: &Listener,
    identity: Option<Arc<ServerConfig>>,
    router: Router,
    open: &Open,
    ending: &CancellationToken,
) {
    let acceptor = identity.map(TlsAcceptor::from);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = ending.cancelled() => break,
            accepted = listener.socket.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _address)) => {
                let connection =
                    connection(stream, acceptor.clone(), router.clone(), ending.clone());
                let counted = Counted::new(open);
                connections.spawn(async move {
                    connection.await;
                    drop(counted);
                });
            }
            Err(error) => tracing::warn!(%error, "could not accept a connection"),
        }
    }
    let finished =
        timeout(LAST_WORDS, async { while connections.join_next().await.is_some() {} }).await;
    if finished.is_err() {
        tracing::debug!("connections were cut");
    }
}

async fn connection(
    stream: UnixStream,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    ending: CancellationToken,
) {
    let Some(acceptor) = acceptor else { return answer(stream, router, ending).await };
    match timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => answer(stream, router, ending).await,
        Ok(Err(error)) => tracing::warn!(%error, "refused a connection"),
        Err(_) => tracing::warn!("a connection never finished its handshake"),
    }
}

async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    ending: CancellationToken,
) {
    let service =
        service_fn(move |request: hyper::Request<Incoming>| router.clone().answer(request));
    let connection = http2::Builder::new(TokioExecutor::new())
        // A limit would hold back the very call that stops the others.
        .max_concurrent_streams(None)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = ending.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke");
    }
}

/// One open connection, counted for as long as it lives.
struct Counted(Open);

impl Counted {
    fn new(open: &Open) -> Self {
        open.send_modify(|open| *open += 1);
        Self(open.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

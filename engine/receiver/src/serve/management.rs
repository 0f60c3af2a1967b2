//! Metrics, and whether the program lives and can do its work.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tokio::sync::Mutex;
use tokio::time;

use super::Reply;
use crate::Reason;
use crate::metrics::Metrics;
use crate::sink::{Sink, SinkError};

/// Whoever is not ready within this time is not ready.
const PROBE: Duration = Duration::from_secs(3);

/// What a program tells of itself on its management port.
#[async_trait]
pub trait Pages: Send + Sync + 'static {
    /// Its figures, in the text form of Prometheus.
    fn metrics(&self) -> String;

    /// Whether it could do its work now.
    async fn ready(&self) -> Result<(), SinkError>;
}

/// A receiver's.
pub(super) struct Receiving {
    pub(super) sink: Arc<dyn Sink>,
    pub(super) metrics: Arc<Metrics>,
}

#[async_trait]
impl Pages for Receiving {
    fn metrics(&self) -> String {
        self.metrics.page()
    }

    async fn ready(&self) -> Result<(), SinkError> {
        self.sink.probe().await
    }
}

/// What answers on the management port.
pub(super) struct Management {
    pages: Arc<dyn Pages>,
    /// One probe at a time, however many ask.
    probing: Mutex<()>,
}

impl Management {
    pub(super) fn new(pages: Arc<dyn Pages>) -> Self {
        Self { pages, probing: Mutex::new(()) }
    }

    /// Answers one request.
    pub(super) async fn answer(&self, request: &Request<Incoming>) -> Reply {
        match request.uri().path() {
            "/metrics" => page(StatusCode::OK, self.pages.metrics()),
            "/health" => page(StatusCode::OK, "alive\n".to_owned()),
            "/ready" => self.ready().await,
            _ => page(StatusCode::NOT_FOUND, "/metrics, /health and /ready are here\n".to_owned()),
        }
    }

    async fn ready(&self) -> Reply {
        let probe = async {
            let _one = self.probing.lock().await;
            self.pages.ready().await
        };
        match time::timeout(PROBE, probe).await {
            Ok(Ok(())) => page(StatusCode::OK, "ready\n".to_owned()),
            Ok(Err(error)) => {
                page(StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", Reason(&error)))
            }
            Err(_) => page(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("the sink did not answer within {PROBE:?}\n"),
            ),
        }
    }
}

fn page(status: StatusCode, text: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(text)));
    *reply.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

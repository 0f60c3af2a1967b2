//! One request of an exporter, from its bytes to its answer.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::Instant;
use tracing::warn;

use super::Reply;
use super::auth::Guard;
use super::body::{BodyError, Memory};
use crate::Reason;
use crate::batch::Batch;
use crate::intake::{Intake, IntakeError};
use crate::metrics::Metrics;
use crate::wire::Asked;
use crate::wire::answer::Answer;
use crate::wire::bulk::{self, Item};

/// Newer clients take an answer without this for one of another product.
const PRODUCT: (&str, &str) = ("x-elastic-product", "Elasticsearch");

/// What answers exporters.
pub(super) struct Exporter {
    pub(super) guard: Option<Guard>,
    pub(super) memory: Memory,
    pub(super) deadline: Duration,
    pub(super) intake: Intake,
    pub(super) metrics: std::sync::Arc<Metrics>,
}

impl Exporter {
    /// Answers one request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Reply {
        let head = request.method() == Method::HEAD;
        let answer = if self.guard.as_ref().is_none_or(|guard| guard.lets_in(request.headers())) {
            self.decide(request).await
        } else {
            warn!("a request without the right credential was refused");
            Answer::no(
                StatusCode::UNAUTHORIZED,
                "security_exception",
                "the credential is not the right one",
            )
        };
        self.metrics.answered(answer.status.as_u16());
        reply(answer, head)
    }

    async fn decide(&self, request: Request<Incoming>) -> Answer {
        match Asked::of(request.method(), request.uri().path()) {
            Asked::Bulk => self.bulk(request).await,
            // An exporter reads nothing of the answer but its status; its body is read by nobody and is small.
            Asked::SetUp => Answer::acknowledged(),
            Asked::Policies => Answer::no_indices(),
            Asked::Product => Answer::product(),
            Asked::Nothing => {
                Answer::no(StatusCode::NOT_FOUND, "resource_not_found_exception", "there is none")
            }
            Asked::Foreign => Answer::no(
                StatusCode::BAD_REQUEST,
                "illegal_argument_exception",
                "this is a receiver of records: it knows what an exporter of Zeebe asks, and nothing else",
            ),
        }
    }

    async fn bulk(&self, request: Request<Incoming>) -> Answer {
        let began = Instant::now();
        if let Some(encoding) = request.headers().get(CONTENT_ENCODING) {
            let reason = format!("the body is encoded ({encoding:?}), which exporters do not");
            return refused(&reason);
        }
        let body = match self.memory.read(request.into_body(), self.deadline).await {
            Ok(body) => body,
            Err(error @ (BodyError::Full | BodyError::TooLarge)) => {
                return busy(&error.to_string());
            }
            Err(error @ (BodyError::Slow(_) | BodyError::Broken(_))) => {
                let status = StatusCode::REQUEST_TIMEOUT;
                return Answer::no(
                    status,
                    "receive_timeout_transport_exception",
                    &error.to_string(),
                );
            }
        };
        let items = match bulk::parse(&body) {
            Ok(items) => items,
            Err(error) => return refused(&Reason(&error).to_string()),
        };
        let batches = match Batch::of(items.iter().map(|item| item.record.clone())) {
            Ok(batches) => batches,
            Err(error) => return refused(&error.to_string()),
        };
        match self.intake.take(batches, began).await {
            Ok(()) => durable(began, &items),
            Err(error @ IntakeError::Busy(_)) => busy(&error.to_string()),
            Err(error @ IntakeError::Conflict(_)) => Answer::no(
                StatusCode::CONFLICT,
                "version_conflict_engine_exception",
                &error.to_string(),
            ),
            Err(error @ (IntakeError::Late(_) | IntakeError::Sink(_) | IntakeError::Stopping)) => {
                Answer::no(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable_shards_exception",
                    &error.to_string(),
                )
            }
        }
    }
}

fn durable(began: Instant, items: &[Item]) -> Answer {
    let ids: Vec<String> = items.iter().map(|item| item.record.id()).collect();
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Answer::durable(took, items.iter().zip(&ids).map(|(item, id)| (&*item.index, id.as_str())))
}

/// "Not now": the exporter sends the same again.
fn busy(reason: &str) -> Answer {
    Answer::no(StatusCode::TOO_MANY_REQUESTS, "es_rejected_execution_exception", reason)
}

/// No exporter sends this; somebody has to look.
fn refused(reason: &str) -> Answer {
    warn!(reason, "a bulk was refused");
    Answer::no(StatusCode::BAD_REQUEST, "illegal_argument_exception", reason)
}

fn reply(answer: Answer, head: bool) -> Reply {
    let Answer { status, body } = answer;
    let body = if head { String::new() } else { body };
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(PRODUCT.0, HeaderValue::from_static(PRODUCT.1));
    if status == StatusCode::UNAUTHORIZED {
        let realm = HeaderValue::from_static("Basic realm=\"zeebe-receiver\"");
        headers.insert(WWW_AUTHENTICATE, realm);
    }
    reply
}

//! One request, one answer, and what may go wrong between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Call, ManagementError, Unclarity};
use crate::reach::BaseUrl;
use crate::wire::Envelope;

/// The longest answer that is read. The topology of 1,000 partitions on 100 brokers is 1 MB.
const LONGEST_ANSWER: usize = 16 << 20;

/// A moved address is followed this often; the product itself needs one.
const MOST_REDIRECTS: usize = 3;

/// A connection that lay idle this long is not used again: brokers are restarted while we look, and a
/// request on a connection that has died meanwhile is one that nobody can say the outcome of.
const IDLE: Duration = Duration::from_secs(2);

/// As many connections to one host are kept as there are clusters that Terraform changes at a time: behind a
/// tunnel, and where they are simulated, they share it.
const CONNECTIONS: usize = 10;

/// How long is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection. Default 1 s.
    pub connect: Duration,
    /// For the whole of one request, with its connection and its answer. Default 5 s.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(1), request: Duration::from_secs(5) }
    }
}

/// Why there is no transport.
#[derive(Debug, thiserror::Error)]
#[error("could not set up the http client")]
pub struct TransportError {
    #[source]
    source: reqwest::Error,
}

/// Connections, shared by all clients that are given the same one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Transport {
    http: reqwest::Client,
    timeouts: Timeouts,
    sent: Arc<AtomicU64>,
}

/// A request that can be sent to any broker.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Method,
    verb: &'static str,
    path: String,
    body: Option<String>,
    at_least: Duration,
}

impl Request {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, "GET", path.into())
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, "POST", path.into())
    }

    pub(crate) fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::PATCH, "PATCH", path.into())
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, "DELETE", path.into())
    }

    fn new(method: Method, verb: &'static str, path: String) -> Self {
        Self { method, verb, path, body: None, at_least: Duration::ZERO }
    }

    /// The same request, waited for at least so long: the broker itself waits before it answers.
    pub(crate) fn waiting_at_least(self, at_least: Duration) -> Self {
        Self { at_least, ..self }
    }

    pub(crate) fn body(self, body: &Value) -> Self {
        Self { body: Some(body.to_string()), ..self }
    }

    fn call(&self, base: &BaseUrl) -> Call {
        Call { verb: self.verb, url: format!("{base}{}", self.path) }
    }
}

/// An answer, whole, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    call: Call,
    status: StatusCode,
    body: Vec<u8>,
}

impl Transport {
    /// A transport with these timeouts.
    pub fn new(timeouts: Timeouts) -> Result<Self, TransportError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.request)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(CONNECTIONS)
            .build()
            .map_err(|source| TransportError { source })?;
        Ok(Self { http, timeouts, sent: Arc::default() })
    }

    /// How many requests were sent, by all that share it.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends one request once. Dropping the future drops the connection.
    pub(crate) async fn send(
        &self,
        base: &BaseUrl,
        request: &Request,
    ) -> Result<Answer, ManagementError> {
        let call = request.call(base);
        let mut url = Url::parse(&call.url).map_err(|source| ManagementError::NotReachable {
            call: call.clone(),
            source: source.into(),
        })?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send_once(&call, url.clone(), request).await?;
            let Some(next) = moved(request, &url, &response) else {
                let answer = self.read(call, request, response).await?;
                tracing::debug!(call = %answer.call, status = answer.status.as_u16(), "answered");
                return Ok(answer);
            };
            url = next;
        }
        let message = format!("moved more than {MOST_REDIRECTS} times, at last to {url}");
        Err(ManagementError::Refused { call, status: 301, message })
    }

    async fn send_once(
        &self,
        call: &Call,
        url: Url,
        request: &Request,
    ) -> Result<Response, ManagementError> {
        let mut builder = self.http.request(request.method.clone(), url);
        builder = builder.timeout(self.patience(request));
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        builder.send().await.map_err(|error| self.explain(call.clone(), request, error))
    }

    /// How long this request is waited for.
    fn patience(&self, request: &Request) -> Duration {
        self.timeouts.request.max(request.at_least)
    }

    async fn read(
        &self,
        call: Call,
        request: &Request,
        mut response: Response,
    ) -> Result<Answer, ManagementError> {
        let status = response.status();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_ANSWER => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => {
                    return Err(ManagementError::Shape {
                        call,
                        path: ".".to_owned(),
                        source: format!("longer than {LONGEST_ANSWER} bytes").into(),
                    });
                }
                Ok(None) => return Ok(Answer { call, status, body }),
                Err(error) => return Err(self.explain(call, request, error)),
            }
        }
    }

    fn explain(&self, call: Call, request: &Request, error: reqwest::Error) -> ManagementError {
        // A connect that timed out is both: nothing was sent, so it is the first.
        if error.is_connect() {
            return ManagementError::NotReachable { call, source: error.into() };
        }
        let why = if error.is_timeout() {
            Unclarity::TimedOut { after: self.patience(request) }
        } else {
            Unclarity::Dropped { source: error.into() }
        };
        ManagementError::Unclear { call, why }
    }
}

/// Where a `GET` was sent on to, if it stays with the same server. Nothing else is followed: a `POST` that
/// follows a redirect may arrive as a `GET` and look as if it had been done.
fn moved(request: &Request, from: &Url, response: &Response) -> Option<Url> {
    if request.method != Method::GET || !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let to = from.join(location).ok()?;
    (to.origin() == from.origin()).then_some(to)
}

impl Answer {
    /// The body of an answer that went well.
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<Decoded<T>, ManagementError> {
        let Self { call, body, .. } = self.accepted()?;
        let mut deserializer = serde_json::Deserializer::from_slice(&body);
        match serde_path_to_error::deserialize(&mut deserializer) {
            Ok(value) => Ok(Decoded { call, value }),
            Err(error) => Err(ManagementError::Shape {
                call,
                path: error.path().to_string(),
                source: error.into_inner().into(),
            }),
        }
    }

    /// The text of an answer that went well.
    pub(crate) fn text(self) -> Result<String, ManagementError> {
        let Self { call, body, .. } = self.accepted()?;
        String::from_utf8(body).map_err(|source| ManagementError::Shape {
            call,
            path: ".".to_owned(),
            source: source.into(),
        })
    }

    /// An answer that went well, with a body that says nothing.
    pub(crate) fn done(self) -> Result<(), ManagementError> {
        self.accepted().map(|_| ())
    }

    /// The status that a health answer has, and its body.
    pub(crate) fn into_health(self) -> Result<(StatusCode, Self), ManagementError> {
        match self.status {
            status @ (StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE) => {
                Ok((status, Self { status: StatusCode::OK, ..self }))
            }
            _ => self.accepted().map(|answer| (answer.status, answer)),
        }
    }

    fn accepted(self) -> Result<Self, ManagementError> {
        let Self { call, status, body } = self;
        if status.is_success() {
            return match envelope(&body) {
                Some(Envelope { body: inner, status, .. }) if !(200..300).contains(&status) => {
                    Err(ManagementError::Envelope { call, status, message: thrown(&inner) })
                }
                Some(_) | None => Ok(Self { call, status, body }),
            };
        }
        let message = message(status, &body);
        Err(if status == StatusCode::CONFLICT {
            ManagementError::Conflict { call, message }
        } else if status.is_server_error() {
            let why = Unclarity::Answered { status: status.as_u16(), message };
            ManagementError::Unclear { call, why }
        } else {
            ManagementError::Refused { call, status: status.as_u16(), message }
        })
    }
}

/// A decoded answer, with the call for errors that are found later.
#[derive(Debug)]
pub(crate) struct Decoded<T> {
    pub(crate) call: Call,
    pub(crate) value: T,
}

fn envelope(body: &[u8]) -> Option<Envelope> {
    serde_json::from_slice(body).ok()
}

fn thrown(inner: &Value) -> String {
    let said = inner.get("message").and_then(Value::as_str).or_else(|| inner.as_str());
    said.unwrap_or("no message").to_owned()
}

/// The product's own words, wherever it put them.
fn message(status: StatusCode, body: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let said = json.as_ref().and_then(|json| {
        ["message", "detail", "error", "title"].iter().find_map(|key| json.get(key)?.as_str())
    });
    said.or_else(|| status.canonical_reason()).unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_that_waits_itself_is_waited_for_longer_and_never_shorter() {
        let patience = |request: u64, at_least: u64| {
            let timeouts =
                Timeouts { request: Duration::from_secs(request), ..Timeouts::default() };
            let transport = Transport::new(timeouts).expect("a client");
            let at_least = Duration::from_secs(at_least);
            transport.patience(&Request::get("/").waiting_at_least(at_least)).as_secs()
        };
        assert_eq!([patience(5, 8), patience(5, 0), patience(3_600, 8)], [8, 5, 3_600]);
    }
}

//! From a request to what goes back: who is asked, faults, and what a crash leaves of it.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::json;
use zeebe_management::wire;
use zeebe_spec::BrokerId;

use crate::cluster::abort_if_asked;
use crate::crash::Crash;
use crate::faults::InsteadOfAnswer;
use crate::host::{Server, management, receiver, rest};
use crate::model::Model;
use crate::store::Store;

/// What is asked, without the simulator's own prefix.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) json: bool,
    pub(super) body: Bytes,
    /// What the simulator has in front of the path.
    pub(super) prefix: String,
}

impl Asked {
    /// A word of the query.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    fn mutates(&self) -> bool {
        self.method != Method::GET && self.query("dryRun") != Some("true")
    }
}

/// What happens to the connection.
#[derive(Debug)]
pub(super) enum Reply {
    Answer(Answer),
    Drop,
    Silence,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    kind: Option<&'static str>,
    location: Option<String>,
    body: Vec<u8>,
}

const JSON: &str = "application/json";
const ACTUATOR: &str = "application/vnd.spring-boot.actuator.v3+json";
const METRICS: &str = "text/plain;version=0.0.4;charset=utf-8";
const PROBLEM: &str = "application/problem+json";

impl Answer {
    /// Nothing but a status.
    pub(super) const fn empty(status: u16) -> Self {
        Self { status, kind: None, location: None, body: Vec::new() }
    }

    /// A redirect.
    pub(super) fn moved(location: String) -> Self {
        Self { location: Some(location), ..Self::empty(301) }
    }

    fn of(status: u16, kind: &'static str, body: &impl Serialize) -> Self {
        // Types of the wire have text keys and no values that JSON cannot hold.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, kind: Some(kind), location: None, body }
    }

    /// JSON.
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, JSON, body)
    }

    /// JSON as endpoints of the actuator's own write it.
    pub(super) fn actuator(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, ACTUATOR, body)
    }

    /// What a broker counts.
    pub(super) fn metrics(page: String) -> Self {
        Self { status: 200, kind: Some(METRICS), location: None, body: page.into_bytes() }
    }

    /// A line of text.
    pub(super) fn line(status: u16, line: &str) -> Self {
        Self { status, kind: Some(METRICS), location: None, body: format!("{line}\n").into_bytes() }
    }

    /// An error of the web server from 8.5.
    pub(super) fn problem(status: u16, body: &impl Serialize) -> Self {
        Self::of(status, PROBLEM, body)
    }

    /// An error of an endpoint.
    pub(super) fn message(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &wire::Message { message: message.into() })
    }

    /// HTTP 200 around what should have been a status: 204, or 500 with a text if there is one.
    pub(super) fn envelope(outcome: Result<(), Option<String>>) -> Self {
        let envelope = match outcome {
            Ok(()) => json!({"body": null, "status": 204, "contentType": null}),
            Err(message) => json!({
                "body": {
                    "cause": null,
                    "stackTrace": [{
                        "classLoaderName": "app", "moduleName": null, "moduleVersion": null,
                        "methodName": "post", "fileName": "ExportingEndpoint.java", "lineNumber": 46,
                        "className": "io.camunda.zeebe.shared.management.ExportingEndpoint",
                        "nativeMethod": false,
                    }],
                    "message": message,
                    "suppressed": [],
                    "localizedMessage": message,
                },
                "status": 500,
                "contentType": null,
            }),
        };
        Self::json(200, &envelope)
    }

    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let Self { status, kind, location, body } = self;
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert("content-type", hyper::header::HeaderValue::from_static(kind));
        }
        if let Some(Ok(location)) = location.map(|it| it.parse()) {
            headers.insert("location", location);
        }
        response
    }
}

/// Answers a request.
pub(super) fn reply(store: &Store, crash: &Crash, server: Server, asked: &Asked) -> Reply {
    if crash.alive().is_err() {
        return Reply::Drop;
    }
    let mutates = asked.mutates();
    if mutates {
        if crash.before().is_err() {
            return Reply::Drop;
        }
        abort_if_asked(store, crash);
    }
    let faulty = matches!(store.faults(), Ok(Some(_)) | Err(_));
    let outcome = if mutates || faulty {
        store.change(|model, faults| {
            let fault = faults.answer(
                asked.method.as_str(),
                &asked.path,
                server.broker(),
                store.seed().wrapping_add(model.now()),
            );
            disturbed(model, server, asked, fault)
        })
    } else {
        store.look_without_faults().map(|mut model| disturbed(&mut model, server, asked, None))
    };
    if mutates && crash.after().is_err() {
        return Reply::Drop;
    }
    outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, "a simulated cluster could not be read");
        Reply::Drop
    })
}

impl Server {
    pub(super) const fn broker(self) -> Option<BrokerId> {
        match self {
            Self::Management(broker) | Self::Embedded(broker) => Some(broker),
            Self::Standalone(_) | Self::Receiver(_) => None,
        }
    }
}

fn answer(model: &mut Model, server: Server, asked: &Asked) -> Reply {
    let answer = match server {
        Server::Management(broker) => management::answer(model, broker, asked),
        Server::Embedded(broker) => rest::embedded(model, broker, asked),
        Server::Standalone(index) => rest::standalone(model, index, asked),
        Server::Receiver(index) => receiver::answer(model, index, asked),
    };
    answer.map_or(Reply::Drop, Reply::Answer)
}

fn disturbed(
    model: &mut Model,
    server: Server,
    asked: &Asked,
    fault: Option<InsteadOfAnswer>,
) -> Reply {
    let Some(fault) = fault else { return answer(model, server, asked) };
    let done = match fault {
        InsteadOfAnswer::Conflict
        | InsteadOfAnswer::EnvelopeWithError
        | InsteadOfAnswer::InternalError
        | InsteadOfAnswer::Unauthenticated
        | InsteadOfAnswer::GatewayError
        | InsteadOfAnswer::DropBefore
        | InsteadOfAnswer::SilenceBefore => None,
        InsteadOfAnswer::GatewayTimeout
        | InsteadOfAnswer::DropAfter
        | InsteadOfAnswer::SilenceAfter => Some(answer(model, server, asked)),
    };
    if let Some(Reply::Drop) = done {
        // Nobody is there to go wrong.
        return Reply::Drop;
    }
    match fault {
        InsteadOfAnswer::Conflict => Reply::Answer(Answer::message(
            409,
            "Cannot apply configuration change. Another configuration change is in progress.",
        )),
        InsteadOfAnswer::EnvelopeWithError => {
            Reply::Answer(Answer::envelope(Err(Some("fault injected".to_owned()))))
        }
        InsteadOfAnswer::InternalError => {
            Reply::Answer(Answer::message(500, "java.lang.IllegalStateException: fault injected"))
        }
        InsteadOfAnswer::Unauthenticated => Reply::Answer(Answer::empty(401)),
        InsteadOfAnswer::GatewayError => {
            Reply::Answer(Answer::message(502, "Failed to connect channel: fault injected"))
        }
        InsteadOfAnswer::GatewayTimeout => {
            Reply::Answer(Answer::message(504, "Request timed out: fault injected"))
        }
        InsteadOfAnswer::DropBefore | InsteadOfAnswer::DropAfter => Reply::Drop,
        InsteadOfAnswer::SilenceBefore | InsteadOfAnswer::SilenceAfter => Reply::Silence,
    }
}

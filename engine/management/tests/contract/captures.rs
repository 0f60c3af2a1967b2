//! Every capture is read by one of the wire types and written again, with nothing lost.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeebe_management::wire;

use crate::server::{Received, Reply};

/// What a real broker was asked and answered.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) request: Received,
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

/// `8.6.0/change-grow`
pub(crate) fn capture(name: &str) -> Capture {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).expect("a capture");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let request = &json["request"];
    Capture {
        name: name.to_owned(),
        request: Received {
            method: word(&request["method"]).expect("a method"),
            path: word(&request["path"]).expect("a path"),
            body: request.get("body").cloned(),
        },
        status: json["status"]
            .as_u64()
            .and_then(|status| status.try_into().ok())
            .expect("a status"),
        location: word(&json["location"]),
        body: json["body"].clone(),
    }
}

impl Capture {
    /// The answer as it was.
    pub(crate) fn reply(&self) -> Reply {
        match (&self.location, &self.body) {
            (Some(location), _) => Reply::Moved(self.status, location.clone()),
            (None, Value::Null) => Reply::Body(self.status, String::new()),
            (None, body) => Reply::json(self.status, body),
        }
    }
}

fn all() -> Vec<Capture> {
    let mut names = Vec::new();
    for version in fs::read_dir(folder()).expect("a folder") {
        let version = version.expect("a folder");
        if !version.path().is_dir() {
            continue;
        }
        for file in fs::read_dir(version.path()).expect("a folder") {
            let file = file.expect("a file").path();
            let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
            names.push(format!("{}/{stem}", version.file_name().to_string_lossy()));
        }
    }
    names.sort();
    names.iter().map(|name| capture(name)).collect()
}

/// The capture's body as this type writes it.
fn again<T: DeserializeOwned + Serialize>(body: &Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(body.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}

fn rewritten(capture: &Capture) -> Result<Value, String> {
    let Capture { name: _, request, status, location: _, body } = capture;
    let path = request.path.split('?').next().unwrap_or_default();
    if body.get("timestamp").is_some() {
        return again::<wire::SpringError>(body);
    }
    if body.get("type").is_some() {
        return again::<wire::Problem>(body);
    }
    match (path, *status) {
        (_, 200 | 204 | 301 | 404) if body.is_null() => Ok(Value::Null),
        (path, 200 | 503) if path.starts_with("/actuator/health") => again::<wire::Health>(body),
        (_, 400 | 404 | 409 | 500 | 502) => again::<wire::Message>(body),
        ("/actuator/cluster", 200) => again::<wire::Topology>(body),
        (_, 202) => again::<wire::PlannedChange>(body),
        ("/actuator/exporters", 200) => again::<Vec<wire::ExporterStatus>>(body),
        ("/v1/topology" | "/v2/topology", 200) => again::<wire::GatewayTopology>(body),
        (path, 200) if path.starts_with("/actuator/partitions") => again::<wire::Partitions>(body),
        (path, 200) if path.starts_with("/actuator/exporting/") => again::<wire::Envelope>(body),
        // Not ours yet: kept so that it is seen when a minor gains it.
        ("/actuator/flowControl", 200) => Ok(body.clone()),
        _ => Err("no wire type".to_owned()),
    }
}

fn is_of_the_web_server(body: &Value) -> bool {
    body.get("timestamp").is_some() || body.get("type").is_some()
}

#[test]
fn every_answer_of_a_real_broker_is_written_again_exactly_as_it_was_read() {
    let captures = all();
    assert!(captures.len() > 100, "only {} captures found", captures.len());
    let wrong: Vec<String> = captures
        .iter()
        .filter_map(|capture| match rewritten(capture) {
            Ok(value) if value == capture.body => None,
            Ok(value) => Some(format!("{}\n  was {}\n  now {value}", capture.name, capture.body)),
            Err(error) => Some(format!("{}: {error}", capture.name)),
        })
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_request_to_a_real_broker_is_written_again_exactly_as_it_was_sent() {
    for capture in all() {
        let Capture { name, request, body: answer, .. } = capture;
        let Some(body) = request.body else { continue };
        // Requests that the web server turned away are wrong on purpose.
        if is_of_the_web_server(&answer) {
            continue;
        }
        let again = match (request.method.as_str(), request.path.split('?').next()) {
            ("PATCH", Some("/actuator/cluster")) => again::<wire::ClusterPatch>(&body),
            ("POST", Some("/actuator/cluster/brokers")) => again::<Vec<wire::BrokerKey>>(&body),
            ("POST", Some(path)) if path.ends_with("/enable") => {
                again::<wire::EnableExporter>(&body)
            }
            _ => Err("no wire type".to_owned()),
        };
        assert_eq!(again, Ok(body), "{name}");
    }
}

#[test]
fn the_exception_in_an_envelope_is_read() {
    for version in ["8.5.8", "8.6.0"] {
        let inner = capture(&format!("{version}/exporting-pause-broker-away")).body["body"].clone();
        assert_eq!(again::<wire::Throwable>(&inner), Ok(inner));
    }
}

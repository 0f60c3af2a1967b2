//! Our answers held against a real broker's: the same calls to both, compared shape by shape.
//!
//! The acceptance tests run [`compare`] against real brokers of 8.5 and 8.6 that they bring into the same
//! state, in the same test run; this crate's own tests hold us against answers that were recorded.

use std::fmt;

use serde_json::Value;
use zeebe_management::shape::{Difference, Shape};
use zeebe_management::wire::path;
use zeebe_spec::Minor;

/// Which port of a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The management port.
    Management,
    /// The REST port of its gateway.
    Rest,
}

/// Where a broker is: base addresses, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bases {
    /// The management port.
    pub management: String,
    /// The REST port of its gateway.
    pub rest: String,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which port.
    pub port: Port,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The body as text, sent as JSON.
    pub body: Option<String>,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        self.body.iter().try_for_each(|body| write!(f, " {body}"))
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body.
    pub content_type: Option<String>,
    /// Where the caller is sent, without the simulator's own prefix.
    pub location: Option<String>,
    /// The body; `null` where there is none.
    pub body: Value,
}

/// One answer of ours that is not like the real one.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// The call.
    pub question: Question,
    /// The real answer.
    pub real: Told,
    /// Ours.
    pub ours: Told,
    /// Where the bodies differ, the real one on the left; empty where only status or type differ.
    pub differences: Vec<Difference>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.question)?;
        for (who, told) in [("real", &self.real), ("ours", &self.ours)] {
            let kind = told.content_type.as_deref().unwrap_or("no body");
            writeln!(f, "  {who}: {} ({kind}) {}", told.status, told.body)?;
        }
        self.differences.iter().try_for_each(|difference| writeln!(f, "  {difference}"))
    }
}

/// A call that brought no answer at all.
#[derive(Debug, thiserror::Error)]
#[error("no answer to \"{question}\" at {base}")]
pub struct NoAnswer {
    question: Question,
    base: String,
    #[source]
    source: reqwest::Error,
}

/// Calls that change nothing, for any whole cluster with at least one broker: what the engine asks, and what
/// is refused.
pub fn questions(minor: Minor) -> Vec<Question> {
    let on = |port, method: &str, path: &str, body: Option<&str>| Question {
        port,
        method: method.to_owned(),
        path: path.to_owned(),
        body: body.map(str::to_owned),
    };
    let ask = |method, path, body| on(Port::Management, method, path, body);
    let dry = "/actuator/cluster?dryRun=true";
    let dry_members = "/actuator/cluster/brokers?dryRun=true";
    let mut questions = vec![
        ask("GET", path::CLUSTER, None),
        ask("GET", path::PARTITIONS, None),
        ask("GET", path::READINESS, None),
        ask("GET", path::READY, None),
        ask("GET", "/actuator/health", None),
        ask("GET", "/actuator/health/startup", None),
        ask("GET", "/actuator/health/liveness", None),
        ask("GET", path::EXPORTERS, None),
        ask("GET", "/actuator/flowControl", None),
        ask("GET", "/actuator/nothing", None),
        ask("DELETE", path::CLUSTER, None),
        ask("GET", path::CLUSTER_BROKERS, None),
        ask("POST", dry_members, Some("[]")),
        ask("POST", "/actuator/cluster/brokers?dryRun=true&replicationFactor=9", Some("[0]")),
        ask("POST", "/actuator/cluster/brokers?dryRun=true&replicationFactor=2", Some("[0, 7]")),
        ask("POST", "/actuator/cluster/brokers?dryRun=perhaps", Some("[0]")),
        ask("PATCH", dry, Some("{}")),
        ask("PATCH", dry, Some("{no json")),
        ask("PATCH", dry, None),
        ask("PATCH", dry, Some(r#"{"brokers": {"count": 3, "add": [1]}}"#)),
        ask("PATCH", dry, Some(r#"{"brokers": {"add": [7]}}"#)),
        ask("PATCH", dry, Some(r#"{"brokers": {"remove": [0, 1, 2]}}"#)),
        ask("PATCH", dry, Some(r#"{"partitions": {"replicationFactor": 0}}"#)),
        ask("PATCH", dry, Some(r#"{"partitions": {"replicationFactor": 9}}"#)),
        ask("PATCH", dry, Some(r#"{"partitions": {"count": 9}}"#)),
        ask("POST", "/actuator/exporting/nothing", None),
        ask("POST", "/actuator/exporting/resume", None),
        ask("POST", path::REBALANCE, None),
        ask("POST", path::TAKE_SNAPSHOT, None),
        ask("POST", "/actuator/partitions/nothing", None),
        on(Port::Rest, "GET", "/v1/topology", None),
        on(Port::Rest, "GET", "/v2/topology", None),
        on(Port::Rest, "GET", "/v1/license", None),
    ];
    if minor >= Minor::V8_6 {
        questions.push(ask("POST", "/actuator/exporters/nobody/disable?dryRun=true", None));
    }
    questions
}

/// Calls that change nothing, for a whole cluster of one broker that exports with an enabled exporter `audit` to a sink
/// that takes what it is given: what the engine asks about exporters, and what is refused.
pub fn exporter_questions(minor: Minor) -> Vec<Question> {
    let on = |method: &str, path: &str, body: Option<&str>| Question {
        port: Port::Management,
        method: method.to_owned(),
        path: path.to_owned(),
        body: body.map(str::to_owned),
    };
    let mut questions = vec![
        on("GET", path::EXPORTERS, None),
        on("GET", path::CLUSTER, None),
        on("GET", path::PARTITIONS, None),
        on("GET", path::METRICS, None),
        on("POST", "/actuator/exporting/pause", None),
        on("GET", path::PARTITIONS, None),
        on("POST", "/actuator/exporting/pause?soft=true", None),
        on("GET", path::PARTITIONS, None),
        on("POST", "/actuator/exporting/resume", None),
        on("GET", path::PARTITIONS, None),
    ];
    if minor >= Minor::V8_6 {
        let from_nobody = Some(r#"{"initializeFrom": "nobody"}"#);
        questions.extend([
            on("POST", path::EXPORTERS, None),
            on("GET", "/actuator/exporters/audit", None),
            on("POST", "/actuator/exporters/audit/enable", None),
            on("POST", "/actuator/exporters/audit/enable?dryRun=true", None),
            on("POST", "/actuator/exporters/nobody/enable?dryRun=true", None),
            on("POST", "/actuator/exporters/nobody/enable?dryRun=true", from_nobody),
            on("POST", "/actuator/exporters/nobody/disable", None),
            on("POST", "/actuator/exporters/audit/disable?dryRun=true", None),
            on("POST", "/actuator/exporters/audit/nothing", None),
            on("DELETE", "/actuator/cluster/changes/999", None),
        ]);
        if minor < Minor::V8_8 {
            questions.push(on("POST", "/actuator/exporters/audit/delete", None));
        }
    }
    questions
}

/// Calls for a whole cluster with a store of backups that is empty, in this order: those of the first list take backup 7, those
/// of the second are for when it is whole.
pub fn backup_questions(minor: Minor) -> [Vec<Question>; 2] {
    let backups = path::backups(minor);
    let on = |method: &str, below: &str, body: Option<&str>| Question {
        port: Port::Management,
        method: method.to_owned(),
        path: format!("{backups}{below}"),
        body: body.map(str::to_owned),
    };
    [
        vec![
            on("GET", "", None),
            on("GET", "/5", None),
            on("GET", "/five", None),
            on("DELETE", "/5", None),
            on("PUT", "", None),
            on("POST", "", None),
            on("POST", "", Some("{}")),
            on("POST", "", Some(r#"{"backupId": "seven"}"#)),
            on("POST", "", Some(r#"{"backupId": 0}"#)),
            on("POST", "", Some(r#"{"backupId": 7}"#)),
        ],
        vec![
            on("GET", "", None),
            on("GET", "/7", None),
            on("POST", "", Some(r#"{"backupId": 7}"#)),
            on("POST", "", Some(r#"{"backupId": 6}"#)),
            on("DELETE", "/7", None),
            on("GET", "/7", None),
            on("GET", "", None),
        ],
    ]
}

/// Puts the same questions to a simulated and to a real broker in the same state, and says where the answers
/// differ.
pub async fn compare(
    simulated: &Bases,
    real: &Bases,
    questions: &[Question],
) -> Result<Vec<Mismatch>, NoAnswer> {
    let mut mismatches = Vec::new();
    for question in questions {
        let real = tell(real, question).await?;
        let ours = tell(simulated, question).await?;
        mismatches.extend(mismatch(question, real, ours));
    }
    Ok(mismatches)
}

/// Says where two answers differ, if they do.
pub fn mismatch(question: &Question, real: Told, ours: Told) -> Option<Mismatch> {
    let (left, right) = (without_stack(&real.body), without_stack(&ours.body));
    let differences = Shape::of(&left).differences(&Shape::of(&right));
    let same = real.status == ours.status
        && real.content_type == ours.content_type
        && real.location == ours.location
        && differences.is_empty();
    (!same).then(|| Mismatch { question: question.clone(), real, ours, differences })
}

/// The body without the frames of a stack trace, which are the Java runtime's and not the product's.
fn without_stack(body: &Value) -> Value {
    match body {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let value = if name == "stackTrace" {
                    Value::Array(Vec::new())
                } else {
                    without_stack(value)
                };
                (name.clone(), value)
            })
            .collect(),
        Value::Array(items) => items.iter().map(without_stack).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => body.clone(),
    }
}

/// Of what a broker counts, what is said of how far exporters are: names and labels as keys, values as numbers.
fn metrics(page: &str) -> Value {
    let lines = page.lines().filter(|line| line.starts_with("zeebe_exporter_last"));
    let pairs = lines.filter_map(|line| line.rsplit_once(' '));
    let told = pairs.map(|(name, value)| {
        let value = value.parse().ok().and_then(serde_json::Number::from_f64);
        (name.to_owned(), value.map_or(Value::Null, Value::Number))
    });
    Value::Object(told.collect())
}

/// Puts one question to a broker.
pub async fn tell(bases: &Bases, question: &Question) -> Result<Told, NoAnswer> {
    let base = match question.port {
        Port::Management => &bases.management,
        Port::Rest => &bases.rest,
    };
    let failed = |source| NoAnswer { question: question.clone(), base: base.clone(), source };
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(failed)?;
    let method =
        reqwest::Method::from_bytes(question.method.as_bytes()).unwrap_or(reqwest::Method::GET);
    let mut request = client.request(method, format!("{base}{}", question.path));
    if let Some(body) = &question.body {
        request = request.header("content-type", "application/json").body(body.clone());
    }
    let response = request.send().await.map_err(failed)?;
    let header = |name| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let content_type = header("content-type");
    // What a server has in front of all its paths is no part of its answer.
    let prefix = reqwest::Url::parse(base).map(|url| url.path().to_owned()).unwrap_or_default();
    let location = header("location").map(|to| match to.strip_prefix(&prefix) {
        Some(rest) if prefix != "/" => rest.to_owned(),
        Some(_) | None => to,
    });
    let status = response.status().as_u16();
    let text = response.text().await.map_err(failed)?;
    let body = match serde_json::from_str(&text) {
        _ if question.path == path::METRICS => metrics(&text),
        Ok(body) => body,
        Err(_) if text.is_empty() => Value::Null,
        Err(_) => Value::String(text),
    };
    Ok(Told { status, content_type, location, body })
}

#[cfg(test)]
mod tests;

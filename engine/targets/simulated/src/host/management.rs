//! The management port of one broker, in the dialect of its minor.

mod backups;
mod changes;

use std::collections::BTreeMap;

use serde_json::json;
use zeebe_management::wire;
use zeebe_spec::{BrokerId, Minor};

use crate::clock::time_of_day;
use crate::host::management::changes::{Verb, exporter_change, member, members, patch};
use crate::host::render;
use crate::host::reply::{Answer, Asked};
use crate::model::{Configuration, Exporting, Model, Refusal, Switch};

/// Answers; `None` where nobody listens.
pub(super) fn answer(model: &mut Model, broker: BrokerId, asked: &Asked) -> Option<Answer> {
    let minor = model.answering(broker)?.0.version.minor();
    Some(routed(model, broker, minor, asked).unwrap_or_else(|refusal| refusal.into_answer(asked)))
}

/// Why a request is not answered as it was meant.
enum No {
    /// The web server does not know it: status, and what else it says.
    Web(u16, Option<String>, Minor),
    /// The endpoint says no.
    Endpoint(Refusal),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Endpoint(refusal)
    }
}

impl No {
    fn into_answer(self, asked: &Asked) -> Answer {
        match self {
            Self::Endpoint(Refusal { status, message }) => Answer::message(status, message),
            Self::Web(status, detail, minor) => web_error(status, detail, minor, asked),
        }
    }
}

/// An error of the web server, as 8.5 writes it and as all later ones do.
pub(super) fn web_error(
    status: u16,
    detail: Option<String>,
    minor: Minor,
    asked: &Asked,
) -> Answer {
    let name = match status {
        400 => "Bad Request",
        405 => "Method Not Allowed",
        415 => "Unsupported Media Type",
        _ => "Not Found",
    };
    if minor >= Minor::V8_6 {
        let timestamp = "2026-01-01T00:00:00.000+00:00".to_owned();
        let error = wire::SpringError {
            timestamp,
            status,
            error: name.to_owned(),
            path: asked.path.clone(),
        };
        return Answer::json(status, &error);
    }
    let mut problem = json!({
        "type": "about:blank", "title": name, "status": status, "instance": asked.path,
    });
    if let (Some(detail), Some(fields)) = (detail, problem.as_object_mut()) {
        fields.insert("detail".to_owned(), detail.into());
    }
    Answer::problem(status, &problem)
}

fn routed(model: &mut Model, broker: BrokerId, minor: Minor, asked: &Asked) -> Result<Answer, No> {
    let path: Vec<&str> = asked.path.split('/').skip(1).collect();
    let method = asked.method.as_str();
    let missing = || No::Web(404, None, minor);
    let only = |methods: &str| No::Web(405, Some(format!("Supported methods: [{methods}]")), minor);
    let patches = minor >= Minor::V8_6;
    match (method, path.as_slice()) {
        ("GET", ["ready"]) => {
            Ok(Answer::moved(format!("{}{}", asked.prefix, wire::path::READINESS)))
        }
        ("GET", ["actuator", "health", rest @ ..]) => Ok(health(model, broker, minor, rest)),
        ("GET", ["actuator", "cluster"]) => cluster(model, broker, minor),
        ("PATCH", ["actuator", "cluster"]) if patches => patch(model, minor, asked),
        (_, ["actuator", "cluster"]) => Err(only("GET")),
        ("POST", ["actuator", "cluster", "brokers"]) => members(model, minor, asked),
        (_, ["actuator", "cluster", _]) => Err(only("POST")),
        ("POST" | "DELETE", ["actuator", "cluster", "brokers", id]) => {
            let id: u16 =
                id.parse().map_err(|_| No::Web(400, Some("Type mismatch.".to_owned()), minor))?;
            member(model, minor, BrokerId(id), asked)
        }
        ("GET", ["actuator", "partitions"]) => Ok(partitions(model, broker, minor)),
        ("POST", ["actuator", "partitions", operation]) => {
            let known = match *operation {
                "takeSnapshot" => {
                    model.take_snapshots(broker);
                    true
                }
                "pauseProcessing" => {
                    model.set_processing(broker, Switch::Disabled);
                    true
                }
                "resumeProcessing" => {
                    model.set_processing(broker, Switch::Enabled);
                    true
                }
                _ => false,
            };
            Ok(if known { partitions(model, broker, minor) } else { Answer::empty(204) })
        }
        ("GET", ["actuator", "exporters"]) if patches => {
            let configuration = coordinated(model)?;
            Ok(Answer::json(200, &render::exporters(configuration)))
        }
        ("POST", ["actuator", "exporters", exporter, verb]) if patches => {
            let verb = Verb::parse(verb, minor).ok_or_else(missing)?;
            exporter_change(model, minor, exporter, verb, asked)
        }
        (_, ["actuator", "exporters"]) if patches => Err(only("GET")),
        ("GET", ["actuator", "prometheus"]) => Ok(Answer::metrics(render::metrics(model, broker))),
        ("DELETE", ["actuator", "cluster", "changes", id]) => cancel(model, broker, minor, id),
        (_, ["actuator", "cluster", "changes", _]) => Err(only("DELETE")),
        ("GET", ["actuator", "flowControl"]) if patches => Ok(flow_control(model, broker)),
        ("POST", ["actuator", "exporting", verb]) => Ok(exporting(model, broker, verb, asked)),
        (_, ["actuator", endpoint, rest @ ..]) if *endpoint == backups::endpoint(minor) => {
            backups::answer(model, broker, minor, rest, asked)
        }
        ("POST", ["actuator", "rebalance"]) => {
            model.rebalance();
            Ok(Answer::empty(200))
        }
        _ => Err(missing()),
    }
}

fn health(model: &Model, broker: BrokerId, minor: Minor, rest: &[&str]) -> Answer {
    let ready = model.ready(broker);
    let word = |up| if up { "UP" } else { "OUT_OF_SERVICE" }.to_owned();
    let component = |up| wire::Component { status: word(up) };
    let components = |parts: &[(&str, bool)]| {
        let parts = parts.iter().map(|(name, up)| ((*name).to_owned(), component(*up)));
        (minor >= Minor::V8_6).then(|| parts.collect::<BTreeMap<_, _>>())
    };
    let (up, components, groups) = match rest {
        [] => {
            let groups = ["readiness", "startup", "status"].map(str::to_owned).to_vec();
            let parts = [("brokerReady", ready), ("brokerStartup", true), ("brokerStatus", ready)];
            (ready, components(&parts), Some(groups))
        }
        ["readiness"] => (ready, components(&[("brokerReady", ready)]), None),
        ["startup"] => (true, None, None),
        ["status"] => (ready, components(&[("brokerStatus", ready)]), None),
        _ => return Answer::empty(404),
    };
    let status = if up { 200 } else { 503 };
    Answer::actuator(status, &wire::Health { status: word(up), components, groups })
}

/// The configuration, if there is one.
fn configured(model: &Model) -> Result<&Configuration, Refusal> {
    let nothing =
        || Refusal { status: 502, message: "the cluster has no configuration yet".to_owned() };
    model.configuration().ok_or_else(nothing)
}

/// The configuration, if its coordinator can be asked.
fn coordinated(model: &Model) -> Result<&Configuration, Refusal> {
    let nobody = |broker: BrokerId| Refusal {
        status: 502,
        message: if model.believed(broker) {
            format!(
                "Failed to connect channel for address of member '{broker}' (resolved: null) : \
                 finishConnect(..) failed: Connection refused"
            )
        } else {
            format!(
                "Expected to send a message with subject 'topology-query' to member '{broker}', but member is \
                 not known."
            )
        },
    };
    let Some(configuration) = model.configuration() else { return Err(nobody(BrokerId(0))) };
    match configuration.coordinator() {
        Some(broker) if model.answering(broker).is_none() => Err(nobody(broker)),
        Some(_) | None => Ok(configuration),
    }
}

fn cluster(model: &Model, broker: BrokerId, minor: Minor) -> Result<Answer, No> {
    match coordinated(model) {
        Ok(configuration) => {
            let topology = render::topology(model, configuration, minor);
            Ok(Answer::json(200, &topology))
        }
        // Seen in the middle of a change, when the others had given the coordinator up: a member says what it
        // knows itself, and it knows of no change.
        Err(refusal) => match model.configuration() {
            Some(configuration)
                if configuration.change.is_some()
                    && configuration.members.contains_key(&broker)
                    && configuration
                        .coordinator()
                        .is_some_and(|lowest| !model.believed(lowest)) =>
            {
                let mut topology = render::topology(model, configuration, minor);
                topology.last_change = None;
                topology.pending_change = None;
                Ok(Answer::json(200, &topology))
            }
            Some(_) | None => Err(refusal.into()),
        },
    }
}

/// The change under way is given up; what is done of it stays (both minors, tried by hand).
fn cancel(model: &mut Model, broker: BrokerId, minor: Minor, id: &str) -> Result<Answer, No> {
    let id = id.parse().map_err(|_| No::Web(400, Some("Type mismatch.".to_owned()), minor))?;
    coordinated(model)?;
    model.cancel(id)?;
    cluster(model, broker, minor)
}

/// What limits requests and writes: as it is where nobody limits anything.
fn flow_control(model: &Model, broker: BrokerId) -> Answer {
    let member = model.configuration().and_then(|it| it.members.get(&broker));
    let limit = json!({
        "requestLimiter": {"delegate": {
            "limit": 100, "minLimit": 1, "maxLimit": 1000, "backoffRatio": 0.9, "expectedRTT": 200_000_000,
        }},
        "writeRateLimit": null,
    });
    let partitions = member.into_iter().flat_map(|member| member.partitions.keys());
    let limits: BTreeMap<u16, _> = partitions.map(|partition| (partition.0, &limit)).collect();
    Answer::json(200, &limits)
}

fn exporting(model: &mut Model, broker: BrokerId, verb: &str, asked: &Asked) -> Answer {
    let to = match (verb, asked.query("soft")) {
        ("pause", Some("true")) => Exporting::SoftPaused,
        ("pause", _) => Exporting::Paused,
        ("resume", _) => Exporting::Exporting,
        _ => return Answer::envelope(Err(None)),
    };
    let members = model.configuration().into_iter().flat_map(|it| it.members.keys());
    let away = members.copied().find(|member| model.answering(*member).is_none());
    if let Some(away) = away {
        return Answer::envelope(Err(Some(format!(
            "Failed to connect channel for address of broker {away}, asked by broker {broker} at {}: \
             Connection refused",
            time_of_day(model.now())
        ))));
    }
    model.set_exporting(to);
    Answer::envelope(Ok(()))
}

fn partitions(model: &Model, broker: BrokerId, minor: Minor) -> Answer {
    Answer::actuator(200, &render::partitions(model, broker, minor))
}

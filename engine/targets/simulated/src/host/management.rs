//! The management port of one broker, in the dialect of its minor.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use serde::de::DeserializeOwned;
use serde_json::json;
use zeebe_management::wire::{self, BrokerKey, ClusterPatch};
use zeebe_spec::{BrokerId, Minor};

use crate::clock::time_of_day;
use crate::host::render;
use crate::host::reply::{Answer, Asked};
use crate::model::{
    Configuration, Exporting, Mode, Model, Operation, Readiness, Refusal, Request, Switch, forced,
    operations,
};

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
        ("GET", ["actuator", "health", rest @ ..]) => health(model, broker, minor, rest),
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
        ("POST", ["actuator", "exporters", exporter, verb @ ("enable" | "disable")]) if patches => {
            exporter_change(model, minor, exporter, verb, asked)
        }
        ("GET", ["actuator", "flowControl"]) if patches => Ok(flow_control(model, broker)),
        ("POST", ["actuator", "exporting", verb]) => Ok(exporting(model, broker, verb, asked)),
        ("POST", ["actuator", "rebalance"]) => {
            model.rebalance();
            Ok(Answer::empty(200))
        }
        _ => Err(missing()),
    }
}

fn health(model: &Model, broker: BrokerId, minor: Minor, rest: &[&str]) -> Result<Answer, No> {
    let ready = model.answering(broker).is_some_and(|(_, run)| run.readiness == Readiness::Ready);
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
        _ => return Ok(Answer::empty(404)),
    };
    let status = if up { 200 } else { 503 };
    Ok(Answer::actuator(status, &wire::Health { status: word(up), components, groups }))
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

/// A word of the query that is `true` or `false`.
fn switch(asked: &Asked, name: &str, minor: Minor) -> Result<bool, No> {
    match asked.query(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(No::Web(400, Some("Type mismatch.".to_owned()), minor)),
    }
}

fn mode(asked: &Asked, minor: Minor) -> Result<Mode, No> {
    Ok(if switch(asked, "dryRun", minor)? { Mode::DryRun } else { Mode::Begin })
}

fn body<T: DeserializeOwned>(asked: &Asked, minor: Minor) -> Result<T, No> {
    if !asked.json {
        return Err(No::Web(415, None, minor));
    }
    serde_json::from_slice(&asked.body).map_err(|_| No::Web(400, None, minor))
}

fn ids(keys: Vec<BrokerKey>, minor: Minor) -> Result<BTreeSet<BrokerId>, No> {
    keys.iter().map(|key| key.broker().ok_or(No::Web(400, None, minor))).collect()
}

fn patch(model: &mut Model, minor: Minor, asked: &Asked) -> Result<Answer, No> {
    let ClusterPatch { brokers, partitions } = body(asked, minor)?;
    let mode = mode(asked, minor)?;
    let force = switch(asked, "force", minor)?;
    let brokers = brokers.unwrap_or_default();
    let partitions = partitions.unwrap_or_default();
    let add = ids(brokers.add.unwrap_or_default(), minor)?;
    let remove = ids(brokers.remove.unwrap_or_default(), minor)?;
    if brokers.count.is_some() && !(add.is_empty() && remove.is_empty()) {
        return Err(Refusal::wrong(
            "Cannot change brokers count and add/remove brokers at the same time. Specify either the new \
             brokers count or brokers to add and remove.",
        )
        .into());
    }
    // A forced change does not need the coordinator: the lowest that stays carries it out.
    let configuration = if force { configured(model)? } else { coordinated(model)? };
    let before: BTreeSet<BrokerId> = configuration.members.keys().copied().collect();
    let members = match brokers.count {
        Some(count) => (0..count).map(BrokerId).collect(),
        None => before.union(&add).filter(|id| !remove.contains(id)).copied().collect(),
    };
    if force {
        return force_to(model, minor, &members, mode);
    }
    let request = Request {
        members: Some(members),
        factor: partitions.replication_factor.map(i64::from),
        partitions: partitions.count,
    };
    change(model, minor, &request, mode)
}

fn members(model: &mut Model, minor: Minor, asked: &Asked) -> Result<Answer, No> {
    let members = ids(body(asked, minor)?, minor)?;
    let mode = mode(asked, minor)?;
    if switch(asked, "force", minor)? {
        return force_to(model, minor, &members, mode);
    }
    let factor = asked.query("replicationFactor").map(str::parse).transpose();
    let factor = factor.map_err(|_| No::Web(400, Some("Type mismatch.".to_owned()), minor))?;
    change(model, minor, &Request { members: Some(members), factor, partitions: None }, mode)
}

fn change(model: &mut Model, minor: Minor, request: &Request, mode: Mode) -> Result<Answer, No> {
    let configuration = coordinated(model)?;
    let planned = operations(configuration, request, model.growth(), model.set_order())?;
    take_on(model, minor, planned, mode)
}

fn force_to(
    model: &mut Model,
    minor: Minor,
    members: &BTreeSet<BrokerId>,
    mode: Mode,
) -> Result<Answer, No> {
    let planned = forced(configured(model)?, members, model.set_order())?;
    take_on(model, minor, planned, mode)
}

/// One broker comes or goes, and no partition moves.
fn member(model: &mut Model, minor: Minor, id: BrokerId, asked: &Asked) -> Result<Answer, No> {
    let mode = mode(asked, minor)?;
    let there = coordinated(model)?.members.get(&id).map(|member| member.partitions.len());
    let planned = match (asked.method == Method::POST, there) {
        (true, None) => vec![Operation::BrokerAdd { broker: id }],
        (false, Some(0)) => vec![Operation::BrokerRemove { broker: id }],
        (false, Some(_)) => {
            return Err(Refusal::wrong(format!(
                "java.lang.IllegalStateException: Expected to remove broker {id}, but it still has \
                 partitions"
            ))
            .into());
        }
        (true, Some(_)) | (false, None) => Vec::new(),
    };
    take_on(model, minor, planned, mode)
}

fn take_on(
    model: &mut Model,
    minor: Minor,
    planned: Vec<Operation>,
    mode: Mode,
) -> Result<Answer, No> {
    let taken = model.take_on(planned, mode)?;
    Ok(Answer::json(202, &render::planned(model, &taken, minor)))
}

fn exporter_change(
    model: &mut Model,
    minor: Minor,
    exporter: &str,
    verb: &str,
    asked: &Asked,
) -> Result<Answer, No> {
    let mode = mode(asked, minor)?;
    let configuration = coordinated(model)?;
    let copies = configuration.members.iter().flat_map(|(broker, member)| {
        member.partitions.keys().map(|partition| (*broker, *partition))
    });
    let first = configuration.partitions().first().map_or(1, |partition| partition.0);
    let refused = |why: String| {
        Refusal::wrong(format!("java.lang.IllegalStateException: Expected to {verb} exporter{why}"))
    };
    let known = |id: &str| configuration.exporters.get(id).copied();
    if known(exporter).is_none() {
        return Err(refused(format!(
            ", but the partition '{first}' does not have the exporter '{exporter}'"
        ))
        .into());
    }
    let from =
        if asked.json { body::<wire::EnableExporter>(asked, minor)?.initialize_from } else { None };
    if let Some(from) = from {
        let why = match known(&from) {
            Some(Switch::Enabled) => None,
            Some(Switch::Disabled) => Some(format!("the exporter '{from}' is disabled")),
            None => Some(format!("the partition '{first}' does not have exporter '{from}'")),
        };
        if let Some(why) = why {
            return Err(
                refused(format!(" and initialize from exporter '{from}', but {why}")).into()
            );
        }
    }
    let exporter = exporter.to_owned();
    let planned = copies
        .map(|(broker, partition)| match verb {
            "enable" => Operation::ExporterEnable { broker, partition, exporter: exporter.clone() },
            _ => Operation::ExporterDisable { broker, partition, exporter: exporter.clone() },
        })
        .collect();
    take_on(model, minor, planned, mode)
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

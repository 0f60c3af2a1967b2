//! Requests that change the cluster, or ask what such a change would do.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use serde::de::DeserializeOwned;
use zeebe_management::wire::{self, BrokerKey, ClusterPatch};
use zeebe_spec::{BrokerId, Minor, PartitionId};

use crate::host::management::{No, configured, coordinated};
use crate::host::render;
use crate::host::reply::{Answer, Asked};
use crate::model::{Mode, Model, Operation, Refusal, Request, Standing, forced, operations};

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

fn ids(keys: &[BrokerKey], minor: Minor) -> Result<BTreeSet<BrokerId>, No> {
    keys.iter().map(|key| key.broker().ok_or(No::Web(400, None, minor))).collect()
}

pub(super) fn patch(model: &mut Model, minor: Minor, asked: &Asked) -> Result<Answer, No> {
    let ClusterPatch { brokers, partitions } = body(asked, minor)?;
    let mode = mode(asked, minor)?;
    let force = switch(asked, "force", minor)?;
    let brokers = brokers.unwrap_or_default();
    let partitions = partitions.unwrap_or_default();
    let add = ids(&brokers.add.unwrap_or_default(), minor)?;
    let remove = ids(&brokers.remove.unwrap_or_default(), minor)?;
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

pub(super) fn members(model: &mut Model, minor: Minor, asked: &Asked) -> Result<Answer, No> {
    let keys: Vec<BrokerKey> = body(asked, minor)?;
    let members = ids(&keys, minor)?;
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
pub(super) fn member(
    model: &mut Model,
    minor: Minor,
    id: BrokerId,
    asked: &Asked,
) -> Result<Answer, No> {
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

/// What can be asked of an exporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Enable,
    Disable,
    Delete,
}

impl Verb {
    pub(super) fn parse(word: &str, minor: Minor) -> Option<Self> {
        match word {
            "enable" => Some(Self::Enable),
            "disable" => Some(Self::Disable),
            "delete" if minor >= Minor::V8_8 => Some(Self::Delete),
            _ => None,
        }
    }
}

pub(super) fn exporter_change(
    model: &mut Model,
    minor: Minor,
    exporter: &str,
    verb: Verb,
    asked: &Asked,
) -> Result<Answer, No> {
    let mode = mode(asked, minor)?;
    let from = match verb {
        Verb::Enable if asked.json => body::<wire::EnableExporter>(asked, minor)?.initialize_from,
        Verb::Enable | Verb::Disable | Verb::Delete => None,
    };
    let configuration = coordinated(model)?;
    let order = model.set_order().of(configuration.members.keys().copied());
    let members = order.iter().filter_map(|id| Some((*id, configuration.members.get(id)?)));
    let mut planned = Vec::new();
    for (broker, member) in members {
        for (partition, replica) in &member.partitions {
            let exporters = &replica.exporters;
            if configuration.change.is_none() {
                allowed(verb, exporter, from.as_deref(), *partition, exporters)?;
            }
            let (partition, exporter) = (*partition, exporter.to_owned());
            planned.push(match verb {
                Verb::Enable => {
                    Operation::ExporterEnable { broker, partition, exporter, from: from.clone() }
                }
                Verb::Disable => Operation::ExporterDisable { broker, partition, exporter },
                Verb::Delete => Operation::ExporterDelete { broker, partition, exporter },
            });
        }
    }
    take_on(model, minor, planned, mode)
}

/// Whether one copy can do what is asked. One that does not know an exporter takes it on, whether its broker's settings
/// have it or not (seen on 8.6.0).
fn allowed(
    verb: Verb,
    exporter: &str,
    from: Option<&str>,
    partition: PartitionId,
    exporters: &BTreeMap<String, Standing>,
) -> Result<(), Refusal> {
    let refused = |what: &str, why: String| {
        Err(Refusal::wrong(format!("java.lang.IllegalStateException: Expected to {what}{why}")))
    };
    if let Some(from) = from {
        let why = match exporters.get(from) {
            Some(Standing::Enabled) => None,
            Some(Standing::Disabled | Standing::ConfigNotFound) => {
                Some(format!("the exporter '{from}' is disabled"))
            }
            None => Some(format!("the partition '{partition}' does not have exporter '{from}'")),
        };
        if let Some(why) = why {
            let why = format!(" and initialize from exporter '{from}', but {why}");
            return refused("enable exporter", why);
        }
    }
    match (verb, exporters.get(exporter)) {
        (Verb::Enable, Some(Standing::Enabled)) => refused(
            "enable exporter",
            format!(", but the exporter '{exporter}' is already enabled"),
        ),
        (Verb::Enable, None | Some(Standing::ConfigNotFound | Standing::Disabled))
        | (Verb::Disable, Some(_))
        | (Verb::Delete, Some(Standing::ConfigNotFound | Standing::Disabled)) => Ok(()),
        (Verb::Delete, Some(Standing::Enabled)) => {
            refused("delete exporter", format!(", but the exporter '{exporter}' is enabled"))
        }
        (Verb::Disable | Verb::Delete, None) => {
            let what = if verb == Verb::Disable { "disable exporter" } else { "delete exporter" };
            refused(
                what,
                format!(
                    ", but the partition '{partition}' does not have the exporter '{exporter}'"
                ),
            )
        }
    }
}

//! Requests that change the cluster, or ask what such a change would do.

use std::collections::BTreeSet;

use hyper::Method;
use serde::de::DeserializeOwned;
use zeebe_management::wire::{self, BrokerKey, ClusterPatch};
use zeebe_spec::{BrokerId, Minor};

use crate::host::management::{No, configured, coordinated};
use crate::host::render;
use crate::host::reply::{Answer, Asked};
use crate::model::{Mode, Model, Operation, Refusal, Request, Switch, forced, operations};

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

pub(super) fn exporter_change(
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

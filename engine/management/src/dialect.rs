//! What a minor's management API has.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zeebe_plan::product::ChangeRequest;
use zeebe_spec::{BrokerId, Minor};

use crate::answer::ForcedRemoval;
use crate::error::ManagementError;
use crate::transport::Request;
use crate::wire::{BrokerKey, BrokersPatch, ChangeQuery, ClusterPatch, PartitionsPatch, path};

/// In which form a minor takes a change of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeForm {
    /// `POST` the ids of all members after the change; the replication factor is in the query.
    Members,
    /// `PATCH` what comes and goes.
    Patch,
}

/// Whether a minor has a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It has.
    Present,
    /// It has not.
    Missing,
}

/// The form in which this minor takes a change.
pub fn change_form(minor: Minor) -> ChangeForm {
    if minor < Minor::V8_6 { ChangeForm::Members } else { ChangeForm::Patch }
}

/// Whether this minor has `/actuator/exporters`, with `enable` and `disable`.
pub fn exporters(minor: Minor) -> Support {
    if minor < Minor::V8_6 { Support::Missing } else { Support::Present }
}

/// Whether this minor can delete an exporter.
pub fn exporter_deletion(minor: Minor) -> Support {
    if minor < Minor::V8_8 { Support::Missing } else { Support::Present }
}

/// Whether this minor gives work to partitions that are added while it runs.
pub fn partition_growth(minor: Minor) -> Support {
    if minor < Minor::FIRST_WITH_PARTITION_GROWTH { Support::Missing } else { Support::Present }
}

/// Whether a change is only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Dry,
    Real,
}

impl Mode {
    fn dry_run(self) -> Option<bool> {
        match self {
            Self::Dry => Some(true),
            Self::Real => None,
        }
    }
}

pub(crate) fn change(
    minor: Minor,
    change: &ChangeRequest,
    mode: Mode,
) -> Result<Request, ManagementError> {
    let ChangeRequest { members, add, remove, replication_factor, partitions } = change;
    if partitions.is_some() && partition_growth(minor) == Support::Missing {
        return Err(ManagementError::Unsupported { minor, what: "growth of partitions" });
    }
    let dry_run = mode.dry_run();
    Ok(match change_form(minor) {
        ChangeForm::Members => {
            let query =
                ChangeQuery { dry_run, force: None, replication_factor: *replication_factor };
            members_request(query, members)
        }
        ChangeForm::Patch => {
            let brokers = (!add.is_empty() || !remove.is_empty()).then(|| BrokersPatch {
                add: some_keys(add),
                remove: some_keys(remove),
                count: None,
            });
            let partitions =
                (partitions.is_some() || replication_factor.is_some()).then_some(PartitionsPatch {
                    count: *partitions,
                    replication_factor: *replication_factor,
                });
            let query = ChangeQuery { dry_run, ..ChangeQuery::default() };
            patch_request(query, &ClusterPatch { brokers, partitions })
        }
    })
}

pub(crate) fn forced_removal(minor: Minor, removal: &ForcedRemoval, mode: Mode) -> Request {
    let ForcedRemoval { remove, remaining } = removal;
    let query =
        ChangeQuery { dry_run: mode.dry_run(), force: Some(true), replication_factor: None };
    match change_form(minor) {
        ChangeForm::Members => members_request(query, remaining),
        ChangeForm::Patch => {
            let brokers = BrokersPatch { remove: some_keys(remove), ..BrokersPatch::default() };
            patch_request(query, &ClusterPatch { brokers: Some(brokers), partitions: None })
        }
    }
}

fn members_request<'a>(
    query: ChangeQuery,
    members: impl IntoIterator<Item = &'a BrokerId>,
) -> Request {
    let path = format!("{}{}", path::CLUSTER_BROKERS, query.render());
    Request::post(path).body(&json!(keys(members)))
}

fn patch_request(query: ChangeQuery, changes: &ClusterPatch) -> Request {
    let path = format!("{}{}", path::CLUSTER, query.render());
    Request::patch(path).body(&json!(changes))
}

fn some_keys(ids: &BTreeSet<BrokerId>) -> Option<Vec<BrokerKey>> {
    (!ids.is_empty()).then(|| keys(ids))
}

fn keys<'a>(ids: impl IntoIterator<Item = &'a BrokerId>) -> Vec<BrokerKey> {
    ids.into_iter().map(|id| BrokerKey::from(*id)).collect()
}

/// An exporter's id, fit to stand in a path.
pub(crate) fn exporter_path(id: &str, verb: &str) -> String {
    let escaped: String = id
        .bytes()
        .map(|byte| match byte {
            b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("{}/{escaped}/{verb}", path::EXPORTERS)
}

pub(crate) fn require(
    support: Support,
    minor: Minor,
    what: &'static str,
) -> Result<(), ManagementError> {
    match support {
        Support::Present => Ok(()),
        Support::Missing => Err(ManagementError::Unsupported { minor, what }),
    }
}

/// Serialized, where a body may be left out.
pub(crate) fn optional_body(request: Request, body: Option<Value>) -> Request {
    match body {
        Some(body) => request.body(&body),
        None => request,
    }
}

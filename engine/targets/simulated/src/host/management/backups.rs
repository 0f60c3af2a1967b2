//! Backups: `/actuator/backups`, and `/actuator/backupRuntime` from 8.8 on.

use serde::Deserialize;
use zeebe_management::wire;
use zeebe_spec::{BrokerId, Minor};

use crate::clock::time_of_day;
use crate::host::management::No;
use crate::host::reply::{Answer, Asked};
use crate::model::{BackupFate, BackupStage, Model, Refusal, Switch, TakenBackup};

/// The word of the endpoint in this minor.
pub(super) fn endpoint(minor: Minor) -> &'static str {
    let path = wire::path::backups(minor);
    path.rsplit('/').next().unwrap_or(path)
}

/// What is asked for. A body without an id is not one (seen on 8.6.0).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asks {
    backup_id: i64,
}

/// How much is told of each partition.
#[derive(Clone, Copy)]
enum Detail {
    /// In a list.
    Little,
    /// Of one backup.
    All,
}

pub(super) fn answer(
    model: &mut Model,
    broker: BrokerId,
    minor: Minor,
    rest: &[&str],
    asked: &Asked,
) -> Result<Answer, No> {
    let only = |methods: &str| No::Web(405, Some(format!("Supported methods: [{methods}]")), minor);
    let mapping = || No::Web(400, Some("Parameter mapping failure".to_owned()), minor);
    let said = match (asked.method.as_str(), rest) {
        ("GET", []) => store(model, broker).map(|()| {
            let seen = model.backups().iter().filter(|(_, it)| is_seen(model, it));
            let all: Vec<wire::Backup> =
                seen.map(|(id, backup)| told(model, *id, backup, Detail::Little)).collect();
            Answer::actuator(200, &all)
        }),
        ("POST", []) => {
            if !asked.json {
                return Err(No::Web(415, None, minor));
            }
            let Asks { backup_id } = serde_json::from_slice(&asked.body).map_err(|_| mapping())?;
            let id = u64::try_from(backup_id).unwrap_or(0);
            let version = model.answering(broker).map(|(machine, _)| machine.version.clone());
            store(model, broker)
                .and_then(|()| version.map_or(Ok(()), |version| model.take_backup(id, version)))
                .map(|()| {
                    let message = format!(
                        "A backup with id {id} has been scheduled. Use GET actuator/{}/{id} to monitor the status.",
                        endpoint(minor)
                    );
                    Answer::actuator(202, &wire::Message { message })
                })
        }
        (_, []) => return Err(only("POST, GET")),
        (method, [id]) => {
            let id: u64 = id.parse().map_err(|_| mapping())?;
            match method {
                "GET" => store(model, broker).and_then(|()| {
                    let backup = model.backups().get(&id).filter(|it| is_seen(model, it));
                    let nothing = || Refusal {
                        status: 404,
                        message: format!("Backup with id {id} does not exist"),
                    };
                    let backup = backup.ok_or_else(nothing)?;
                    Ok(Answer::actuator(200, &told(model, id, backup, Detail::All)))
                }),
                "DELETE" => store(model, broker).map(|()| {
                    model.delete_backup(id);
                    Answer::empty(204)
                }),
                _ => return Err(only("DELETE, GET")),
            }
        }
        (_, [_, _, ..]) => return Err(No::Web(404, None, minor)),
    };
    // Unlike the endpoints of changes, this one says no in the actuator's own type.
    Ok(said.unwrap_or_else(|Refusal { status, message }| {
        Answer::actuator(status, &wire::Message { message })
    }))
}

fn is_seen(model: &Model, backup: &TakenBackup) -> bool {
    backup.stage(model.now()) != BackupStage::Unseen
}

fn store(model: &Model, broker: BrokerId) -> Result<(), Refusal> {
    match model.brokers().get(&broker).map(|machine| machine.settings.backups) {
        Some(Switch::Enabled) => Ok(()),
        Some(Switch::Disabled) | None => Err(Refusal::wrong(
            "Cannot process backup requests. No backup store is configured. To use this feature, configure backup in \
             broker configuration.",
        )),
    }
}

fn told(model: &Model, id: u64, backup: &TakenBackup, detail: Detail) -> wire::Backup {
    let (state, failure) = match backup.stage(model.now()) {
        BackupStage::Unseen | BackupStage::UnderWay => ("IN_PROGRESS", None),
        BackupStage::Ended(BackupFate::Whole) => ("COMPLETED", None),
        BackupStage::Ended(BackupFate::Failing) => {
            ("FAILED", Some("the simulator was told to fail"))
        }
    };
    let time = |moment| Some(time_of_day(moment).to_string());
    let all = |value: Option<String>| match detail {
        Detail::Little => None,
        Detail::All => value,
    };
    let details = backup.positions.iter().map(|(partition, position)| wire::PartitionBackup {
        partition_id: partition.0,
        state: state.to_owned(),
        failure_reason: failure.map(str::to_owned),
        created_at: time(backup.began),
        last_updated_at: all(time(model.now().min(backup.ended()))),
        snapshot_id: None,
        checkpoint_position: match detail {
            Detail::Little => None,
            Detail::All => Some(*position),
        },
        broker_version: Some(backup.version.to_string()),
    });
    wire::Backup {
        backup_id: id,
        state: state.to_owned(),
        failure_reason: None,
        details: details.collect(),
    }
}

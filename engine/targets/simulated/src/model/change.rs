//! Changes: taken on one at a time, carried out operation by operation, and what may go wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeebe_plan::product::ChangeStatus;
use zeebe_spec::{BrokerId, PartitionId};

use super::configuration::{Change, Configuration, Ended, Progress, Switch};
use super::operation::Operation;
use super::pace::{self, Moment};
use super::{Copy, Model, Refusal, RestoreTrouble};

/// What goes wrong inside a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The change under way, or the next one, stands still until this broker was restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck_until_restart: Option<BrokerId>,
    /// The change under way, or the next one, is given up after so many operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails_after: Option<usize>,
    /// Leaders come and go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flapping: Option<Flapping>,
    /// Brokers that are healthy only so many milliseconds after they should be, from their next start on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slow: BTreeMap<BrokerId, u64>,
    /// Partitions that what is deployed from now on never reaches.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lagging: BTreeSet<PartitionId>,
    /// Exporters whose sinks take nothing.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub sinks_down: BTreeSet<String>,
    /// Exporters that are not disabled, as camunda/camunda#38724 has it, by brokers that run since before this
    /// number of runs of the cluster's processes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stuck_exporters: BTreeMap<String, u32>,
    /// Backups that are begun fail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failing_backups: bool,
    /// How restores go wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restores: Option<RestoreTrouble>,
}

/// Leaders come and go until `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flapping {
    /// Until when.
    pub until: Moment,
    /// How long a leader stays, in milliseconds.
    pub every: u64,
    /// When the next loses its lead.
    pub next: Moment,
}

impl Trouble {
    pub(super) fn restarted(&mut self, broker: BrokerId) {
        if self.stuck_until_restart == Some(broker) {
            self.stuck_until_restart = None;
        }
    }
}

/// What the product answered to a request for a change, or to a dry run of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The change's number; the last change's where there is nothing to do.
    pub id: i64,
    /// The configuration before.
    pub before: Configuration,
    /// What is done.
    pub operations: Vec<Operation>,
    /// The configuration after.
    pub after: Configuration,
}

/// Whether a change is only planned, or begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only planned.
    DryRun,
    /// Begun.
    Begin,
}

impl Model {
    /// Takes on a change of so many operations, or says what it would do.
    pub fn take_on(&mut self, operations: Vec<Operation>, mode: Mode) -> Result<Answer, Refusal> {
        let now = self.now;
        let Some(configuration) = &mut self.configuration else {
            return Err(Refusal {
                status: 502,
                message: "the cluster has no configuration yet".to_owned(),
            });
        };
        let before = configuration.clone();
        if operations.is_empty() {
            let id = before.last.map_or(0, |last| last.id);
            return Ok(Answer { id, after: before.clone(), before, operations });
        }
        if let Some(change) = &configuration.change {
            return Err(Refusal {
                status: 409,
                message: format!(
                    "Cannot apply configuration change. Another configuration change \
                     [ClusterConfiguration[version={}, pendingChanges=Optional[ClusterChangePlan[id={}, \
                     status=IN_PROGRESS]]]] is in progress.",
                    configuration.version, change.id
                ),
            });
        }
        let id = configuration.version + 1;
        let after = configuration.after(&operations, now);
        match mode {
            Mode::DryRun => {}
            Mode::Begin => {
                configuration.version = id;
                configuration.change = Some(Change {
                    id,
                    started: now,
                    completed: Vec::new(),
                    pending: operations.clone(),
                    progress: Progress::Waiting,
                });
            }
        }
        Ok(Answer { id, before, operations, after })
    }

    /// Carries the change under way as far as it comes now. Says whether anything changed.
    pub(super) fn carry_out(&mut self) -> bool {
        let Some(change) = self.configuration.as_ref().and_then(|it| it.change.clone()) else {
            return false;
        };
        if self.trouble.fails_after.is_some_and(|count| change.completed.len() >= count) {
            self.trouble.fails_after = None;
            self.close(&change, ChangeStatus::Failed);
            return true;
        }
        let Some(operation) = change.pending.first().cloned() else {
            self.close(&change, ChangeStatus::Completed);
            return true;
        };
        let able = self.able(&operation);
        let (progress, half) = match (change.progress, able) {
            (Progress::Waiting | Progress::Interrupted, false) => return false,
            (Progress::Due(due), true) if due > self.now => return false,
            (Progress::Waiting, true) => {
                (Progress::Due(self.now + pace::operation(&operation)), Half::First)
            }
            (Progress::Interrupted, true) => {
                (Progress::Due(self.now + pace::operation(&operation)), Half::Neither)
            }
            (Progress::Due(_), false) => (Progress::Interrupted, Half::Neither),
            (Progress::Due(_), true) => (Progress::Waiting, Half::Second),
        };
        let now = self.now;
        if let Some(configuration) = &mut self.configuration {
            match half {
                Half::First => configuration.begin(&operation, now),
                Half::Second => configuration.end(&operation, now),
                Half::Neither => {}
            }
            if let Some(change) = &mut configuration.change {
                change.progress = progress;
                if half == Half::Second {
                    change.pending.remove(0);
                    change.completed.push((operation.clone(), now));
                }
            }
        }
        if half == Half::Second {
            self.data_after(&operation);
        }
        true
    }

    /// Whether an operation can go on: the coordinator and its broker work, and its partition has a leader.
    fn able(&self, operation: &Operation) -> bool {
        let coordinator = self.configuration.as_ref().and_then(Configuration::coordinator);
        let led = operation.is_forced() || coordinator.is_some_and(|broker| self.works(broker));
        self.trouble.stuck_until_restart.is_none()
            && led
            && self.works(operation.broker())
            && operation.led().is_none_or(|partition| self.leader(partition).is_some())
            && self.able_to_switch(operation)
    }

    /// Whether an exporter can be switched. To enable one that its broker's settings lack is tried again for ever
    /// (seen on 8.6.0).
    fn able_to_switch(&self, operation: &Operation) -> bool {
        let machine = self.brokers.get(&operation.broker());
        match operation.switching() {
            Some((exporter, Switch::Enabled)) => {
                machine.is_some_and(|machine| machine.settings.exporters.contains(exporter))
            }
            Some((exporter, Switch::Disabled)) => {
                let run = machine.and_then(|machine| machine.run).map_or(0, |run| run.number);
                self.trouble.stuck_exporters.get(exporter).is_none_or(|until| run > *until)
            }
            None => true,
        }
    }

    /// Has an exporter not be disabled by the brokers that run now; or be disabled as others are.
    pub fn set_stuck(&mut self, exporters: BTreeSet<String>) {
        let runs = self.runs;
        self.trouble.stuck_exporters = exporters.into_iter().map(|id| (id, runs)).collect();
    }

    /// Gives up the change under way. What is done of it stays.
    pub fn cancel(&mut self, id: i64) -> Result<(), Refusal> {
        let change = self.configuration.as_ref().and_then(|it| it.change.clone());
        let Some(change) = change.filter(|change| change.id == id) else {
            return Err(Refusal::wrong(format!(
                "Cannot cancel change {id} because no change is in progress"
            )));
        };
        self.close(&change, ChangeStatus::Cancelled);
        if let Some(configuration) = &mut self.configuration {
            configuration.version += 1;
        }
        Ok(())
    }

    fn close(&mut self, change: &Change, status: ChangeStatus) {
        let ended = self.now;
        if let Some(configuration) = &mut self.configuration {
            configuration.version += 1;
            configuration.last =
                Some(Ended { id: change.id, status, started: change.started, ended });
            configuration.change = None;
        }
    }

    /// What an operation does to data: copies come into being and go.
    fn data_after(&mut self, operation: &Operation) {
        match operation {
            Operation::PartitionJoin { broker, partition, .. }
            | Operation::PartitionBootstrap { broker, partition, .. } => {
                if let Some(machine) = self.brokers.get_mut(broker) {
                    machine.volume.copies.entry(*partition).or_insert_with(Copy::default);
                }
            }
            Operation::PartitionLeave { broker, partition } => {
                if let Some(machine) = self.brokers.get_mut(broker) {
                    machine.volume.copies.remove(partition);
                }
            }
            Operation::ExporterEnable { broker, partition, exporter, from } => {
                if self.leader(*partition) == Some(*broker) {
                    self.start_exporter(*partition, exporter, from.as_deref());
                }
            }
            Operation::BrokerAdd { .. }
            | Operation::BrokerRemove { .. }
            | Operation::BrokerForceRemove { .. }
            | Operation::PartitionReconfigurePriority { .. }
            | Operation::PartitionForceReconfigure { .. }
            | Operation::StartPartitionScaleUp { .. }
            | Operation::AwaitRedistribution { .. }
            | Operation::AwaitRelocation { .. }
            | Operation::ExporterDisable { .. }
            | Operation::ExporterDelete { .. }
            | Operation::Foreign { .. } => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
    Neither,
}

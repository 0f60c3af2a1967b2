//! Exporters: where each stands at each copy of a partition, and how far each is.
//!
//! What was seen of real brokers (8.6.0, in part 8.5.8) and holds here: a broker brings the exporters of its settings
//! into the configuration when it starts, enabled if they are new; one that was disabled stays so; one whose settings
//! are gone is disabled until 8.8, and from 8.8 on kept as `CONFIG_NOT_FOUND`, which holds the log. An exporter that
//! its sink takes nothing from holds up the others of its partition too, because each record goes to all of them
//! before the next. The lowest position of all that are enabled counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_spec::{BrokerId, Minor, PartitionId};

use super::configuration::{Configuration, Replica};
use super::machine::Fitness;
use super::pace::{self, Moment};
use super::{Exporting, Model, Trouble};

/// Where an exporter stands at one copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It exports.
    Enabled,
    /// It gets nothing.
    Disabled,
    /// Its settings are gone, and it was enabled: it holds the log (8.8 and later).
    ConfigNotFound,
}

impl Standing {
    /// Whether the log is kept for it.
    pub const fn counts(self) -> bool {
        match self {
            Self::Enabled | Self::ConfigNotFound => true,
            Self::Disabled => false,
        }
    }
}

/// How far the exporters of one partition are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outflow {
    /// The last record that is safe with each sink; -1 where none is.
    pub positions: BTreeMap<String, i64>,
    /// Of those that were enabled by a change and have exported nothing yet: the end of the log at that moment. They
    /// get what comes after it (seen on 8.6.0); one that is new in the settings gets all that the log still has.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub from: BTreeMap<String, i64>,
    /// When those that are behind will have caught up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
}

impl Configuration {
    /// The exporters that copies know, with where each stands at each of them.
    pub fn exporters(&self) -> BTreeMap<&str, Vec<Standing>> {
        let mut exporters: BTreeMap<&str, Vec<Standing>> = BTreeMap::new();
        let members = self.members.values();
        for replica in members.flat_map(|member| member.partitions.values()) {
            for (id, standing) in &replica.exporters {
                exporters.entry(id).or_default().push(*standing);
            }
        }
        exporters
    }
}

impl Model {
    /// How far all exporters are that count at this broker's copy; -1 where one has exported nothing, and where
    /// there is none.
    pub fn exported(&self, broker: BrokerId, partition: PartitionId) -> i64 {
        self.slowest(broker, partition).unwrap_or(-1)
    }

    /// How far the slowest exporter is that counts at this broker's copy, if there is any.
    pub(super) fn slowest(&self, broker: BrokerId, partition: PartitionId) -> Option<i64> {
        let member = self.configuration.as_ref()?.members.get(&broker)?;
        let exporters = &member.partitions.get(&partition)?.exporters;
        let positions = self.exported.get(&partition).map(|outflow| &outflow.positions);
        let counting = exporters.iter().filter(|(_, standing)| standing.counts());
        counting.map(|(id, _)| positions.and_then(|it| it.get(id)).copied().unwrap_or(-1)).min()
    }

    /// How far the exporters are with the partitions that a broker leads.
    pub fn exported_by(
        &self,
        broker: BrokerId,
    ) -> impl Iterator<Item = (PartitionId, &BTreeMap<String, i64>)> {
        let led = self.exported.iter().filter(move |(id, _)| self.leader(**id) == Some(broker));
        led.map(|(partition, outflow)| (*partition, &outflow.positions))
    }

    /// The last record that an exporter was given; -1 where it was given none. One whose sink takes nothing keeps what it is
    /// given, and is given all there is (seen on 8.6.0: sent up to 1, given up to 47).
    pub fn given(&self, partition: PartitionId, exporter: &str, sent: i64) -> i64 {
        let end = self.positions.get(&partition).copied().unwrap_or(-1);
        if self.trouble.sinks_down.contains(exporter) { end.max(sent) } else { sent }
    }

    /// Brokers that have started bring the exporters of their settings into the configuration.
    pub(super) fn bring_in_exporters(&mut self) -> bool {
        let Some(configuration) = &mut self.configuration else { return false };
        let mut changed = false;
        for (id, member) in &mut configuration.members {
            let Some(machine) = self.brokers.get(id) else { continue };
            let started = machine
                .run
                .is_some_and(|run| run.answers <= self.now && run.fitness == Fitness::Fit);
            if !started {
                continue;
            }
            let minor = machine.version.minor();
            let settings = &machine.settings.exporters;
            let mut touched = false;
            for replica in member.partitions.values_mut() {
                touched |= replica.read_exporters(minor, |id| settings.contains(id), settings);
            }
            // Before 8.6 exporters are no part of the configuration, and founding members begin with theirs.
            if touched && minor >= Minor::V8_6 && machine.volume.version.is_some() {
                member.version += 1;
                member.updated = Some(self.now);
            }
            changed |= touched;
        }
        changed
    }

    /// An exporter was enabled by a change: it goes on where another is, or gets what comes from now on.
    pub(super) fn start_exporter(
        &mut self,
        partition: PartitionId,
        exporter: &str,
        from: Option<&str>,
    ) {
        let end = self.position(partition);
        let outflow = self.exported.entry(partition).or_default();
        let sibling = from.and_then(|from| outflow.positions.get(from).copied());
        outflow.positions.insert(exporter.to_owned(), sibling.unwrap_or(-1));
        if sibling.is_none() {
            outflow.from.insert(exporter.to_owned(), end);
        }
    }

    /// What is behind and can be exported is under way, and arrives. Says whether anything changed.
    pub(super) fn export(&mut self) -> bool {
        let Some(configuration) = &self.configuration else { return false };
        let members = configuration.members.values();
        let mut replicas = members.flat_map(|member| member.partitions.values());
        if self.exported.is_empty() && replicas.all(|replica| replica.exporters.is_empty()) {
            return false;
        }
        let mut changed = false;
        for partition in configuration.partitions() {
            let leader = self.leader(partition);
            let replica = configuration
                .replicas(partition)
                .find(|(broker, _)| Some(*broker) == leader)
                .map(|(_, replica)| replica);
            let Some(replica) = replica else { continue };
            let before = self.exported.get(&partition);
            if before.is_none() && replica.exporters.is_empty() {
                continue;
            }
            let end = self.positions.get(&partition).copied().unwrap_or(-1);
            let mut outflow = before.cloned().unwrap_or_default();
            outflow.advance(replica, end, self.exporting, &self.trouble, self.now);
            if self.exported.get(&partition) != Some(&outflow) {
                self.exported.insert(partition, outflow);
                changed = true;
            }
        }
        changed
    }

    /// When the next exporters will have caught up.
    pub(super) fn next_export(&self) -> Option<Moment> {
        self.exported.values().filter_map(|outflow| outflow.due).min()
    }
}

impl Outflow {
    fn advance(
        &mut self,
        replica: &Replica,
        end: i64,
        exporting: Exporting,
        trouble: &Trouble,
        now: Moment,
    ) {
        let standing = |id: &String| replica.exporters.get(id).copied();
        self.positions.retain(|id, _| standing(id).is_some_and(Standing::counts));
        for (id, standing) in &replica.exporters {
            if standing.counts() {
                self.positions.entry(id.clone()).or_insert(-1);
            }
        }
        let working = |id: &String| standing(id) == Some(Standing::Enabled);
        self.from.retain(|id, _| working(id));
        let begun = |id: &String| self.from.get(id).copied().unwrap_or(-1);
        let behind = || {
            let all = self.positions.iter();
            all.filter(|(id, at)| working(id) && begun(id).max(**at) < end)
        };
        let blocked = behind().any(|(id, _)| trouble.sinks_down.contains(id));
        let flows = exporting == Exporting::Exporting && !blocked && behind().next().is_some();
        match self.due {
            _ if !flows => self.due = None,
            None => self.due = Some(now + pace::EXPORT),
            Some(due) if due > now => {}
            Some(_) => {
                let ids: Vec<String> = behind().map(|(id, _)| id.clone()).collect();
                for id in ids {
                    self.from.remove(&id);
                    self.positions.insert(id, end);
                }
                self.due = None;
            }
        }
    }
}

impl Replica {
    /// Takes in what the settings of its broker say of exporters. Says whether anything changed.
    fn read_exporters<'a>(
        &mut self,
        minor: Minor,
        is_set: impl Fn(&str) -> bool,
        settings: impl IntoIterator<Item = &'a String>,
    ) -> bool {
        let mut changed = false;
        for id in settings {
            match self.exporters.get(id) {
                None | Some(Standing::ConfigNotFound) => {
                    self.exporters.insert(id.clone(), Standing::Enabled);
                    changed = true;
                }
                Some(Standing::Enabled | Standing::Disabled) => {}
            }
        }
        if minor < Minor::V8_6 {
            let before = self.exporters.len();
            self.exporters.retain(|id, _| is_set(id));
            return changed || self.exporters.len() != before;
        }
        let gone = if minor < Minor::V8_8 { Standing::Disabled } else { Standing::ConfigNotFound };
        for (id, standing) in &mut self.exporters {
            if *standing == Standing::Enabled && !is_set(id) {
                *standing = gone;
                changed = true;
            }
        }
        changed
    }
}

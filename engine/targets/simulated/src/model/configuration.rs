//! The cluster's configuration: members, copies, routing and changes, as the product keeps them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeebe_plan::distribution::distribution;
use zeebe_plan::product::{ChangeStatus, MemberState};
use zeebe_spec::{BrokerId, PartitionId};

use super::exporters::Standing;
use super::operation::Operation;
use super::pace::Moment;

/// The cluster's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Its number: one more when a change begins, one more when it ends.
    pub version: i64,
    /// The members.
    pub members: BTreeMap<BrokerId, Member>,
    /// The partitions that get work.
    pub active: BTreeSet<PartitionId>,
    /// The number of the routing.
    pub routing_version: i64,
    /// The last change that ended.
    pub last: Option<Ended>,
    /// The change under way.
    pub change: Option<Change>,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It is.
    Enabled,
    /// It is not.
    Disabled,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Whether it is in.
    pub state: MemberState,
    /// Counts its changes.
    pub version: i64,
    /// When it last changed; `None` where it never did.
    pub updated: Option<Moment>,
    /// Its copies.
    pub partitions: BTreeMap<PartitionId, Replica>,
}

/// One copy of a partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replica {
    /// Whether it is in.
    pub state: MemberState,
    /// How much it is preferred as leader.
    pub priority: i64,
    /// Since when it is in.
    pub since: Moment,
    /// Whether its data ever was there: what was never made is new, what was made and is gone is lost.
    pub data: Data,
    /// The exporters that it knows, and where each stands here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exporters: BTreeMap<String, Standing>,
}

/// Whether the data of a copy ever was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// Not yet.
    Unmade,
    /// It was.
    Made,
}

/// A change that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Its number.
    pub id: i64,
    /// How it ended.
    pub status: ChangeStatus,
    /// When it began.
    pub started: Moment,
    /// When it ended.
    pub ended: Moment,
}

/// A change under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub id: i64,
    /// When it began.
    pub started: Moment,
    /// What is done, and when.
    pub completed: Vec<(Operation, Moment)>,
    /// What is still to do, the next first.
    pub pending: Vec<Operation>,
    /// How far the next is.
    pub progress: Progress,
}

/// How far the first pending operation of a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It waits for its broker, the coordinator or a leader.
    Waiting,
    /// It has begun and waits for the same.
    Interrupted,
    /// It ends then.
    Due(Moment),
}

impl Configuration {
    /// What a cluster begins with: partitions spread over its brokers by turns.
    pub fn bootstrap(brokers: u16, partitions: u16, factor: u16, now: Moment) -> Self {
        let ids: BTreeSet<BrokerId> = (0..brokers).map(BrokerId).collect();
        let mut members: BTreeMap<BrokerId, Member> =
            ids.iter().map(|id| (*id, Member::founding())).collect();
        for (partition, replicas) in distribution(&ids, partitions, factor) {
            for (broker, priority) in replicas {
                if let Some(member) = members.get_mut(&broker) {
                    let state = MemberState::Active;
                    let data = Data::Unmade;
                    let exporters = BTreeMap::new();
                    let replica = Replica { state, priority, since: now, data, exporters };
                    member.partitions.insert(partition, replica);
                }
            }
        }
        Self {
            version: 1,
            members,
            active: (1..=partitions).map(PartitionId).collect(),
            routing_version: 1,
            last: None,
            change: None,
        }
    }

    /// The member that plans changes and knows of them: the lowest.
    pub fn coordinator(&self) -> Option<BrokerId> {
        self.members.keys().next().copied()
    }

    /// The copies of a partition.
    pub fn replicas(&self, partition: PartitionId) -> impl Iterator<Item = (BrokerId, &Replica)> {
        self.members.iter().filter_map(move |(broker, member)| {
            member.partitions.get(&partition).map(|replica| (*broker, replica))
        })
    }

    /// The partitions that have a copy anywhere.
    pub fn partitions(&self) -> BTreeSet<PartitionId> {
        self.members.values().flat_map(|member| member.partitions.keys().copied()).collect()
    }

    /// The fewest copies that a partition has.
    pub fn replication_factor(&self) -> usize {
        self.partitions().into_iter().map(|id| self.replicas(id).count()).min().unwrap_or(0)
    }

    /// Does the first half of an operation: what is seen while it is under way.
    pub fn begin(&mut self, operation: &Operation, now: Moment) {
        match operation {
            Operation::BrokerAdd { broker } => {
                let joining =
                    Member { state: MemberState::Joining, version: 1, ..Member::new(now) };
                self.members.entry(*broker).or_insert(joining);
            }
            Operation::BrokerRemove { broker } => {
                self.touch(*broker, now, |member| member.state = MemberState::Leaving);
            }
            Operation::PartitionJoin { broker, partition, priority } => {
                let mut replica = Replica::made(MemberState::Joining, *priority, now);
                replica.exporters = self.exporters_like(*partition);
                self.touch(*broker, now, |member| {
                    member.partitions.insert(*partition, replica);
                });
            }
            Operation::PartitionBootstrap { broker, .. } => self.touch(*broker, now, |_| {}),
            Operation::PartitionLeave { broker, partition } => {
                self.touch(*broker, now, |member| {
                    if let Some(replica) = member.partitions.get_mut(partition) {
                        replica.state = MemberState::Leaving;
                    }
                });
            }
            Operation::BrokerForceRemove { .. }
            | Operation::PartitionReconfigurePriority { .. }
            | Operation::PartitionForceReconfigure { .. }
            | Operation::StartPartitionScaleUp { .. }
            | Operation::AwaitRedistribution { .. }
            | Operation::AwaitRelocation { .. }
            | Operation::ExporterEnable { .. }
            | Operation::ExporterDisable { .. }
            | Operation::ExporterDelete { .. }
            | Operation::Foreign { .. } => {}
        }
    }

    /// Does the second half of an operation.
    pub fn end(&mut self, operation: &Operation, now: Moment) {
        match operation {
            Operation::BrokerAdd { broker } => {
                self.touch(*broker, now, |member| member.state = MemberState::Active);
            }
            Operation::BrokerRemove { broker } => {
                self.members.remove(broker);
            }
            Operation::BrokerForceRemove { by: _, gone } => {
                self.members.retain(|broker, _| !gone.contains(broker));
            }
            Operation::PartitionJoin { broker, partition, priority }
            | Operation::PartitionBootstrap { broker, partition, priority } => {
                let mut replica = Replica::made(MemberState::Active, *priority, now);
                replica.exporters = self.exporters_like(*partition);
                self.touch(*broker, now, |member| {
                    member.partitions.insert(*partition, replica);
                });
            }
            Operation::PartitionLeave { broker, partition } => {
                self.touch(*broker, now, |member| {
                    member.partitions.remove(partition);
                });
            }
            Operation::PartitionReconfigurePriority { broker, partition, priority } => {
                self.touch(*broker, now, |member| {
                    if let Some(replica) = member.partitions.get_mut(partition) {
                        replica.priority = *priority;
                    }
                });
            }
            Operation::PartitionForceReconfigure { broker: _, partition, stay } => {
                for (broker, member) in &mut self.members {
                    if !stay.contains(broker) {
                        member.partitions.remove(partition);
                    }
                }
            }
            Operation::AwaitRelocation { broker: _, partitions } => {
                self.active = (1..=*partitions).map(PartitionId).collect();
                self.routing_version += 1;
            }
            Operation::ExporterEnable { broker, partition, exporter, from: _ } => {
                self.switch(*broker, *partition, exporter, Some(Standing::Enabled), now);
            }
            Operation::ExporterDisable { broker, partition, exporter } => {
                self.switch(*broker, *partition, exporter, Some(Standing::Disabled), now);
            }
            Operation::ExporterDelete { broker, partition, exporter } => {
                self.switch(*broker, *partition, exporter, None, now);
            }
            Operation::StartPartitionScaleUp { .. }
            | Operation::AwaitRedistribution { .. }
            | Operation::Foreign { .. } => {}
        }
    }

    /// The exporters of a new copy: those of the partition's other copies, or of any, if it is the first.
    fn exporters_like(&self, partition: PartitionId) -> BTreeMap<String, Standing> {
        let members = self.members.values().flat_map(|member| member.partitions.values());
        let like = self.replicas(partition).map(|(_, replica)| replica).chain(members);
        let mut like = like.map(|replica| &replica.exporters);
        like.find(|exporters| !exporters.is_empty()).cloned().unwrap_or_default()
    }

    fn switch(
        &mut self,
        broker: BrokerId,
        partition: PartitionId,
        exporter: &str,
        to: Option<Standing>,
        now: Moment,
    ) {
        self.touch(broker, now, |member| {
            let replica = member.partitions.get_mut(&partition);
            match (replica, to) {
                (Some(replica), Some(to)) => {
                    replica.exporters.insert(exporter.to_owned(), to);
                }
                (Some(replica), None) => {
                    replica.exporters.remove(exporter);
                }
                (None, _) => {}
            }
        });
    }

    /// The configuration after all of these operations.
    #[must_use]
    pub fn after(&self, operations: &[Operation], now: Moment) -> Self {
        let mut after = self.clone();
        for operation in operations {
            after.begin(operation, now);
            after.end(operation, now);
        }
        after
    }

    fn touch(&mut self, broker: BrokerId, now: Moment, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.members.get_mut(&broker) {
            change(member);
            member.version += 1;
            member.updated = Some(now);
        }
    }
}

impl Replica {
    const fn made(state: MemberState, priority: i64, since: Moment) -> Self {
        Self { state, priority, since, data: Data::Made, exporters: BTreeMap::new() }
    }
}

impl Member {
    const fn founding() -> Self {
        Self { state: MemberState::Active, version: 0, updated: None, partitions: BTreeMap::new() }
    }

    const fn new(now: Moment) -> Self {
        let mut new = Self::founding();
        new.updated = Some(now);
        new
    }
}

//! The product's own planner: from a request to operations, in the product's order.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_plan::distribution::{Distribution, distribution};
use zeebe_spec::{BrokerId, PartitionId};

use super::configuration::Configuration;
use super::operation::Operation;
use super::random::mix;

/// What is asked of the cluster. What is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// All members after the change.
    pub members: Option<BTreeSet<BrokerId>>,
    /// Copies of each partition.
    pub factor: Option<i64>,
    /// Partitions.
    pub partitions: Option<u16>,
}

/// Why the product does not do what is asked, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The product's text.
    pub message: String,
}

impl Refusal {
    /// A refusal of a wrong request.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self { status: 400, message: message.into() }
    }
}

/// How the product iterates over its hash sets. They are salted at each start of a Java process, so the
/// order of leaves and of priorities within a partition changes with every restart of the coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetOrder {
    /// The salt of this run of the coordinator.
    pub salt: u64,
    /// What is kept in hash sets.
    pub habit: Habit,
}

/// What the product keeps in hash sets while it plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Partitions too, and the brokers that join (8.5).
    AllScattered,
    /// Partitions go by their number, and so do the brokers that join one (8.6 and later).
    InOrder,
}

impl SetOrder {
    /// These ids in that order.
    pub fn of(self, ids: impl IntoIterator<Item = BrokerId>) -> Vec<BrokerId> {
        let mut ids: Vec<BrokerId> = ids.into_iter().collect();
        ids.sort_unstable();
        if let Ok(length) = u64::try_from(ids.len())
            && let Some(turn) = (self.salt >> 1).checked_rem(length)
        {
            ids.rotate_left(usize::try_from(turn).unwrap_or(0));
        }
        if self.salt & 1 == 1 {
            ids.reverse();
        }
        ids
    }

    fn joins(self, ids: impl IntoIterator<Item = BrokerId>) -> Vec<BrokerId> {
        match self.habit {
            Habit::AllScattered => self.of(ids),
            Habit::InOrder => ids.into_iter().collect(),
        }
    }

    fn partitions(self, spread: Distribution) -> Vec<(PartitionId, BTreeMap<BrokerId, i64>)> {
        let mut spread: Vec<_> = spread.into_iter().collect();
        if self.habit == Habit::AllScattered {
            // A partition's place in the set follows from what it holds.
            spread.sort_by_key(|(partition, replicas)| {
                let held = replicas.iter().fold(0, |sum: u64, (broker, priority)| {
                    sum.wrapping_mul(31)
                        .wrapping_add(u64::from(broker.0) ^ priority.unsigned_abs().rotate_left(8))
                });
                mix(self.salt.wrapping_add(held).wrapping_add(u64::from(partition.0)))
            });
        }
        spread
    }
}

/// Whether more partitions can be had, and get work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// Every request that names a number of partitions is refused.
    Off,
    /// The experiment of 8.6: new partitions come, and get no work.
    WithoutRouting,
    /// 8.8 and later.
    Whole,
}

/// What the product does for a request.
pub fn operations(
    now: &Configuration,
    request: &Request,
    growth: Growth,
    order: SetOrder,
) -> Result<Vec<Operation>, Refusal> {
    let before: BTreeSet<BrokerId> = now.members.keys().copied().collect();
    let after = request.members.as_ref().unwrap_or(&before);
    if after.is_empty() {
        return Err(Refusal::wrong(
            "java.lang.IllegalArgumentException: Cannot reassign partitions if no brokers are provided",
        ));
    }
    let had = u16::try_from(now.partitions().len()).unwrap_or(u16::MAX);
    let wanted = match (request.partitions, growth) {
        (Some(_), Growth::Off) => {
            return Err(Refusal {
                status: 500,
                message:
                    "java.lang.UnsupportedOperationException: Partition scaling is not enabled."
                        .to_owned(),
            });
        }
        (Some(fewer), _) if fewer < had => {
            return Err(Refusal::wrong(format!(
                "New partition count [{fewer}] must be greater than or equal to the current partition \
                 count [{had}]"
            )));
        }
        (Some(wanted), _) => wanted,
        (None, _) => had,
    };
    let factor = factor(now, after, request.factor)?;
    let mut operations: Vec<Operation> =
        after.difference(&before).map(|broker| Operation::BrokerAdd { broker: *broker }).collect();
    for (partition, replicas) in order.partitions(distribution(after, wanted, factor)) {
        let old: BTreeMap<BrokerId, i64> =
            now.replicas(partition).map(|(broker, replica)| (broker, replica.priority)).collect();
        if old.is_empty() {
            found(partition, &replicas, &mut operations);
        } else {
            shift(partition, &old, &replicas, order, &mut operations);
        }
    }
    if let (true, Growth::Whole, Some(broker)) = (wanted > had, growth, after.first().copied()) {
        operations.extend([
            Operation::StartPartitionScaleUp { broker, partitions: wanted },
            Operation::AwaitRedistribution { broker, partitions: wanted },
            Operation::AwaitRelocation { broker, partitions: wanted },
        ]);
    }
    operations
        .extend(before.difference(after).map(|broker| Operation::BrokerRemove { broker: *broker }));
    Ok(operations)
}

fn factor(
    now: &Configuration,
    after: &BTreeSet<BrokerId>,
    wanted: Option<i64>,
) -> Result<u16, Refusal> {
    let factor = match wanted {
        Some(factor) => factor,
        None => i64::try_from(now.replication_factor()).unwrap_or(i64::MAX),
    };
    if factor <= 0 {
        return Err(Refusal::wrong(format!(
            "Replication factor [{factor}] must be greater than 0"
        )));
    }
    match u16::try_from(factor) {
        Ok(fits) if usize::from(fits) <= after.len() => Ok(fits),
        Ok(_) | Err(_) => Err(Refusal::wrong(format!(
            "Number of brokers [{}] is less than the replication factor [{factor}]",
            after.len()
        ))),
    }
}

/// A new partition: begun at its first broker, joined by the others.
fn found(
    partition: PartitionId,
    replicas: &BTreeMap<BrokerId, i64>,
    operations: &mut Vec<Operation>,
) {
    let primary = replicas.iter().max_by_key(|(_, priority)| **priority).map(|(broker, _)| *broker);
    if let Some(broker) = primary
        && let Some(priority) = replicas.get(&broker)
    {
        operations.push(Operation::PartitionBootstrap { broker, partition, priority: *priority });
    }
    operations.extend(replicas.iter().filter(|(broker, _)| Some(**broker) != primary).map(
        |(broker, priority)| Operation::PartitionJoin {
            broker: *broker,
            partition,
            priority: *priority,
        },
    ));
}

/// A partition that moves: joins, then leaves, then priorities.
fn shift(
    partition: PartitionId,
    old: &BTreeMap<BrokerId, i64>,
    new: &BTreeMap<BrokerId, i64>,
    order: SetOrder,
    operations: &mut Vec<Operation>,
) {
    let joining = new.keys().filter(|broker| !old.contains_key(broker)).copied();
    let joins = order.joins(joining).into_iter().filter_map(|broker| {
        Some(Operation::PartitionJoin { broker, partition, priority: *new.get(&broker)? })
    });
    operations.extend(joins);
    let old_ones = order.of(old.keys().copied());
    let leaves = old_ones.iter().filter(|broker| !new.contains_key(broker));
    operations
        .extend(leaves.map(|broker| Operation::PartitionLeave { broker: *broker, partition }));
    for broker in &old_ones {
        if let Some(priority) = new.get(broker)
            && old.get(broker) != Some(priority)
        {
            operations.push(Operation::PartitionReconfigurePriority {
                broker: *broker,
                partition,
                priority: *priority,
            });
        }
    }
}

/// What the product does to go on without brokers that cannot be reached.
pub fn forced(
    now: &Configuration,
    stay: &BTreeSet<BrokerId>,
    order: SetOrder,
) -> Result<Vec<Operation>, Refusal> {
    let before: BTreeSet<BrokerId> = now.members.keys().copied().collect();
    if !stay.is_subset(&before) {
        return Err(Refusal::wrong("Cannot force add brokers"));
    }
    let gone: BTreeSet<BrokerId> = before.difference(stay).copied().collect();
    let Some(by) = stay.first().copied() else {
        return Err(Refusal::wrong(
            "java.lang.IllegalArgumentException: Cannot reassign partitions if no brokers are provided",
        ));
    };
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let mut operations = Vec::new();
    for partition in now.partitions() {
        let holders: BTreeSet<BrokerId> =
            now.replicas(partition).map(|(broker, _)| broker).collect();
        if holders.is_disjoint(&gone) {
            continue;
        }
        let left = order.of(holders.difference(&gone).copied());
        let Some(broker) = left.first().copied() else {
            return Err(Refusal::wrong(format!(
                "Cannot force configure partition {partition}: no broker would be left that has a copy of it"
            )));
        };
        operations.push(Operation::PartitionForceReconfigure { broker, partition, stay: left });
    }
    operations.push(Operation::BrokerForceRemove { by, gone });
    Ok(operations)
}

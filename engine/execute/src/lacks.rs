//! What is still missing: from what is wanted and what was seen to words. No I/O.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_plan::observed::Shape;
use zeebe_plan::product::{
    ChangeRequest, ClusterTopology, GatewayView, Health, MemberState, Role, version_of,
};
use zeebe_plan::step::Gate;
use zeebe_spec::{BrokerId, PartitionId};

/// What a topology lacks of a wished change. Empty where the change is so.
pub(crate) fn of_change(topology: &ClusterTopology, request: &ChangeRequest) -> Vec<String> {
    let ChangeRequest { members, add: _, remove: _, replication_factor, partitions } = request;
    let mut lacks = of_members(topology, members);
    let replicas = topology.replicas();
    if let Some(count) = partitions {
        lacks.extend(of_partitions(topology, *count));
        // A partition that is there and gets no work is what partition growth looks like where the
        // product only seems to support it.
        if let Some(active) = &topology.active_partitions {
            lacks.extend(
                numbered(*count)
                    .filter(|partition| !active.contains(partition))
                    .map(|partition| format!("partition {partition} gets no work")),
            );
        }
    }
    for (partition, brokers) in &replicas {
        lacks.extend(of_copies(topology, *partition, brokers, *replication_factor));
    }
    lacks
}

/// What a shape lacks in a topology.
pub(crate) fn of_shape(topology: &ClusterTopology, shape: &Shape) -> Vec<String> {
    let Shape { members, partitions, replication_factor } = shape;
    let mut lacks = of_members(topology, members);
    lacks.extend(of_partitions(topology, *partitions));
    for (partition, brokers) in &topology.replicas() {
        lacks.extend(of_copies(topology, *partition, brokers, Some(*replication_factor)));
    }
    lacks
}

fn of_members(topology: &ClusterTopology, wanted: &BTreeSet<BrokerId>) -> Vec<String> {
    let mut lacks = Vec::new();
    for broker in wanted {
        match topology.members.get(broker).map(|member| member.state) {
            Some(MemberState::Active) => {}
            Some(state @ (MemberState::Joining | MemberState::Leaving | MemberState::Unknown)) => {
                lacks.push(format!("broker {broker} is {}", word(state)));
            }
            Some(MemberState::Left) | None => lacks.push(format!("broker {broker} is no member")),
        }
    }
    for (broker, member) in &topology.members {
        if !wanted.contains(broker) && member.state != MemberState::Left {
            lacks.push(format!("broker {broker} is still a member"));
        }
    }
    lacks
}

fn of_partitions(topology: &ClusterTopology, count: u16) -> Vec<String> {
    let replicas = topology.replicas();
    let wanted: BTreeSet<PartitionId> = numbered(count).collect();
    let missing = wanted.iter().filter(|partition| !replicas.contains_key(partition));
    let foreign = replicas.keys().filter(|partition| !wanted.contains(partition));
    missing
        .map(|partition| format!("partition {partition} is not there"))
        .chain(foreign.map(|partition| format!("partition {partition} is too many")))
        .collect()
}

fn of_copies(
    topology: &ClusterTopology,
    partition: PartitionId,
    brokers: &BTreeSet<BrokerId>,
    wanted: Option<u16>,
) -> Vec<String> {
    let mut lacks = Vec::new();
    if let Some(wanted) = wanted
        && usize::from(wanted) != brokers.len()
    {
        lacks.push(format!("partition {partition} has {} of {wanted} copies", brokers.len()));
    }
    for broker in brokers {
        let replica =
            topology.members.get(broker).and_then(|member| member.partitions.get(&partition));
        if let Some(replica) = replica
            && replica.state != MemberState::Active
        {
            lacks.push(format!(
                "partition {partition} is {} on broker {broker}",
                word(replica.state)
            ));
        }
    }
    lacks
}

fn word(state: MemberState) -> &'static str {
    match state {
        MemberState::Joining => "joining",
        MemberState::Active => "active",
        MemberState::Leaving => "leaving",
        MemberState::Left => "left",
        MemberState::Unknown => "in a state that is not known",
    }
}

fn numbered(count: u16) -> impl Iterator<Item = PartitionId> {
    (1..=count).map(PartitionId)
}

/// What a gate lacks in a topology and in a gateway's view of it.
pub fn of_gate(gate: &Gate, topology: &ClusterTopology, view: &GatewayView) -> Vec<String> {
    let mut lacks = Vec::new();
    if let Some(change) = &topology.pending_change {
        lacks.push(format!("change {} of the product is under way", change.id));
    }
    lacks.extend(of_shape(topology, &gate.shape));
    let leaders = leaders(view);
    for (partition, brokers) in &topology.replicas() {
        match leaders.get(partition).map_or(0, BTreeSet::len) {
            0 => lacks.push(format!("partition {partition} has no leader")),
            1 => {}
            many => lacks.push(format!("partition {partition} has {many} leaders")),
        }
        for broker in brokers {
            lacks.extend(of_replica(view, *partition, *broker));
        }
    }
    for (broker, wanted) in &gate.versions {
        match view.brokers.get(broker) {
            None => lacks.push(format!("no gateway sees broker {broker}")),
            Some(seen) if version_of(seen).as_ref() == Some(wanted) => {}
            Some(seen) => {
                lacks.push(format!("broker {broker} runs {} and not {wanted}", seen.version));
            }
        }
    }
    lacks
}

fn of_replica(view: &GatewayView, partition: PartitionId, broker: BrokerId) -> Option<String> {
    let seen = view.brokers.get(&broker).and_then(|broker| broker.partitions.get(&partition));
    match seen {
        Some((Role::Leader | Role::Follower, Health::Healthy)) => None,
        Some((Role::Inactive, Health::Healthy)) => {
            Some(format!("partition {partition} is inactive on broker {broker}"))
        }
        Some((_, Health::Unhealthy)) => {
            Some(format!("partition {partition} is unhealthy on broker {broker}"))
        }
        Some((_, Health::Dead)) => {
            Some(format!("partition {partition} is dead on broker {broker}"))
        }
        None => Some(format!("no gateway sees partition {partition} on broker {broker}")),
    }
}

/// Who leads what, as a gateway sees it.
pub(crate) fn leaders(view: &GatewayView) -> BTreeMap<PartitionId, BTreeSet<BrokerId>> {
    let mut leaders: BTreeMap<PartitionId, BTreeSet<BrokerId>> = BTreeMap::new();
    for (broker, seen) in &view.brokers {
        for (partition, (role, _)) in &seen.partitions {
            match role {
                Role::Leader => {
                    leaders.entry(*partition).or_default().insert(*broker);
                }
                Role::Follower | Role::Inactive => {}
            }
        }
    }
    leaders
}

#[cfg(test)]
mod tests;

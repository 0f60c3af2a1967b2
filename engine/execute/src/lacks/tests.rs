use std::time::Duration;

use zeebe_plan::product::{BrokerView, ChangeId, ChangeStatus, Member, PendingChange, Replica};

use super::*;

/// Brokers 0 … n-1, each with an active copy of partitions 1 … p; broker 0 leads.
fn topology(brokers: u16, partitions: u16) -> ClusterTopology {
    let replica = Replica { state: MemberState::Active, priority: 1 };
    let copies: BTreeMap<_, _> = numbered(partitions).map(|id| (id, replica)).collect();
    ClusterTopology {
        version: 1,
        members: (0..brokers)
            .map(|id| {
                (BrokerId(id), Member { state: MemberState::Active, partitions: copies.clone() })
            })
            .collect(),
        active_partitions: Some(numbered(partitions).collect()),
        last_change: None,
        pending_change: None,
    }
}

fn view(brokers: u16, partitions: u16) -> GatewayView {
    let role = |broker| if broker == 0 { Role::Leader } else { Role::Follower };
    GatewayView {
        cluster_size: brokers,
        partitions,
        replication_factor: brokers,
        brokers: (0..brokers)
            .map(|id| {
                let partitions =
                    numbered(partitions).map(|p| (p, (role(id), Health::Healthy))).collect();
                (BrokerId(id), BrokerView { version: "8.6.0".to_owned(), partitions })
            })
            .collect(),
    }
}

fn gate(brokers: u16, partitions: u16) -> Gate {
    Gate {
        purpose: String::new(),
        shape: Shape {
            members: (0..brokers).map(BrokerId).collect(),
            partitions,
            replication_factor: brokers,
        },
        versions: BTreeMap::new(),
        stable_for: Duration::ZERO,
        deadline: Duration::from_secs(1),
    }
}

fn request(brokers: u16, factor: Option<u16>, partitions: Option<u16>) -> ChangeRequest {
    ChangeRequest {
        members: (0..brokers).map(BrokerId).collect(),
        add: BTreeSet::new(),
        remove: BTreeSet::new(),
        replication_factor: factor,
        partitions,
    }
}

#[test]
fn a_whole_cluster_lacks_nothing() {
    assert_eq!(of_gate(&gate(3, 2), &topology(3, 2), &view(3, 2)), Vec::<String>::new());
    assert_eq!(of_change(&topology(3, 2), &request(3, Some(3), Some(2))), Vec::<String>::new());
    assert_eq!(of_change(&topology(3, 2), &request(3, None, None)), Vec::<String>::new());
}

#[test]
fn a_gate_names_every_member_and_copy_that_is_missing() {
    let mut seen = topology(2, 2);
    seen.members.get_mut(&BrokerId(1)).unwrap().state = MemberState::Joining;
    seen.members.get_mut(&BrokerId(1)).unwrap().partitions.remove(&PartitionId(2));
    assert_eq!(
        of_gate(&gate(3, 3), &seen, &view(2, 2)),
        [
            "broker 1 is joining",
            "broker 2 is no member",
            "partition 3 is not there",
            "partition 1 has 2 of 3 copies",
            "partition 2 has 1 of 3 copies",
        ]
    );
}

#[test]
fn a_gate_names_what_the_gateway_does_not_see() {
    let mut seen = view(3, 3);
    let broker = |seen: &mut GatewayView, id, partition, state| {
        seen.brokers
            .get_mut(&BrokerId(id))
            .unwrap()
            .partitions
            .insert(PartitionId(partition), state);
    };
    broker(&mut seen, 0, 1, (Role::Follower, Health::Healthy));
    broker(&mut seen, 1, 2, (Role::Leader, Health::Unhealthy));
    broker(&mut seen, 1, 3, (Role::Inactive, Health::Healthy));
    seen.brokers.get_mut(&BrokerId(2)).unwrap().partitions.remove(&PartitionId(3));
    assert_eq!(
        of_gate(&gate(3, 3), &topology(3, 3), &seen),
        [
            "partition 1 has no leader",
            "partition 2 has 2 leaders",
            "partition 2 is unhealthy on broker 1",
            "partition 3 is inactive on broker 1",
            "no gateway sees partition 3 on broker 2",
        ]
    );
}

#[test]
fn a_gate_waits_for_the_change_under_way_and_for_versions() {
    let mut seen = topology(1, 1);
    seen.pending_change = Some(PendingChange {
        id: ChangeId(4),
        status: ChangeStatus::InProgress,
        completed: Vec::new(),
        pending: Vec::new(),
    });
    let versions = [(0, "8.6.1"), (1, "8.6.1")]
        .map(|(id, version)| (BrokerId(id), zeebe_scalar::parse_text(version).unwrap()));
    assert_eq!(
        of_gate(&Gate { versions: versions.into(), ..gate(1, 1) }, &seen, &view(1, 1)),
        [
            "change 4 of the product is under way",
            "broker 0 runs 8.6.0 and not 8.6.1",
            "no gateway sees broker 1",
        ]
    );
}

#[test]
fn a_shrunken_cluster_has_neither_old_members_nor_old_copies() {
    let mut seen = topology(3, 1);
    assert_eq!(
        of_change(&seen, &request(2, Some(2), None)),
        ["broker 2 is still a member", "partition 1 has 3 of 2 copies"]
    );
    let left = seen.members.get_mut(&BrokerId(2)).unwrap();
    left.state = MemberState::Left;
    left.partitions.clear();
    assert_eq!(of_change(&seen, &request(2, Some(2), None)), Vec::<String>::new());
}

#[test]
fn a_partition_that_gets_no_work_is_not_there_yet() {
    let mut seen = topology(1, 3);
    seen.active_partitions = Some(numbered(1).collect());
    assert_eq!(
        of_change(&seen, &request(1, None, Some(3))),
        ["partition 2 gets no work", "partition 3 gets no work"]
    );
    seen.active_partitions = None;
    assert_eq!(of_change(&seen, &request(1, None, Some(3))), Vec::<String>::new());
}

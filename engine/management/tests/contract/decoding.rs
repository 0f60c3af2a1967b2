//! What the client makes of the answers of real brokers.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_management::{
    Answered, Client, ExportingPause, ForcedRemoval, ManagementError, ManagementReach, Readiness,
};
use zeebe_plan::product::ExporterState;
use zeebe_plan::product::{
    ChangeId, ChangeRequest, ChangeStatus, ClusterTopology, ExportingPhase, GatewayView,
    LastChange, MemberState, PartitionView, PlannedChange, Role, SnapshotName,
};
use zeebe_spec::{BrokerId, Minor, PartitionId};

use crate::captures::capture;
use crate::server::Server;

const VERSIONS: [(&str, Minor); 2] = [("8.5.8", Minor::V8_5), ("8.6.0", Minor::V8_6)];

/// A client of a broker, and gateway, that gives this captured answer to everything.
async fn client(name: &str, minor: Minor) -> (Client, Server) {
    let server = Server::always(capture(name).reply()).await;
    let reach = ManagementReach {
        brokers: BTreeMap::from([(BrokerId(0), server.address())]),
        gateways: vec![server.address()],
    };
    (Client::new(minor, reach).expect("a client"), server)
}

fn any_change() -> ChangeRequest {
    ChangeRequest {
        members: BTreeSet::from([BrokerId(0), BrokerId(1)]),
        add: BTreeSet::from([BrokerId(1)]),
        remove: BTreeSet::new(),
        replication_factor: None,
        partitions: None,
    }
}

/// `0 active: 1/3 2/1` is broker 0 with partition 1 at priority 3 and partition 2 at priority 1.
fn told(topology: &ClusterTopology) -> Vec<String> {
    let ClusterTopology { version, members, active_partitions, last_change, pending_change } =
        topology;
    let mut lines = vec![format!("version {version}")];
    for (id, member) in members {
        let replicas: Vec<String> = member
            .partitions
            .iter()
            .map(|(partition, replica)| {
                let state = if replica.state == MemberState::Active {
                    String::new()
                } else {
                    format!(" {:?}", replica.state)
                };
                format!("{partition}/{}{state}", replica.priority)
            })
            .collect();
        lines.push(format!("{id} {:?}: {}", member.state, replicas.join(" ")));
    }
    lines.extend(active_partitions.iter().map(|active| format!("active {active:?}")));
    lines
        .extend(last_change.iter().map(|change| format!("last {} {:?}", change.id, change.status)));
    if let Some(change) = pending_change {
        lines.push(format!("pending {} {:?}", change.id, change.status));
        lines.extend(change.completed.iter().map(|operation| format!("- done {operation}")));
        lines.extend(change.pending.iter().map(|operation| format!("- todo {operation}")));
    }
    lines
}

#[tokio::test]
async fn the_configuration_of_three_brokers_is_told_alike_by_both_minors() {
    for (version, minor) in VERSIONS {
        let (client, _server) = client(&format!("{version}/cluster-three"), minor).await;
        let Answered { by, value } = client.cluster_from_any().await.expect("an answer");
        assert_eq!(by, BrokerId(0));
        assert_eq!(
            told(&value),
            [
                "version 5",
                "0 Active: 1/3 2/1 3/2",
                "1 Active: 1/2 2/3 3/1",
                "2 Active: 1/1 2/2 3/3",
                "last 4 Completed",
            ],
            "{version}"
        );
        assert_eq!(client.cluster(BrokerId(0)).await.expect("an answer"), value);
    }
}

#[tokio::test]
async fn a_change_that_waits_for_a_broker_is_seen_under_way() {
    for (version, minor) in VERSIONS {
        let (client, _server) =
            client(&format!("{version}/cluster-pending-not-running"), minor).await;
        assert_eq!(
            told(&client.cluster(BrokerId(0)).await.expect("an answer")),
            [
                "version 2",
                "0 Active: 1/1 2/1 3/1",
                "pending 2 InProgress",
                "- todo BROKER_ADD broker 1",
                "- todo PARTITION_JOIN broker 1 partition 2 priority 1",
                "- todo PARTITION_LEAVE broker 0 partition 2",
            ],
            "{version}"
        );
    }
}

#[tokio::test]
async fn routing_is_told_where_the_broker_says_it() {
    let (client, _server) = client("8.6.0/cluster-partitions-grown", Minor::V8_6).await;
    assert_eq!(
        told(&client.cluster(BrokerId(0)).await.expect("an answer")),
        [
            "version 15",
            "0 Active: 1/1 2/1 3/1",
            "active {PartitionId(1), PartitionId(2)}",
            "last 14 Completed",
        ]
    );
}

#[tokio::test]
async fn a_dry_run_tells_the_operations_though_the_new_brokers_do_not_run() {
    for (name, minor) in [
        ("8.5.8/brokers-dryrun-grow-not-running", Minor::V8_5),
        ("8.6.0/patch-dryrun-grow-not-running", Minor::V8_6),
    ] {
        let (client, _server) = client(name, minor).await;
        let planned = client.dry_run(&any_change()).await.expect("an answer");
        let mut operations: Vec<String> =
            planned.operations.iter().map(ToString::to_string).collect();
        operations.sort();
        assert_eq!(planned.id, ChangeId(2));
        assert_eq!(
            operations,
            [
                "BROKER_ADD broker 1",
                "BROKER_ADD broker 2",
                "PARTITION_JOIN broker 1 partition 1 priority 2",
                "PARTITION_JOIN broker 1 partition 2 priority 3",
                "PARTITION_JOIN broker 1 partition 3 priority 1",
                "PARTITION_JOIN broker 2 partition 1 priority 1",
                "PARTITION_JOIN broker 2 partition 2 priority 2",
                "PARTITION_JOIN broker 2 partition 3 priority 3",
                "PARTITION_RECONFIGURE_PRIORITY broker 0 partition 1 priority 3",
                "PARTITION_RECONFIGURE_PRIORITY broker 0 partition 3 priority 2",
            ],
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_change_that_changes_nothing_has_the_number_of_the_last_one() {
    for (name, id) in [("8.6.0/patch-dryrun-nothing", 0), ("8.6.0/patch-dryrun-three-nothing", 4)] {
        let (client, _server) = client(name, Minor::V8_6).await;
        assert_eq!(
            client.dry_run(&any_change()).await.expect("an answer"),
            PlannedChange { id: ChangeId(id), operations: Vec::new() }
        );
    }
}

#[tokio::test]
async fn a_forced_removal_is_told_with_the_broker_that_goes_and_not_with_the_one_that_does_it() {
    for (name, minor) in [("8.5.8/force-brokers", Minor::V8_5), ("8.6.0/force-remove", Minor::V8_6)]
    {
        let (client, _server) = client(name, minor).await;
        let removal = ForcedRemoval {
            remove: BTreeSet::from([BrokerId(2)]),
            remaining: BTreeSet::from([BrokerId(0), BrokerId(1)]),
        };
        let planned = client.force_remove(&removal).await.expect("an answer");
        assert_eq!(
            planned.operations.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "PARTITION_FORCE_RECONFIGURE broker 1 partition 1",
                "PARTITION_FORCE_RECONFIGURE broker 1 partition 2",
                "PARTITION_FORCE_RECONFIGURE broker 1 partition 3",
                "BROKER_REMOVE broker 2",
            ],
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_change_beside_another_is_a_conflict_even_as_a_dry_run() {
    for (version, minor) in VERSIONS {
        for name in ["conflict", "conflict-dryrun"] {
            let (client, _server) = client(&format!("{version}/{name}"), minor).await;
            for outcome in [client.change(&any_change()).await, client.dry_run(&any_change()).await]
            {
                match outcome {
                    Err(ManagementError::Conflict { message, .. }) => {
                        assert!(
                            message.contains("id=2, version=1, status=IN_PROGRESS"),
                            "{message}"
                        );
                    }
                    other => panic!("{version}/{name}: {other:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_change_is_refused_in_the_products_words() {
    for (name, minor) in [
        ("8.5.8/brokers-dryrun-replication-too-high", Minor::V8_5),
        ("8.6.0/patch-dryrun-replication-too-high", Minor::V8_6),
    ] {
        let (client, server) = client(name, minor).await;
        let error = client.dry_run(&any_change()).await.expect_err("a refusal");
        let verb = if minor == Minor::V8_5 { "POST" } else { "PATCH" };
        let path =
            if minor == Minor::V8_5 { "/actuator/cluster/brokers" } else { "/actuator/cluster" };
        assert_eq!(
            error.to_string(),
            format!(
                "{verb} {}{path}?dryRun=true was refused with 400: \
                 Number of brokers [1] is less than the replication factor [2]",
                server.address()
            )
        );
    }
}

#[tokio::test]
async fn a_gateway_tells_the_brokers_that_it_hears_of() {
    for (version, minor, path) in
        [("8.5.8", Minor::V8_5, "topology-v1-three"), ("8.6.0", Minor::V8_6, "topology-v2-three")]
    {
        let (client, server) = client(&format!("{version}/{path}"), minor).await;
        let GatewayView { cluster_size, partitions, replication_factor, brokers } =
            client.gateway_view().await.expect("an answer");
        assert_eq!((cluster_size, partitions, replication_factor), (3, 3, 3));
        let leaders: usize = brokers
            .values()
            .map(|broker| {
                broker.partitions.values().filter(|(role, _)| *role == Role::Leader).count()
            })
            .sum();
        assert_eq!(leaders, 3);
        assert_eq!(brokers.keys().copied().collect::<Vec<_>>(), [0, 1, 2].map(BrokerId));
        assert!(
            brokers
                .values()
                .all(|broker| broker.version == version && broker.partitions.len() == 3)
        );
        assert_eq!(server.received(), [capture(&format!("{version}/{path}")).request]);
    }
}

#[tokio::test]
async fn a_gateway_that_knows_nobody_yet_says_so_without_failing() {
    let (client, _server) = client("8.5.8/starting-topology-200", Minor::V8_5).await;
    assert_eq!(
        client.gateway_view().await.expect("an answer"),
        GatewayView {
            cluster_size: 0,
            partitions: 0,
            replication_factor: 0,
            brokers: BTreeMap::new()
        }
    );
}

#[tokio::test]
async fn replicas_are_told_with_role_snapshot_and_positions() {
    let (client, _server) = client("8.6.0/partitions-snapshot", Minor::V8_6).await;
    let view = |snapshot: &str, processed| PartitionView {
        role: Some(Role::Leader),
        snapshot: Some(snapshot.to_owned()),
        processed_position: Some(processed),
        exported_position: Some(-1),
        exporting: Some(ExportingPhase::Exporting),
    };
    assert_eq!(
        client.partitions(BrokerId(0)).await.expect("an answer"),
        BTreeMap::from([
            (PartitionId(1), view("6-1-10-9223372036854775807-0", 10)),
            (PartitionId(2), view("7-1-9-9223372036854775807-0", 9)),
        ])
    );
}

#[tokio::test]
async fn a_replica_says_whether_it_exports_and_how_far_its_snapshot_is() {
    // 8.5 has nothing to pause where there is no exporter.
    for (name, minor, phase) in [
        ("8.5.8/partitions-paused", Minor::V8_5, ExportingPhase::Closed),
        ("8.5.8/partitions-exporters", Minor::V8_5, ExportingPhase::Exporting),
        ("8.6.0/partitions-one", Minor::V8_6, ExportingPhase::Exporting),
        ("8.6.0/partitions-paused", Minor::V8_6, ExportingPhase::Paused),
        ("8.6.0/partitions-soft-paused", Minor::V8_6, ExportingPhase::SoftPaused),
    ] {
        let (client, _server) = client(name, minor).await;
        let views = client.partitions(BrokerId(0)).await.expect("an answer");
        let phases: BTreeSet<_> = views.values().filter_map(|view| view.exporting).collect();
        assert_eq!(phases, BTreeSet::from([phase]), "{name}");
    }
    let (client, _server) = client("8.6.0/partitions-exporters", Minor::V8_6).await;
    let views = client.partitions(BrokerId(0)).await.expect("an answer");
    let told: Vec<_> =
        views.values().map(|it| (it.exported_position, it.snapshot_name())).collect();
    let name = |index, processed, exported| SnapshotName {
        index,
        term: 1,
        processed,
        exported: Some(exported),
    };
    assert_eq!(told, [(Some(104), Some(name(29, 181, 104))), (Some(80), Some(name(21, 119, 80)))]);
}

#[tokio::test]
async fn each_replica_says_where_its_exporters_stand() {
    let (client, server) = client("8.6.0/cluster-exporters-mixed", Minor::V8_6).await;
    let replicas = client.replica_exporters().await.expect("an answer");
    let told: Vec<String> = replicas
        .iter()
        .map(|((broker, partition), exporters)| format!("{broker}/{partition} {exporters:?}"))
        .collect();
    assert_eq!(
        told,
        [
            r#"0/1 {"audit": Enabled, "second": Disabled}"#,
            r#"0/2 {"audit": Enabled, "second": Disabled}"#,
            r#"1/1 {"audit": Enabled, "newbie": Enabled, "second": Disabled}"#,
            r#"1/2 {"audit": Enabled, "newbie": Enabled, "second": Disabled}"#,
        ]
    );
    assert_eq!(server.received(), [capture("8.6.0/cluster-exporters-mixed").request]);
}

#[tokio::test]
async fn a_broker_that_is_no_member_has_no_replicas_and_is_not_ready() {
    for (version, minor) in VERSIONS {
        let (of_partitions, _server) =
            client(&format!("{version}/partitions-on-not-member"), minor).await;
        assert_eq!(
            of_partitions.partitions(BrokerId(0)).await.expect("an answer"),
            BTreeMap::new()
        );
        let (of_health, _server) =
            client(&format!("{version}/readiness-on-not-member"), minor).await;
        assert_eq!(
            of_health.ready(BrokerId(0)).await.expect("an answer"),
            Readiness::NotReady { status: "OUT_OF_SERVICE".to_owned() }
        );
    }
}

#[tokio::test]
async fn a_member_is_ready() {
    for (version, minor) in VERSIONS {
        let (client, _server) = client(&format!("{version}/health-readiness"), minor).await;
        assert_eq!(client.ready(BrokerId(0)).await.expect("an answer"), Readiness::Ready);
    }
}

#[tokio::test]
async fn exporting_is_paused_when_the_envelope_says_204_and_not_when_it_says_500() {
    for (version, minor) in VERSIONS {
        let (paused, server) = client(&format!("{version}/exporting-soft-pause"), minor).await;
        paused.pause_exporting(ExportingPause::Soft).await.expect("paused");
        paused.resume_exporting().await.expect("resumed");
        assert_eq!(
            server.received(),
            ["exporting-soft-pause", "exporting-resume"]
                .map(|name| capture(&format!("{version}/{name}")).request)
        );
        let (failed, _server) =
            client(&format!("{version}/exporting-pause-broker-away"), minor).await;
        match failed.pause_exporting(ExportingPause::Hard).await {
            Err(ManagementError::Envelope { status: 500, message, .. }) => {
                assert!(
                    message.contains("Leader -2 of partition 1")
                        || message.contains("Failed to connect")
                );
            }
            other => panic!("{version}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn exporters_are_told_with_their_states() {
    let (client, _server) = client("8.6.0/exporters-disabling", Minor::V8_6).await;
    assert_eq!(
        client.exporters().await.expect("an answer"),
        BTreeMap::from([
            ("audit".to_owned(), ExporterState::Disabling),
            ("second".to_owned(), ExporterState::Enabled),
        ])
    );
}

#[tokio::test]
async fn a_snapshot_is_asked_for_and_a_rebalance_has_no_answer_to_read() {
    for (version, minor) in VERSIONS {
        let (of_snapshot, server) = client(&format!("{version}/take-snapshot"), minor).await;
        assert_eq!(of_snapshot.take_snapshot(BrokerId(0)).await.expect("an answer").len(), 3);
        assert_eq!(server.received(), [capture(&format!("{version}/take-snapshot")).request]);
        let (of_rebalance, server) = client(&format!("{version}/rebalance"), minor).await;
        of_rebalance.rebalance(BrokerId(0)).await.expect("done");
        assert_eq!(server.received(), [capture(&format!("{version}/rebalance")).request]);
    }
}

#[tokio::test]
async fn the_last_change_is_told_with_how_it_ended() {
    let (client, _server) = client("8.6.0/cluster-shrunk", Minor::V8_6).await;
    let topology = client.cluster(BrokerId(0)).await.expect("an answer");
    assert_eq!(
        topology.last_change,
        Some(LastChange { id: ChangeId(14), status: ChangeStatus::Completed })
    );
    assert_eq!(topology.replication_factor(), 2);
}

#[tokio::test]
async fn the_coordinators_place_is_taken_by_the_next_once_the_lost_one_is_forced_out() {
    for (version, minor) in VERSIONS {
        let (of_change, _server) = client(&format!("{version}/lost-force"), minor).await;
        let removal = ForcedRemoval {
            remove: BTreeSet::from([BrokerId(2)]),
            remaining: BTreeSet::from([BrokerId(0), BrokerId(1)]),
        };
        let planned = of_change.force_remove(&removal).await.expect("an answer");
        assert_eq!(
            planned.operations.last().map(ToString::to_string),
            Some("BROKER_REMOVE broker 0".to_owned())
        );
        let (of_topology, _server) = client(&format!("{version}/lost-rejoined"), minor).await;
        let topology = of_topology.cluster(BrokerId(0)).await.expect("an answer");
        assert_eq!(topology.member_ids(), BTreeSet::from([0, 1, 2].map(BrokerId)));
        assert_eq!(topology.replication_factor(), 3);
    }
}

#[tokio::test]
async fn a_standalone_gateway_answers_for_the_cluster_too() {
    let (of_topology, _server) = client("8.6.0/gateway-actuator-cluster", Minor::V8_6).await;
    assert_eq!(
        told(&of_topology.cluster(BrokerId(0)).await.expect("an answer")),
        ["version 5", "0 Active: 1/1 2/1 3/1", "last 4 Completed"]
    );
    let (of_health, _server) = client("8.6.0/gateway-actuator-health-readiness", Minor::V8_6).await;
    assert_eq!(of_health.ready(BrokerId(0)).await.expect("an answer"), Readiness::Ready);
}

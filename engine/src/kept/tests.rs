use std::collections::BTreeMap;

use camino_tempfile::Utf8TempDir;
use rstest::rstest;
use zeebe_plan::component::{ComponentId, ComponentState, Condition, Fingerprint, Observed};
use zeebe_plan::observed::{Canary, ClusterObserved, LastApply, Phase, ProductObserved};
use zeebe_plan::product::{
    ChangeId, ChangeStatus, ClusterTopology, LastChange, MemberState, PendingChange,
};
use zeebe_scalar::{Raw, Scalar, parse_text};
use zeebe_spec::{
    BrokerId, BrokerSpec, ClusterParts, ClusterSpec, DataOnDestroy, DeletionProtection,
    PartitionId, SimulatedTarget, TargetSpec, TopologySpec,
};
use zeebe_target::Call;

use super::essence;
use crate::{Cluster, Engine};

/// Three brokers that were made, what was seen of them, and where they are.
struct Made {
    cluster: Cluster,
    spec: ClusterSpec,
    seen: ClusterObserved,
    _directory: Utf8TempDir,
}

async fn made() -> Made {
    let directory = Utf8TempDir::new().unwrap();
    let spec = ClusterSpec::new(ClusterParts {
        name: parse_text("payments").unwrap(),
        version: parse_text("8.6.0").unwrap(),
        environment: None,
        topology: TopologySpec {
            brokers: Scalar::parse(Raw::Integer(3)).unwrap(),
            partitions: Scalar::parse(Raw::Integer(4)).unwrap(),
            replication_factor: Scalar::parse(Raw::Integer(2)).unwrap(),
            gateways: None,
        },
        broker: BrokerSpec::default(),
        configuration: BTreeMap::new(),
        license: None,
        backup_store: None,
        restore_from: None,
        roll: None,
        target: TargetSpec::Simulated(SimulatedTarget {
            directory: parse_text(directory.path().as_str()).unwrap(),
            first_port: None,
            seed: None,
        }),
        deletion_protection: DeletionProtection::Off,
        data_on_destroy: DataOnDestroy::Delete,
    })
    .unwrap();
    let cluster = Engine::new().unwrap().cluster(&spec).unwrap();
    let seen = cluster.create(&spec, None, &Call::quiet()).await.unwrap().seen;
    Made { cluster, spec, seen, _directory: directory }
}

#[tokio::test]
async fn a_look_that_found_what_was_wished_is_kept_as_a_stamp() {
    let Made { cluster, spec, seen, .. } = made().await;
    let kept = cluster.keep(&seen, Some(&spec));
    assert!(kept.starts_with(br#"{"as_wished":""#), "{}", String::from_utf8_lossy(&kept));
    assert_eq!(kept.len(), 32);
    assert_eq!(cluster.recall(&kept, Some(&spec)), Some(essence(&seen)));
}

#[tokio::test]
async fn a_look_that_says_which_partitions_get_work_is_recalled_with_them() {
    let Made { cluster, spec, mut seen, .. } = made().await;
    topology(&mut seen).active_partitions = Some((1..=4).map(PartitionId).collect());
    let kept = cluster.keep(&seen, Some(&spec));
    assert_eq!(kept.len(), 32);
    assert_eq!(cluster.recall(&kept, Some(&spec)), Some(essence(&seen)));
}

#[rstest]
#[case::a_creation_that_was_not_seen_to_end(|seen: &mut ClusterObserved| {
    seen.record.as_mut().unwrap().phase = Phase::Creating;
})]
#[case::a_canary_that_is_owed(|seen: &mut ClusterObserved| {
    seen.record.as_mut().unwrap().canary = Canary::Due;
})]
#[case::no_book(|seen: &mut ClusterObserved| seen.record = None)]
#[case::another_version_before(|seen: &mut ClusterObserved| {
    seen.record.as_mut().unwrap().version = parse_text("8.5.8").unwrap();
})]
#[case::another_shape_confirmed(|seen: &mut ClusterObserved| {
    seen.record.as_mut().unwrap().shape.replication_factor = 1;
})]
#[case::an_apply_that_was_cut_off(|seen: &mut ClusterObserved| seen.last_apply = LastApply::CutOff)]
#[case::a_broker_that_stopped(|seen: &mut ClusterObserved| state(seen).condition = Condition::Stopped)]
#[case::a_broker_of_another_version(|seen: &mut ClusterObserved| state(seen).version = parse_text("8.5.8").unwrap())]
#[case::a_broker_with_other_settings(|seen: &mut ClusterObserved| state(seen).fingerprint = Fingerprint("0".repeat(32)))]
#[case::a_broker_that_is_gone(|seen: &mut ClusterObserved| {
    seen.components.remove(&ComponentId::Broker(BrokerId(2)));
})]
#[case::a_broker_too_many(|seen: &mut ClusterObserved| {
    let state = state(seen).clone();
    seen.components.insert(ComponentId::Broker(BrokerId(3)), Observed::Present(state));
})]
#[case::a_broker_that_could_not_be_seen(|seen: &mut ClusterObserved| {
    let unclear = Observed::Unclear("no answer".to_owned());
    seen.components.insert(ComponentId::Broker(BrokerId(0)), unclear);
})]
#[case::a_product_that_is_down(|seen: &mut ClusterObserved| seen.product = ProductObserved::Down)]
#[case::a_product_that_is_silent(|seen: &mut ClusterObserved| {
    seen.product = ProductObserved::Silent("no answer".to_owned());
})]
#[case::an_answer_of_another_than_the_coordinator(|seen: &mut ClusterObserved| {
    let ProductObserved::Answered(answer) = &mut seen.product else { panic!("no answer") };
    answer.by = BrokerId(1);
})]
#[case::a_copy_elsewhere(|seen: &mut ClusterObserved| {
    let members = &mut topology(seen).members;
    let copy = members.get_mut(&BrokerId(0)).unwrap().partitions.remove(&PartitionId(1)).unwrap();
    members.get_mut(&BrokerId(2)).unwrap().partitions.insert(PartitionId(1), copy);
})]
#[case::a_member_on_its_way_out(|seen: &mut ClusterObserved| {
    topology(seen).members.get_mut(&BrokerId(2)).unwrap().state = MemberState::Leaving;
})]
#[case::a_copy_on_its_way_in(|seen: &mut ClusterObserved| {
    let member = topology(seen).members.get_mut(&BrokerId(0)).unwrap();
    member.partitions.get_mut(&PartitionId(1)).unwrap().state = MemberState::Joining;
})]
#[case::a_partition_without_work(|seen: &mut ClusterObserved| {
    topology(seen).active_partitions = Some([PartitionId(1)].into());
})]
#[case::a_change_under_way(|seen: &mut ClusterObserved| {
    topology(seen).pending_change = Some(PendingChange {
        id: ChangeId(7),
        status: ChangeStatus::InProgress,
        completed: Vec::new(),
        pending: Vec::new(),
    });
})]
#[case::a_change_that_failed(|seen: &mut ClusterObserved| {
    topology(seen).last_change =
        Some(LastChange { id: ChangeId(7), status: ChangeStatus::Failed });
})]
#[tokio::test]
async fn a_look_that_found_anything_else_is_kept_whole(
    #[case] otherwise: fn(&mut ClusterObserved),
) {
    let Made { cluster, spec, mut seen, .. } = made().await;
    otherwise(&mut seen);
    let kept = cluster.keep(&seen, Some(&spec));
    assert_eq!(cluster.recall(&kept, None), Some(seen.clone()));
    assert_eq!(cluster.recall(&kept, Some(&spec)), Some(seen));
}

#[tokio::test]
async fn the_whole_look_that_earlier_releases_kept_is_read() {
    let Made { cluster, spec, seen, .. } = made().await;
    let kept = serde_json::to_vec(&seen).unwrap();
    assert_eq!(cluster.recall(&kept, Some(&spec)), Some(seen));
}

#[tokio::test]
async fn a_stamp_of_another_wish_or_of_another_release_is_not_believed() {
    let Made { cluster, spec, seen, .. } = made().await;
    let kept = cluster.keep(&seen, Some(&spec));
    let mut parts = spec.clone().into_parts();
    parts.version = parse_text("8.6.1").unwrap();
    let other = ClusterSpec::new(parts).unwrap();
    assert_eq!(cluster.recall(&kept, Some(&other)), None);
    assert_eq!(cluster.recall(&kept, None), None);
    assert_eq!(cluster.recall(br#"{"as_wished":"0123456789abcdef"}"#, Some(&spec)), None);
    assert_eq!(cluster.recall(b"", Some(&spec)), None);
}

fn state(seen: &mut ClusterObserved) -> &mut ComponentState {
    let broker = seen.components.get_mut(&ComponentId::Broker(BrokerId(1)));
    let Some(Observed::Present(state)) = broker else { panic!("no broker 1") };
    state
}

fn topology(seen: &mut ClusterObserved) -> &mut ClusterTopology {
    let ProductObserved::Answered(answer) = &mut seen.product else { panic!("no answer") };
    &mut answer.topology
}

//! What holds for every cluster, whatever is done to it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use zeebe_plan::product::{ChangeStatus, MemberState};
use zeebe_spec::{BrokerId, PartitionId};

use super::{Mode, Model, Refusal, Request, operations};
use crate::cluster::tests::process;

const OF: &str = "8.6.0";

fn started(brokers: u16, partitions: u16, factor: u16) -> Model {
    let mut model = Model::new(1, 0);
    for broker in 0..brokers {
        model.start(BrokerId(broker), &process(OF, [brokers, partitions, factor]));
    }
    model.pass(30_000);
    model
}

fn change(model: &mut Model, members: u16, factor: u16) -> Result<i64, Refusal> {
    let request = Request {
        members: Some((0..members).map(BrokerId).collect()),
        factor: Some(i64::from(factor)),
        partitions: None,
    };
    let configuration = model.configuration().unwrap();
    let planned = operations(configuration, &request, model.growth(), model.set_order())?;
    Ok(model.take_on(planned, Mode::Begin)?.id)
}

/// Whether the change with this number is the one under way.
fn begun(model: &Model, id: i64) -> bool {
    model.configuration().and_then(|it| it.change.as_ref()).is_some_and(|change| change.id == id)
}

/// Every partition has so many copies, all in and all on members, and one of them leads.
fn whole(model: &Model, brokers: u16, partitions: u16, factor: u16) -> Result<(), String> {
    let configuration = model.configuration().ok_or("no configuration")?;
    let members: BTreeSet<BrokerId> = configuration.members.keys().copied().collect();
    if members != (0..brokers).map(BrokerId).collect() {
        return Err(format!("members {members:?}"));
    }
    for partition in (1..=partitions).map(PartitionId) {
        let replicas: Vec<_> = configuration.replicas(partition).collect();
        let all_in = replicas.iter().all(|(_, replica)| replica.state == MemberState::Active);
        let priorities: BTreeSet<i64> =
            replicas.iter().map(|(_, replica)| replica.priority).collect();
        if replicas.len() != usize::from(factor) || !all_in || priorities.len() != replicas.len() {
            return Err(format!("partition {partition}: {replicas:?}"));
        }
        match model.leader(partition) {
            Some(leader) if replicas.iter().any(|(broker, _)| *broker == leader) => {}
            other => return Err(format!("partition {partition} is led by {other:?}")),
        }
    }
    Ok(())
}

/// What somebody may do to a cluster of up to five brokers.
#[derive(Clone, Debug)]
enum Deed {
    Resize(u16, u16),
    Restart(u16),
    Wait(u64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        3 => (1..=5_u16, 1..=5_u16).prop_map(|(brokers, factor)| Deed::Resize(brokers, factor)),
        1 => (0..5_u16).prop_map(Deed::Restart),
        2 => (0..20_000_u64).prop_map(Deed::Wait),
    ];
    prop::collection::vec(deed, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_change_ends_as_it_was_asked_for_whatever_happens_meanwhile(
        partitions in 1..7_u16,
        deeds in deeds(),
    ) {
        let mut model = started(3, partitions, 3);
        for id in 3..5 {
            model.start(BrokerId(id), &process(OF, [3, partitions, 3]));
        }
        model.pass(30_000);
        let mut asked = (3, 3);
        for deed in deeds {
            match deed {
                Deed::Resize(brokers, factor) => match change(&mut model, brokers, factor) {
                    Ok(id) if begun(&model, id) => asked = (brokers, factor),
                    // It is so already: nothing is asked of the product, even while it changes.
                    Ok(_) => {}
                    Err(Refusal { status: 400, .. }) => prop_assert!(factor > brokers),
                    Err(Refusal { status, .. }) => {
                        let pending = model.configuration().unwrap().change.is_some();
                        prop_assert!(status == 409 && pending);
                    }
                },
                Deed::Restart(broker) => {
                    model.stop(BrokerId(broker));
                    model.start(BrokerId(broker), &process(OF, [3, partitions, 3]));
                }
                Deed::Wait(milliseconds) => model.pass(milliseconds),
            }
            let text = serde_json::to_string(&model).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Model>(&text).unwrap(), &model);
        }
        model.pass(600_000);
        prop_assert_eq!(whole(&model, asked.0, partitions, asked.1), Ok(()));
        prop_assert!(model.configuration().unwrap().change.is_none());
    }

    #[test]
    fn time_passes_the_same_in_one_piece_and_in_many(pieces in prop::collection::vec(1..3_000_u64, 1..20)) {
        let mut whole = started(3, 3, 3);
        change(&mut whole, 3, 2).unwrap();
        let mut cut = whole.clone();
        whole.pass(pieces.iter().sum());
        for piece in pieces {
            cut.pass(piece);
        }
        prop_assert_eq!(cut, whole);
    }
}

#[test]
fn a_partition_without_a_quorum_has_no_leader_until_it_is_back() {
    let mut model = started(3, 1, 3);
    let mut seen = Vec::new();
    for broker in [0, 1] {
        model.stop(BrokerId(broker));
        model.pass(10_000);
        seen.push(model.leader(PartitionId(1)));
    }
    model.start(BrokerId(0), &process(OF, [3, 1, 3]));
    model.pass(30_000);
    seen.push(model.leader(PartitionId(1)));
    assert_eq!(seen, [Some(BrokerId(1)), None, Some(BrokerId(0))]);
}

#[test]
fn a_new_cluster_answers_when_all_its_first_brokers_have_started_and_not_before() {
    let seen = |of: &str| {
        let mut model = Model::new(1, 0);
        let mut seen = Vec::new();
        for broker in 0..3 {
            model.start(BrokerId(broker), &process(of, [3, 3, 3]));
            model.pass(600_000);
            let count =
                |holds: &dyn Fn(BrokerId) -> bool| (0..3).filter(|id| holds(BrokerId(*id))).count();
            let answering = count(&|id| model.answering(id).is_some());
            seen.push((answering, count(&|id| model.ready(id))));
        }
        seen
    };
    assert_eq!(seen("8.5.8"), [(1, 0), (2, 0), (3, 3)]);
    assert_eq!(seen("8.6.0"), [(0, 0), (0, 0), (3, 3)]);
}

#[test]
fn a_broker_that_starts_again_without_a_quorum_answers_and_is_not_ready() {
    let mut model = started(3, 3, 3);
    (0..3).for_each(|broker| model.stop(BrokerId(broker)));
    let mut seen = Vec::new();
    for broker in 0..2 {
        model.start(BrokerId(broker), &process(OF, [3, 3, 3]));
        model.pass(600_000);
        seen.push((model.answering(BrokerId(0)).is_some(), model.ready(BrokerId(0))));
    }
    assert_eq!(seen, [(true, false), (true, true)]);
}

#[test]
fn data_that_no_other_broker_has_is_lost_and_other_data_is_had_again() {
    let outcome = |factor| {
        let mut model = started(3, 3, factor);
        model.delete(BrokerId(1));
        model.start(BrokerId(1), &process(OF, [3, 3, factor]));
        model.pass(600_000);
        [1, 2, 3].map(|id| model.leader(PartitionId(id)).is_some())
    };
    assert_eq!((outcome(1), outcome(3)), ([true, false, true], [true; 3]));
}

#[test]
fn a_broker_whose_version_does_not_follow_its_datas_stays_unhealthy() {
    let healthy = |to: &str| {
        let mut model = started(1, 1, 1);
        model.start(BrokerId(0), &process(to, [1, 1, 1]));
        model.pass(600_000);
        (model.works(BrokerId(0)), model.data_version(BrokerId(0)).unwrap().to_string())
    };
    let outcomes = ["8.6.1", "8.7.0", "8.8.0", "8.5.8"].map(healthy);
    let kept = "8.6.0".to_owned();
    assert_eq!(
        outcomes,
        [
            (true, "8.6.1".to_owned()),
            (true, "8.7.0".to_owned()),
            (false, kept.clone()),
            (false, kept)
        ]
    );
}

#[test]
fn a_change_waits_for_its_coordinator_and_for_its_broker() {
    let mut model = started(1, 3, 1);
    let id = change(&mut model, 2, 1).unwrap();
    let pending = |model: &Model| model.configuration().unwrap().change.is_some();
    model.pass(600_000);
    let mut seen = vec![pending(&model)];
    model.start(BrokerId(1), &process(OF, [1, 3, 1]));
    model.pass(2_000);
    model.stop(BrokerId(0));
    model.pass(600_000);
    seen.push(pending(&model));
    model.start(BrokerId(0), &process(OF, [1, 3, 1]));
    model.pass(60_000);
    seen.push(pending(&model));
    let last = model.configuration().unwrap().last.unwrap();
    assert_eq!(
        (seen, last.id, last.status),
        (vec![true, true, false], id, ChangeStatus::Completed)
    );
}

#[test]
fn more_partitions_get_work_from_8_8_on_only() {
    let active = |of: &str| {
        let mut process = process(of, [1, 1, 1]);
        let experiment = "ZEEBE_BROKER_EXPERIMENTAL_FEATURES_ENABLEPARTITIONSCALING";
        process.settings.insert(experiment.to_owned(), "true".to_owned());
        let mut model = Model::new(1, 0);
        model.start(BrokerId(0), &process);
        model.pass(30_000);
        let request = Request { partitions: Some(3), ..Request::default() };
        let configuration = model.configuration().unwrap();
        let planned =
            operations(configuration, &request, model.growth(), model.set_order()).unwrap();
        model.take_on(planned, Mode::Begin).unwrap();
        model.pass(60_000);
        let configuration = model.configuration().unwrap();
        (configuration.partitions().len(), configuration.active.len())
    };
    assert_eq!((active("8.6.0"), active("8.8.0")), ((3, 1), (3, 3)));
}

#[test]
fn a_partition_without_work_takes_no_snapshot() {
    let mut model = started(1, 1, 1);
    let snapshot = |model: &mut Model| {
        model.take_snapshots(BrokerId(0));
        model.pass(5_000);
        model.brokers()[&BrokerId(0)].volume.copies[&PartitionId(1)].snapshot
    };
    let idle = snapshot(&mut model);
    model.work(10);
    assert_eq!((idle, snapshot(&mut model)), (None, Some(9)));
}

#[test]
fn priorities_alternate_so_that_followers_share_the_load() {
    let ids: BTreeSet<BrokerId> = (0..4).map(BrokerId).collect();
    let spread = zeebe_plan::distribution::distribution(&ids, 5, 3);
    let rows: Vec<Vec<(u16, i64)>> = spread
        .values()
        .map(|replicas| replicas.iter().map(|(broker, at)| (broker.0, *at)).collect())
        .collect();
    assert_eq!(
        rows,
        [
            vec![(0, 3), (1, 2), (2, 1)],
            vec![(1, 3), (2, 2), (3, 1)],
            vec![(0, 1), (2, 3), (3, 2)],
            vec![(0, 2), (1, 1), (3, 3)],
            vec![(0, 3), (1, 1), (2, 2)],
        ]
    );
}

#[test]
fn a_cluster_without_exporters_is_written_as_ever_and_one_of_the_first_release_is_read() {
    let model = started(3, 3, 3);
    let now = serde_json::to_value(&model).unwrap();
    let written = now.to_string();
    // What three brokers read in their settings, and nothing else.
    let said = (written.matches(r#""exporters":[]"#).count(), written.matches("exporters").count());
    assert_eq!((said, written.contains("exported")), ((3, 3), false), "{written}");
    // That release kept the exporters of the whole cluster in one place.
    let mut old = now.clone();
    old["configuration"]["exporters"] = serde_json::json!({});
    assert_eq!(serde_json::from_value::<Model>(old).unwrap(), model);
}

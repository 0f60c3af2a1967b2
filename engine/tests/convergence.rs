//! Whatever is wished after whatever is there: what was planned is done, and then nothing is left to do.

#![expect(clippy::unwrap_used, reason = "a test ends where what it assumes does not hold")]

use std::collections::BTreeMap;

use camino_tempfile::Utf8TempDir;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use zeebe_engine::{Call, Engine};
use zeebe_scalar::{ByteSize, Raw, Scalar, parse_text};
use zeebe_spec::{
    BrokerSpec, ClusterParts, ClusterSpec, DataOnDestroy, DeletionProtection, Gateways,
    SimulatedTarget, TargetSpec, TopologySpec,
};

/// What of a wish varies.
#[derive(Clone, Debug)]
struct Wish {
    version: &'static str,
    brokers: i64,
    factor: i64,
    gateways: Option<i64>,
    memory: u32,
}

fn wish() -> impl Strategy<Value = Wish> {
    (
        prop::sample::select(vec!["8.5.8", "8.6.0", "8.7.0"]),
        1..=4_i64,
        1..=3_i64,
        prop::option::of(1..=2_i64),
        prop::sample::select(vec![256_u32, 512]),
    )
        .prop_map(|(version, brokers, factor, gateways, memory)| Wish {
            version,
            brokers,
            factor: factor.min(brokers),
            gateways,
            memory,
        })
}

fn spec(wish: &Wish, directory: &str) -> ClusterSpec {
    let Wish { version, brokers, factor, gateways, memory } = wish;
    ClusterSpec::new(ClusterParts {
        name: parse_text("payments").unwrap(),
        version: parse_text(*version).unwrap(),
        environment: None,
        topology: TopologySpec {
            brokers: Scalar::parse(Raw::Integer(*brokers)).unwrap(),
            partitions: Scalar::parse(Raw::Integer(2)).unwrap(),
            replication_factor: Scalar::parse(Raw::Integer(*factor)).unwrap(),
            gateways: gateways
                .map(|count| Gateways::Standalone(Scalar::parse(Raw::Integer(count)).unwrap())),
        },
        broker: BrokerSpec {
            memory: Some(ByteSize::from_mebibytes(*memory)),
            ..BrokerSpec::default()
        },
        configuration: BTreeMap::new(),
        license: None,
        backup_store: None,
        restore_from: None,
        roll: None,
        target: TargetSpec::Simulated(SimulatedTarget {
            directory: parse_text(directory).unwrap(),
            first_port: None,
            seed: None,
        }),
        deletion_protection: DeletionProtection::Off,
        data_on_destroy: DataOnDestroy::Delete,
    })
    .unwrap()
}

async fn converge(from: &Wish, to: &Wish) -> Result<(), TestCaseError> {
    let directory = Utf8TempDir::new().unwrap();
    let engine = Engine::new().unwrap();
    let call = Call::quiet();
    let (from, to) = (spec(from, directory.path().as_str()), spec(to, directory.path().as_str()));

    let cluster = engine.cluster(&from).unwrap();
    let planned = cluster.plan_creation(&from, &call).await.unwrap().sentences();
    let made = cluster.create(&from, Some(&planned), &call).await.unwrap();
    let plan = cluster.plan_change(&from, &made.seen, &call).await.unwrap();
    prop_assert_eq!(plan.sentences(), Vec::<String>::new());

    let cluster = engine.cluster(&to).unwrap();
    let refused = zeebe_spec::may_follow(&from.version, &to.version).is_err();
    let plan = cluster.plan_change(&to, &made.seen, &call).await;
    prop_assert_eq!(plan.is_err(), refused);
    // What Terraform keeps of a look leads to the same plan.
    let kept = cluster.keep(&made.seen, Some(&from));
    let recalled = cluster.recall(&kept, Some(&from)).unwrap();
    let again = cluster.plan_change(&to, &recalled, &call).await;
    prop_assert_eq!(again.as_ref().ok(), plan.as_ref().ok());
    if let Ok(plan) = plan {
        let planned = plan.sentences();
        let changed = cluster.change(&to, Some(&planned), &call).await.unwrap();
        prop_assert_eq!(&changed.sentences, &planned);
        let plan = cluster.plan_change(&to, &changed.seen, &call).await.unwrap();
        prop_assert_eq!(plan.sentences(), Vec::<String>::new());
        let vitals = cluster.vitals(&call).await.unwrap();
        let record = changed.seen.record.as_ref().unwrap();
        prop_assert_eq!(
            zeebe_engine::problems(record, &changed.seen, &vitals),
            Vec::<String>::new()
        );
    }
    cluster.destroy(DeletionProtection::Off, &call).await.unwrap();
    prop_assert!(cluster.look(&call).await.unwrap().components.is_empty());
    Ok(())
}

#[test]
fn a_plan_that_was_carried_out_leaves_nothing_to_do() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
    runner.run(&(wish(), wish()), |(from, to)| runtime.block_on(converge(&from, &to))).unwrap();
}

//! `provider::zeebe::partition_distribution`: which broker will hold which partition.

use std::collections::{BTreeMap, BTreeSet};

use tf_sdk::provider::FunctionFault;
use tf_sdk::typed::PureFunction;
use tf_sdk::{Arguments, Attributes, Computed};
use zeebe_engine::distribution::distribution;
use zeebe_spec::{BrokerCount, BrokerId, PartitionCount, ReplicationFactor};

/// The function.
#[derive(Clone, Copy, Debug)]
pub struct PartitionDistribution;

/// Its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Sizes {
    /// How many brokers share the partitions.
    pub brokers: BrokerCount,
    /// How many partitions there are.
    pub partitions: PartitionCount,
    /// How many brokers hold a copy of each partition: at most the number of brokers.
    pub replication_factor: ReplicationFactor,
}

/// Where one partition is.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Spread {
    /// The broker that is preferred as its leader.
    pub leader: Computed<i64>,
    /// The brokers that hold a copy, by their numbers.
    pub replicas: Computed<Vec<i64>>,
    /// How much each of them is preferred as leader, by its number: the highest first.
    pub priorities: Computed<BTreeMap<String, i64>>,
}

impl PureFunction for PartitionDistribution {
    type Arguments = Sizes;
    type Output = BTreeMap<String, Spread>;

    const NAME: &'static str = "partition_distribution";
    const SUMMARY: &'static str =
        "Which broker holds which partition, and who is preferred as leader.";
    const DESCRIPTION: &'static str = "Where the product puts the copies of each partition of a cluster \
        without zones, by the partition's number: partition *p* begins at broker *(p - 1) mod n*, and the \
        priorities alternate so that the followers of a broker that fails share its partitions. For each \
        partition it gives `leader` (the preferred one), `replicas` and `priorities`. Use it to see what \
        the loss of a broker means, or to place alerts.";

    fn call(&self, sizes: Sizes) -> Result<BTreeMap<String, Spread>, FunctionFault> {
        let Sizes { brokers, partitions, replication_factor } = sizes;
        let (brokers, factor) = (brokers.get(), replication_factor.get());
        if factor > brokers {
            let text = format!(
                "Each copy of a partition needs a broker of its own; got {factor} copies and {brokers} brokers."
            );
            return Err(FunctionFault { text, argument: Some(2) });
        }
        let ids: BTreeSet<BrokerId> = (0..brokers).map(BrokerId).collect();
        let spread = distribution(&ids, partitions.get(), factor);
        Ok(spread.iter().map(|(id, priorities)| (id.to_string(), of_one(priorities))).collect())
    }
}

fn of_one(priorities: &BTreeMap<BrokerId, i64>) -> Spread {
    let leader = priorities.iter().max_by_key(|(_, priority)| **priority);
    let by_broker = priorities.iter().map(|(broker, priority)| (broker.to_string(), *priority));
    Spread {
        leader: leader.map(|(broker, _)| i64::from(broker.0)).into(),
        replicas: Computed::of(priorities.keys().map(|broker| i64::from(broker.0)).collect()),
        priorities: Computed::of(by_broker.collect()),
    }
}

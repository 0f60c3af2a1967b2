//! Where the product puts the copies of partitions, as all minors do without zones: by turns.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_spec::{BrokerId, PartitionId};

/// Which broker has which partition, with which priority.
pub type Distribution = BTreeMap<PartitionId, BTreeMap<BrokerId, i64>>;

/// Which broker has which partition, with which priority, when all are spread by turns: partition `p` begins
/// at broker `(p - 1) mod n`. Secondary priorities alternate every `n` partitions, so that the followers of a
/// broker that fails share its partitions.
pub fn distribution(brokers: &BTreeSet<BrokerId>, partitions: u16, factor: u16) -> Distribution {
    let brokers: Vec<BrokerId> = brokers.iter().copied().collect();
    let count = brokers.len();
    let copies = usize::from(factor).min(count);
    let mut distribution = BTreeMap::new();
    for partition in 1..=partitions {
        let first = usize::from(partition - 1);
        let falling = first.checked_div(count).is_some_and(|round| round % 2 == 0);
        let mut replicas = BTreeMap::new();
        for (place, priority) in (0..copies).zip(0_u16..) {
            let broker = first.checked_add(place).and_then(|at| at.checked_rem(count));
            let Some(broker) = broker.and_then(|at| brokers.get(at)) else { continue };
            let priority = match (priority, falling) {
                (0, _) => factor,
                (place, true) => factor - place,
                (place, false) => place,
            };
            replicas.insert(*broker, i64::from(priority));
        }
        distribution.insert(PartitionId(partition), replicas);
    }
    distribution
}

//! What the cluster will be when the operations that the product has still to do are done.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_spec::{BrokerId, PartitionId};

use crate::observed::{ClusterRecord, Shape};
use crate::product::{ClusterTopology, Operation};

/// The shape after the operations. Those that change neither members nor copies are passed over.
pub(crate) fn after(
    topology: &ClusterTopology,
    pending: &[Operation],
    record: &ClusterRecord,
) -> Shape {
    let mut members: BTreeSet<BrokerId> = topology.member_ids();
    let mut replicas: BTreeMap<PartitionId, BTreeSet<BrokerId>> = topology.replicas();
    for operation in pending {
        match (operation.kind.as_str(), operation.broker, operation.partition) {
            ("BROKER_ADD", Some(broker), _) => {
                members.insert(broker);
            }
            ("BROKER_REMOVE" | "BROKER_FORCE_REMOVE", Some(broker), _) => {
                members.remove(&broker);
            }
            ("PARTITION_JOIN" | "PARTITION_BOOTSTRAP", Some(broker), Some(partition)) => {
                replicas.entry(partition).or_default().insert(broker);
            }
            ("PARTITION_LEAVE", Some(broker), Some(partition)) => {
                replicas.entry(partition).or_default().remove(&broker);
            }
            _ => {}
        }
    }
    if replicas.is_empty() {
        return record.shape.clone();
    }
    let copies = replicas.values().map(BTreeSet::len).min().unwrap_or_default();
    Shape {
        members,
        partitions: u16::try_from(replicas.len()).unwrap_or(u16::MAX),
        replication_factor: u16::try_from(copies).unwrap_or(u16::MAX),
    }
}

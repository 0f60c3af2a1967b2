//! Which partitions do not export because somebody has paused them.

use std::collections::{BTreeMap, BTreeSet};

use zeebe_plan::product::{ClusterTopology, ExportingPhase};
use zeebe_spec::PartitionId;

use crate::chain::chain;
use crate::cluster::Product;

/// Asks as few brokers as hold a copy of every partition: a pause holds for all copies of a partition, and each question
/// is a call. What a broker does not say is taken for not paused.
pub(super) async fn paused(
    product: &Product,
    topology: &ClusterTopology,
) -> BTreeMap<PartitionId, ExportingPhase> {
    let mut open: BTreeSet<PartitionId> = topology.replicas().into_keys().collect();
    let mut paused = BTreeMap::new();
    for broker in product.client.reach().brokers.keys() {
        let holds = |partition: &PartitionId| {
            topology.members.get(broker).is_some_and(|it| it.partitions.contains_key(partition))
        };
        if !open.iter().any(holds) {
            continue;
        }
        match product.client.partitions(*broker).await {
            Ok(views) => {
                for (partition, view) in views {
                    open.remove(&partition);
                    if let Some(phase) = view.exporting.filter(|phase| phase.is_paused()) {
                        paused.insert(partition, phase);
                    }
                }
            }
            Err(error) => {
                tracing::debug!(%broker, error = chain(&error), "the broker shows no partitions");
            }
        }
    }
    paused
}

//! How one exporter is, partition by partition.

use std::collections::BTreeMap;

use zeebe_management::ReplicaExporters;
use zeebe_plan::observed::{ExporterAtPartition, ExporterVitals};
use zeebe_plan::product::ExporterState;
use zeebe_spec::{ExporterName, Minor, PartitionId};
use zeebe_target::Call;

use crate::cluster::{Cluster, Product};
use crate::leaders::{Led, leaders};
use crate::observe::VitalsError;
use crate::retry::cancellable;

/// Looks at one exporter on each of so many partitions.
pub async fn exporter_vitals(
    cluster: &Cluster<'_>,
    name: &ExporterName,
    partitions: u16,
    call: &Call,
) -> Result<ExporterVitals, VitalsError> {
    let product = cluster.connect(call).await.map_err(VitalsError::Connect)?;
    let standing = cancellable(call, standing(&product)).await;
    let (states, replicas) = standing.map_err(|_| VitalsError::Cancelled)??;
    let leaders = leaders(call, &product).await.map_err(|_| VitalsError::Cancelled)?;
    let partitions = (1..=partitions).map(PartitionId);
    Ok(ExporterVitals {
        state: states.get(name.as_str()).copied(),
        partitions: partitions
            .map(|partition| {
                let led = leaders.get(&partition);
                (partition, led.map(|led| at(name, partition, led, &replicas)).unwrap_or_default())
            })
            .collect(),
    })
}

/// Where all exporters stand, over all and at each copy; nothing where the minor cannot say.
async fn standing(
    product: &Product,
) -> Result<(BTreeMap<String, ExporterState>, ReplicaExporters), VitalsError> {
    if product.client.minor() < Minor::FIRST_WITH_EXPORTER_SWITCH {
        return Ok((BTreeMap::new(), ReplicaExporters::new()));
    }
    let states = product.client.exporters().await.map_err(VitalsError::Silent)?;
    let replicas = product.client.replica_exporters().await.map_err(VitalsError::Silent)?;
    Ok((states, replicas))
}

fn at(
    name: &ExporterName,
    partition: PartitionId,
    led: &Led,
    replicas: &ReplicaExporters,
) -> ExporterAtPartition {
    let here = replicas.get(&(led.by, partition));
    let position = led.exporters.get(name.as_str()).copied().unwrap_or_default();
    ExporterAtPartition {
        leader: Some(led.by),
        state: here.and_then(|exporters| exporters.get(name.as_str())).copied(),
        exporting: led.view.exporting,
        exported: position.exported.or(led.view.exported_position),
        given: position.given,
        processed: led.view.processed_position,
    }
}

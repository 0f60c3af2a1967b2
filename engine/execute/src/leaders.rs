//! The partitions as those see them who lead them, and so export them.

use std::collections::BTreeMap;

use zeebe_management::{ExporterPosition, ManagementError};
use zeebe_plan::product::{PartitionView, Role};
use zeebe_spec::{BrokerId, PartitionId};
use zeebe_target::Call;

use crate::chain::chain;
use crate::cluster::Product;
use crate::error::StepError;
use crate::retry::cancellable;

/// One partition as its leader sees it.
#[derive(Debug)]
pub(crate) struct Led {
    pub(crate) by: BrokerId,
    pub(crate) view: PartitionView,
    /// How far each exporter is that was given anything here.
    pub(crate) exporters: BTreeMap<String, ExporterPosition>,
}

/// How the leaders see their partitions; a broker that does not answer shows none.
pub(crate) async fn leaders(
    call: &Call,
    product: &Product,
) -> Result<BTreeMap<PartitionId, Led>, StepError> {
    let mut leaders = BTreeMap::new();
    for broker in product.client.reach().brokers.keys() {
        let looked = cancellable(call, async {
            let views = product.client.partitions(*broker).await?;
            Ok::<_, ManagementError>((views, product.client.exporter_positions(*broker).await?))
        });
        match looked.await? {
            Ok((views, positions)) => {
                let led = views.into_iter().filter(|(_, view)| view.role == Some(Role::Leader));
                leaders.extend(led.map(|(partition, view)| {
                    let here = positions.iter().filter(|((_, of), _)| *of == partition);
                    let exporters =
                        here.map(|((name, _), position)| (name.clone(), *position)).collect();
                    (partition, Led { by: *broker, view, exporters })
                }));
            }
            Err(error) => {
                tracing::debug!(%broker, error = chain(&error), "the broker shows no partitions");
            }
        }
    }
    Ok(leaders)
}

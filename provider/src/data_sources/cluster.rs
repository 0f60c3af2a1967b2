//! `data.zeebe_cluster`: what a cluster is and how it is, by its address.

use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::Lookup;
use tf_sdk::{Computed, DataSource, Diagnostic, Required};
use zeebe_engine::{ClusterObserved, Engine, EngineError, Phase};

use crate::deadline::{READ, within};
use crate::explain;

/// One Zeebe cluster, looked at now: whether its brokers run, what version they say they are, and whether
/// it is whole. For leaders and partitions see `zeebe_topology`.
#[derive(Clone, Debug, PartialEq, Eq, DataSource)]
#[data_source(name = "zeebe_cluster")]
pub struct ClusterSource {
    /// The cluster's address: `zeebe_cluster.payments.id`.
    pub id: Required<String>,
    /// Its name.
    pub name: Computed<String>,
    /// The version that its book says it runs.
    pub version: Computed<String>,
    /// How far it is: `provisioning`, `restoring` or `ready`.
    pub phase: Computed<String>,
    /// Where clients connect by gRPC, as `host:port`.
    pub gateway_address: Computed<String>,
    /// Where clients connect by REST, as a URL.
    pub rest_address: Computed<String>,
    /// Whether every broker runs, and every partition has one leader and all its copies healthy.
    pub healthy: Computed<bool>,
    /// What keeps it from being healthy, in sentences; empty where nothing does.
    pub problems: Computed<Vec<String>>,
}

/// The data source `zeebe_cluster`.
#[derive(Debug)]
pub struct ClusterLookup {
    engine: Arc<Engine>,
}

impl ClusterLookup {
    /// The data source over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Lookup for ClusterLookup {
    type Model = ClusterSource;

    async fn read(
        &self,
        call: &Call,
        config: ClusterSource,
    ) -> Result<(ClusterSource, Vec<Diagnostic>), Vec<Diagnostic>> {
        let id = config.id.as_known().cloned().unwrap_or_default();
        let wrong = |error: EngineError| explain::engine(&error, &id);
        let cluster = self.engine.at(&id).map_err(|error| wrong(EngineError::Open(error)))?;
        let (looked, _) = within(call, &id, READ, |call| {
            let cluster = &cluster;
            async move {
                let seen = cluster.look(&call).await?;
                Ok((cluster.vitals(&call).await, seen))
            }
        })
        .await;
        let (vitals, seen): (_, ClusterObserved) = looked.map_err(wrong)?;
        let Some(record) = seen.record.as_ref().filter(|record| record.phase != Phase::Destroyed)
        else {
            return Err(vec![explain::absent(&id, "id")]);
        };
        let problems = match &vitals {
            Ok(vitals) => zeebe_engine::problems(record, &seen, vitals),
            Err(error) => vec![error.chain()],
        };
        let addresses = cluster.addresses(&record.spec);
        let found = ClusterSource {
            id: config.id,
            name: Computed::of(record.spec.name.to_string()),
            version: Computed::of(record.version.to_string()),
            phase: Computed::of(
                match record.phase {
                    Phase::Creating => "provisioning",
                    Phase::Restoring(_) => "restoring",
                    Phase::Ready | Phase::Destroying | Phase::Destroyed => "ready",
                }
                .to_owned(),
            ),
            gateway_address: Computed::of(addresses.gateway),
            rest_address: Computed::of(addresses.rest),
            healthy: Computed::of(problems.is_empty()),
            problems: Computed::of(problems),
        };
        Ok((found, Vec::new()))
    }
}

//! `data.zeebe_topology`: partitions, leaders, health and running changes, as the product says them now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::typed::Lookup;
use tf_sdk::{Attributes, Computed, DataSource, Diagnostic, Required};
use zeebe_engine::product::{
    BrokerView, ClusterTopology, GatewayView, Health, Member, MemberState, Role,
};
use zeebe_engine::{ClusterVitals, Engine, EngineError, Phase};
use zeebe_spec::{BrokerId, PartitionId};

use crate::deadline::{READ, within};
use crate::explain;

/// The topology of one Zeebe cluster as the product says it now: brokers, partitions, leaders, health,
/// versions and a running change. Volatile: it is read anew with each plan.
#[derive(Clone, Debug, PartialEq, Eq, DataSource)]
#[data_source(name = "zeebe_topology")]
pub struct TopologySource {
    /// The cluster's address: `zeebe_cluster.payments.id`.
    pub cluster: Required<String>,
    /// The brokers by their number.
    pub brokers: Computed<BTreeMap<String, BrokerSeen>>,
    /// The partitions by their number.
    pub partitions: Computed<BTreeMap<String, PartitionSeen>>,
    /// How many copies the partitions have: the least over all of them.
    pub replication_factor: Computed<i64>,
    /// The change of the cluster that runs now, as the product numbers it; null where none runs.
    pub running_change: Computed<i64>,
}

/// One broker.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct BrokerSeen {
    /// The version that it says it runs; null where no gateway sees it.
    pub version: Computed<String>,
    /// Where it stands in the cluster: `active`, `joining`, `leaving`.
    pub state: Computed<String>,
    /// The partitions that it leads.
    pub leads: Computed<Vec<i64>>,
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct PartitionSeen {
    /// The broker that leads it; null where none does.
    pub leader: Computed<i64>,
    /// The brokers that hold a copy.
    pub replicas: Computed<Vec<i64>>,
    /// Whether it has a leader and every copy is healthy.
    pub healthy: Computed<bool>,
}

/// The data source `zeebe_topology`.
#[derive(Debug)]
pub struct TopologyLookup {
    engine: Arc<Engine>,
}

impl TopologyLookup {
    /// The data source over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Lookup for TopologyLookup {
    type Model = TopologySource;

    async fn read(
        &self,
        call: &Call,
        config: TopologySource,
    ) -> Result<(TopologySource, Vec<Diagnostic>), Vec<Diagnostic>> {
        let id = config.cluster.as_known().cloned().unwrap_or_default();
        let wrong = |error: EngineError| explain::engine(&error, &id);
        let cluster = self.engine.at(&id).map_err(|error| wrong(EngineError::Open(error)))?;
        let (looked, _) = within(call, &id, READ, |call| {
            let cluster = &cluster;
            async move {
                let record = cluster.record().await?;
                if record.is_none_or(|record| record.phase == Phase::Destroyed) {
                    return Ok(None);
                }
                cluster.vitals(&call).await.map(Some)
            }
        })
        .await;
        let Some(ClusterVitals { topology, gateway }) = looked.map_err(wrong)? else {
            return Err(vec![explain::absent(&id, "cluster")]);
        };
        let found = TopologySource {
            cluster: config.cluster,
            brokers: Computed::of(brokers(&topology, gateway.as_ref())),
            partitions: Computed::of(partitions(&topology, gateway.as_ref())),
            replication_factor: Computed::of(
                i64::try_from(topology.replication_factor()).unwrap_or(i64::MAX),
            ),
            running_change: topology.pending_change.as_ref().map(|change| change.id.0).into(),
        };
        Ok((found, Vec::new()))
    }
}

pub(crate) fn brokers(
    topology: &ClusterTopology,
    gateway: Option<&GatewayView>,
) -> BTreeMap<String, BrokerSeen> {
    let seen = |id: &BrokerId, member: &Member| {
        let view = gateway.and_then(|gateway| gateway.brokers.get(id));
        BrokerSeen {
            version: view.map(|view| view.version.clone()).into(),
            state: Computed::of(word(member.state).to_owned()),
            leads: Computed::of(view.map(led).unwrap_or_default()),
        }
    };
    topology.members.iter().map(|(id, member)| (id.to_string(), seen(id, member))).collect()
}

/// The brokers that a gateway sees; whether they are in or on their way it does not say.
pub(crate) fn brokers_of_gateway(gateway: &GatewayView) -> BTreeMap<String, BrokerSeen> {
    let seen = |view: &BrokerView| BrokerSeen {
        version: Computed::of(view.version.clone()),
        state: Computed::null(),
        leads: Computed::of(led(view)),
    };
    gateway.brokers.iter().map(|(id, view)| (id.to_string(), seen(view))).collect()
}

/// The partitions that a broker leads.
fn led(view: &BrokerView) -> Vec<i64> {
    let leading = view.partitions.iter().filter(|(_, (role, _))| *role == Role::Leader);
    leading.map(|(partition, _)| i64::from(partition.0)).collect()
}

const fn word(state: MemberState) -> &'static str {
    match state {
        MemberState::Joining => "joining",
        MemberState::Active => "active",
        MemberState::Leaving => "leaving",
        MemberState::Left => "left",
        MemberState::Unknown => "unknown",
    }
}

pub(crate) fn partitions(
    topology: &ClusterTopology,
    gateway: Option<&GatewayView>,
) -> BTreeMap<String, PartitionSeen> {
    let seen = |(partition, replicas): (PartitionId, BTreeSet<BrokerId>)| {
        (partition.to_string(), of_partition(partition, &replicas, gateway))
    };
    topology.replicas().into_iter().map(seen).collect()
}

/// The partitions that a gateway sees copies of.
pub(crate) fn partitions_of_gateway(gateway: &GatewayView) -> BTreeMap<String, PartitionSeen> {
    let mut replicas: BTreeMap<PartitionId, BTreeSet<BrokerId>> = BTreeMap::new();
    for (broker, view) in &gateway.brokers {
        for partition in view.partitions.keys() {
            replicas.entry(*partition).or_default().insert(*broker);
        }
    }
    let seen = |(partition, replicas): (&PartitionId, &BTreeSet<BrokerId>)| {
        (partition.to_string(), of_partition(*partition, replicas, Some(gateway)))
    };
    replicas.iter().map(seen).collect()
}

fn of_partition(
    partition: PartitionId,
    replicas: &BTreeSet<BrokerId>,
    gateway: Option<&GatewayView>,
) -> PartitionSeen {
    let views: Vec<(BrokerId, Role, Health)> = gateway
        .into_iter()
        .flat_map(|gateway| &gateway.brokers)
        .filter_map(|(id, view)| {
            view.partitions.get(&partition).map(|(role, health)| (*id, *role, *health))
        })
        .collect();
    let leaders: Vec<BrokerId> =
        views.iter().filter(|(_, role, _)| *role == Role::Leader).map(|(id, _, _)| *id).collect();
    let healthy = leaders.len() == 1
        && replicas.iter().all(|replica| {
            views.iter().any(|(id, _, health)| id == replica && *health == Health::Healthy)
        });
    PartitionSeen {
        leader: leaders.first().map(|leader| i64::from(leader.0)).into(),
        replicas: Computed::of(replicas.iter().map(|id| i64::from(id.0)).collect()),
        healthy: Computed::of(healthy),
    }
}

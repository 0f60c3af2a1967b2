//! `provider::zeebe::parse_topology`: the product's own answer about its topology, as an object.

use std::collections::BTreeMap;
use std::error::Error;

use tf_sdk::provider::FunctionFault;
use tf_sdk::typed::PureFunction;
use tf_sdk::{Arguments, Attributes, Computed};
use zeebe_engine::product::ClusterTopology;
use zeebe_engine::{KeptTopology, ParseTopologyError, parse_topology};

use crate::data_sources::topology::{
    BrokerSeen, PartitionSeen, brokers, brokers_of_gateway, partitions, partitions_of_gateway,
};

/// The function.
#[derive(Clone, Copy, Debug)]
pub struct ParseTopology;

/// Its argument.
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Answer {
    /// The answer in JSON: of `GET /actuator/cluster` of a broker, or of `GET /v1/topology` or
    /// `/v2/topology` of a gateway.
    pub json: String,
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Topology {
    /// The brokers by their number. A broker's answer knows no versions and no leaders.
    pub brokers: Computed<BTreeMap<String, BrokerSeen>>,
    /// The partitions by their number. A broker's answer knows no leaders and no health.
    pub partitions: Computed<BTreeMap<String, PartitionSeen>>,
    /// How many copies the partitions have.
    pub replication_factor: Computed<i64>,
    /// The change of the cluster that was under way, as the product numbers it; null where none was, or
    /// where a gateway answered.
    pub running_change: Computed<i64>,
}

impl PureFunction for ParseTopology {
    type Arguments = Answer;
    type Output = Topology;

    const NAME: &'static str = "parse_topology";
    const SUMMARY: &'static str = "The product's own answer about its topology, as an object.";
    const DESCRIPTION: &'static str = "Reads what a broker (`GET /actuator/cluster`) or a gateway (`GET \
        /v1/topology`, `/v2/topology`) answered, of any supported minor, and gives it in the form of the \
        data source `zeebe_topology`: `brokers`, `partitions`, `replication_factor`, `running_change`. What \
        an answer does not say is null. For clusters that this provider does not reach, whose answer is \
        had by other means.";

    fn call(&self, Answer { json }: Answer) -> Result<Topology, FunctionFault> {
        match parse_topology(&json) {
            Ok(KeptTopology::Configuration(topology)) => Ok(Topology {
                brokers: Computed::of(brokers_of_broker(&topology)),
                partitions: Computed::of(partitions_of_broker(&topology)),
                replication_factor: number(topology.replication_factor()),
                running_change: topology.pending_change.as_ref().map(|change| change.id.0).into(),
            }),
            Ok(KeptTopology::Gateway(view)) => Ok(Topology {
                brokers: Computed::of(brokers_of_gateway(&view)),
                partitions: Computed::of(partitions_of_gateway(&view)),
                replication_factor: Computed::of(i64::from(view.replication_factor)),
                running_change: Computed::null(),
            }),
            Err(error) => Err(FunctionFault { text: told(&error), argument: Some(0) }),
        }
    }
}

/// Leaders and health are not known to a broker's answer, which is not to say that there are none.
fn brokers_of_broker(topology: &ClusterTopology) -> BTreeMap<String, BrokerSeen> {
    let mut seen = brokers(topology, None);
    for broker in seen.values_mut() {
        broker.leads = Computed::null();
    }
    seen
}

fn partitions_of_broker(topology: &ClusterTopology) -> BTreeMap<String, PartitionSeen> {
    let mut seen = partitions(topology, None);
    for partition in seen.values_mut() {
        partition.healthy = Computed::null();
    }
    seen
}

fn number(count: usize) -> Computed<i64> {
    Computed::of(i64::try_from(count).unwrap_or(i64::MAX))
}

fn told(error: &ParseTopologyError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

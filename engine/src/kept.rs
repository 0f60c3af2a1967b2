//! A look that is kept between two calls, by someone who pays for every byte of it.
//!
//! Terraform writes its whole state again whenever one of its resources is done, so a thousand looks cost a
//! thousand times as much as one of them is long. Most looks find what the wish says. What follows from the
//! wish need not be kept: a stamp of it says that nothing else was seen.
//!
//! ```text
//! as the wish says    {"as_wished":"<stamp>"}
//! anything else       the whole look, which is also what earlier releases kept
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeebe_plan::component::{ComponentState, Condition, Observed};
use zeebe_plan::desired;
use zeebe_plan::distribution::distribution;
use zeebe_plan::observed::{
    Canary, ClusterObserved, ClusterRecord, Duties, Exporters, LastApply, Phase, ProductAnswer,
    ProductObserved, Shape,
};
use zeebe_plan::product::{
    ChangeStatus, ClusterTopology, LastChange, Member, MemberState, Replica,
};
use zeebe_spec::{BrokerId, ClusterSpec, PartitionId};

use crate::cluster::Cluster;

/// Nothing was seen but what follows from the wish.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AsWished {
    /// Of what followed from it then: an engine whose settings for the same wish are others must not take
    /// the look for one of them.
    as_wished: String,
}

impl Cluster {
    /// A text from which [`recall`](Self::recall) makes a look that every plan takes for this one: short where
    /// it found what this wish says, which must then be given to `recall` as well.
    pub fn keep(&self, seen: &ClusterObserved, spec: Option<&ClusterSpec>) -> Vec<u8> {
        let essence = essence(seen);
        let as_wished = spec.is_some_and(|spec| self.as_wished(spec).contains(&essence));
        // A look holds nothing but text, numbers and maps with text keys, which all have a form in JSON.
        let kept = if as_wished {
            serde_json::to_vec(&AsWished { as_wished: stamp(&essence) })
        } else {
            serde_json::to_vec(seen)
        };
        kept.unwrap_or_default()
    }

    /// A look that was kept beside this wish; `None` where only a new look can tell.
    pub fn recall(&self, kept: &[u8], spec: Option<&ClusterSpec>) -> Option<ClusterObserved> {
        match (serde_json::from_slice::<AsWished>(kept), spec) {
            (Ok(AsWished { as_wished }), Some(spec)) => {
                self.as_wished(spec).into_iter().find(|look| stamp(look) == as_wished)
            }
            (Ok(_), None) => None,
            (Err(_), _) => serde_json::from_slice(kept).ok(),
        }
    }

    /// What a look finds of a cluster that is as it is wished: minors differ in whether they say which
    /// partitions get work.
    fn as_wished(&self, spec: &ClusterSpec) -> [ClusterObserved; 2] {
        let desired =
            desired::cluster(spec, &Exporters::new(), &Duties::default(), self.target.place());
        let record = ClusterRecord {
            spec: spec.clone(),
            phase: Phase::Ready,
            shape: desired.shape.clone(),
            version: spec.version.clone(),
            canary: Canary::Settled,
        };
        let components: BTreeMap<_, _> = desired
            .components
            .iter()
            .map(|(id, process)| {
                let state = ComponentState {
                    condition: Condition::Running(String::new()),
                    version: process.version.clone(),
                    fingerprint: process.fingerprint(),
                };
                (*id, Observed::Present(state))
            })
            .collect();
        let all = (1..=desired.shape.partitions).map(PartitionId).collect();
        [None, Some(all)].map(|active_partitions| ClusterObserved {
            record: Some(record.clone()),
            exporters: Exporters::new(),
            duties: Duties::default(),
            last_apply: LastApply::Ended,
            components: components.clone(),
            product: ProductObserved::Answered(ProductAnswer {
                by: desired.shape.members.first().copied().unwrap_or(BrokerId(0)),
                topology: ClusterTopology {
                    version: 0,
                    members: members(&desired.shape),
                    active_partitions,
                    last_change: None,
                    pending_change: None,
                },
                exporters: BTreeMap::new(),
                paused: BTreeMap::new(),
            }),
        })
    }
}

/// The look without what no plan asks for: which run of a process it is, and how often the product has
/// changed before.
fn essence(seen: &ClusterObserved) -> ClusterObserved {
    let mut essence = seen.clone();
    for component in essence.components.values_mut() {
        if let Observed::Present(ComponentState { condition: Condition::Running(run), .. }) =
            component
        {
            run.clear();
        }
    }
    if let ProductObserved::Answered(ProductAnswer { topology, by: _, exporters: _, paused: _ }) =
        &mut essence.product
    {
        topology.version = 0;
        if let Some(LastChange { status: ChangeStatus::Completed, id: _ }) = topology.last_change {
            topology.last_change = None;
        }
        for member in topology.members.values_mut() {
            for replica in member.partitions.values_mut() {
                replica.priority = 0;
            }
        }
    }
    essence
}

/// The product's own distribution, without its priorities.
fn members(shape: &Shape) -> BTreeMap<BrokerId, Member> {
    let mut members: BTreeMap<BrokerId, Member> = shape
        .members
        .iter()
        .map(|id| (*id, Member { state: MemberState::Active, partitions: BTreeMap::new() }))
        .collect();
    let by_turns = distribution(&shape.members, shape.partitions, shape.replication_factor);
    for (partition, brokers) in by_turns {
        for id in brokers.keys() {
            if let Some(member) = members.get_mut(id) {
                let replica = Replica { state: MemberState::Active, priority: 0 };
                member.partitions.insert(partition, replica);
            }
        }
    }
    members
}

/// Half a hash: no one but this engine writes it, so it must only tell its releases apart.
fn stamp(look: &ClusterObserved) -> String {
    let text = serde_json::to_vec(look).unwrap_or_default();
    let mut stamp = String::new();
    for byte in Sha256::digest(text).iter().take(8) {
        // Writing to a string cannot fail.
        let _written = write!(stamp, "{byte:02x}");
    }
    stamp
}

#[cfg(test)]
mod tests;

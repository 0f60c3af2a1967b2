//! A cluster that is as its wish says, to take apart and to plan from.

use std::collections::BTreeMap;
use std::fmt::Write;

use zeebe_scalar::{Raw, Scalar, parse_text};
use zeebe_spec::{
    BrokerId, BrokerSpec, ClusterParts, ClusterSpec, DataOnDestroy, DeletionProtection, Gateways,
    LocalTarget, PartitionId, TargetSpec, TopologySpec,
};

use crate::component::{ComponentId, ComponentState, Condition, Observed};
use crate::desired::{self, ClusterDesired, Place};
use crate::observed::{
    Canary, ClusterObserved, ClusterRecord, Duties, Exporters, LastApply, Phase, ProductAnswer,
    ProductObserved,
};
use crate::product::{ClusterTopology, Member, MemberState, Replica};
use crate::{Plan, PlanError, check, converge};

/// A plan as a user reads it, after it was checked.
pub(super) fn text(plan: &Plan) -> String {
    assert_eq!(check::plan(plan), []);
    plan.steps.iter().fold(String::new(), |mut text, step| {
        writeln!(text, "- {step}").unwrap();
        text
    })
}

pub(super) struct World {
    pub(super) record: ClusterRecord,
    pub(super) observed: ClusterObserved,
}

impl World {
    pub(super) fn of(version: &str, brokers: i64, partitions: u16, factor: i64) -> Self {
        let spec = ClusterSpec::new(ClusterParts {
            name: parse_text("payments").unwrap(),
            version: parse_text(version).unwrap(),
            environment: None,
            topology: TopologySpec {
                brokers: Scalar::parse(Raw::Integer(brokers)).unwrap(),
                partitions: Scalar::parse(Raw::Integer(partitions.into())).unwrap(),
                replication_factor: Scalar::parse(Raw::Integer(factor)).unwrap(),
                gateways: None,
            },
            broker: BrokerSpec::default(),
            configuration: BTreeMap::new(),
            license: None,
            backup_store: None,
            restore_from: None,
            roll: None,
            target: TargetSpec::Local(LocalTarget::default()),
            deletion_protection: DeletionProtection::Off,
            data_on_destroy: DataOnDestroy::Keep,
        })
        .unwrap();
        Self::whole(spec)
    }

    fn whole(spec: ClusterSpec) -> Self {
        let desired = desired::cluster(&spec, &Exporters::new(), &Duties::default(), &place());
        let members = desired.shape.members.iter().map(|id| {
            let holds = |partition: &PartitionId| {
                let count = u16::try_from(desired.shape.members.len()).unwrap();
                let distance = (id.0 + count - (partition.0 - 1) % count) % count;
                distance < desired.shape.replication_factor
            };
            let partitions = spec
                .topology
                .partition_ids()
                .filter(holds)
                .map(|id| (id, Replica { state: MemberState::Active, priority: 1 }))
                .collect();
            (*id, Member { state: MemberState::Active, partitions })
        });
        let topology = ClusterTopology {
            version: 1,
            members: members.collect(),
            active_partitions: None,
            last_change: None,
            pending_change: None,
        };
        let mut world = Self {
            record: ClusterRecord {
                phase: Phase::Ready,
                shape: desired.shape.clone(),
                version: spec.version.clone(),
                canary: Canary::Settled,
                spec,
            },
            observed: ClusterObserved {
                exporters: Exporters::new(),
                record: None,
                duties: Duties::default(),
                last_apply: LastApply::Ended,
                components: BTreeMap::new(),
                product: ProductObserved::Answered(ProductAnswer {
                    by: BrokerId(0),
                    topology,
                    exporters: BTreeMap::new(),
                    paused: BTreeMap::new(),
                }),
            },
        };
        for id in desired.components.keys() {
            world.run(*id, &desired);
        }
        world
    }

    pub(super) fn with_gateways(self, count: i64) -> Self {
        let mut parts = self.record.spec.into_parts();
        parts.topology.gateways =
            Some(Gateways::Standalone(Scalar::parse(Raw::Integer(count)).unwrap()));
        Self::whole(ClusterSpec::new(parts).unwrap())
    }

    pub(super) fn keep_data(&mut self, data: DataOnDestroy) {
        let mut parts = self.record.spec.clone().into_parts();
        parts.data_on_destroy = data;
        self.record.spec = ClusterSpec::new(parts).unwrap();
    }

    pub(super) fn desired(&self) -> ClusterDesired {
        desired::cluster(
            &self.record.spec,
            &self.observed.exporters,
            &self.observed.duties,
            &place(),
        )
    }

    pub(super) fn seen(&self) -> ClusterObserved {
        ClusterObserved { record: Some(self.record.clone()), ..self.observed.clone() }
    }

    pub(super) fn converge_to(&self, wished: &Self) -> Result<Plan, PlanError> {
        converge(&wished.desired(), &self.record, &self.seen())
    }

    pub(super) fn run(&mut self, id: ComponentId, desired: &ClusterDesired) {
        let process = &desired.components[&id];
        self.observed.components.insert(
            id,
            Observed::Present(ComponentState {
                condition: Condition::Running(format!("run of {id}")),
                version: process.version.clone(),
                fingerprint: process.fingerprint(),
            }),
        );
    }

    pub(super) fn start(&mut self, id: BrokerId, as_in: &Self) {
        self.run(ComponentId::Broker(id), &as_in.desired());
    }

    pub(super) fn restart(&mut self, id: BrokerId, as_in: &Self) {
        self.start(id, as_in);
    }

    pub(super) fn stop(&mut self, id: BrokerId) {
        self.end(ComponentId::Broker(id));
    }

    pub(super) fn end(&mut self, id: ComponentId) {
        if let Some(Observed::Present(state)) = self.observed.components.get_mut(&id) {
            state.condition = Condition::Stopped;
        }
    }

    pub(super) fn lose(&mut self, id: BrokerId) {
        self.observed.components.remove(&ComponentId::Broker(id));
    }

    pub(super) fn answer(&mut self) -> &mut ProductAnswer {
        match &mut self.observed.product {
            ProductObserved::Answered(answer) => answer,
            ProductObserved::Down | ProductObserved::Silent(_) => panic!("the product answers"),
        }
    }
}

fn place() -> Place {
    Place {
        id: "local:///srv/zeebe/payments".to_owned(),
        host: "127.0.0.1".to_owned(),
        root: "/srv/zeebe/payments".to_owned(),
    }
}

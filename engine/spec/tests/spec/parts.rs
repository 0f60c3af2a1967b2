//! A cluster's wish to start tests from: three brokers, nothing else said.

use std::collections::BTreeMap;

use zeebe_scalar::{Raw, Scalar};
use zeebe_spec::{
    BrokerSpec, ClusterParts, DataOnDestroy, DeletionProtection, LocalTarget, TargetSpec,
    TopologySpec,
};

pub(crate) fn text<S: Scalar>(raw: &str) -> S {
    S::parse(Raw::Text(raw.to_owned())).unwrap()
}

pub(crate) fn number<S: Scalar>(raw: i64) -> S {
    S::parse(Raw::Integer(raw)).unwrap()
}

pub(crate) fn topology(brokers: i64, partitions: i64, replication_factor: i64) -> TopologySpec {
    TopologySpec {
        brokers: number(brokers),
        partitions: number(partitions),
        replication_factor: number(replication_factor),
        gateways: None,
    }
}

pub(crate) fn parts() -> ClusterParts {
    ClusterParts {
        name: text("payments"),
        version: text("8.6.0"),
        environment: None,
        topology: topology(3, 3, 3),
        broker: BrokerSpec::default(),
        configuration: BTreeMap::new(),
        license: None,
        backup_store: None,
        restore_from: None,
        roll: None,
        target: TargetSpec::Local(LocalTarget::default()),
        deletion_protection: DeletionProtection::On,
        data_on_destroy: DataOnDestroy::Keep,
    }
}

//! Whole clusters, through the target and the real client of the management API.

mod conformance;
mod exporters;
mod faults;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use camino_tempfile::Utf8TempDir;
use zeebe_plan::component::{ComponentId, JavaOptions, Process, Wanted};
use zeebe_scalar::ByteSize;
use zeebe_spec::{BrokerId, Version};
use zeebe_target::{Call, Target};

use crate::cluster::SimulatedCluster;
use crate::host::SimulatedHost;

pub(crate) fn version(text: &str) -> Version {
    zeebe_scalar::parse_text(text).unwrap()
}

pub(crate) fn process(of: &str, sizes: [u16; 3]) -> Process {
    let [brokers, partitions, factor] = sizes.map(|size| size.to_string());
    let unified = version(of) >= version("8.8.0");
    let names = if unified {
        [
            "CAMUNDA_CLUSTER_SIZE",
            "CAMUNDA_CLUSTER_PARTITIONCOUNT",
            "CAMUNDA_CLUSTER_REPLICATIONFACTOR",
        ]
    } else {
        [
            "ZEEBE_BROKER_CLUSTER_CLUSTERSIZE",
            "ZEEBE_BROKER_CLUSTER_PARTITIONSCOUNT",
            "ZEEBE_BROKER_CLUSTER_REPLICATIONFACTOR",
        ]
    };
    Process {
        version: version(of),
        launcher: "bin/broker".to_owned(),
        program: zeebe_plan::component::Program::Product,
        arguments: Vec::new(),
        settings: BTreeMap::new(),
        bootstrap: names
            .map(str::to_owned)
            .into_iter()
            .zip([brokers, partitions, factor])
            .collect(),
        java_options: JavaOptions { variable: "JAVA_OPTS".to_owned(), options: Vec::new() },
        secrets: BTreeMap::new(),
        jars: BTreeMap::new(),
        files: BTreeMap::new(),
        memory: zeebe_scalar::parse_text::<ByteSize>("256MiB").unwrap(),
        disk: zeebe_scalar::parse_text::<ByteSize>("1GiB").unwrap(),
        ports: BTreeMap::new(),
        license: None,
    }
}

pub(crate) struct Lab {
    pub(crate) cluster: SimulatedCluster,
    _directory: Utf8TempDir,
}

impl Lab {
    pub(crate) async fn with(of: &str, sizes: [u16; 3]) -> Self {
        let directory = camino_tempfile::tempdir().unwrap();
        let cluster =
            SimulatedCluster::at(directory.path().join("payments"), &SimulatedHost::default());
        for broker in 0..sizes[0] {
            let process = process(of, sizes);
            cluster
                .ensure(
                    &ComponentId::Broker(BrokerId(broker)),
                    &Wanted::Running(Box::new(process)),
                    &Call::quiet(),
                )
                .await
                .unwrap();
        }
        let lab = Self { cluster, _directory: directory };
        lab.wait(30).await;
        lab
    }

    pub(crate) async fn wait(&self, seconds: u64) {
        self.cluster.clock().sleep(Duration::from_secs(seconds)).await;
    }

    pub(crate) async fn base(&self, broker: u16) -> String {
        let brokers = BTreeSet::from([BrokerId(broker)]);
        let reach = self.cluster.reach(&brokers, &Call::quiet()).await.unwrap();
        reach.management[&BrokerId(broker)].clone()
    }
}

#[tokio::test]
async fn a_created_cluster_is_whole() {
    let lab = Lab::with("8.6.0", [3, 3, 3]).await;
    let model = lab.cluster.model().unwrap();
    let leaders: Vec<_> = (1..=3).map(|id| model.leader(zeebe_spec::PartitionId(id))).collect();
    assert_eq!(leaders, [0, 1, 2].map(|id| Some(BrokerId(id))));
}

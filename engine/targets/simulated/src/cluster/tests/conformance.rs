//! The suite that every target passes.

use async_trait::async_trait;
use camino::Utf8PathBuf;
use camino_tempfile::Utf8TempDir;
use rstest::rstest;
use zeebe_plan::component::{ComponentId, Process, Wanted};
use zeebe_spec::{BrokerId, GatewayIndex, PartitionId};
use zeebe_target::conformance::{Fixture, suite};
use zeebe_target::{Call, Target};

use crate::cluster::SimulatedCluster;
use crate::cluster::tests::process;
use crate::crash::{CrashPoint, Moment};
use crate::host::SimulatedHost;

struct Place {
    host: SimulatedHost,
    directory: Utf8TempDir,
    component: ComponentId,
}

impl Place {
    fn new(component: ComponentId) -> Self {
        let directory = camino_tempfile::tempdir().unwrap();
        Self { host: SimulatedHost::default(), directory, component }
    }

    fn root(&self) -> Utf8PathBuf {
        self.directory.path().join("payments")
    }

    fn engine(&self) -> SimulatedCluster {
        SimulatedCluster::at(self.root(), &self.host)
    }
}

const BROKER: ComponentId = ComponentId::Broker(BrokerId(0));

#[async_trait]
impl Fixture for Place {
    async fn open(&self) -> Box<dyn Target> {
        Box::new(self.engine())
    }

    fn component(&self) -> ComponentId {
        self.component
    }

    fn process(&self) -> Process {
        process("8.6.0", [1, 1, 1])
    }

    async fn mark(&self) {
        let mark = |model: &mut crate::model::Model| {
            model.pass(30_000);
            model.work(1);
        };
        self.engine().meddle(mark).unwrap();
    }

    async fn is_marked(&self) -> bool {
        // A gateway has no data that could be lost.
        self.component != BROKER || self.engine().model().unwrap().position(PartitionId(1)) == 0
    }

    async fn kill(&self) {
        let kill = |model: &mut crate::model::Model| match self.component {
            ComponentId::Broker(broker) => model.stop(broker),
            ComponentId::Gateway(index) => model.stop_gateway(index),
            ComponentId::Receiver(index) => model.stop_receiver(index),
            ComponentId::Agent => model.stop_agent(),
        };
        self.engine().meddle(kill).unwrap();
    }

    async fn processes(&self) -> usize {
        let model = self.engine().model().unwrap();
        let brokers = model.brokers().values().filter_map(|machine| machine.run);
        brokers.chain(model.gateways().values().filter_map(|machine| machine.run)).count()
    }

    async fn hide(&self) {
        std::fs::rename(self.root(), self.directory.path().join("hidden")).unwrap();
        std::fs::write(self.root(), "no directory").unwrap();
    }

    async fn killed_while_ensuring(&self, wanted: &Wanted, moment: u32) -> bool {
        let engine = self.engine();
        let moment = if moment.is_multiple_of(2) { Moment::Before } else { Moment::After };
        engine.crash_at(CrashPoint { mutation: 0, moment });
        assert!(engine.ensure(&self.component, wanted, &Call::quiet()).await.is_err());
        true
    }
}

#[rstest]
#[case(BROKER)]
#[tokio::test]
async fn a_simulated_cluster_is_a_target_like_every_other(#[case] component: ComponentId) {
    assert_eq!(suite(|| async { Place::new(component) }).await, []);
}

#[tokio::test]
async fn a_standalone_gateway_comes_and_goes() {
    let place = Place::new(ComponentId::Gateway(GatewayIndex(0)));
    let engine = place.engine();
    let wanted = Wanted::Running(Box::new(place.process()));
    engine.ensure(&place.component, &wanted, &Call::quiet()).await.unwrap();
    assert_eq!(place.processes().await, 1);
    let gone = Wanted::Absent(zeebe_spec::DataOnDestroy::Delete);
    engine.ensure(&place.component, &gone, &Call::quiet()).await.unwrap();
    assert_eq!(engine.observe(&Call::quiet()).await.unwrap().len(), 0);
}

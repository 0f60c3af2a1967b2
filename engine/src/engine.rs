//! What one process of the engine holds for all clusters.

use camino::Utf8Path;
use zeebe_config::SettingMistake;
use zeebe_execute::Answers;
use zeebe_management::{Timeouts, Transport};
use zeebe_spec::{ClusterName, ClusterParts, ClusterSpec, TargetSpec};
use zeebe_target::Target;
use zeebe_target_local::{LocalCluster, LocalEnvironment};
use zeebe_target_simulated::{SimulatedCluster, SimulatedHost};

use crate::cluster::Cluster;
use crate::error::OpenError;
use crate::exporters::Gatherings;
use crate::id::{Id, parse};

/// What all clusters of one process share: connections, the environment as it was read once, the host of
/// simulated clusters, those who ask for exporters at the same time, and what products answered a moment ago.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) environment: LocalEnvironment,
    simulated: SimulatedHost,
    transport: Transport,
    gatherings: Gatherings,
    answers: Answers,
}

impl Engine {
    /// An engine in the environment of this process.
    pub fn new() -> Result<Self, OpenError> {
        Self::within(LocalEnvironment::of_process())
    }

    /// An engine in another environment.
    pub fn within(environment: LocalEnvironment) -> Result<Self, OpenError> {
        let transport = Transport::new(Timeouts::default()).map_err(OpenError::Transport)?;
        Ok(Self {
            environment,
            simulated: SimulatedHost::default(),
            transport,
            gatherings: Gatherings::default(),
            answers: Answers::default(),
        })
    }

    /// Every mistake in the product's own settings.
    pub fn check(parts: &ClusterParts) -> Vec<SettingMistake> {
        zeebe_config::check(parts.version.minor(), &parts.configuration)
    }

    /// The place of a cluster, whether it is there or not.
    pub fn cluster(&self, spec: &ClusterSpec) -> Result<Cluster, OpenError> {
        self.open(&spec.name, &spec.target)
    }

    /// The place of a cluster by its name and target.
    pub fn open(&self, name: &ClusterName, target: &TargetSpec) -> Result<Cluster, OpenError> {
        let target: Box<dyn Target> = match target {
            TargetSpec::Local(local) => Box::new(
                LocalCluster::new(name, local, &self.environment).map_err(OpenError::local)?,
            ),
            TargetSpec::Simulated(simulated) => {
                Box::new(SimulatedCluster::new(name, simulated, &self.simulated))
            }
        };
        Ok(self.at_target(target))
    }

    /// The place of a cluster by its address.
    pub fn at(&self, id: &str) -> Result<Cluster, OpenError> {
        let target: Box<dyn Target> = match parse(id)? {
            Id::Local(root) => Box::new(
                LocalCluster::at(Utf8Path::new(root), &self.environment)
                    .map_err(OpenError::local)?,
            ),
            Id::Simulated(root) => Box::new(SimulatedCluster::at(root, &self.simulated)),
        };
        Ok(self.at_target(target))
    }

    fn at_target(&self, target: Box<dyn Target>) -> Cluster {
        let answer = self.answers.of(&target.place().id);
        Cluster::new(target, self.transport.clone(), self.gatherings.clone(), answer)
    }

    /// How many calls of the management API this engine has sent.
    pub fn management_calls(&self) -> u64 {
        self.transport.sent()
    }
}

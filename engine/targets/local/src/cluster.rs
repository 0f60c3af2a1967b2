//! One cluster's place on this machine.

mod deed;
mod restore;
mod scratch;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use zeebe_plan::component::{ComponentId, ComponentState, Observed, Process, Wanted};
use zeebe_plan::step::Aside;
use zeebe_spec::{BackupId, BrokerId, ClusterName, LocalTarget, TargetSpec, Version};
use zeebe_target::{
    Book, Call, Clock, DirectoryBook, Doing, LeftBehind, MachineClock, Place, Preflight, Reach,
    Scratch, SecretFolder, Secrets, Target, TargetError,
};

use crate::cluster::deed::{object, unseen, unwritten};
use crate::distribution::Distributions;
use crate::environment::LocalEnvironment;
use crate::folder::ClusterFolder;
use crate::layout::{Home, Kind};
use crate::preflight;
use crate::process::record::Record;
use crate::process::stop::STOP_DEADLINE;

/// All of a cluster binds to this address and to no other.
const HOST: &str = "127.0.0.1";

/// A cluster whose place could not be made out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// Neither the wish nor the environment says where.
    #[error("no directory is known for clusters; set `directory`, ZEEBE_PLATFORM_DATA or HOME")]
    NoDataDirectory,
    /// The environment does not say where.
    #[error("no directory is known for unpacked distributions; set ZEEBE_PLATFORM_CACHE or HOME")]
    NoCacheDirectory,
    /// An address that names no cluster's folder.
    #[error(
        "\"{0}\" is not the folder of a cluster; expected an absolute path that ends in the cluster's name"
    )]
    NoClusterFolder(Utf8PathBuf),
}

/// One cluster as processes of this machine.
#[derive(Debug)]
pub struct LocalCluster {
    place: Place,
    folder: Arc<ClusterFolder>,
    stop_deadline: Duration,
    book: DirectoryBook,
    secrets: SecretFolder,
    clock: MachineClock,
}

impl LocalCluster {
    /// The place of a cluster that is wished. Touches nothing.
    pub fn new(
        name: &ClusterName,
        target: &LocalTarget,
        environment: &LocalEnvironment,
    ) -> Result<Self, LocalError> {
        let directory = match &target.directory {
            Some(directory) => Utf8PathBuf::from(directory.as_str()),
            None => environment.data().ok_or(LocalError::NoDataDirectory)?,
        };
        let cache = environment.cache().ok_or(LocalError::NoCacheDirectory)?;
        let root = directory.join(name.as_str());
        Ok(Self {
            place: Place {
                id: format!("local://{root}"),
                host: HOST.to_owned(),
                root: root.to_string(),
            },
            stop_deadline: STOP_DEADLINE,
            book: DirectoryBook::open(root.clone()),
            secrets: SecretFolder::under(root.clone()),
            clock: MachineClock::default(),
            folder: Arc::new(ClusterFolder {
                java_home: target.java_home.as_ref().map(|home| home.as_str().into()),
                distributions: Distributions::new(target, &cache, environment),
                environment: environment.clone(),
                root,
            }),
        })
    }

    /// The place of a cluster whose folder is known: what an import starts from. The rest of the wish is in
    /// its book.
    pub fn at(root: &Utf8Path, environment: &LocalEnvironment) -> Result<Self, LocalError> {
        let wrong = || LocalError::NoClusterFolder(root.to_owned());
        let name = root.file_name().ok_or_else(wrong)?.to_owned();
        let name = ClusterName::try_from(name).map_err(|_| wrong())?;
        let directory = root.parent().ok_or_else(wrong)?.to_string();
        let directory = directory.try_into().map_err(|_| wrong())?;
        let target = LocalTarget { directory: Some(directory), ..LocalTarget::default() };
        Self::new(&name, &target, environment)
    }

    /// With another time that a process may take to end before it is killed; 30 seconds else.
    #[must_use]
    pub fn with_stop_deadline(mut self, deadline: Duration) -> Self {
        self.stop_deadline = deadline;
        self
    }

    fn home(&self, id: ComponentId) -> Home {
        Home::of(&self.folder.root, id)
    }

    /// Does blocking work where it blocks no other task.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ClusterFolder) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let folder = Arc::clone(&self.folder);
        match tokio::task::spawn_blocking(move || work(&folder)).await {
            Ok(result) => result,
            Err(broken) => Err(io::Error::other(broken)),
        }
    }
}

#[async_trait]
impl Target for LocalCluster {
    fn kind(&self) -> &'static str {
        "local"
    }

    fn place(&self) -> &Place {
        &self.place
    }

    async fn preflight(
        &self,
        wanted: &BTreeMap<ComponentId, Wanted>,
        _call: &Call,
    ) -> Result<Vec<Preflight>, TargetError> {
        let wanted = wanted.clone();
        self.blocking(move |folder| preflight::preflight(folder, &wanted))
            .await
            .map_err(|error| unseen(Doing::Preflight, self.object(), error))
    }

    async fn observe(
        &self,
        _call: &Call,
    ) -> Result<BTreeMap<ComponentId, Observed<ComponentState>>, TargetError> {
        self.blocking(ClusterFolder::observe)
            .await
            .map_err(|error| unseen(Doing::Observe, self.object(), error))
    }

    async fn prepare(&self, version: &Version, call: &Call) -> Result<(), TargetError> {
        self.distribution(version, call).await.map(drop).map_err(|error| TargetError {
            doing: Doing::Prepare,
            object: format!("distribution \"{version}\""),
            left_behind: LeftBehind::Nothing,
            advice: error.advice(),
            source: error.into(),
        })
    }

    async fn restore(
        &self,
        backup: BackupId,
        brokers: &BTreeMap<BrokerId, Process>,
        call: &Call,
    ) -> Result<(), TargetError> {
        self.restore_all(backup, brokers, call).await
    }

    async fn set_aside(&self, aside: &Aside, call: &Call) -> Result<(), TargetError> {
        self.set_all_aside(aside, call).await
    }

    async fn ensure(
        &self,
        id: &ComponentId,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<(), TargetError> {
        let kind = Kind::of(*id);
        self.blocking(move |folder| folder.sweep(kind))
            .await
            .map_err(|error| unwritten(Doing::Delete, object(*id), &self.home(*id), error))?;
        match wanted {
            Wanted::Running(process) => self.run(*id, process, call).await,
            Wanted::Stopped => self.stop(*id, call).await,
            Wanted::Absent(data) => self.take_away(*id, *data, call).await,
        }
    }

    /// A broker that was never started here has no port yet and is left out.
    async fn reach(
        &self,
        brokers: &BTreeSet<BrokerId>,
        _call: &Call,
    ) -> Result<Reach, TargetError> {
        let brokers = brokers.clone();
        let reach = self.blocking(move |folder| {
            let mut reach = Reach::default();
            for id in folder.components()? {
                // One without a readable record cannot be talked to; a look says so.
                let Ok(Some(record)) = Record::read(&Home::of(&folder.root, id).record()) else {
                    continue;
                };
                let ports = &record.process.ports;
                let address = |port: &u16| format!("http://{HOST}:{port}");
                if let (ComponentId::Receiver(receiver), Some(port)) = (id, ports.get("management"))
                {
                    reach.receivers.insert(receiver, address(port));
                }
                if let (ComponentId::Broker(broker), Some(port)) = (id, ports.get("management"))
                    && brokers.contains(&broker)
                {
                    reach.management.insert(broker, address(port));
                }
                // A broker without an embedded gateway opens its REST port too and serves nothing there.
                if let (Some(grpc), Some(rest)) = (ports.get("gateway"), ports.get("rest")) {
                    reach.grpc.insert(id, address(grpc));
                    reach.rest.insert(id, address(rest));
                }
            }
            Ok(reach)
        });
        reach.await.map_err(|error| unseen(Doing::Reach, self.object(), error))
    }

    fn scratch(&self, wish: &TargetSpec) -> Result<Scratch, TargetError> {
        self.scratch_of(wish)
    }

    async fn lend(
        &self,
        scratch: &Scratch,
        ports: &BTreeSet<u16>,
        _call: &Call,
    ) -> Result<Scratch, TargetError> {
        self.lend_to(scratch, ports).await
    }

    async fn clear(&self, _scratch: &Scratch) -> Result<(), TargetError> {
        self.clear_scratch().await
    }

    fn book(&self) -> &dyn Book {
        &self.book
    }

    fn secrets(&self) -> &dyn Secrets {
        &self.secrets
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }
}

impl LocalCluster {
    fn object(&self) -> String {
        format!("cluster \"{}\"", self.place.root)
    }
}

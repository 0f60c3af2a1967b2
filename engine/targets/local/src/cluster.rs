//! One cluster's place on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use zeebe_plan::component::{ComponentId, ComponentState, Condition, Observed, Process, Wanted};
use zeebe_spec::{BrokerId, Checksum, ClusterName, DataOnDestroy, LocalTarget, Version};
use zeebe_target::{
    Book, Call, Clock, DirectoryBook, Doing, LeftBehind, MachineClock, Place, Preflight, Reach,
    Target, TargetError,
};

use crate::distribution::{DistributionError, Distributions};
use crate::environment::LocalEnvironment;
use crate::file;
use crate::java;
use crate::layout::{Home, Kind};
use crate::preflight;
use crate::process::record::Record;
use crate::process::start::{Means, start};
use crate::process::stop::{Stopped, stop};
use crate::process::{Run, look, strays};

/// How long a process may take to end before it is killed. A broker closes its partitions in a few
/// seconds, with large ones in some more.
const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// How long a child may take from its fork to its exec.
const EXEC: Duration = Duration::from_millis(200);

/// All of a cluster binds to this address and to no other.
const HOST: &str = "127.0.0.1";

/// What a folder is called while it is deleted.
const DELETED: &str = ".deleted";

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
    inner: Arc<Inner>,
    stop_deadline: Duration,
    book: DirectoryBook,
    clock: MachineClock,
}

/// What blocking work needs.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) root: Utf8PathBuf,
    pub(crate) java_home: Option<Utf8PathBuf>,
    pub(crate) distributions: Distributions,
    pub(crate) environment: LocalEnvironment,
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
            clock: MachineClock::default(),
            inner: Arc::new(Inner {
                java_home: target.java_home.as_ref().map(|home| home.as_str().into()),
                distributions: Distributions::new(target, cache, environment),
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
        Home::of(&self.inner.root, id)
    }

    /// Does blocking work where it blocks no other task.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(result) => result,
            Err(broken) => Err(io::Error::other(broken)),
        }
    }

    /// What a deed starts from. An engine that was killed between fork and exec leaves a child that shows
    /// our token a moment later: where one may be on its way, it is waited for.
    async fn look(&self, id: ComponentId) -> io::Result<Run> {
        let again = |run: &Run| matches!(run, Run::Ended(record) if record.identity.is_none());
        let home = self.home(id);
        let run = self.look_once(home.clone()).await?;
        if !again(&run) {
            return Ok(run);
        }
        tokio::time::sleep(EXEC).await;
        self.look_once(home).await
    }

    async fn look_once(&self, home: Home) -> io::Result<Run> {
        self.blocking(move |inner| look(&home, &strays(&inner.root)?)).await
    }

    async fn run(
        &self,
        id: ComponentId,
        process: &Process,
        call: &Call,
    ) -> Result<(), TargetError> {
        let home = self.home(id);
        let run = self.look(id).await.map_err(|error| unseen(Doing::Start, object(id), error))?;
        match run {
            Run::Runs(mut record, identity) if record.fingerprint == process.fingerprint() => {
                if record.identity.as_ref() != Some(&identity) {
                    // An engine was killed before it could write that down.
                    call.progress.say(&format!("{id} is taken over, pid {}", identity.pid));
                    record.identity = Some(identity);
                    record
                        .write(&home.record())
                        .map_err(|error| unwritten(Doing::Start, object(id), &home, error))?;
                }
                return Ok(());
            }
            Run::Runs(..) | Run::Stray(..) => self.stop(id, call).await?,
            Run::Never | Run::Ended(_) | Run::Lost(_) => {}
        }
        if call.cancel.is_cancelled() {
            return Err(cancelled(Doing::Start, object(id)));
        }
        let failed = |left_behind, advice, source| TargetError {
            doing: Doing::Start,
            object: object(id),
            left_behind,
            advice,
            source,
        };
        let (checksum, distribution) = self
            .distribution(&process.version, call)
            .await
            .map_err(|error| failed(LeftBehind::Nothing, error.advice(), error.into()))?;
        let java = self
            .blocking(|inner| Ok(java::find(inner.java_home.as_deref(), &inner.environment)))
            .await
            .map_err(|error| unseen(Doing::Start, object(id), error))?
            .map_err(|error| failed(LeftBehind::Nothing, error.advice(), error.into()))?;
        let means = Means {
            home: &home,
            distribution: &distribution,
            checksum: &checksum,
            java: &java,
            environment: &self.inner.environment,
        };
        let identity = start(process, &means)
            .await
            .map_err(|error| failed(error.left_behind(), error.advice(), error.into()))?;
        call.progress.say(&format!("{id} is started, pid {}", identity.pid));
        Ok(())
    }

    async fn distribution(
        &self,
        version: &Version,
        call: &Call,
    ) -> Result<(Checksum, Utf8PathBuf), DistributionError> {
        let recorded = self.blocking(Inner::recorded).await.map_err(|source| {
            DistributionError::Cache { folder: self.inner.root.clone(), source }
        })?;
        let checksum = self.inner.distributions.checksum(version, &recorded)?;
        let home = self.inner.distributions.prepare(version, &checksum, call).await?;
        Ok((checksum, home))
    }

    async fn stop(&self, id: ComponentId, call: &Call) -> Result<(), TargetError> {
        let run = self.look(id).await.map_err(|error| unseen(Doing::Stop, object(id), error))?;
        let identity = match run {
            Run::Runs(_, identity) | Run::Stray(identity, _) => identity,
            Run::Never | Run::Ended(_) | Run::Lost(_) => return Ok(()),
        };
        let pid = identity.pid;
        call.progress.say(&format!("{id} is told to end, pid {pid}"));
        match stop(&identity, self.stop_deadline, &call.cancel).await {
            Ok(Stopped::WasGone | Stopped::Ended) => call.progress.say(&format!("{id} has ended")),
            Ok(Stopped::Killed) => call.progress.say(&format!(
                "{id} did not end within {} s and was killed",
                self.stop_deadline.as_secs()
            )),
            Err(error) => {
                return Err(TargetError {
                    doing: Doing::Stop,
                    object: object(id),
                    left_behind: LeftBehind::Traceable,
                    advice: format!("Its process has pid {pid}. The next run goes on from there."),
                    source: error.into(),
                });
            }
        }
        Ok(())
    }

    async fn take_away(
        &self,
        id: ComponentId,
        data: DataOnDestroy,
        call: &Call,
    ) -> Result<(), TargetError> {
        self.stop(id, call).await?;
        let home = self.home(id);
        let gone = self.blocking({
            let home = home.clone();
            move |inner| match data {
                DataOnDestroy::Keep => inner.keep_data(id, &home),
                DataOnDestroy::Delete => inner.delete(id, &home),
            }
        });
        gone.await.map_err(|error| unwritten(Doing::Delete, object(id), &home, error))
    }
}

impl Inner {
    /// The versions that components were last started with, and what their archives hashed to.
    pub(crate) fn recorded(&self) -> io::Result<Vec<(Version, Checksum)>> {
        let mut recorded: Vec<(Version, Checksum)> = Vec::new();
        for id in self.components()? {
            // A record that cannot be read is said by a look, not here.
            if let Ok(Some(record)) = Record::read(&Home::of(&self.root, id).record()) {
                let entry = (record.process.version, record.distribution);
                if !recorded.contains(&entry) {
                    recorded.push(entry);
                }
            }
        }
        Ok(recorded)
    }

    /// Every component that has a folder.
    fn components(&self) -> io::Result<Vec<ComponentId>> {
        let mut components = Vec::new();
        for kind in Kind::ALL {
            let names = file::names_in(&self.root.join(kind.folder()))?;
            components.extend(names.iter().filter_map(|name| kind.component(name)));
        }
        components.sort();
        Ok(components)
    }

    fn observe(&self) -> io::Result<BTreeMap<ComponentId, Observed<ComponentState>>> {
        let strays = strays(&self.root)?;
        let mut components: BTreeSet<ComponentId> = self.components()?.into_iter().collect();
        // A process whose folder somebody deleted still runs.
        components.extend(strays.iter().filter_map(|stray| {
            let path = Utf8Path::new(&stray.home).strip_prefix(&self.root).ok()?;
            let kind = Kind::ALL.into_iter().find(|kind| path.starts_with(kind.folder()))?;
            kind.component(path.file_name()?)
        }));
        let mut observed = BTreeMap::new();
        for id in components {
            let home = Home::of(&self.root, id);
            let state = |condition, record: Record| {
                Observed::Present(ComponentState {
                    condition,
                    version: record.process.version,
                    fingerprint: record.fingerprint,
                })
            };
            let found = match look(&home, &strays)? {
                Run::Never => continue,
                Run::Ended(record) => state(Condition::Stopped, *record),
                Run::Runs(record, identity) => {
                    state(Condition::Running(record.name(&identity)), *record)
                }
                Run::Stray(identity, None) => Observed::Unclear(format!(
                    "pid {} runs as {id}, and its record in {} is not of this run",
                    identity.pid,
                    home.path()
                )),
                Run::Stray(_, Some(error)) | Run::Lost(error) => {
                    Observed::Unclear(match error.source() {
                        Some(cause) => format!("{error}: {cause}"),
                        None => error.to_string(),
                    })
                }
            };
            observed.insert(id, found);
        }
        Ok(observed)
    }

    /// Takes away all but the data; the record goes last, so that a component that is half gone is seen.
    fn keep_data(&self, id: ComponentId, home: &Home) -> io::Result<()> {
        let record = home.record();
        for name in file::names_in(home.path())? {
            let path = home.path().join(name);
            if path != home.data() && path != record {
                file::delete(&path)?;
            }
        }
        file::delete(&record)?;
        for folder in [&home.data(), home.path(), &self.root.join(Kind::of(id).folder())] {
            file::remove_if_empty(folder)?;
        }
        Ok(())
    }

    /// Takes away all of it. First under another name: a broker must not start over half of its data.
    fn delete(&self, id: ComponentId, home: &Home) -> io::Result<()> {
        let folder = self.root.join(Kind::of(id).folder());
        let name = home.path().file_name().unwrap_or_default();
        let doomed = folder.join(format!("{DELETED}-{name}-{}", uuid::Uuid::new_v4()));
        match std::fs::rename(home.path(), &doomed) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.sweep(Kind::of(id))?;
        file::remove_if_empty(&folder)?;
        file::remove_if_empty(&self.root)
    }

    /// Finishes deletions, those of an engine that was killed too.
    fn sweep(&self, kind: Kind) -> io::Result<()> {
        let folder = self.root.join(kind.folder());
        for name in file::names_in(&folder)? {
            if name.starts_with(DELETED) {
                file::delete(&folder.join(name))?;
            }
        }
        Ok(())
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
        self.blocking(move |inner| preflight::preflight(inner, &wanted))
            .await
            .map_err(|error| unseen(Doing::Preflight, self.object(), error))
    }

    async fn observe(
        &self,
        _call: &Call,
    ) -> Result<BTreeMap<ComponentId, Observed<ComponentState>>, TargetError> {
        self.blocking(Inner::observe)
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

    async fn ensure(
        &self,
        id: &ComponentId,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<(), TargetError> {
        let kind = Kind::of(*id);
        self.blocking(move |inner| inner.sweep(kind))
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
        let reach = self.blocking(move |inner| {
            let mut reach = Reach::default();
            for id in inner.components()? {
                // One without a readable record cannot be talked to; a look says so.
                let Ok(Some(record)) = Record::read(&Home::of(&inner.root, id).record()) else {
                    continue;
                };
                let ports = &record.process.ports;
                let address = |port: &u16| format!("http://{HOST}:{port}");
                if let (ComponentId::Broker(broker), Some(port)) = (id, ports.get("management"))
                    && brokers.contains(&broker)
                {
                    reach.management.insert(broker, address(port));
                }
                // A broker without an embedded gateway opens its REST port too and serves nothing there.
                if let (Some(_), Some(port)) = (ports.get("gateway"), ports.get("rest")) {
                    reach.rest.push(address(port));
                }
            }
            Ok(reach)
        });
        reach.await.map_err(|error| unseen(Doing::Reach, self.object(), error))
    }

    fn book(&self) -> &dyn Book {
        &self.book
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

/// `broker "1"`.
fn object(id: ComponentId) -> String {
    match id {
        ComponentId::Broker(broker) => format!("broker \"{broker}\""),
        ComponentId::Gateway(gateway) => format!("gateway \"{gateway}\""),
    }
}

fn unseen(doing: Doing, object: String, source: io::Error) -> TargetError {
    TargetError {
        doing,
        object,
        left_behind: LeftBehind::Nothing,
        advice: "See that this user may read the cluster's folder and /proc.".to_owned(),
        source: source.into(),
    }
}

fn unwritten(doing: Doing, object: String, home: &Home, source: io::Error) -> TargetError {
    TargetError {
        doing,
        object,
        left_behind: LeftBehind::Traceable,
        advice: format!(
            "See that this user may write {} and that its disk has space.",
            home.path()
        ),
        source: source.into(),
    }
}

fn cancelled(doing: Doing, object: String) -> TargetError {
    TargetError {
        doing,
        object,
        left_behind: LeftBehind::Traceable,
        advice: "The next run goes on from there.".to_owned(),
        source: "cancelled".into(),
    }
}

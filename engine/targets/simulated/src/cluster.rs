//! One simulated cluster as the engine sees it.

mod book;
mod error;
mod scratch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use zeebe_plan::component::{ComponentId, ComponentState, Condition, Observed, Process, Wanted};
use zeebe_plan::step::Aside;
use zeebe_spec::{
    BackupId, BrokerId, ClusterName, DataOnDestroy, Seed, SimulatedTarget, TargetSpec, Version,
};
use zeebe_target::{
    Book, Call, Clock, Doing, LeftBehind, Place, Preflight, Reach, Scratch, SecretFolder, Secrets,
    Target, TargetError,
};

use crate::clock::{VirtualClock, time_of_day};
use crate::cluster::book::WatchedBook;
use crate::cluster::error::{Cancelled, Injected, failed, unreadable};
use crate::crash::{Crash, CrashPoint};
use crate::faults::{Faults, Timing};
use crate::host::{Registered, SimulatedHost};
use crate::model::{Model, Run, Switch};
use crate::store::{Store, StoreError};

/// What chances start from where nothing is said.
const SEED: u64 = 1;

/// One simulated cluster, as one engine sees it. Two of them at the same directory are two engines.
pub struct SimulatedCluster {
    place: Place,
    store: Arc<Store>,
    crash: Arc<Crash>,
    book: WatchedBook,
    secrets: SecretFolder,
    clock: VirtualClock,
    host: SimulatedHost,
    registered: Registered,
}

impl SimulatedCluster {
    /// The cluster of that name at that target. Touches nothing.
    pub fn new(name: &ClusterName, target: &SimulatedTarget, host: &SimulatedHost) -> Self {
        let seed = target.seed.map_or(SEED, |seed| u64::from(Seed::get(seed)));
        let root = Utf8PathBuf::from(target.directory.as_str()).join(name.as_str());
        Self::open(root, seed, host)
    }

    /// The cluster in that directory, for import by its address `simulated://<directory>`. Touches nothing.
    pub fn at(root: impl Into<Utf8PathBuf>, host: &SimulatedHost) -> Self {
        Self::open(root.into(), SEED, host)
    }

    fn open(root: Utf8PathBuf, seed: u64, host: &SimulatedHost) -> Self {
        let place = Place {
            id: format!("simulated://{root}"),
            host: "127.0.0.1".to_owned(),
            root: root.to_string(),
        };
        let secrets = SecretFolder::under(root.clone());
        let store = Arc::new(Store::new(root, seed));
        let crash = Arc::new(Crash::default());
        Self {
            book: WatchedBook::new(Arc::clone(&store), Arc::clone(&crash)),
            clock: VirtualClock { store: Arc::clone(&store), crash: Arc::clone(&crash) },
            registered: host.register(Arc::clone(&store), Arc::clone(&crash)),
            host: host.clone(),
            secrets,
            place,
            store,
            crash,
        }
    }

    /// Its directory.
    pub fn root(&self) -> &Utf8Path {
        self.store.root()
    }

    /// Ends this engine at one of its mutations: every call after that fails with
    /// [`Crashed`](crate::Crashed), and every connection through its [`Reach`] is dropped.
    pub fn crash_at(&self, point: CrashPoint) {
        self.crash.set(point);
    }

    /// How many mutations this engine has made.
    pub fn mutations(&self) -> u32 {
        self.crash.mutations()
    }

    /// What is in the cluster.
    pub fn model(&self) -> Result<Model, StoreError> {
        self.store.look()
    }

    /// Changes what is in the cluster by hand, as the world does behind an engine's back: kills a process,
    /// deletes data, brings work.
    pub fn meddle<T>(&self, how: impl FnOnce(&mut Model) -> T) -> Result<T, StoreError> {
        self.store.change(|model, _| how(model))
    }

    /// Has this go wrong, in place of what was to go wrong before.
    pub fn inject(&self, faults: Faults) -> Result<(), StoreError> {
        self.store.change(|_, before| *before = faults)
    }

    /// What is still to go wrong.
    pub fn faults(&self) -> Result<Faults, StoreError> {
        Ok(self.store.faults()?.unwrap_or_default())
    }

    fn alive(&self, doing: Doing, object: &str) -> Result<(), TargetError> {
        self.crash.alive().map_err(|crashed| {
            failed(doing, object.to_owned(), LeftBehind::Unknown, String::new(), crashed)
        })
    }

    /// One change that another engine could see.
    fn mutate(
        &self,
        doing: Doing,
        object: String,
        call: &Call,
        how: impl FnOnce(&mut Model),
    ) -> Result<(), TargetError> {
        if call.cancel.is_cancelled() {
            let advice = "The next run goes on from there.".to_owned();
            return Err(failed(doing, object, LeftBehind::Traceable, advice, Cancelled));
        }
        let gone =
            |crashed| failed(doing, object.clone(), LeftBehind::Unknown, String::new(), crashed);
        self.crash.before().map_err(gone)?;
        abort_if_asked(&self.store, &self.crash);
        let changed = self.store.change(|model, _| how(model));
        changed.map_err(|source| unreadable(doing, object.clone(), source))?;
        self.crash.after().map_err(gone)
    }

    fn look(&self, doing: Doing, object: &str) -> Result<Model, TargetError> {
        self.alive(doing, object)?;
        self.store.look().map_err(|source| unreadable(doing, object.to_owned(), source))
    }
}

#[async_trait]
impl Target for SimulatedCluster {
    fn kind(&self) -> &'static str {
        "simulated"
    }

    fn place(&self) -> &Place {
        &self.place
    }

    async fn preflight(
        &self,
        _: &BTreeMap<ComponentId, Wanted>,
        _: &Call,
    ) -> Result<Vec<Preflight>, TargetError> {
        self.alive(Doing::Preflight, "cluster")?;
        let nearest = self.store.root().ancestors().find(|directory| directory.exists());
        Ok(match nearest {
            Some(there) if !there.is_dir() => vec![Preflight {
                component: None,
                attribute: "target.simulated.directory".to_owned(),
                summary: format!("\"{there}\" is not a directory"),
                detail: format!(
                    "The cluster's state would be kept in \"{}\". Choose another directory, or move \
                     \"{there}\" away.",
                    self.store.root()
                ),
            }],
            Some(_) | None => Vec::new(),
        })
    }

    async fn observe(
        &self,
        _: &Call,
    ) -> Result<BTreeMap<ComponentId, Observed<ComponentState>>, TargetError> {
        let model = self.look(Doing::Observe, "cluster")?;
        let brokers = model.brokers().iter().map(|(id, machine)| {
            (
                ComponentId::Broker(*id),
                ComponentState {
                    condition: condition(machine.run),
                    version: machine.version.clone(),
                    fingerprint: machine.fingerprint.clone(),
                },
            )
        });
        let gateways = model.gateways().iter().map(|(index, machine)| {
            (
                ComponentId::Gateway(*index),
                ComponentState {
                    condition: condition(machine.run),
                    version: machine.version.clone(),
                    fingerprint: machine.fingerprint.clone(),
                },
            )
        });
        let receivers = model.receivers().iter().map(|(index, machine)| {
            (
                ComponentId::Receiver(*index),
                ComponentState {
                    condition: condition(machine.run),
                    version: machine.version.clone(),
                    fingerprint: machine.fingerprint.clone(),
                },
            )
        });
        let agent = model.agent().map(|machine| {
            (
                ComponentId::Agent,
                ComponentState {
                    condition: condition(machine.run),
                    version: machine.version.clone(),
                    fingerprint: machine.fingerprint.clone(),
                },
            )
        });
        let all = brokers.chain(gateways).chain(receivers).chain(agent);
        Ok(all.map(|(id, state)| (id, Observed::Present(state))).collect())
    }

    async fn prepare(&self, version: &Version, _: &Call) -> Result<(), TargetError> {
        self.alive(Doing::Prepare, &format!("distribution \"{version}\""))
    }

    async fn restore(
        &self,
        backup: BackupId,
        brokers: &BTreeMap<BrokerId, Process>,
        call: &Call,
    ) -> Result<(), TargetError> {
        let id = u64::try_from(backup.get()).unwrap_or(0);
        for (broker, process) in brokers {
            let (doing, object) = (Doing::Restore, object(ComponentId::Broker(*broker)));
            if call.cancel.is_cancelled() {
                let advice = "The next run goes on from there.".to_owned();
                return Err(failed(doing, object, LeftBehind::Traceable, advice, Cancelled));
            }
            let gone = |crashed| {
                failed(doing, object.clone(), LeftBehind::Unknown, String::new(), crashed)
            };
            self.crash.before().map_err(gone)?;
            abort_if_asked(&self.store, &self.crash);
            let restored = self.store.change(|model, _| {
                let restored = model.restore(id, *broker, process);
                if restored.is_err() {
                    for broker in brokers.keys() {
                        model.take_back(*broker);
                    }
                }
                restored
            });
            let restored = restored.map_err(|source| unreadable(doing, object.clone(), source))?;
            self.crash.after().map_err(gone)?;
            restored.map_err(|refused| {
                let advice = "These are the product's own words. What was restored of it was taken away again.";
                failed(doing, object, LeftBehind::Nothing, advice.to_owned(), refused)
            })?;
        }
        Ok(())
    }

    async fn set_aside(&self, aside: &Aside, call: &Call) -> Result<(), TargetError> {
        let Aside { restoration, version: _, brokers, gateways } = aside;
        let name = restoration.to_string();
        let doing = Doing::SetAside;
        let model = self.look(doing, "cluster")?;
        let waiting: Vec<BrokerId> =
            brokers.iter().copied().filter(|id| !model.is_aside(*id, &name)).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let stop = |model: &mut Model| {
            for index in gateways {
                model.stop_gateway(*index);
            }
            for broker in &waiting {
                model.stop(*broker);
            }
        };
        self.mutate(doing, "cluster".to_owned(), call, stop)?;
        for broker in &waiting {
            let object = object(ComponentId::Broker(*broker));
            self.mutate(doing, object, call, |model| model.set_aside(*broker, &name))?;
        }
        Ok(())
    }

    async fn ensure(
        &self,
        id: &ComponentId,
        wanted: &Wanted,
        call: &Call,
    ) -> Result<(), TargetError> {
        let (doing, object) = (doing(wanted), object(*id));
        if call.cancel.is_cancelled() {
            let advice = "Apply again to go on.".to_owned();
            return Err(failed(doing, object, LeftBehind::Nothing, advice, Cancelled));
        }
        let gone =
            |crashed| failed(doing, object.clone(), LeftBehind::Unknown, String::new(), crashed);
        self.crash.before().map_err(gone)?;
        abort_if_asked(&self.store, &self.crash);
        let seed = self.store.seed();
        let fault = self
            .store
            .change(|model, faults| {
                let fault = faults.ensure(*id, seed);
                match fault {
                    Some((Timing::Before, _)) => {}
                    Some((Timing::After, _)) | None => make_so(model, *id, wanted),
                }
                fault
            })
            .map_err(|source| unreadable(doing, object.clone(), source))?;
        self.crash.after().map_err(gone)?;
        match fault {
            None => Ok(()),
            Some((timing, left_behind)) => {
                let advice = "The simulator was told to fail here. Apply again.".to_owned();
                Err(failed(doing, object, left_behind, advice, Injected(timing)))
            }
        }
    }

    async fn reach(&self, brokers: &BTreeSet<BrokerId>, _: &Call) -> Result<Reach, TargetError> {
        let model = self.look(Doing::Reach, "cluster")?;
        let base = self.host.base(&self.registered).await.map_err(|source| {
            let advice = "The simulator serves on a free port of 127.0.0.1.".to_owned();
            failed(Doing::Reach, "simulator".to_owned(), LeftBehind::Nothing, advice, source)
        })?;
        let embedded = |broker: &&BrokerId| match model.brokers().get(broker) {
            Some(machine) => machine.settings.gateway == Switch::Enabled,
            None => true,
        };
        let of_brokers = brokers
            .iter()
            .filter(embedded)
            .map(|broker| (ComponentId::Broker(*broker), format!("{base}/brokers/{broker}")));
        let of_gateways = model
            .gateways()
            .keys()
            .map(|index| (ComponentId::Gateway(*index), format!("{base}/gateways/{index}")));
        let gateways: BTreeMap<ComponentId, String> = of_brokers.chain(of_gateways).collect();
        let served = |port: &str| {
            gateways.iter().map(|(id, address)| (*id, format!("{address}/{port}"))).collect()
        };
        Ok(Reach {
            management: brokers
                .iter()
                .map(|broker| (*broker, format!("{base}/brokers/{broker}")))
                .collect(),
            rest: served("rest"),
            grpc: served("grpc"),
            receivers: model
                .receivers()
                .keys()
                .map(|index| (*index, format!("{base}/receivers/{index}")))
                .collect(),
        })
    }

    fn scratch(&self, wish: &TargetSpec) -> Result<Scratch, TargetError> {
        self.scratch_of(wish)
    }

    async fn lend(
        &self,
        scratch: &Scratch,
        _: &BTreeSet<u16>,
        _: &Call,
    ) -> Result<Scratch, TargetError> {
        self.lend_to(scratch)
    }

    async fn clear(&self, _: &Scratch) -> Result<(), TargetError> {
        self.clear_scratch()
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

fn make_so(model: &mut Model, id: ComponentId, wanted: &Wanted) {
    match (id, wanted) {
        (ComponentId::Broker(broker), Wanted::Running(process)) => model.start(broker, process),
        (ComponentId::Broker(broker), Wanted::Stopped | Wanted::Absent(DataOnDestroy::Keep)) => {
            model.stop(broker);
        }
        (ComponentId::Broker(broker), Wanted::Absent(DataOnDestroy::Delete)) => {
            model.delete(broker);
            model.forget_aside(broker);
        }
        (ComponentId::Gateway(index), Wanted::Running(process)) => {
            model.start_gateway(index, process);
        }
        (ComponentId::Gateway(index), Wanted::Stopped) => model.stop_gateway(index),
        (ComponentId::Gateway(index), Wanted::Absent(_)) => model.delete_gateway(index),
        (ComponentId::Receiver(index), Wanted::Running(process)) => {
            model.start_receiver(index, process);
        }
        (ComponentId::Receiver(index), Wanted::Stopped) => model.stop_receiver(index),
        (ComponentId::Receiver(index), Wanted::Absent(_)) => model.delete_receiver(index),
        (ComponentId::Agent, Wanted::Running(process)) => model.start_agent(process),
        (ComponentId::Agent, Wanted::Stopped) => model.stop_agent(),
        (ComponentId::Agent, Wanted::Absent(_)) => model.delete_agent(),
    }
}

fn condition(run: Option<Run>) -> Condition {
    run.map_or(Condition::Stopped, |run| {
        Condition::Running(format!("run {} since {}", run.number, time_of_day(run.started)))
    })
}

const fn doing(wanted: &Wanted) -> Doing {
    match wanted {
        Wanted::Running(_) => Doing::Start,
        Wanted::Stopped | Wanted::Absent(DataOnDestroy::Keep) => Doing::Stop,
        Wanted::Absent(DataOnDestroy::Delete) => Doing::Delete,
    }
}

fn object(id: ComponentId) -> String {
    match id {
        ComponentId::Broker(broker) => format!("broker \"{broker}\""),
        ComponentId::Gateway(index) => format!("gateway \"{index}\""),
        ComponentId::Receiver(index) => format!("receiver \"{index}\""),
        ComponentId::Agent => "agent \"0\"".to_owned(),
    }
}

/// Ends the whole process at the mutation that the faults name, after the fault is taken out, so that the
/// next process is spared.
pub(crate) fn abort_if_asked(store: &Store, crash: &Crash) {
    let number = crash.mutations().checked_sub(1);
    let due =
        |faults: &Faults| faults.abort_at_mutation.is_some() && faults.abort_at_mutation == number;
    if matches!(store.faults(), Ok(Some(faults)) if due(&faults)) {
        let taken = store.change(|_, faults| faults.abort_at_mutation = None);
        if taken.is_ok() {
            std::process::abort();
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;

//! A simulated cluster: processes, data, configuration, leaders and time, and nothing outside of them.
//!
//! ```text
//! start, stop, lose ─┐                    ┌─▶ topology, partitions, readiness
//! request ───────────┼─▶ Model ── views ──┤
//! pass (time) ───────┘                    └─▶ gateway topology
//! ```

mod backups;
mod change;
mod configuration;
mod deployment;
mod election;
mod exporters;
mod machine;
mod operation;
mod pace;
mod passage;
mod planner;
mod random;
mod restore;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_plan::component::Process;
use zeebe_spec::{BrokerId, GatewayIndex, Minor, PartitionId, ReceiverIndex, Version, may_follow};

pub use self::backups::{BackupFate, BackupStage, Backups, TakenBackup};
pub use self::change::{Answer, Flapping, Mode, Trouble};
pub use self::configuration::{Change, Configuration, Ended, Member, Progress, Replica, Switch};
pub use self::deployment::{Deployments, Keyed, NotDone};
pub use self::election::{Leadership, Term};
pub use self::exporters::{Outflow, Standing};
pub use self::machine::{Copy, Fitness, GatewayMachine, Machine, Readiness, Run, Volume};
pub use self::operation::Operation;
pub use self::pace::{FAILURE_TIMEOUT, GOSSIP, Moment};
pub use self::planner::{Growth, Habit, Refusal, Request, SetOrder, forced, operations};
pub use self::random::Random;
use self::random::mix;
pub use self::restore::{NotRestored, RestoreTrouble};
pub use self::settings::Settings;

/// A simulated cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// What its chances started from.
    seed: u64,
    /// Its chances.
    random: Random,
    /// Its clock.
    now: Moment,
    /// How many processes were started so far.
    runs: u32,
    /// Its brokers.
    brokers: BTreeMap<BrokerId, Machine>,
    /// Its standalone gateways.
    gateways: BTreeMap<GatewayIndex, GatewayMachine>,
    /// What brings records away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    receivers: BTreeMap<ReceiverIndex, GatewayMachine>,
    /// What looks after the cluster while no terraform runs. Here it only runs, and does nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<GatewayMachine>,
    /// Its configuration, once its first brokers agreed on it.
    configuration: Option<Configuration>,
    /// Who leads.
    leaders: BTreeMap<PartitionId, Term>,
    /// How far each partition has processed; absent where nothing was.
    positions: BTreeMap<PartitionId, i64>,
    /// How far each partition has exported; absent where nothing ever was enabled.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    exported: BTreeMap<PartitionId, Outflow>,
    /// What clients deployed.
    #[serde(default, skip_serializing_if = "Deployments::is_empty")]
    deployments: Deployments,
    /// The store of its backups.
    #[serde(default, skip_serializing_if = "Backups::is_empty")]
    backups: Backups,
    /// The id of the last backup that this cluster was asked for.
    #[serde(default, skip_serializing_if = "is_zero")]
    checkpoint: u64,
    /// What restores have set aside of each broker's data, by their names; nothing where there was none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    aside: BTreeMap<BrokerId, BTreeMap<String, Option<Volume>>>,
    /// Whether it exports.
    exporting: Exporting,
    /// What goes wrong inside of it.
    trouble: Trouble,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Whether a cluster exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exporting {
    /// It does.
    Exporting,
    /// Nothing leaves.
    Paused,
    /// Records leave, positions stay.
    SoftPaused,
}

impl Model {
    /// A place where nothing stands yet.
    pub fn new(seed: u64, now: Moment) -> Self {
        Self {
            seed,
            random: Random::new(seed),
            now,
            runs: 0,
            brokers: BTreeMap::new(),
            gateways: BTreeMap::new(),
            receivers: BTreeMap::new(),
            agent: None,
            configuration: None,
            leaders: BTreeMap::new(),
            positions: BTreeMap::new(),
            exported: BTreeMap::new(),
            deployments: Deployments::default(),
            backups: Backups::default(),
            checkpoint: 0,
            aside: BTreeMap::new(),
            exporting: Exporting::Exporting,
            trouble: Trouble::default(),
        }
    }

    /// The cluster's clock.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// The brokers that were ever started here and whose data is there.
    pub const fn brokers(&self) -> &BTreeMap<BrokerId, Machine> {
        &self.brokers
    }

    /// The standalone gateways.
    pub const fn gateways(&self) -> &BTreeMap<GatewayIndex, GatewayMachine> {
        &self.gateways
    }

    /// The receivers.
    pub const fn receivers(&self) -> &BTreeMap<ReceiverIndex, GatewayMachine> {
        &self.receivers
    }

    /// The agent, where there is one.
    pub const fn agent(&self) -> Option<&GatewayMachine> {
        self.agent.as_ref()
    }

    /// The configuration, once there is one.
    pub const fn configuration(&self) -> Option<&Configuration> {
        self.configuration.as_ref()
    }

    /// Whether the cluster exports.
    pub const fn exporting(&self) -> Exporting {
        self.exporting
    }

    /// Has the cluster export or not.
    pub const fn set_exporting(&mut self, exporting: Exporting) {
        self.exporting = exporting;
    }

    /// What goes wrong inside of it.
    pub const fn trouble(&self) -> &Trouble {
        &self.trouble
    }

    /// Has more go wrong inside of it.
    pub const fn trouble_mut(&mut self) -> &mut Trouble {
        &mut self.trouble
    }

    /// Whether nothing is left of it, backups neither.
    pub fn is_empty(&self) -> bool {
        self.brokers.is_empty()
            && self.gateways.is_empty()
            && self.receivers.is_empty()
            && self.agent.is_none()
            && self.backups.is_empty()
    }

    /// Starts a broker, or restarts one that runs with something else. One that runs with exactly this is
    /// left alone.
    pub fn start(&mut self, broker: BrokerId, process: &Process) {
        let fingerprint = process.fingerprint();
        let volume = match self.brokers.get(&broker) {
            Some(machine) if machine.run.is_some() && machine.fingerprint == fingerprint => return,
            Some(machine) => Volume { restored: None, ..machine.volume.clone() },
            None => Volume::default(),
        };
        self.stop(broker);
        let fitness = match &volume.version {
            Some(wrote) if may_follow(wrote, &process.version).is_err() => Fitness::WrongVersion,
            Some(_) | None => Fitness::Fit,
        };
        let answers = pace::ANSWERS + self.random.below(pace::ANSWERS_SPREAD);
        let slow = self.trouble.slow.get(&broker).copied().unwrap_or(0);
        let ready = answers + slow + pace::READY + self.random.below(pace::READY_SPREAD);
        let run = self.run(answers, ready, fitness);
        let machine = Machine {
            version: process.version.clone(),
            fingerprint,
            settings: Settings::read(process),
            run: Some(run),
            stopped: None,
            volume,
            processing: Switch::Enabled,
        };
        self.brokers.insert(broker, machine);
        self.settle();
    }

    /// Starts a standalone gateway, as a broker.
    pub fn start_gateway(&mut self, index: GatewayIndex, process: &Process) {
        let there = self.gateways.get(&index).cloned();
        let machine = self.started(there, process, pace::GATEWAY_ANSWERS);
        self.gateways.insert(index, machine);
    }

    /// Starts a receiver, as a broker.
    pub fn start_receiver(&mut self, index: ReceiverIndex, process: &Process) {
        let there = self.receivers.get(&index).cloned();
        let machine = self.started(there, process, pace::RECEIVER_ANSWERS);
        self.receivers.insert(index, machine);
    }

    /// Starts the agent, as a broker.
    pub fn start_agent(&mut self, process: &Process) {
        let there = self.agent.take();
        self.agent = Some(self.started(there, process, pace::RECEIVER_ANSWERS));
    }

    /// Ends the agent's process, if it runs.
    pub fn stop_agent(&mut self) {
        if let Some(machine) = &mut self.agent {
            machine.run = None;
        }
    }

    /// Takes the agent away.
    pub fn delete_agent(&mut self) {
        self.agent = None;
    }

    /// What has no data of its own, as it runs after its start; what runs so already is left alone.
    fn started(
        &mut self,
        there: Option<GatewayMachine>,
        process: &Process,
        answers: u64,
    ) -> GatewayMachine {
        let fingerprint = process.fingerprint();
        match there {
            Some(machine) if machine.run.is_some() && machine.fingerprint == fingerprint => machine,
            Some(_) | None => GatewayMachine {
                version: process.version.clone(),
                fingerprint,
                run: Some(self.run(answers, answers, Fitness::Fit)),
            },
        }
    }

    fn run(&mut self, answers: u64, ready: u64, fitness: Fitness) -> Run {
        self.runs += 1;
        Run {
            number: self.runs,
            started: self.now,
            answers: self.now + answers,
            ready: self.now + ready,
            fitness,
            readiness: Readiness::Waiting,
        }
    }

    /// Ends a broker's process, if it runs. Its data stays.
    pub fn stop(&mut self, broker: BrokerId) {
        if let Some(machine) = self.brokers.get_mut(&broker)
            && machine.run.take().is_some()
        {
            machine.stopped = Some(self.now);
            self.trouble.restarted(broker);
            self.settle();
        }
    }

    /// Ends a standalone gateway's process, if it runs.
    pub fn stop_gateway(&mut self, index: GatewayIndex) {
        if let Some(machine) = self.gateways.get_mut(&index) {
            machine.run = None;
        }
    }

    /// Ends a receiver's process, if it runs.
    pub fn stop_receiver(&mut self, index: ReceiverIndex) {
        if let Some(machine) = self.receivers.get_mut(&index) {
            machine.run = None;
        }
    }

    /// Takes a receiver away.
    pub fn delete_receiver(&mut self, index: ReceiverIndex) {
        self.receivers.remove(&index);
    }

    /// Whether a receiver answers now.
    pub fn receiver_answers(&self, index: ReceiverIndex) -> bool {
        let run = self.receivers.get(&index).and_then(|machine| machine.run);
        run.is_some_and(|run| run.answers <= self.now)
    }

    /// Ends a broker's process and deletes its data. What no other broker has a copy of is lost; when the last
    /// broker's data goes, the cluster's configuration goes with it.
    pub fn delete(&mut self, broker: BrokerId) {
        self.stop(broker);
        self.brokers.remove(&broker);
        if self.brokers.is_empty() {
            self.configuration = None;
            self.leaders.clear();
            self.positions.clear();
            self.exported.clear();
            self.deployments = Deployments::default();
            self.checkpoint = 0;
            self.exporting = Exporting::Exporting;
        }
        self.settle();
    }

    /// What restores have set aside of each broker's data, by their names.
    pub const fn aside(&self) -> &BTreeMap<BrokerId, BTreeMap<String, Option<Volume>>> {
        &self.aside
    }

    /// Takes a standalone gateway away.
    pub fn delete_gateway(&mut self, index: GatewayIndex) {
        self.gateways.remove(&index);
    }

    /// Deletes a broker's data under it; a process that runs is ended.
    pub fn lose_data(&mut self, broker: BrokerId) {
        self.stop(broker);
        if let Some(machine) = self.brokers.get_mut(&broker) {
            machine.volume = Volume::default();
        }
        self.settle();
    }

    /// Has every partition process so many more records.
    pub fn work(&mut self, records: i64) {
        let partitions = self.configuration.iter().flat_map(Configuration::partitions);
        for partition in partitions {
            let position = self.positions.entry(partition).or_insert(-1);
            *position = position.saturating_add(records);
        }
    }

    /// How far a partition has processed; -1 where nothing was.
    pub fn position(&self, partition: PartitionId) -> i64 {
        self.positions.get(&partition).copied().unwrap_or(-1)
    }

    /// Has a broker's copies take a snapshot. As the product, a partition that has neither processed nor exported
    /// anything since the last one takes none.
    pub fn take_snapshots(&mut self, broker: BrokerId) {
        let due = Some(self.now + pace::SNAPSHOT);
        let Some(machine) = self.brokers.get(&broker) else { return };
        let copies = machine.volume.copies.iter();
        let new: Vec<PartitionId> = copies
            .filter(|(partition, copy)| {
                let position = self.positions.get(partition).copied();
                let exported = position.and_then(|_| self.slowest(broker, **partition));
                position > copy.snapshot || exported > copy.exported
            })
            .map(|(partition, _)| *partition)
            .collect();
        if let Some(machine) = self.brokers.get_mut(&broker) {
            for partition in new {
                if let Some(copy) = machine.volume.copies.get_mut(&partition) {
                    copy.due = due;
                }
            }
        }
    }

    /// Has a broker's replicas process or not.
    pub fn set_processing(&mut self, broker: BrokerId, processing: Switch) {
        if let Some(machine) = self.brokers.get_mut(&broker) {
            machine.processing = processing;
        }
    }

    /// A broker whose process answers now. From 8.6 on none does before its cluster has come into being.
    pub fn answering(&self, broker: BrokerId) -> Option<(&Machine, Run)> {
        let machine = self.brokers.get(&broker)?;
        if self.configuration.is_none() && machine.version.minor() >= Minor::V8_6 {
            return None;
        }
        let run = machine.run.filter(|run| run.answers <= self.now)?;
        Some((machine, run))
    }

    /// A standalone gateway whose process answers now.
    pub fn gateway_answering(&self, index: GatewayIndex) -> Option<&GatewayMachine> {
        self.gateways
            .get(&index)
            .filter(|gateway| gateway.run.is_some_and(|run| run.answers <= self.now))
    }

    /// Whether a broker's replicas take part: it answers, and its version fits its data.
    pub fn works(&self, broker: BrokerId) -> bool {
        self.answering(broker).is_some_and(|(_, run)| match run.fitness {
            Fitness::Fit => true,
            Fitness::WrongVersion => false,
        })
    }

    /// Whether a broker says that it is ready: its copies are open.
    pub fn ready(&self, broker: BrokerId) -> bool {
        self.answering(broker).is_some_and(|(_, run)| run.readiness == Readiness::Ready)
    }

    /// Whether a broker is believed to be there: it answers, or stopped a moment ago.
    pub fn believed(&self, broker: BrokerId) -> bool {
        match self.brokers.get(&broker) {
            None => false,
            Some(Machine { run: Some(run), .. }) => run.answers <= self.now,
            Some(Machine { run: None, stopped, .. }) => {
                stopped.is_some_and(|at| self.now < at + pace::FAILURE_TIMEOUT)
            }
        }
    }

    /// The minor that the coordinator runs, or last ran: it plans changes.
    fn minor(&self) -> Option<Minor> {
        let coordinator = self.configuration.as_ref()?.coordinator()?;
        self.brokers.get(&coordinator).map(|machine| machine.version.minor())
    }

    /// Whether more partitions can be had.
    pub fn growth(&self) -> Growth {
        let coordinator = self.configuration.as_ref().and_then(Configuration::coordinator);
        let machine = coordinator.and_then(|broker| self.brokers.get(&broker));
        match machine.map(|machine| (machine.version.minor(), machine.settings.scaling)) {
            Some((minor, _)) if minor >= Minor::FIRST_WITH_PARTITION_GROWTH => Growth::Whole,
            Some((_, Switch::Enabled)) => Growth::WithoutRouting,
            Some((_, Switch::Disabled)) | None => Growth::Off,
        }
    }

    /// Whether the configuration says which partitions get work.
    pub fn says_routing(&self) -> bool {
        match self.growth() {
            Growth::Off => false,
            Growth::WithoutRouting => self.minor().is_some_and(|minor| minor >= Minor::V8_6),
            Growth::Whole => true,
        }
    }

    /// The order of the coordinator's hash sets in this run of it.
    pub fn set_order(&self) -> SetOrder {
        let coordinator = self.configuration.as_ref().and_then(Configuration::coordinator);
        let run = coordinator
            .and_then(|broker| self.brokers.get(&broker))
            .and_then(|machine| machine.run)
            .map_or(0, |run| run.number);
        let salt = mix(self.seed.wrapping_mul(31).wrapping_add(u64::from(run)));
        let habit = match self.minor() {
            Some(minor) if minor < Minor::V8_6 => Habit::AllScattered,
            Some(_) | None => Habit::InOrder,
        };
        SetOrder { salt, habit }
    }

    /// The version that wrote a broker's data.
    pub fn data_version(&self, broker: BrokerId) -> Option<&Version> {
        self.brokers.get(&broker).and_then(|machine| machine.volume.version.as_ref())
    }
}

//! The passage of virtual time: from one thing that is due to the next.

use zeebe_plan::product::MemberState;
use zeebe_spec::{BrokerId, Minor, PartitionId};

use super::configuration::{Configuration, Data, Member, Progress};
use super::election::Leadership;
use super::machine::{Copy, Readiness};
use super::pace::{FAILURE_TIMEOUT, GOSSIP, Moment};
use super::{Fitness, Model};

impl Model {
    /// Lets so many milliseconds pass.
    pub fn pass(&mut self, milliseconds: u64) {
        let end = self.now.saturating_add(milliseconds);
        self.settle();
        while let Some(next) = self.next_due().filter(|next| *next <= end) {
            self.now = next;
            self.settle();
        }
        self.now = end;
    }

    /// Does everything that is due now.
    pub(super) fn settle(&mut self) {
        // Each round does something that cannot be undone at the same moment, so this ends.
        loop {
            let mut changed = self.bootstrap();
            changed |= self.open_data();
            changed |= self.bring_in_exporters();
            changed |= self.flap();
            changed |= self.elect();
            changed |= self.copy_data();
            changed |= self.become_ready();
            changed |= self.export();
            changed |= self.snapshots();
            changed |= self.carry_out();
            if !changed {
                break;
            }
        }
    }

    /// The next moment at which something happens by itself; always after now.
    fn next_due(&self) -> Option<Moment> {
        let runs = self.brokers.values().filter_map(|machine| machine.run);
        let starts = runs.flat_map(|run| [run.answers, run.ready]);
        let elections = self.leaders.values().filter_map(|term| match term.leadership {
            Leadership::Electing(due) => Some(due),
            Leadership::Nobody | Leadership::Leader(_) => None,
        });
        let change = self.configuration.iter().filter_map(|it| it.change.as_ref());
        let operations = change.filter_map(|change| match change.progress {
            Progress::Due(due) => Some(due),
            Progress::Waiting | Progress::Interrupted => None,
        });
        let copies = self.brokers.values().flat_map(|machine| machine.volume.copies.values());
        let snapshots = copies.filter_map(|copy| copy.due);
        let flaps = self.trouble.flapping.iter().map(|flapping| flapping.next.min(flapping.until));
        starts
            .chain(elections)
            .chain(operations)
            .chain(snapshots)
            .chain(flaps)
            .chain(self.next_copy())
            .chain(self.next_export())
            .filter(|due| *due > self.now)
            .min()
    }

    /// The next moment at which a look may find something else, if nobody does anything: what happens by
    /// itself, what gateways hear of it later, and what is no more believed.
    pub fn next_sight(&self) -> Option<Moment> {
        let others = self.gateways.values().chain(self.receivers.values());
        let answers = others.filter_map(|machine| machine.run).map(|run| run.answers);
        let stopped = self.brokers.values().filter_map(|machine| machine.stopped);
        let given_up = stopped.map(|at| at.saturating_add(FAILURE_TIMEOUT));
        let members = self.configuration.iter().flat_map(|it| it.members.values());
        let changed = members.filter(|member| member.updated.is_some());
        let replicas = changed.flat_map(|member| member.partitions.values());
        let heard = replicas.map(|replica| replica.since.saturating_add(GOSSIP));
        answers
            .chain(given_up)
            .chain(heard)
            .chain(self.next_due())
            .filter(|moment| *moment > self.now)
            .min()
    }

    /// A new cluster comes into being when all its first brokers have started. Before that, brokers of 8.6 open
    /// no port at all; with 8.5 the coordinator alone already knows who they will be (both seen with one and
    /// with two brokers of three).
    fn bootstrap(&mut self) -> bool {
        let Some(first) = self.brokers.get(&BrokerId(0)) else { return false };
        let settings = first.settings.clone();
        let needed = if first.version.minor() < Minor::V8_6 { 1 } else { settings.brokers };
        let started = |id| {
            let run = self.brokers.get(&BrokerId(id)).and_then(|machine| machine.run);
            run.is_some_and(|run| run.answers <= self.now && run.fitness == Fitness::Fit)
        };
        if self.configuration.is_some() || !(0..needed).all(started) {
            return false;
        }
        let configuration = Configuration::bootstrap(
            settings.brokers,
            settings.partitions,
            settings.factor,
            self.now,
        );
        self.configuration = Some(configuration);
        true
    }

    /// Copies of a new cluster come into being.
    fn open_data(&mut self) -> bool {
        let Some(configuration) = &mut self.configuration else { return false };
        let mut changed = false;
        for (broker, machine) in &mut self.brokers {
            let Some(run) = machine.run else { continue };
            let fit = match run.fitness {
                Fitness::Fit => run.answers <= self.now,
                Fitness::WrongVersion => false,
            };
            let (true, Some(member)) = (fit, configuration.members.get_mut(broker)) else {
                continue;
            };
            for (partition, replica) in &mut member.partitions {
                if replica.data == Data::Unmade {
                    replica.data = Data::Made;
                    machine.volume.copies.insert(*partition, Copy::default());
                    changed = true;
                }
            }
        }
        changed
    }

    /// A member is ready when all its copies are open, which takes a leader for each of them, and stays so.
    fn become_ready(&mut self) -> bool {
        let Some(configuration) = &self.configuration else { return false };
        let open = |broker: BrokerId, member: &Member| {
            let mine = member.partitions.iter().filter(|(_, replica)| match replica.state {
                MemberState::Active | MemberState::Leaving => true,
                MemberState::Joining | MemberState::Left | MemberState::Unknown => false,
            });
            mine.map(|(partition, _)| *partition)
                .all(|partition| self.leader(partition).is_some() && self.holds(broker, partition))
        };
        let due = |broker: BrokerId| {
            let run = self.brokers.get(&broker).and_then(|machine| machine.run);
            run.is_some_and(|run| run.ready <= self.now && run.readiness == Readiness::Waiting)
        };
        let members = configuration.members.iter();
        let ready: Vec<BrokerId> = members
            .filter(|(broker, member)| {
                due(**broker) && self.works(**broker) && open(**broker, member)
            })
            .map(|(broker, _)| *broker)
            .collect();
        for broker in &ready {
            if let Some(machine) = self.brokers.get_mut(broker) {
                machine.volume.version = Some(machine.version.clone());
                if let Some(run) = &mut machine.run {
                    run.readiness = Readiness::Ready;
                }
            }
        }
        !ready.is_empty()
    }

    /// Takes leaders away while they flap.
    fn flap(&mut self) -> bool {
        let Some(flapping) = &mut self.trouble.flapping else { return false };
        if flapping.until <= self.now {
            self.trouble.flapping = None;
            return true;
        }
        if flapping.next > self.now {
            return false;
        }
        flapping.next = self.now + flapping.every.max(1);
        let partitions: Vec<PartitionId> = self.leaders.keys().copied().collect();
        for partition in partitions {
            self.depose(partition);
        }
        true
    }

    /// Snapshots that were being taken are there, unless their broker went away meanwhile.
    fn snapshots(&mut self) -> bool {
        let now = self.now;
        let due: Vec<(BrokerId, PartitionId)> = self
            .brokers
            .iter()
            .flat_map(|(id, machine)| {
                let runs = machine.run.is_some();
                let copies = machine.volume.copies.iter();
                copies
                    .filter(move |(_, copy)| copy.due.is_some_and(|due| due <= now || !runs))
                    .map(|(partition, _)| (*id, *partition))
            })
            .collect();
        for (broker, partition) in &due {
            let exported = self.slowest(*broker, *partition);
            let position = self.positions.get(partition).copied();
            let Some(machine) = self.brokers.get_mut(broker) else { continue };
            let runs = machine.run.is_some();
            if let Some(copy) = machine.volume.copies.get_mut(partition) {
                copy.due = None;
                if runs {
                    copy.snapshot = position;
                    copy.exported = exported;
                }
            }
        }
        !due.is_empty()
    }
}

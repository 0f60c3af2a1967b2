//! Who leads which partition, and whose copies hold its data.

use serde::{Deserialize, Serialize};
use zeebe_plan::product::MemberState;
use zeebe_spec::{BrokerId, PartitionId};

use super::configuration::Data;
use super::pace::{self, Moment};
use super::{Copy, Model};

/// Who leads a partition, and how often that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Counts the leaders so far.
    pub number: u32,
    /// Who.
    pub leadership: Leadership,
    /// Who led before that.
    pub before: Option<BrokerId>,
}

/// Who leads a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leadership {
    /// Nobody, and no quorum is there to elect anybody.
    Nobody,
    /// Nobody until then.
    Electing(Moment),
    /// This broker.
    Leader(BrokerId),
}

impl Model {
    /// Who leads a partition.
    pub fn leader(&self, partition: PartitionId) -> Option<BrokerId> {
        match self.leaders.get(&partition)?.leadership {
            Leadership::Leader(broker) => Some(broker),
            Leadership::Nobody | Leadership::Electing(_) => None,
        }
    }

    /// Who leads a partition, and who did.
    pub fn term(&self, partition: PartitionId) -> Option<&Term> {
        self.leaders.get(&partition)
    }

    /// Takes a partition's leader away; another is elected.
    pub fn depose(&mut self, partition: PartitionId) {
        let due = self.now + pace::ELECTION + self.random.below(pace::ELECTION_SPREAD);
        if let Some(term) = self.leaders.get_mut(&partition)
            && let Leadership::Leader(broker) = term.leadership
        {
            term.before = Some(broker);
            term.leadership = Leadership::Electing(due);
        }
    }

    /// Leaders move to the copies with the highest priority.
    pub fn rebalance(&mut self) {
        let partitions: Vec<PartitionId> = self.leaders.keys().copied().collect();
        for partition in partitions {
            let preferred = self.candidates(partition).first().copied();
            if let Some(broker) = preferred
                && let Some(term) = self.leaders.get_mut(&partition)
                && let Leadership::Leader(old) = term.leadership
                && old != broker
            {
                *term = Term {
                    number: term.number + 1,
                    leadership: Leadership::Leader(broker),
                    before: Some(old),
                };
            }
        }
    }

    /// The copies that count, and how many of them there are: those that are in.
    fn voters(&self, partition: PartitionId) -> Vec<(BrokerId, i64)> {
        let Some(configuration) = &self.configuration else { return Vec::new() };
        configuration
            .replicas(partition)
            .filter(|(_, replica)| match replica.state {
                MemberState::Active | MemberState::Leaving => true,
                MemberState::Joining | MemberState::Left | MemberState::Unknown => false,
            })
            .map(|(broker, replica)| (broker, replica.priority))
            .collect()
    }

    /// The brokers that could lead a partition, the most preferred first; none without a quorum.
    fn candidates(&self, partition: PartitionId) -> Vec<BrokerId> {
        let voters = self.voters(partition);
        let mut able: Vec<(i64, BrokerId)> = voters
            .iter()
            .filter(|(broker, _)| self.works(*broker) && self.holds(*broker, partition))
            .map(|(broker, priority)| (-priority, *broker))
            .collect();
        // A new partition begins when all its copies are there; later a quorum is enough.
        let made = self.configuration.iter().flat_map(|it| it.replicas(partition));
        let new = made.map(|(_, replica)| replica.data).any(|data| data == Data::Unmade);
        if new || able.len() * 2 <= voters.len() {
            return Vec::new();
        }
        able.sort_unstable();
        able.into_iter().map(|(_, broker)| broker).collect()
    }

    /// Whether a broker has the data of a partition.
    pub fn holds(&self, broker: BrokerId, partition: PartitionId) -> bool {
        self.brokers
            .get(&broker)
            .is_some_and(|machine| machine.volume.copies.contains_key(&partition))
    }

    /// Brings every partition's leader up to now. Says whether anything changed.
    pub(super) fn elect(&mut self) -> bool {
        let Some(configuration) = &self.configuration else { return false };
        let partitions = configuration.partitions();
        let mut changed = false;
        for partition in partitions {
            let candidates = self.candidates(partition);
            let single = self.voters(partition).len() == 1;
            let term = self.leaders.get(&partition).copied().unwrap_or(Term {
                number: 0,
                leadership: Leadership::Nobody,
                before: None,
            });
            let next = match (term.leadership, candidates.first().copied()) {
                (Leadership::Electing(_), None) => Term { leadership: Leadership::Nobody, ..term },
                (Leadership::Leader(old), None) => {
                    Term { leadership: Leadership::Nobody, before: Some(old), ..term }
                }
                (Leadership::Nobody, Some(_)) => {
                    let due = self.election(term.number, single);
                    Term { leadership: Leadership::Electing(due), ..term }
                }
                (Leadership::Electing(due), Some(broker)) if due <= self.now => {
                    Term { number: term.number + 1, leadership: Leadership::Leader(broker), ..term }
                }
                (Leadership::Nobody, None) | (Leadership::Electing(_), Some(_)) => term,
                (Leadership::Leader(old), Some(_)) if candidates.contains(&old) => term,
                (Leadership::Leader(old), Some(_)) => {
                    let due = self.election(term.number, single);
                    Term { leadership: Leadership::Electing(due), before: Some(old), ..term }
                }
            };
            if self.leaders.get(&partition) != Some(&next) {
                self.leaders.insert(partition, next);
                changed = true;
            }
        }
        changed
    }

    fn election(&mut self, terms: u32, single: bool) -> Moment {
        if terms == 0 || single {
            self.now + pace::FIRST_ELECTION
        } else {
            self.now + pace::ELECTION + self.random.below(pace::ELECTION_SPREAD)
        }
    }

    /// Gives working brokers the data that they should have: a copy that joins has it from the leader, and one
    /// that was lost is had again from the leader after a while. Says whether anything changed.
    pub(super) fn copy_data(&mut self) -> bool {
        let Some(configuration) = &self.configuration else { return false };
        let mut changed = false;
        for (broker, member) in &configuration.members {
            if !self.works(*broker) {
                continue;
            }
            for (partition, replica) in &member.partitions {
                if self.holds(*broker, *partition) || self.leader(*partition).is_none() {
                    continue;
                }
                let ready = self.brokers.get(broker).and_then(|machine| machine.run);
                let since = ready.map_or(0, |run| run.ready.max(replica.since));
                let due = match replica.state {
                    MemberState::Joining => self.now,
                    MemberState::Active
                    | MemberState::Leaving
                    | MemberState::Left
                    | MemberState::Unknown => since + pace::CATCH_UP,
                };
                if due <= self.now
                    && let Some(machine) = self.brokers.get_mut(broker)
                {
                    machine.volume.copies.insert(*partition, Copy::default());
                    changed = true;
                }
            }
        }
        changed
    }

    /// When the next lost copy is had again.
    pub(super) fn next_copy(&self) -> Option<Moment> {
        let configuration = self.configuration.as_ref()?;
        let missing = configuration.members.iter().flat_map(|(broker, member)| {
            member.partitions.iter().map(move |(partition, replica)| (*broker, *partition, replica))
        });
        missing
            .filter(|(broker, partition, _)| {
                self.works(*broker)
                    && !self.holds(*broker, *partition)
                    && self.leader(*partition).is_some()
            })
            .filter_map(|(broker, _, replica)| {
                let run = self.brokers.get(&broker)?.run?;
                Some(run.ready.max(replica.since) + pace::CATCH_UP)
            })
            .min()
    }
}

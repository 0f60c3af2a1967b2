//! Processes: deployed on the first partition, spread to the others, started on one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeebe_spec::PartitionId;

use super::{Configuration, Model};

/// The partition that takes deployments.
const FIRST: PartitionId = PartitionId(1);
/// Keys carry their partition in front of so many bits of a number.
const KEY_BITS: u32 = 51;
/// How many records an instance that only starts and ends makes on its partition (8.6.0: 15 to 20).
const RECORDS_OF_AN_INSTANCE: i64 = 16;
/// How many records a deployment, or its end, makes on each partition.
const RECORDS_OF_A_DEPLOYMENT: i64 = 4;

/// What was deployed, and whose turn it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployments {
    /// The processes, by their id.
    processes: BTreeMap<String, ProcessVersions>,
    /// How many keys were given.
    keys: i64,
    /// How many instances were asked for.
    turn: usize,
}

impl Deployments {
    /// Whether nothing was ever asked for.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The versions of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ProcessVersions {
    /// How many there ever were; a number is never given twice.
    ever: i32,
    /// Those that are there.
    there: BTreeMap<i32, ProcessVersion>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ProcessVersion {
    key: i64,
    content: String,
    /// The partitions that it did not reach.
    missing: BTreeSet<PartitionId>,
}

/// A process or an instance as the gateway tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// Its key, which carries its partition.
    pub key: i64,
    /// The version.
    pub version: i32,
}

/// Why the product does not do what a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// Nobody leads the partition that it takes.
    NoLeader,
    /// What is named is not there, on the partition whose turn it was.
    NotFound,
}

impl Model {
    /// Deploys a process. What is the latest version already is left alone.
    pub fn deploy(&mut self, process: &str, content: &str) -> Result<Keyed, NotDone> {
        self.leader(FIRST).ok_or(NotDone::NoLeader)?;
        let missing = self.trouble.lagging.clone();
        let key = self.key(FIRST);
        let versions = self.deployments.processes.entry(process.to_owned()).or_default();
        if let Some((version, latest)) = versions.there.last_key_value()
            && latest.content == content
        {
            return Ok(Keyed { key: latest.key, version: *version });
        }
        versions.ever += 1;
        let version = versions.ever;
        let content = content.to_owned();
        versions.there.insert(version, ProcessVersion { key, content, missing });
        self.work(RECORDS_OF_A_DEPLOYMENT);
        Ok(Keyed { key, version })
    }

    /// Starts the latest version of a process on the partition whose turn it is.
    pub fn start_instance(&mut self, process: &str) -> Result<Keyed, NotDone> {
        let partitions = self.configuration.iter().flat_map(Configuration::partitions);
        let led: Vec<PartitionId> =
            partitions.filter(|partition| self.leader(*partition).is_some()).collect();
        let turn = self.deployments.turn.checked_rem(led.len()).ok_or(NotDone::NoLeader)?;
        let partition = led.get(turn).copied().ok_or(NotDone::NoLeader)?;
        self.deployments.turn = turn + 1;
        let versions = self.deployments.processes.get(process);
        let there = versions.into_iter().flat_map(|it| it.there.iter().rev());
        let version = there
            .filter(|(_, version)| !version.missing.contains(&partition))
            .map(|(number, _)| *number)
            .next()
            .ok_or(NotDone::NotFound)?;
        let position = self.positions.entry(partition).or_insert(-1);
        *position = position.saturating_add(RECORDS_OF_AN_INSTANCE);
        Ok(Keyed { key: self.key(partition), version })
    }

    /// Deletes the version of a process that has this key.
    pub fn delete_process(&mut self, key: i64) -> Result<(), NotDone> {
        self.leader(FIRST).ok_or(NotDone::NoLeader)?;
        let processes = self.deployments.processes.values_mut();
        let before: usize = processes.map(|versions| versions.forget(key)).sum();
        if before == 0 {
            return Err(NotDone::NotFound);
        }
        self.work(RECORDS_OF_A_DEPLOYMENT);
        Ok(())
    }

    /// The processes that can be started, by their id, with their latest version.
    pub fn processes(&self) -> BTreeMap<&str, i32> {
        let latest = |versions: &ProcessVersions| versions.there.keys().next_back().copied();
        let processes = self.deployments.processes.iter();
        processes.filter_map(|(id, versions)| Some((id.as_str(), latest(versions)?))).collect()
    }

    fn key(&mut self, partition: PartitionId) -> i64 {
        self.deployments.keys += 1;
        (i64::from(partition.0) << KEY_BITS) + self.deployments.keys
    }
}

impl ProcessVersions {
    /// How many versions had this key.
    fn forget(&mut self, key: i64) -> usize {
        let before = self.there.len();
        self.there.retain(|_, version| version.key != key);
        before - self.there.len()
    }
}

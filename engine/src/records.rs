//! The truth about what an exporter has written: read again from where it went, by the program that wrote it.
//!
//! ```text
//! book ─▶ the exporter's receiver ─▶ zeebe-receiver verify ─▶ what was found, a partition each
//! leaders of the partitions ─ how far they have exported ────▶ and whether the last of it is there
//! ```

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use zeebe_plan::component::{ComponentId, Process};
use zeebe_plan::desired;
use zeebe_plan::observed::{Duties, ExporterVitals};
use zeebe_spec::{ExporterName, RecordType, RecordsSpec, ValueType, Version};
use zeebe_target::Call;
use zeebe_target_local::{HeldAgainst, RecordsError, read_records};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::id::{Id, parse};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No such exporter is in the cluster's book.
    #[error("the cluster has no exporter \"{name}\"")]
    NoExporter {
        /// The name.
        name: ExporterName,
    },
    /// It writes what this program does not read.
    #[error("what exporter \"{name}\" writes to {kind} cannot be read from here")]
    NotReceived {
        /// The name.
        name: ExporterName,
        /// The word of its sink.
        kind: &'static str,
    },
    /// The target has no records.
    #[error("clusters of the target `simulated` write no records")]
    Simulated,
    /// The cluster could not be looked at.
    #[error(transparent)]
    Engine(EngineError),
    /// What it wrote could not be read.
    #[error("what exporter \"{name}\" wrote was not read")]
    Records {
        /// The name.
        name: ExporterName,
        /// Why not.
        #[source]
        source: RecordsError,
    },
    /// The reading ended before its time.
    #[error("the reading of what exporter \"{name}\" wrote ended before its time")]
    Ended {
        /// The name.
        name: ExporterName,
    },
    /// The program that reads it says what this one does not understand.
    #[error("`zeebe-receiver` is of another version: its report is not understood")]
    Report(#[source] serde_json::Error),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsReport {
    /// Whether each record is there once, in order, and nothing else.
    pub exact: bool,
    /// Whether everything is exported, so that a gap is a loss; else gaps are by design.
    #[serde(default)]
    pub complete: bool,
    /// Each partition.
    pub partitions: BTreeMap<u16, RecordsOfPartition>,
}

/// What was found of one partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsOfPartition {
    /// How many different records there are.
    pub records: u64,
    /// The first position.
    pub first: Option<u64>,
    /// The last position.
    pub last: Option<u64>,
    /// How far its leader had exported it when the reading began; `None` where nobody could be asked.
    #[serde(default)]
    pub exported: Option<u64>,
    /// Positions between the first and the last that are not there.
    pub gaps: Positions,
    /// Positions that are there again, with the same record.
    pub doubled: Positions,
    /// Positions that are there again, with another record.
    pub contradictory: Positions,
    /// Positions behind a higher one.
    pub disordered: Positions,
    /// Positions that the other sink has, and this one has not.
    pub missing: Positions,
    /// Positions that this sink has, and the other one has not.
    pub extra: Positions,
    /// Positions at which the two have different records.
    pub different: Positions,
}

/// Some positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positions {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Option<u64>,
}

impl RecordsOfPartition {
    /// Whether the last that the leader has exported is not there.
    pub fn is_behind(&self) -> bool {
        self.exported.is_some_and(|exported| exported > self.last.unwrap_or(0))
    }
}

impl Engine {
    /// Reads all that an exporter of a cluster has written, and proves that nothing is doubled, contradictory or out of order;
    /// where everything is exported, also that nothing is missing up to where the leaders say that they have exported. Beside
    /// another exporter that has everything, each difference.
    pub async fn verify_records(
        &self,
        id: &str,
        name: &ExporterName,
        against: Option<&ExporterName>,
        call: &Call,
    ) -> Result<RecordsReport, VerifyError> {
        let Id::Local(root) =
            parse(id).map_err(|error| VerifyError::Engine(EngineError::Open(error)))?
        else {
            return Err(VerifyError::Simulated);
        };
        let cluster = self.at(id).map_err(|error| VerifyError::Engine(EngineError::Open(error)))?;
        let record = cluster.record().await.map_err(VerifyError::Engine)?;
        let exporters = cluster.exporters().await.map_err(VerifyError::Engine)?;
        let no_exporter = |name: &ExporterName| VerifyError::NoExporter { name: name.clone() };
        let record = record.ok_or_else(|| no_exporter(name))?;
        let place = cluster.target.place();
        let mut components =
            desired::cluster(&record.spec, &exporters, &Duties::default(), place).components;
        let mut receiver = |name: &ExporterName| -> Result<Process, VerifyError> {
            let exporter = exporters.get(name).ok_or_else(|| no_exporter(name))?;
            exporter
                .receiver
                .and_then(|index| components.remove(&ComponentId::Receiver(index)))
                .ok_or_else(|| VerifyError::NotReceived {
                    name: name.clone(),
                    kind: exporter.spec.kind(),
                })
        };
        let process = receiver(name)?;
        let other = against.map(receiver).transpose()?;
        let complete = exporters
            .get(name)
            .and_then(|exporter| exporter.spec.received())
            .is_some_and(|received| is_complete(received.records(), &record.spec.version));
        // Asked first: what is exported later may be there too.
        let vitals = cluster.exporter_vitals(name, call).await.ok().flatten();
        let (environment, root) = (self.environment.clone(), Utf8PathBuf::from(root));
        let reading = spawn_blocking(move || {
            let held_against = match (&other, complete) {
                (Some(other), _) => HeldAgainst::Another(other),
                (None, true) => HeldAgainst::ItselfUnfiltered,
                (None, false) => HeldAgainst::Itself,
            };
            read_records(&environment, &root, &process, held_against)
        });
        let said = reading
            .await
            .map_err(|_| VerifyError::Ended { name: name.clone() })?
            .map_err(|source| VerifyError::Records { name: name.clone(), source })?;
        report(&said, complete, vitals.map(|(_, vitals)| vitals).as_ref())
            .map_err(VerifyError::Report)
    }
}

/// The report of the program, and what the leaders of the partitions say.
fn report(
    said: &str,
    complete: bool,
    vitals: Option<&ExporterVitals>,
) -> Result<RecordsReport, serde_json::Error> {
    let mut report: RecordsReport = serde_json::from_str(said)?;
    report.complete = complete;
    for (id, partition) in vitals.into_iter().flat_map(|vitals| &vitals.partitions) {
        let exported = partition.exported.and_then(|position| u64::try_from(position).ok());
        let Some(exported) = exported.filter(|position| *position > 0) else { continue };
        let found = report.partitions.entry(id.0).or_insert_with(nothing);
        found.exported = Some(exported);
        // The last positions may be such that a filter passes over them.
        report.exact &= !(complete && found.is_behind());
    }
    Ok(report)
}

const fn nothing() -> RecordsOfPartition {
    let none = Positions { count: 0, first: None };
    RecordsOfPartition {
        records: 0,
        first: None,
        last: None,
        exported: None,
        gaps: none,
        doubled: none,
        contradictory: none,
        disordered: none,
        missing: none,
        extra: none,
        different: none,
    }
}

/// Whether every record of that version is exported.
fn is_complete(records: &RecordsSpec, version: &Version) -> bool {
    let RecordsSpec { types, values } = records;
    let (Some(types), Some(values)) = (types, values) else { return false };
    RecordType::ALL.iter().all(|kind| types.contains(kind))
        && ValueType::ALL
            .iter()
            .filter(|value| value.since() <= version.minor())
            .all(|value| values.contains(value))
}

#[cfg(test)]
mod tests;

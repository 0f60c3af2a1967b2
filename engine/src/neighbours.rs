//! Clusters beside a cluster: what it would write to where one of them writes, records and backups.

use camino::Utf8Path;
use zeebe_plan::observed::{ExporterPhase, Phase};
use zeebe_spec::{BackupStore, Directory, ExporterMistake, ExporterSpec};

use crate::cluster::Cluster;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::estate::Estate;
use crate::exporters::overlap;
use crate::id::{Id, parse};

impl Engine {
    /// What an exporter of the cluster at that address gets wrong beside the exporters of the other clusters that are kept in
    /// the same directory. A neighbour that cannot be read is no obstacle: it is not what was asked about.
    pub async fn mistakes_beside(
        &self,
        id: &str,
        spec: &ExporterSpec,
    ) -> Result<Vec<ExporterMistake>, EngineError> {
        let mut mistakes = Vec::new();
        for cluster in self.beside(id).await? {
            let (Ok(Some(record)), Ok(others)) =
                (cluster.record().await, cluster.exporters().await)
            else {
                continue;
            };
            if record.phase == Phase::Destroyed {
                continue;
            }
            let staying = others.values().filter(|other| other.phase != ExporterPhase::Leaving);
            for other in staying {
                let whose = format!("exporter \"{}\" of cluster {}", other.spec.name, cluster.id());
                mistakes.extend(overlap(spec, &whose, &other.spec));
            }
        }
        Ok(mistakes)
    }

    /// The other cluster of the same directory that keeps its backups where that store is.
    pub async fn backups_beside(
        &self,
        id: &str,
        store: &BackupStore,
    ) -> Result<Option<Neighbour>, EngineError> {
        for cluster in self.beside(id).await? {
            let Ok(Some(record)) = cluster.record().await else { continue };
            if record.phase == Phase::Destroyed {
                // Where it comes back, its creation is held against us.
                continue;
            }
            let theirs = record.spec.backup_store.as_ref();
            if let Some(theirs) = theirs.filter(|theirs| theirs.overlaps(store)) {
                let (cluster, place) = (cluster.id().to_owned(), theirs.describe());
                return Ok(Some(Neighbour { cluster, place }));
            }
        }
        Ok(None)
    }

    /// The clusters that are kept in the same directory as the one at that address.
    async fn beside(&self, id: &str) -> Result<Vec<Cluster>, EngineError> {
        let above = |root: &str| {
            let directory = Utf8Path::new(root).parent()?;
            Directory::try_from(directory.to_string()).ok()
        };
        let estate = match parse(id).map_err(EngineError::Open)? {
            Id::Local(root) => above(root).map(|directory| Estate::Local(Some(directory))),
            Id::Simulated(root) => above(root).map(Estate::Simulated),
        };
        let Some(estate) = estate else { return Ok(Vec::new()) };
        let places = self.places(&estate).await.unwrap_or_default();
        Ok(places.into_iter().filter(|cluster| cluster.id() != id).collect())
    }
}

/// A cluster that keeps its backups where another would keep its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Its address.
    pub cluster: String,
    /// Where it keeps them, in words.
    pub place: String,
}

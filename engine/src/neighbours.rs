//! Clusters beside a cluster: what an exporter would write into the indices of theirs.

use camino::Utf8Path;
use zeebe_plan::observed::{ExporterPhase, Phase};
use zeebe_spec::{Directory, ExporterMistake, ExporterSpec};

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
        let Some(ours) = spec.store() else { return Ok(Vec::new()) };
        let above = |root: &str| {
            let directory = Utf8Path::new(root).parent()?;
            Directory::try_from(directory.to_string()).ok()
        };
        let estate = match parse(id).map_err(EngineError::Open)? {
            Id::Local(root) => above(root).map(|directory| Estate::Local(Some(directory))),
            Id::Simulated(root) => above(root).map(Estate::Simulated),
        };
        let Some(estate) = estate else { return Ok(Vec::new()) };
        let mut mistakes = Vec::new();
        for cluster in self.places(&estate).await.unwrap_or_default() {
            if cluster.id() == id {
                continue;
            }
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
                let theirs = other.spec.store();
                mistakes.extend(theirs.and_then(|it| overlap(spec.kind(), ours, &whose, it)));
            }
        }
        Ok(mistakes)
    }
}

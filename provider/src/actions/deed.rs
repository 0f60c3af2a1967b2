//! What every action on a cluster has in common: its place, whether it is there, and who hears how it gets on.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tf_sdk::provider::Progress;
use tf_sdk::{Diagnostic, Knowable};
use zeebe_engine::{Cluster, Engine, EngineError, Phase};
use zeebe_scalar::Span;

use crate::explain;

/// Progress of the engine as progress of an action.
struct Told(Progress);

impl zeebe_engine::Progress for Told {
    fn say(&self, line: &str) {
        self.0.say(line);
    }
}

/// The place of an address that is known already; what is wrong with it otherwise.
pub(super) fn checked(engine: &Engine, id: &Knowable<String>) -> Vec<Diagnostic> {
    let Some(id) = id.as_known() else { return Vec::new() };
    match engine.at(id) {
        Ok(_) => Vec::new(),
        Err(error) => at_cluster(explain::engine(&EngineError::Open(error), id)),
    }
}

/// What an engine does at a cluster.
type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, EngineError>> + Send + 'a>>;

/// Does something at the cluster of an address, which must be there, and tells how it gets on.
pub(super) async fn done<T>(
    engine: &Engine,
    id: &Knowable<String>,
    call: &tf_sdk::call::Call,
    progress: &Progress,
    work: impl for<'a> FnOnce(&'a Cluster, &'a zeebe_engine::Call) -> Work<'a, T> + Send,
) -> Result<T, Vec<Diagnostic>> {
    let id = id.as_known().map(String::as_str).unwrap_or_default();
    let cluster = cluster(engine, id).await?;
    work(&cluster, &heard(call, progress)).await.map_err(|error| explain::engine(&error, id))
}

/// A call of the engine whose progress somebody hears.
pub(super) fn heard(call: &tf_sdk::call::Call, progress: &Progress) -> zeebe_engine::Call {
    zeebe_engine::Call {
        cancel: call.cancelled.child_token(),
        progress: Arc::new(Told(progress.clone())),
    }
}

/// The cluster at an address.
async fn cluster(engine: &Engine, id: &str) -> Result<Cluster, Vec<Diagnostic>> {
    let wrong = |error: &EngineError| explain::engine(error, id);
    let cluster = engine.at(id).map_err(|error| at_cluster(wrong(&EngineError::Open(error))))?;
    let record = cluster.record().await.map_err(|error| wrong(&error))?;
    match record {
        Some(record) if record.phase != Phase::Destroyed => Ok(cluster),
        Some(_) | None => Err(vec![explain::absent(id, "cluster")]),
    }
}

fn at_cluster(told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    told.into_iter().map(|it| it.at(tf_sdk::Path::attribute("cluster"))).collect()
}

/// How long an action may take.
pub(super) fn deadline(given: &Knowable<Span>, otherwise: Duration) -> Duration {
    given.as_known().map_or(otherwise, Span::duration)
}

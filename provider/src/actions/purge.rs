//! `zeebe_purge`: removes what is older than an age of an exporter's records, once.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tf_sdk::call::Call;
use tf_sdk::provider::Progress;
use tf_sdk::typed::Deed;
use tf_sdk::{Attributes, Diagnostic, Optional, Path, Required};
use zeebe_engine::{Engine, EngineError, Kept, OldIndex, Reason, RetentionError, Verdict};
use zeebe_scalar::Span;
use zeebe_spec::retention::mistake_of_age;

use super::deed::{deadline, heard};
use crate::explain;
use crate::resources::exporter;

/// A store removes hundreds of indices in a minute.
const DEADLINE: Duration = Duration::from_mins(10);

/// What to remove.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Purge {
    /// The exporter: `zeebe_exporter.audit.id`.
    pub exporter: Required<String>,
    /// Records whose day (UTC) is over for so many whole days go: `90d`.
    pub older_than: Required<Span>,
    /// Whether to count only what would be removed, and to remove nothing: false unless said.
    pub dry_run: Optional<bool>,
    /// How long it may take: 10m unless said.
    pub timeout: Optional<Span>,
}

/// The action `zeebe_purge`.
#[derive(Debug)]
pub struct PurgeAction {
    engine: Arc<Engine>,
}

impl PurgeAction {
    /// The action over an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Deed for PurgeAction {
    type Config = Purge;

    const NAME: &'static str = "zeebe_purge";
    const DESCRIPTION: &'static str = "Removes for good the indices of an exporter to Elasticsearch or OpenSearch \
        whose day is over for longer than an age, once, and says how many there are before it begins. An index stays \
        in which a process instance began that still runs, and so does every later one. Where it is interrupted, what \
        was not removed is removed by the next. `zeebe_retention` does so continually.";

    async fn validate(&self, _call: &Call, config: &Purge) -> Vec<Diagnostic> {
        let age = config.older_than.as_known();
        let age = age.and_then(|age| mistake_of_age("older_than", age.duration()));
        let mut wrong: Vec<Diagnostic> = age.iter().map(explain::exporter_mistake).collect();
        if let Some(id) = config.exporter.as_known() {
            match exporter::parse(id) {
                None => wrong.push(explain::no_exporter(id).at(Path::attribute("exporter"))),
                Some((cluster, _)) => {
                    if let Err(error) = self.engine.at(cluster) {
                        wrong.extend(explain::engine(&EngineError::Open(error), cluster));
                    }
                }
            }
        }
        wrong
    }

    async fn invoke(&self, call: &Call, config: Purge, progress: &Progress) -> Vec<Diagnostic> {
        let (Some(id), Some(age)) = (config.exporter.as_known(), config.older_than.as_known())
        else {
            return Vec::new();
        };
        let Some((cluster_id, name)) = exporter::parse(id) else {
            return vec![explain::no_exporter(id)];
        };
        let wrong = |error: &RetentionError| explain::retention(error, &name, cluster_id);
        let cluster = match self.engine.at(cluster_id) {
            Ok(cluster) => cluster,
            Err(error) => return wrong(&RetentionError::Engine(EngineError::Open(error))),
        };
        let call = heard(call, progress);
        let cancel = call.cancel.clone();
        let deed = async {
            let verdict = cluster.judged(&name, age.duration(), &call).await?;
            for line in counted(&verdict, age) {
                progress.say(line);
            }
            if config.dry_run.as_known() == Some(&true) {
                return Ok(None);
            }
            cluster.purge(&name, age.duration(), &call).await.map(Some)
        };
        let mut deed = std::pin::pin!(deed);
        let outcome = tokio::select! {
            outcome = &mut deed => outcome,
            () = tokio::time::sleep(deadline(&config.timeout, DEADLINE)) => {
                cancel.cancel();
                deed.await
            }
        };
        match outcome {
            Ok(None) => {
                progress.say("nothing was removed: it is a dry run".to_owned());
                Vec::new()
            }
            Ok(Some(purged)) => {
                progress.say(format!("{} indices are removed", purged.removed.len()));
                Vec::new()
            }
            Err(error) => wrong(&error),
        }
    }
}

/// What is there to be removed and what is not, a line each.
fn counted(verdict: &Verdict, age: &Span) -> Vec<String> {
    let bytes: u64 = verdict.too_old.iter().map(|index| index.bytes).sum();
    let documents: u64 = verdict.too_old.iter().map(|index| index.documents).sum();
    let too_old = &verdict.too_old;
    let mut lines = vec![format!(
        "{} of {} indices are older than {age}: {documents} documents in {bytes} bytes",
        too_old.len(),
        verdict.total
    )];
    if let (Some(OldIndex { day: first, .. }), Some(OldIndex { day: last, .. })) =
        (too_old.first(), too_old.last())
    {
        lines.push(format!("they are of the days {first} to {last}"));
    }
    lines.extend(verdict.kept_back.iter().map(|Kept { index, reason }| {
        format!("index \"{}\" is as old and stays: {}", index.name, why(reason))
    }));
    lines
}

/// Why an index stays.
pub(crate) fn why(reason: &Reason) -> String {
    match reason {
        Reason::Running(began) => format!("a process instance of {began} still runs"),
        Reason::NotExported(reached) => format!("the exporter has come no further than {reached}"),
        Reason::Unclear(why) => format!("it is unclear which process instances still run: {why}"),
    }
}

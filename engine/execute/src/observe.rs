//! Looking: at the book, at the target, at the product. Changes nothing.

mod answers;
mod paused;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use zeebe_management::ManagementError;
use zeebe_plan::observed::{
    ClusterObserved, ClusterRecord, ClusterVitals, Duties, ExporterRecord, Exporters, LastApply,
    ProductAnswer, ProductObserved,
};
use zeebe_plan::product::{ChangeRequest, PlannedChange};
use zeebe_target::{Book, BookError, Call, DocumentName, Entry, Event, TargetError};

use crate::chain::chain;
use crate::cluster::{Cluster, Components, ConnectError};
use crate::error::StepError;
use crate::pause::BackupPause;
use crate::retry::cancellable;

pub use crate::observe::answers::{Answer, Answers};

/// Why a look found nothing that can be relied on. Never to be read as "nothing is there".
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// The user wanted to stop.
    #[error("the look was cancelled")]
    Cancelled,
    /// The book could not be read.
    #[error(transparent)]
    Book(BookError),
    /// A document is whole and says what this engine does not understand.
    #[error("document \"{document}\" of the book at {place} is not understood")]
    Record {
        /// The document.
        document: String,
        /// Where the book is.
        place: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The target could not look.
    #[error(transparent)]
    Target(TargetError),
    /// The target gave no way to the product.
    #[error("could not connect to the product")]
    Connect(#[source] ConnectError),
}

/// Looks at a cluster: its book, its components, its product.
pub async fn observe(cluster: &Cluster<'_>, call: &Call) -> Result<ClusterObserved, ObserveError> {
    looked(cluster, Ask::ForThoseInTheBook, None, call).await
}

/// The same for who is about to change its exporters: the product remembers those that left, and that they were disabled, so
/// that it is asked where the book has none too.
pub async fn observe_exporters(
    cluster: &Cluster<'_>,
    call: &Call,
) -> Result<ClusterObserved, ObserveError> {
    looked(cluster, Ask::ForAllExporters, None, call).await
}

/// The same as [`observe`], with what the product says kept for [`observe_again`].
pub async fn observe_first(
    cluster: &Cluster<'_>,
    answer: &Answer,
    call: &Call,
) -> Result<ClusterObserved, ObserveError> {
    looked(cluster, Ask::ForThoseInTheBook, Some((answer, Share::Kept)), call).await
}

/// The same as [`observe`], with what the product said to somebody else some seconds ago, where book and components are
/// still as they were then.
pub async fn observe_again(
    cluster: &Cluster<'_>,
    answer: &Answer,
    call: &Call,
) -> Result<ClusterObserved, ObserveError> {
    looked(cluster, Ask::ForThoseInTheBook, Some((answer, Share::Taken)), call).await
}

/// When the product is asked where its exporters stand. Each question is a call, and most clusters have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ask {
    ForThoseInTheBook,
    ForAllExporters,
}

/// What is done with an answer that others may have had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Kept,
    Taken,
}

async fn looked(
    cluster: &Cluster<'_>,
    ask: Ask,
    share: Option<(&Answer, Share)>,
    call: &Call,
) -> Result<ClusterObserved, ObserveError> {
    // On the heap: it lies in every future that looks.
    let look = Box::pin(async {
        let site = site(cluster, call).await?;
        let there = site.clone();
        let question = product(cluster, &there, ask, call);
        match share {
            None => Ok(site.with(question.await?)),
            Some((answer, Share::Kept)) => answer.ask(site, ask, question).await,
            Some((answer, Share::Taken)) => answer.kept_or_ask(site, ask, question).await,
        }
    });
    cancellable(call, look).await.unwrap_or(Err(ObserveError::Cancelled))
}

/// What the book and the target say: all of a look but the product.
#[derive(Clone, Debug, PartialEq)]
struct Site {
    record: Option<ClusterRecord>,
    exporters: Exporters,
    duties: Duties,
    last_apply: LastApply,
    components: Components,
}

impl Site {
    fn with(self, product: ProductObserved) -> ClusterObserved {
        let Self { record, exporters, duties, last_apply, components } = self;
        ClusterObserved { record, exporters, duties, last_apply, components, product }
    }
}

async fn site(cluster: &Cluster<'_>, call: &Call) -> Result<Site, ObserveError> {
    let book = cluster.target().book();
    let record = record(book).await?;
    // A place without a cluster has none, and need not be searched for them.
    let (exporters, duties) = if record.is_some() {
        (exporters_of(book).await?, duties_of(book).await?)
    } else {
        (Exporters::new(), Duties::default())
    };
    let last_apply = last_apply(&book.journal().await.map_err(ObserveError::Book)?);
    let components = cluster.target().observe(call).await.map_err(ObserveError::Target)?;
    Ok(Site { record, exporters, duties, last_apply, components })
}

async fn product(
    cluster: &Cluster<'_>,
    site: &Site,
    ask: Ask,
    call: &Call,
) -> Result<ProductObserved, ObserveError> {
    let connected = cluster.connect_to(&site.components, call).await;
    let Some(product) = connected.map_err(ObserveError::Connect)? else {
        return Ok(ProductObserved::Down);
    };
    let answered = match product.client.cluster_from_any().await {
        Ok(answered) => answered,
        Err(error) => return Ok(ProductObserved::Silent(chain(&error))),
    };
    let nobody_asks = site.exporters.is_empty() && ask == Ask::ForThoseInTheBook;
    let exporters = if nobody_asks { Ok(BTreeMap::new()) } else { product.exporters().await };
    let paused = if site.exporters.is_empty() || is_paused_for_a_backup(cluster).await? {
        BTreeMap::new()
    } else {
        paused::paused(&product, &answered.value).await
    };
    Ok(match exporters {
        Ok(exporters) => ProductObserved::Answered(ProductAnswer {
            by: answered.by,
            topology: answered.value,
            exporters,
            paused,
        }),
        Err(error) => ProductObserved::Silent(chain(&error)),
    })
}

/// Whether a backup has paused exporting and may still be at it: nothing is wrong then. One whose time is over was killed.
async fn is_paused_for_a_backup(cluster: &Cluster<'_>) -> Result<bool, ObserveError> {
    let book = cluster.target().book();
    let pause: Option<BackupPause> = understood(book, &DocumentName::backup_pause()).await?;
    Ok(pause.is_some_and(|pause| cluster.target().clock().now() <= pause.until))
}

/// The cluster's own document.
async fn record(book: &dyn Book) -> Result<Option<ClusterRecord>, ObserveError> {
    understood(book, &DocumentName::cluster()).await
}

async fn understood<T: DeserializeOwned>(
    book: &dyn Book,
    name: &DocumentName,
) -> Result<Option<T>, ObserveError> {
    let document = book.read(name).await.map_err(ObserveError::Book)?;
    document.map(T::deserialize).transpose().map_err(|source| ObserveError::Record {
        document: name.to_string(),
        place: book.place(),
        source,
    })
}

/// The documents of a cluster's exporters.
pub async fn exporters(cluster: &Cluster<'_>) -> Result<Exporters, ObserveError> {
    exporters_of(cluster.target().book()).await
}

async fn exporters_of(book: &dyn Book) -> Result<Exporters, ObserveError> {
    let mut exporters = Exporters::new();
    for name in book.documents().await.map_err(ObserveError::Book)? {
        if !name.is_exporter() {
            continue;
        }
        if let Some(document) = book.read(&name).await.map_err(ObserveError::Book)? {
            let record = ExporterRecord::deserialize(document).map_err(|source| {
                ObserveError::Record { document: name.to_string(), place: book.place(), source }
            })?;
            exporters.insert(record.spec.name.clone(), record);
        }
    }
    Ok(exporters)
}

/// What is to be done for a cluster while no terraform runs.
pub async fn duties(cluster: &Cluster<'_>) -> Result<Duties, ObserveError> {
    duties_of(cluster.target().book()).await
}

async fn duties_of(book: &dyn Book) -> Result<Duties, ObserveError> {
    let mut duties = Duties::default();
    for name in book.documents().await.map_err(ObserveError::Book)? {
        duties.backups |= name == DocumentName::backup_schedule();
        // A name that no exporter has is nobody's.
        if let Some(exporter) = name.retained().and_then(|name| name.parse().ok()) {
            duties.retentions.insert(exporter);
        }
    }
    Ok(duties)
}

/// How the last apply ended. One that failed or was cancelled in a step has ended too, but what it had
/// begun goes on: for whoever plans it is as if it had been cut off.
fn last_apply(journal: &[Entry]) -> LastApply {
    let Some(last) = journal.last() else {
        return LastApply::None;
    };
    let of_last = journal.iter().rev().take_while(|entry| entry.apply == last.apply);
    let failed = of_last.into_iter().any(|entry| matches!(entry.event, Event::Failed { .. }));
    match (&last.event, failed) {
        (Event::Ended { .. }, false) => LastApply::Ended,
        (
            Event::Ended { .. }
            | Event::Began { .. }
            | Event::Started { .. }
            | Event::Accepted { .. }
            | Event::Saw { .. }
            | Event::Done { .. }
            | Event::Failed { .. },
            _,
        ) => LastApply::CutOff,
    }
}

/// Why there are no volatile facts.
#[derive(Debug, thiserror::Error)]
pub enum VitalsError {
    /// The user wanted to stop.
    #[error("the look was cancelled")]
    Cancelled,
    /// There is no way to the product.
    #[error("could not connect to the product")]
    Connect(#[source] ConnectError),
    /// No broker answered.
    #[error("no broker of the cluster answers")]
    Silent(#[source] ManagementError),
}

/// Looks at leaders, health, versions and the change under way.
pub async fn vitals(cluster: &Cluster<'_>, call: &Call) -> Result<ClusterVitals, VitalsError> {
    let look = async {
        let product = cluster.connect(call).await.map_err(VitalsError::Connect)?;
        let topology = match product.coordinator().await {
            Ok(topology) => topology,
            // The coordinator is away; the others know all but changes.
            Err(_) => product.client.cluster_from_any().await.map_err(VitalsError::Silent)?.value,
        };
        let gateway = match product.gateway_view().await {
            Ok(view) => Some(view),
            Err(error) => {
                tracing::debug!(error = chain(&error), "no gateway answered");
                None
            }
        };
        Ok(ClusterVitals { topology, gateway })
    };
    cancellable(call, look).await.unwrap_or(Err(VitalsError::Cancelled))
}

/// Why the product did not say what it would do.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The user wanted to stop.
    #[error("the question was cancelled")]
    Cancelled,
    /// There is no way to the product.
    #[error("could not connect to the product")]
    Connect(#[source] ConnectError),
    /// The product did not answer, or refused.
    #[error("the product did not say what it would do")]
    Product(#[source] ManagementError),
}

/// Asks the product what it would do for a change: a dry run, which changes nothing.
pub async fn ask(
    cluster: &Cluster<'_>,
    request: &ChangeRequest,
    call: &Call,
) -> Result<PlannedChange, AskError> {
    let question = async {
        let product = cluster.connect(call).await.map_err(AskError::Connect)?;
        product.client.dry_run(request).await.map_err(AskError::Product)
    };
    match cancellable(call, question).await {
        Ok(outcome) => outcome,
        Err(StepError::Cancelled | _) => Err(AskError::Cancelled),
    }
}

#[cfg(test)]
mod tests;

//! One answer of the product for all who look at the same cluster at about the same time.
//!
//! A cluster with fifty exporters has fifty resources, each of which is refreshed by a look of its own. What the book and
//! the target say is read every time. The product is asked again only where either of them says something else by now, or
//! where the answer is older than a refresh takes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as Turn;
use tokio::time::Instant;
use zeebe_plan::observed::{ClusterObserved, ProductObserved};

use super::{Ask, ObserveError, Site};

/// How long an answer serves others: a refresh of hundreds of resources takes seconds, and what it finds is some seconds
/// old when it is read.
const FRESH: Duration = Duration::from_secs(30);

/// The answers of one process, by the address of their cluster. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<Mutex<BTreeMap<String, Answer>>>);

impl Answers {
    /// The answer of one cluster.
    pub fn of(&self, id: &str) -> Answer {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(id.to_owned()).or_default().clone()
    }
}

/// The last answer of one cluster's product, if there is one to share.
#[derive(Clone, Debug, Default)]
pub struct Answer(Arc<Mutex<Arc<Turn<Option<Kept>>>>>);

#[derive(Debug)]
struct Kept {
    site: Site,
    ask: Ask,
    product: ProductObserved,
    began: Instant,
    ended: Instant,
}

impl Answer {
    /// Forgets it: the cluster is about to change, or has changed.
    pub fn forget(&self) {
        // Whoever asks now keeps what it is told; so the place that it keeps it in is given up.
        *self.place() = Arc::default();
    }

    /// The look, with the answer to a question that is asked now. It is kept for others.
    pub(super) async fn ask(
        &self,
        site: Site,
        ask: Ask,
        question: impl Future<Output = Result<ProductObserved, ObserveError>>,
    ) -> Result<ClusterObserved, ObserveError> {
        let place = Arc::clone(&self.place());
        let mut kept = place.lock().await;
        asked(&mut kept, site, ask, question).await
    }

    /// The look, with an answer that serves it, or with one that is asked for now. Those who come meanwhile wait for it.
    pub(super) async fn kept_or_ask(
        &self,
        site: Site,
        ask: Ask,
        question: impl Future<Output = Result<ProductObserved, ObserveError>>,
    ) -> Result<ClusterObserved, ObserveError> {
        let arrived = Instant::now();
        let place = Arc::clone(&self.place());
        let mut kept = place.lock().await;
        match &*kept {
            Some(kept) if kept.serves(&site, ask, arrived) => Ok(site.with(kept.product.clone())),
            Some(_) | None => asked(&mut kept, site, ask, question).await,
        }
    }

    fn place(&self) -> MutexGuard<'_, Arc<Turn<Option<Kept>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn asked(
    kept: &mut Option<Kept>,
    site: Site,
    ask: Ask,
    question: impl Future<Output = Result<ProductObserved, ObserveError>>,
) -> Result<ClusterObserved, ObserveError> {
    let began = Instant::now();
    let product = question.await?;
    let ended = Instant::now();
    *kept = Some(Kept { site: site.clone(), ask, product: product.clone(), began, ended });
    Ok(site.with(product))
}

impl Kept {
    /// Whether it is what whoever arrived then would be told.
    fn serves(&self, site: &Site, ask: Ask, arrived: Instant) -> bool {
        let fresh = match &self.product {
            ProductObserved::Answered(_) => self.began.elapsed() < FRESH,
            // Silence says little about later, but those who waited while it lasted need not wait as long again, each in
            // its turn.
            ProductObserved::Down | ProductObserved::Silent(_) => self.ended >= arrived,
        };
        fresh && self.ask >= ask && self.site == *site
    }
}

#[cfg(test)]
mod tests;

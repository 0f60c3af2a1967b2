//! One run of a plan: its cluster, its id, and its journal.

use std::collections::BTreeSet;

use zeebe_plan::product::ChangeId;
use zeebe_target::{ApplyId, Book, Call, Clock, Entry, Event};

use crate::cluster::{Cluster, Product};
use crate::error::StepError;
use crate::retry::{Wait, cancellable};

/// Whether a run is one of the applies that the journal tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    /// It is: the next plan reads how it ended.
    Kept,
    /// It is not: it changes nothing that a plan looks at, and must not hide how the last apply ended.
    Silent,
}

/// What every step needs.
pub(crate) struct Run<'a> {
    pub(crate) cluster: &'a Cluster<'a>,
    pub(crate) call: &'a Call,
    pub(crate) apply: ApplyId,
    /// The step that is done now.
    pub(crate) step: usize,
    /// Whether what happens is written down.
    pub(crate) journal: Journal,
    /// Changes that the product took on from us, in this apply or in earlier ones.
    pub(crate) ours: BTreeSet<ChangeId>,
}

impl Run<'_> {
    pub(crate) fn book(&self) -> &dyn Book {
        self.cluster.target().book()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.cluster.target().clock()
    }

    pub(crate) fn wait(&self, deadline: std::time::Duration) -> Wait<'_> {
        Wait::new(self.clock(), self.call, deadline)
    }

    /// Writes into the journal. Not cancellable: it is what makes everything else so.
    pub(crate) async fn note(&self, event: Event) -> Result<(), StepError> {
        if self.journal == Journal::Silent {
            return Ok(());
        }
        let entry = Entry { at: self.clock().now(), apply: self.apply.clone(), event };
        self.book().append(&entry).await.map_err(StepError::Book)
    }

    /// Writes into the journal what was seen.
    pub(crate) async fn saw(&self, what: impl Into<String>) -> Result<(), StepError> {
        self.note(Event::Saw { step: self.step, what: what.into() }).await
    }

    /// The product took a change on.
    pub(crate) async fn accepted(&mut self, change: ChangeId) -> Result<(), StepError> {
        self.ours.insert(change);
        self.note(Event::Accepted { step: self.step, change }).await
    }

    /// The way to the product, as its processes stand now.
    pub(crate) async fn connect(&self) -> Result<Product, StepError> {
        cancellable(self.call, self.cluster.connect(self.call)).await?.map_err(StepError::Connect)
    }
}

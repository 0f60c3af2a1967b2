//! What an index tells of itself.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::store::Store;
use crate::metrics::Metrics;
use crate::serve::Pages;
use crate::sink::SinkError;

/// How it goes.
pub(super) struct State {
    pub(super) metrics: Arc<Metrics>,
    store: Store,
    /// Why nothing goes on.
    blocked: Mutex<Option<String>>,
}

impl State {
    pub(super) fn new(metrics: Arc<Metrics>, store: Store) -> Self {
        Self { metrics, store, blocked: Mutex::new(Some("nothing is prepared yet".to_owned())) }
    }

    /// Nothing goes on, for that reason.
    pub(super) fn blocked(&self, why: &str) {
        self.metrics.sink_up(false);
        *self.blocked.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
    }

    /// It goes on.
    pub(super) fn free(&self) {
        self.metrics.sink_up(true);
        *self.blocked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[async_trait]
impl Pages for State {
    fn metrics(&self) -> String {
        self.metrics.page()
    }

    async fn ready(&self) -> Result<(), SinkError> {
        let blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match blocked {
            Some(why) => Err(SinkError::failed("write to the store", why)),
            None => self.store.probe().await,
        }
    }
}

//! Runs each call in a task of its own: a panic in it becomes a diagnostic, an interrupt or a lost client cancels it.

use std::any::Any;
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use tracing::Instrument;
use zeebe_proto::tfplugin6::ClientCapabilities;

use super::Service;
use crate::call::{Call, Client};
use crate::diagnostic::Diagnostic;
use crate::provider::{Action, DataSource, EphemeralResource, ListResource, ManagedResource};

/// What a call is about, for logs and messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// The name of the RPC.
    pub(super) rpc: &'static str,
    /// The type of the resource or data source, or the function's name.
    pub(super) name: &'a str,
}

impl Service {
    /// Runs `work`; the error says that it panicked.
    pub(super) async fn guard<T, F>(
        &self,
        subject: Subject<'_>,
        capabilities: Option<ClientCapabilities>,
        work: impl FnOnce(Call) -> F,
    ) -> Result<T, Diagnostic>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let Subject { rpc, name } = subject;
        let inner = &self.0;
        let version = inner.client_version.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let cancelled = inner.stop.token();
        let call =
            Call { cancelled: cancelled.clone(), client: Client::new(capabilities, version) };
        let span = tracing::info_span!("call", tf_rpc = rpc, tf_type = name);
        let task = tokio::spawn(inner.calls.track_future(work(call).instrument(span)));
        // The client may go away while the task runs: what this future then leaves behind is told to finish.
        let lost_client = cancelled.drop_guard();
        let started = Instant::now();
        let joined = task.await;
        drop(lost_client);
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(tf_rpc = rpc, tf_type = name, milliseconds, "answered");
        joined.map_err(|error| match error.try_into_panic() {
            Ok(payload) => panicked(subject, &*payload),
            Err(_ended) => Diagnostic::error(
                format!("the provider ended in the middle of {rpc}"),
                format!("The call for \"{name}\" was cut off. Run the same command again: it takes up what was begun."),
            ),
        })
    }

    /// The resource of a type.
    pub(super) fn resource(&self, type_name: &str) -> Result<Arc<dyn ManagedResource>, Diagnostic> {
        self.provider()
            .resources
            .get(type_name)
            .cloned()
            .ok_or_else(|| unheard("resource type", type_name))
    }

    /// The data source of a type.
    pub(super) fn data_source(&self, type_name: &str) -> Result<Arc<dyn DataSource>, Diagnostic> {
        self.provider()
            .data_sources
            .get(type_name)
            .cloned()
            .ok_or_else(|| unheard("data source", type_name))
    }

    /// The list resource of a type.
    pub(super) fn list(&self, type_name: &str) -> Result<Arc<dyn ListResource>, Diagnostic> {
        let lists = &self.provider().lists;
        lists.get(type_name).cloned().ok_or_else(|| unheard("list resource", type_name))
    }

    /// The action of a type.
    pub(super) fn action(&self, type_name: &str) -> Result<Arc<dyn Action>, Diagnostic> {
        let actions = &self.provider().actions;
        actions.get(type_name).cloned().ok_or_else(|| unheard("action", type_name))
    }

    /// The ephemeral resource of a type.
    pub(super) fn ephemeral(
        &self,
        type_name: &str,
    ) -> Result<Arc<dyn EphemeralResource>, Diagnostic> {
        let ephemerals = &self.provider().ephemerals;
        ephemerals.get(type_name).cloned().ok_or_else(|| unheard("ephemeral resource", type_name))
    }
}

fn unheard(kind: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("no {kind} \"{name}\""),
        format!(
            "This release of the provider has no {kind} \"{name}\". Use a release that has it, or remove it from the configuration."
        ),
    )
}

fn panicked(subject: Subject<'_>, payload: &(dyn Any + Send)) -> Diagnostic {
    let Subject { rpc, name } = subject;
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Diagnostic::error(
        format!("the provider panicked in {rpc} of \"{name}\""),
        format!(
            "The panic said: {text}. This is a bug in the provider. What stands in the state is what is known; run the same command again after an upgrade."
        ),
    )
}

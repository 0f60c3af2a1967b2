//! `ConfigureProvider`: once for each alias and walk, and again and again in debug mode.

use std::sync::PoisonError;

use zeebe_proto::tfplugin6::configure_provider::{Request, Response};

use super::Service;
use super::guard::Subject;
use super::wire::{decode, diagnostics};

pub(super) async fn configure_provider(service: &Service, request: Request) -> Response {
    let Request { terraform_version, config, client_capabilities } = request;
    *service.0.client_version.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(terraform_version);
    let subject = Subject { rpc: "ConfigureProvider", name: "provider" };
    let configuration = service.provider().configuration.clone();
    let configured = service.guard(subject, client_capabilities, |call| async move {
        match decode("provider configuration", config.as_ref(), configuration.schema().ty()) {
            Ok(config) => configuration.configure(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = configured.await.unwrap_or_else(|panicked| vec![panicked]);
    Response { diagnostics: diagnostics(found) }
}

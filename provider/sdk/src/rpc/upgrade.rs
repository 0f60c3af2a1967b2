//! `UpgradeResourceState`: stored states of any age, the current one too.

use zeebe_proto::tfplugin6::DynamicValue;
use zeebe_proto::tfplugin6::upgrade_resource_state::{Request, Response};

use super::Service;
use super::guard::Subject;
use super::wire::{diagnostics, encode};
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::provider::StoredState;

pub(super) async fn upgrade_resource_state(service: &Service, request: Request) -> Response {
    let type_name = request.type_name.clone();
    let subject = Subject { rpc: "UpgradeResourceState", name: &type_name };
    let answering = service.clone();
    let upgraded = service
        .guard(subject, None, |call| async move { upgrade(&answering, call, request).await });
    match upgraded.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(state) => Response { upgraded_state: Some(state), diagnostics: Vec::new() },
        Err(found) => Response { upgraded_state: None, diagnostics: diagnostics(found) },
    }
}

async fn upgrade(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<DynamicValue, Vec<Diagnostic>> {
    let Request { type_name, version, raw_state } = request;
    let raw = raw_state.unwrap_or_default();
    if raw.json.is_empty() {
        return Err(vec![Diagnostic::error(
            format!("cannot read the stored state of a \"{type_name}\""),
            "It was written by Terraform 0.11 or older, or is empty. Remove it from the state and import the object again.",
        )]);
    }
    let resource = service.resource(&type_name).map_err(|diagnostic| vec![diagnostic])?;
    let state = resource.upgrade(call, StoredState { version, json: raw.json }).await?;
    encode("upgraded state", &state, resource.schema().ty()).map_err(|diagnostic| vec![diagnostic])
}

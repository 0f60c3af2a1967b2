//! `MoveResourceState`: takes over what was managed as another type, or by another provider.

use zeebe_proto::tfplugin6::move_resource_state::{Request, Response};

use super::guard::Subject;
use super::promise::storable;
use super::wire::{diagnostics, encode};
use super::{Service, identity};
use crate::call::Call;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::{ImportAnswer, MovedState};

pub(super) async fn move_resource_state(service: &Service, request: Request) -> Response {
    let type_name = request.target_type_name.clone();
    let subject = Subject { rpc: "MoveResourceState", name: &type_name };
    let answering = service.clone();
    let moved = service
        .guard(subject, None, |call| async move { take_over(&answering, call, request).await });
    match moved.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(response) => response,
        Err(found) => Response { diagnostics: diagnostics(found), ..Response::default() },
    }
}

async fn take_over(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<Response, Vec<Diagnostic>> {
    let alone = |diagnostic| vec![diagnostic];
    let resource = service.resource(&request.target_type_name).map_err(alone)?;
    let schema = resource.schema();
    let source = MovedState {
        provider: request.source_provider_address,
        type_name: request.source_type_name,
        version: request.source_schema_version,
        json: request.source_state.unwrap_or_default().json,
        private: request.source_private,
    };
    let ImportAnswer { state, private, diagnostics: mut found } =
        resource.take_over(call, source).await;
    if has_errors(&found) {
        return Err(found);
    }
    let (state, broken) = storable(schema, "move", state);
    found.extend(broken);
    if state.is_null() {
        found.push(Diagnostic::error(
            "move of a state gave nothing and did not say why",
            "A move without an error answered with a null state. This is a bug in the provider.",
        ));
    }
    if has_errors(&found) {
        return Err(found);
    }
    Ok(Response {
        target_state: Some(encode("moved state", &state, schema.ty()).map_err(alone)?),
        target_private: private,
        target_identity: identity::of_state(&*resource, &state)?,
        diagnostics: diagnostics(found),
    })
}

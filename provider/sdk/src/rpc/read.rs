//! `ReadResource`: what is really there.

use zeebe_proto::tfplugin6::read_resource::{Request, Response};

use super::guard::Subject;
use super::promise::storable;
use super::wire::{decode, diagnostics, encode};
use super::{Service, identity};
use crate::call::Call;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::{ReadAnswer, ReadQuestion};

pub(super) async fn read_resource(service: &Service, request: Request) -> Response {
    let subject = Subject { rpc: "ReadResource", name: &request.type_name };
    let answering = service.clone();
    let asked = request.clone();
    let read = service.guard(subject, request.client_capabilities, |call| async move {
        read(&answering, call, asked).await
    });
    let found = match read.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(response) => return response,
        Err(found) => found,
    };
    // A failed look says nothing about the object: what was known stays.
    let Request { current_state, private, current_identity, .. } = request;
    Response {
        new_state: current_state,
        private,
        new_identity: current_identity,
        diagnostics: diagnostics(found),
        ..Response::default()
    }
}

async fn read(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<Response, Vec<Diagnostic>> {
    let Request { type_name, current_state, private, .. } = request;
    let alone = |diagnostic| vec![diagnostic];
    let resource = service.resource(&type_name).map_err(alone)?;
    let schema = resource.schema();
    let state = decode("state", current_state.as_ref(), schema.ty()).map_err(alone)?;
    let answer = resource.read(call, ReadQuestion { state, private }).await;
    let ReadAnswer { state, private, diagnostics: mut found } = answer;
    if has_errors(&found) {
        return Err(found);
    }
    let (state, broken) = storable(schema, "read", state);
    if !broken.is_empty() {
        found.extend(broken);
        return Err(found);
    }
    let new_state = encode("state", &state, schema.ty()).map_err(alone)?;
    Ok(Response {
        new_identity: identity::of_state(&*resource, &state)?,
        new_state: Some(new_state),
        private,
        diagnostics: diagnostics(found),
        ..Response::default()
    })
}

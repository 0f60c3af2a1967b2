//! `ImportResourceState`: finds the object that a person named.

use zeebe_proto::tfplugin6::import_resource_state::{ImportedResource, Request, Response};

use super::guard::Subject;
use super::promise::storable;
use super::wire::{diagnostics, encode};
use super::{Service, identity};
use crate::call::Call;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::ImportAnswer;

pub(super) async fn import_resource_state(service: &Service, request: Request) -> Response {
    let type_name = request.type_name.clone();
    let subject = Subject { rpc: "ImportResourceState", name: &type_name };
    let capabilities = request.client_capabilities;
    let answering = service.clone();
    let import = service.guard(subject, capabilities, |call| async move {
        import(&answering, call, request).await
    });
    match import.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(response) => response,
        Err(found) => Response { diagnostics: diagnostics(found), ..Response::default() },
    }
}

async fn import(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<Response, Vec<Diagnostic>> {
    let Request { type_name, id, identity: given, client_capabilities: _ } = request;
    let alone = |diagnostic| vec![diagnostic];
    let resource = service.resource(&type_name).map_err(alone)?;
    let schema = resource.schema();
    let id = match &given {
        Some(given) if id.is_empty() => identity::import_id(&*resource, &type_name, given)?,
        Some(_) | None => id,
    };
    if id.is_empty() {
        return Err(vec![Diagnostic::error(
            format!("cannot import a \"{type_name}\" without an id"),
            "Give its `id`; the reference page of the resource shows its form.",
        )]);
    }
    let ImportAnswer { state, private, diagnostics: mut found } = resource.import(call, id).await;
    if has_errors(&found) {
        return Err(found);
    }
    let (state, broken) = storable(schema, "import", state);
    found.extend(broken);
    if state.is_null() {
        found.push(Diagnostic::error(
            format!("import of a \"{type_name}\" found nothing and did not say why"),
            "An import without an error answered with a null state. This is a bug in the provider.",
        ));
    }
    if has_errors(&found) {
        return Err(found);
    }
    let identity = identity::of_state(&*resource, &state)?;
    let state = encode("imported state", &state, schema.ty()).map_err(alone)?;
    let imported = ImportedResource { type_name, state: Some(state), private, identity };
    Ok(Response {
        imported_resources: vec![imported],
        diagnostics: diagnostics(found),
        deferred: None,
    })
}

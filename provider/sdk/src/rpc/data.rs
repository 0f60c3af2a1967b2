//! `ReadDataSource`.

use zeebe_proto::tfplugin6::read_data_source::{Request, Response};

use super::Service;
use super::guard::Subject;
use super::promise::storable;
use super::wire::{decode, diagnostics, encode};
use crate::call::Call;
use crate::diagnostic::Diagnostic;

pub(super) async fn read_data_source(service: &Service, request: Request) -> Response {
    let type_name = request.type_name.clone();
    let subject = Subject { rpc: "ReadDataSource", name: &type_name };
    let capabilities = request.client_capabilities;
    let answering = service.clone();
    let read = service
        .guard(subject, capabilities, |call| async move { read(&answering, call, request).await });
    match read.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(response) => response,
        Err(found) => Response { diagnostics: diagnostics(found), ..Response::default() },
    }
}

async fn read(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<Response, Vec<Diagnostic>> {
    let alone = |diagnostic| vec![diagnostic];
    let data_source = service.data_source(&request.type_name).map_err(alone)?;
    let schema = data_source.schema();
    let config = decode("configuration", request.config.as_ref(), schema.ty()).map_err(alone)?;
    let (state, mut found) = data_source.read(call, config).await?;
    let (state, broken) = storable(schema, "read", state);
    if !broken.is_empty() {
        found.extend(broken);
        return Err(found);
    }
    let state = encode("data", &state, schema.ty()).map_err(alone)?;
    Ok(Response { state: Some(state), diagnostics: diagnostics(found), deferred: None })
}

//! `GenerateResourceConfig`: the configuration that says what a state is.

use zeebe_proto::tfplugin6::DynamicValue;
use zeebe_proto::tfplugin6::generate_resource_config::{Request, Response};

use super::Service;
use super::guard::Subject;
use super::wire::{decode, diagnostics, encode};
use crate::call::Call;
use crate::diagnostic::Diagnostic;

pub(super) async fn generate_resource_config(service: &Service, request: Request) -> Response {
    let type_name = request.type_name.clone();
    let subject = Subject { rpc: "GenerateResourceConfig", name: &type_name };
    let answering = service.clone();
    let generated = service
        .guard(subject, None, |call| async move { generate(&answering, call, request).await });
    match generated.await.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(config) => Response { config: Some(config), diagnostics: Vec::new() },
        Err(found) => Response { config: None, diagnostics: diagnostics(found) },
    }
}

async fn generate(
    service: &Service,
    call: Call,
    request: Request,
) -> Result<DynamicValue, Vec<Diagnostic>> {
    let Request { type_name, state } = request;
    let alone = |diagnostic| vec![diagnostic];
    let resource = service.resource(&type_name).map_err(alone)?;
    let ty = resource.schema().ty();
    let state = decode("state", state.as_ref(), ty).map_err(alone)?;
    let config = resource.generate_config(call, state).await?;
    encode("generated configuration", &config, ty).map_err(alone)
}

//! Checks of configurations, before anything is known or configured.

use zeebe_proto::tfplugin6::{
    validate_data_resource_config, validate_provider_config, validate_resource_config,
};

use super::Service;
use super::guard::Subject;
use super::wire::{decode, diagnostics};

const FIELD: &str = "configuration";

pub(super) async fn validate_provider_config(
    service: &Service,
    request: validate_provider_config::Request,
) -> validate_provider_config::Response {
    let subject = Subject { rpc: "ValidateProviderConfig", name: "provider" };
    let configuration = service.provider().configuration.clone();
    let validated = service.guard(subject, None, |call| async move {
        match decode(FIELD, request.config.as_ref(), configuration.schema().ty()) {
            Ok(config) => configuration.validate(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = validated.await.unwrap_or_else(|panicked| vec![panicked]);
    validate_provider_config::Response { diagnostics: diagnostics(found) }
}

pub(super) async fn validate_resource_config(
    service: &Service,
    request: validate_resource_config::Request,
) -> validate_resource_config::Response {
    let subject = Subject { rpc: "ValidateResourceConfig", name: &request.type_name };
    let resource = service.resource(&request.type_name);
    let validated = service.guard(subject, request.client_capabilities, |call| async move {
        match resource.and_then(|resource| {
            let config = decode(FIELD, request.config.as_ref(), resource.schema().ty())?;
            Ok((resource, config))
        }) {
            Ok((resource, config)) => resource.validate(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = validated.await.unwrap_or_else(|panicked| vec![panicked]);
    validate_resource_config::Response { diagnostics: diagnostics(found) }
}

pub(super) async fn validate_data_resource_config(
    service: &Service,
    request: validate_data_resource_config::Request,
) -> validate_data_resource_config::Response {
    let subject = Subject { rpc: "ValidateDataResourceConfig", name: &request.type_name };
    let data_source = service.data_source(&request.type_name);
    let validated = service.guard(subject, None, |call| async move {
        match data_source.and_then(|data_source| {
            let config = decode(FIELD, request.config.as_ref(), data_source.schema().ty())?;
            Ok((data_source, config))
        }) {
            Ok((data_source, config)) => data_source.validate(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = validated.await.unwrap_or_else(|panicked| vec![panicked]);
    validate_data_resource_config::Response { diagnostics: diagnostics(found) }
}

//! What the provider has: names, schemas, signatures.

use std::collections::HashMap;

use zeebe_proto::tfplugin6 as wire6;
use zeebe_proto::tfplugin6::get_metadata::{
    DataSourceMetadata, FunctionMetadata, ResourceMetadata,
};

use super::Service;
use crate::diagnostic::Diagnostic;
use crate::provider::Provider;
use crate::schema::Schema;

fn capabilities() -> wire6::ServerCapabilities {
    wire6::ServerCapabilities {
        // Deletions are planned too, so that a guard can refuse one before anything is touched.
        plan_destroy: true,
        // Nothing here waits for GetProviderSchema: the client may ask one instance and use the answer for all.
        get_provider_schema_optional: true,
        move_resource_state: false,
        generate_resource_config: false,
    }
}

pub(super) fn get_metadata(service: &Service) -> wire6::get_metadata::Response {
    let Provider { configuration: _, resources, data_sources, functions } = service.provider();
    wire6::get_metadata::Response {
        server_capabilities: Some(capabilities()),
        resources: resources
            .keys()
            .map(|name| ResourceMetadata { type_name: name.clone() })
            .collect(),
        data_sources: data_sources
            .keys()
            .map(|name| DataSourceMetadata { type_name: name.clone() })
            .collect(),
        functions: functions.keys().map(|name| FunctionMetadata { name: name.clone() }).collect(),
        ..wire6::get_metadata::Response::default()
    }
}

pub(super) fn get_provider_schema(service: &Service) -> wire6::get_provider_schema::Response {
    service.0.schemas.get_or_init(|| schemas(service.provider())).clone()
}

fn schemas(provider: &Provider) -> wire6::get_provider_schema::Response {
    let Provider { configuration, resources, data_sources, functions: _ } = provider;
    let provider_block = [("the provider block", configuration.schema())];
    let all = provider_block
        .into_iter()
        .chain(resources.iter().map(|(name, resource)| (name.as_str(), resource.schema())))
        .chain(
            data_sources.iter().map(|(name, data_source)| (name.as_str(), data_source.schema())),
        );
    wire6::get_provider_schema::Response {
        provider: Some(configuration.schema().into()),
        resource_schemas: resources
            .iter()
            .map(|(name, resource)| (name.clone(), resource.schema().into()))
            .collect(),
        data_source_schemas: data_sources
            .iter()
            .map(|(name, data_source)| (name.clone(), data_source.schema().into()))
            .collect(),
        functions: signatures(provider),
        diagnostics: all.flat_map(|(name, schema)| faults(name, schema)).map(Into::into).collect(),
        server_capabilities: Some(capabilities()),
        ..wire6::get_provider_schema::Response::default()
    }
}

/// A schema that core would refuse is refused here, where every fault is named at once.
fn faults(name: &str, schema: &Schema) -> Vec<Diagnostic> {
    let explain = |fault| {
        Diagnostic::error(
            format!("the schema of {name} is wrong"),
            format!("{fault}. This is a bug in the provider."),
        )
    };
    schema.lint().into_iter().map(|fault| explain(fault.to_string())).collect()
}

fn signatures(provider: &Provider) -> HashMap<String, wire6::Function> {
    provider
        .functions
        .iter()
        .map(|(name, function)| (name.clone(), function.signature().into()))
        .collect()
}

pub(super) fn get_functions(service: &Service) -> wire6::get_functions::Response {
    wire6::get_functions::Response {
        functions: signatures(service.provider()),
        diagnostics: Vec::new(),
    }
}

pub(super) fn get_resource_identity_schemas(
    _service: &Service,
) -> wire6::get_resource_identity_schemas::Response {
    wire6::get_resource_identity_schemas::Response::default()
}

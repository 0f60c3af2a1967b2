//! What the provider has: names, schemas, signatures.

use std::collections::HashMap;

use zeebe_proto::tfplugin6 as wire6;
use zeebe_proto::tfplugin6::get_metadata::{
    ActionMetadata, DataSourceMetadata, EphemeralMetadata, FunctionMetadata, ListResourceMetadata,
    ResourceMetadata,
};

use super::Service;
use crate::diagnostic::Diagnostic;
use crate::provider::Provider;
use crate::schema::SchemaFault;

fn capabilities() -> wire6::ServerCapabilities {
    wire6::ServerCapabilities {
        // Deletions are planned too, so that a guard can refuse one before anything is touched.
        plan_destroy: true,
        // Nothing here waits for GetProviderSchema: the client may ask one instance and use the answer for all.
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}

pub(super) fn get_metadata(service: &Service) -> wire6::get_metadata::Response {
    let Provider {
        configuration: _,
        resources,
        data_sources,
        functions,
        lists,
        actions,
        ephemerals,
    } = service.provider();
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
        list_resources: lists
            .keys()
            .map(|name| ListResourceMetadata { type_name: name.clone() })
            .collect(),
        actions: actions.keys().map(|name| ActionMetadata { type_name: name.clone() }).collect(),
        ephemeral_resources: ephemerals
            .keys()
            .map(|name| EphemeralMetadata { type_name: name.clone() })
            .collect(),
        ..wire6::get_metadata::Response::default()
    }
}

pub(super) fn get_provider_schema(service: &Service) -> wire6::get_provider_schema::Response {
    service.0.schemas.get_or_init(|| schemas(service.provider())).clone()
}

fn schemas(provider: &Provider) -> wire6::get_provider_schema::Response {
    let Provider {
        configuration,
        resources,
        data_sources,
        functions: _,
        lists,
        actions,
        ephemerals,
    } = provider;
    let provider_block = [("the provider block", configuration.schema())];
    let all = provider_block
        .into_iter()
        .chain(resources.iter().map(|(name, resource)| (name.as_str(), resource.schema())))
        .chain(data_sources.iter().map(|(name, data_source)| (name.as_str(), data_source.schema())))
        .chain(lists.iter().map(|(name, list)| (name.as_str(), list.schema())))
        .chain(actions.iter().map(|(name, action)| (name.as_str(), action.schema())))
        .chain(ephemerals.iter().map(|(name, ephemeral)| (name.as_str(), ephemeral.schema())));
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
        list_resource_schemas: lists
            .iter()
            .map(|(name, list)| (name.clone(), list.schema().into()))
            .collect(),
        action_schemas: actions
            .iter()
            .map(|(name, action)| {
                (name.clone(), wire6::ActionSchema { schema: Some(action.schema().into()) })
            })
            .collect(),
        ephemeral_resource_schemas: ephemerals
            .iter()
            .map(|(name, ephemeral)| (name.clone(), ephemeral.schema().into()))
            .collect(),
        functions: signatures(provider),
        diagnostics: all
            .flat_map(|(name, schema)| faults(name, schema.lint()))
            .chain(identity_faults(provider))
            .map(Into::into)
            .collect(),
        server_capabilities: Some(capabilities()),
        ..wire6::get_provider_schema::Response::default()
    }
}

/// A schema that core would refuse is refused here, where every fault is named at once.
fn faults(name: &str, found: Vec<SchemaFault>) -> Vec<Diagnostic> {
    let explain = |fault| {
        Diagnostic::error(
            format!("the schema of {name} is wrong"),
            format!("{fault}. This is a bug in the provider."),
        )
    };
    found.into_iter().map(|fault| explain(fault.to_string())).collect()
}

fn identity_faults(provider: &Provider) -> Vec<Diagnostic> {
    let broken = provider.resources.iter().flat_map(|(name, resource)| {
        let found = resource.identity().map(|identity| identity.schema().lint());
        faults(&format!("the identity of {name}"), found.unwrap_or_default())
    });
    // What is listed is told apart by its identity.
    let without = provider.lists.keys().filter(|name| {
        provider.resources.get(*name).is_none_or(|resource| resource.identity().is_none())
    });
    let without = without.map(|name| {
        Diagnostic::error(
            format!("{name} is listed without an identity"),
            "A list resource needs a managed resource of the same name, with an identity. This is a bug in the provider.",
        )
    });
    broken.chain(without).collect()
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

//! Identities: `GetResourceIdentitySchemas`, `UpgradeResourceIdentity`, and what other answers say about them.

use zeebe_proto::tfplugin6::resource_identity_schema::IdentityAttribute;
use zeebe_proto::tfplugin6::{
    ResourceIdentityData, ResourceIdentitySchema, get_resource_identity_schemas,
    upgrade_resource_identity,
};

use super::Service;
use super::guard::Subject;
use super::wire::{decode, diagnostics, encode};
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::provider::{IdentitySchema, ManagedResource, ResourceIdentity, StoredState};
use crate::schema::Presence;
use crate::value::Value;

pub(super) fn get_resource_identity_schemas(
    service: &Service,
) -> get_resource_identity_schemas::Response {
    let identities =
        service.provider().resources.iter().filter_map(|(name, resource)| {
            Some((name.clone(), resource.identity()?.schema().into()))
        });
    get_resource_identity_schemas::Response {
        identity_schemas: identities.collect(),
        diagnostics: Vec::new(),
    }
}

impl From<&IdentitySchema> for ResourceIdentitySchema {
    fn from(schema: &IdentitySchema) -> Self {
        let attributes = schema.object().attributes().iter().map(|(name, attribute)| {
            let required = attribute.presence == Presence::Required;
            IdentityAttribute {
                name: name.clone(),
                r#type: attribute.ty().to_bytes(),
                required_for_import: required,
                optional_for_import: !required,
                description: attribute.description.clone(),
            }
        });
        Self { version: schema.version(), identity_attributes: attributes.collect() }
    }
}

pub(super) async fn upgrade_resource_identity(
    service: &Service,
    request: upgrade_resource_identity::Request,
) -> upgrade_resource_identity::Response {
    let type_name = request.type_name.clone();
    let subject = Subject { rpc: "UpgradeResourceIdentity", name: &type_name };
    let answering = service.clone();
    let upgraded = service
        .guard(subject, None, |call| async move { upgrade(&answering, &call, request) })
        .await;
    match upgraded.unwrap_or_else(|panicked| Err(vec![panicked])) {
        Ok(identity) => upgrade_resource_identity::Response {
            upgraded_identity: Some(identity),
            diagnostics: Vec::new(),
        },
        Err(found) => upgrade_resource_identity::Response {
            upgraded_identity: None,
            diagnostics: diagnostics(found),
        },
    }
}

fn upgrade(
    service: &Service,
    _call: &Call,
    request: upgrade_resource_identity::Request,
) -> Result<ResourceIdentityData, Vec<Diagnostic>> {
    let upgrade_resource_identity::Request { type_name, version, raw_identity } = request;
    let alone = |diagnostic| vec![diagnostic];
    let resource = service.resource(&type_name).map_err(alone)?;
    let identity = of_type(&*resource, &type_name).map_err(alone)?;
    let json = raw_identity.unwrap_or_default().json;
    let upgraded = identity.upgrade(&StoredState { version, json })?;
    data(identity, &upgraded).map_err(alone)
}

/// The identity of a type; the error says that it has none.
pub(super) fn of_type<'a>(
    resource: &'a dyn ManagedResource,
    type_name: &str,
) -> Result<&'a dyn ResourceIdentity, Diagnostic> {
    resource.identity().ok_or_else(|| {
        Diagnostic::error(
            format!("no identity of \"{type_name}\""),
            format!("A \"{type_name}\" has no identity; a client learns that from its schema. Import it by `id`."),
        )
    })
}

/// The identity as the protocol has it.
pub(super) fn data(
    identity: &dyn ResourceIdentity,
    value: &Value,
) -> Result<ResourceIdentityData, Diagnostic> {
    let data = encode("identity", value, identity.schema().ty())?;
    Ok(ResourceIdentityData { identity_data: Some(data) })
}

/// The identity of a state, as an answer tells it beside the state: none where the type has none, and none while any of it is still open,
/// because core takes an identity that changes for that of another object.
pub(super) fn of_state(
    resource: &dyn ManagedResource,
    state: &Value,
) -> Result<Option<ResourceIdentityData>, Vec<Diagnostic>> {
    let Some(identity) = resource.identity() else { return Ok(None) };
    if state.is_null() {
        return Ok(None);
    }
    let value = identity.of(state)?;
    if !is_whole(identity.schema(), &value) {
        return Ok(None);
    }
    data(identity, &value).map(Some).map_err(|diagnostic| vec![diagnostic])
}

fn is_whole(schema: &IdentitySchema, value: &Value) -> bool {
    let required = schema.object().attributes().iter();
    value.is_wholly_known()
        && required
            .filter(|(_, attribute)| attribute.presence == Presence::Required)
            .all(|(name, _)| !value.member(name).is_null())
}

/// The id by which an object of a given identity is imported.
pub(super) fn import_id(
    resource: &dyn ManagedResource,
    type_name: &str,
    given: &ResourceIdentityData,
) -> Result<String, Vec<Diagnostic>> {
    let alone = |diagnostic| vec![diagnostic];
    let identity = of_type(resource, type_name).map_err(alone)?;
    let ty = identity.schema().ty();
    let value = decode("identity", given.identity_data.as_ref(), ty).map_err(alone)?;
    identity.import_id(&value)
}

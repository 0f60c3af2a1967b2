//! `ListResource`: every object of a type, one event each, as they are found.

use futures::stream::BoxStream;
use tokio::sync::mpsc;
use tonic::Status;
use zeebe_proto::tfplugin6::list_resource::{Event, Request};
use zeebe_proto::tfplugin6::validate_list_resource_config;

use super::guard::Subject;
use super::promise::storable;
use super::streams::Streamed;
use super::wire::{decode, diagnostics, encode};
use super::{Service, identity};
use crate::call::Call;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::provider::{Finds, Found, ListQuestion, ManagedResource, Objects};
use crate::value::Value;

pub(super) async fn validate_list_resource_config(
    service: &Service,
    request: validate_list_resource_config::Request,
) -> validate_list_resource_config::Response {
    let subject = Subject { rpc: "ValidateListResourceConfig", name: &request.type_name };
    let list = service.list(&request.type_name);
    let validated = service.guard(subject, None, |call| async move {
        match list.and_then(|list| {
            let config = decode("configuration", request.config.as_ref(), list.schema().ty())?;
            Ok((list, config))
        }) {
            Ok((list, config)) => list.validate(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = validated.await.unwrap_or_else(|panicked| vec![panicked]);
    validate_list_resource_config::Response { diagnostics: diagnostics(found) }
}

pub(super) fn list_resource(
    service: &Service,
    request: Request,
) -> BoxStream<'static, Result<Event, Status>> {
    let answering = service.clone();
    let streamed =
        Streamed { rpc: "ListResource", type_name: request.type_name.clone(), capabilities: None };
    service.stream(
        streamed,
        move |call, client| async move {
            let found = list(&answering, call, request, &client).await;
            if !found.is_empty() {
                // Whoever has gone does not miss it.
                let _ = client.send(told(found)).await;
            }
        },
        |panicked| told(vec![panicked]),
    )
}

/// Passes on what is found; what is told at the end is about the whole.
async fn list(
    service: &Service,
    call: Call,
    request: Request,
    client: &mpsc::Sender<Event>,
) -> Vec<Diagnostic> {
    let Request { type_name, config, include_resource_object, limit } = request;
    let asked = service.list(&type_name).and_then(|list| {
        let config = decode("configuration", config.as_ref(), list.schema().ty())?;
        Ok((list, config, service.resource(&type_name)?))
    });
    let (list, config, resource) = match asked {
        Ok(asked) => asked,
        Err(diagnostic) => return vec![diagnostic],
    };
    let objects = if include_resource_object { Objects::Wanted } else { Objects::NotWanted };
    let limit = u64::try_from(limit).ok().filter(|limit| *limit > 0);
    let (finds, mut found) = Finds::new(limit);
    let listing = list.list(call, ListQuestion { config, objects }, finds);
    // The listing ends when this end is dropped: nobody wants more then.
    let passing = async move {
        while let Some(one) = found.recv().await {
            if client.send(event(&*resource, &type_name, one)).await.is_err() {
                return;
            }
        }
    };
    let (diagnostics, ()) = tokio::join!(listing, passing);
    diagnostics
}

fn event(resource: &dyn ManagedResource, type_name: &str, found: Found) -> Event {
    let Found { name, identity, object, diagnostics: mut said } = found;
    if has_errors(&said) {
        return Event { display_name: name, ..told(said) };
    }
    let written = write(resource, type_name, &identity, object, &mut said);
    match written {
        Ok(event) => Event { display_name: name, diagnostic: diagnostics(said), ..event },
        Err(diagnostic) => {
            said.push(diagnostic);
            Event { display_name: name, ..told(said) }
        }
    }
}

fn write(
    resource: &dyn ManagedResource,
    type_name: &str,
    identity: &Value,
    object: Option<Value>,
    said: &mut Vec<Diagnostic>,
) -> Result<Event, Diagnostic> {
    let of_type = identity::of_type(resource, type_name)?;
    let schema = resource.schema();
    let object = match object {
        None => None,
        Some(object) => {
            let (object, broken) = storable(schema, "list", object);
            said.extend(broken);
            Some(encode("listed object", &object, schema.ty())?)
        }
    };
    Ok(Event {
        identity: Some(identity::data(of_type, identity)?),
        resource_object: object,
        ..Event::default()
    })
}

fn told(found: Vec<Diagnostic>) -> Event {
    Event { diagnostic: diagnostics(found), ..Event::default() }
}

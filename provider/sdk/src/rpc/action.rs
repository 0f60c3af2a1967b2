//! Actions: `ValidateActionConfig`, `PlanAction`, and `InvokeAction` with its progress.

use futures::stream::BoxStream;
use tokio::sync::mpsc;
use tonic::Status;
use zeebe_proto::tfplugin6::invoke_action::event::{Completed, Progress as Said, Type};
use zeebe_proto::tfplugin6::invoke_action::{Event, Request};
use zeebe_proto::tfplugin6::{plan_action, validate_action_config};

use super::Service;
use super::guard::Subject;
use super::promise::unknowns;
use super::streams::Streamed;
use super::wire::{decode, diagnostics};
use crate::call::Call;
use crate::diagnostic::Diagnostic;
use crate::provider::Progress;

pub(super) async fn validate_action_config(
    service: &Service,
    request: validate_action_config::Request,
) -> validate_action_config::Response {
    let subject = Subject { rpc: "ValidateActionConfig", name: &request.type_name };
    let action = service.action(&request.type_name);
    let validated = service.guard(subject, None, |call| async move {
        match action.and_then(|action| {
            let config = decode("configuration", request.config.as_ref(), action.schema().ty())?;
            Ok((action, config))
        }) {
            Ok((action, config)) => action.validate(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = validated.await.unwrap_or_else(|panicked| vec![panicked]);
    validate_action_config::Response { diagnostics: diagnostics(found) }
}

pub(super) async fn plan_action(
    service: &Service,
    request: plan_action::Request,
) -> plan_action::Response {
    let subject = Subject { rpc: "PlanAction", name: &request.action_type };
    let action = service.action(&request.action_type);
    let planned = service.guard(subject, request.client_capabilities, |call| async move {
        match action.and_then(|action| {
            let config = decode("configuration", request.config.as_ref(), action.schema().ty())?;
            Ok((action, config))
        }) {
            Ok((action, config)) => action.plan(call, config).await,
            Err(diagnostic) => vec![diagnostic],
        }
    });
    let found = planned.await.unwrap_or_else(|panicked| vec![panicked]);
    plan_action::Response { diagnostics: diagnostics(found), deferred: None }
}

/// Progress as it comes, and at the end exactly one completion.
pub(super) fn invoke_action(
    service: &Service,
    request: Request,
) -> BoxStream<'static, Result<Event, Status>> {
    let answering = service.clone();
    let streamed = Streamed {
        rpc: "InvokeAction",
        type_name: request.action_type.clone(),
        capabilities: request.client_capabilities,
    };
    service.stream(
        streamed,
        move |call, client| async move {
            let found = invoke(&answering, call, request, &client).await;
            // Whoever has gone does not miss it.
            let _ = client.send(completed(found)).await;
        },
        |panicked| completed(vec![panicked]),
    )
}

async fn invoke(
    service: &Service,
    call: Call,
    request: Request,
    client: &mpsc::Sender<Event>,
) -> Vec<Diagnostic> {
    let Request { action_type, config, client_capabilities: _ } = request;
    let asked = service.action(&action_type).and_then(|action| {
        let ty = action.schema().ty();
        let config = decode("configuration", config.as_ref(), ty)?;
        match unknowns(&config, ty).first() {
            None => Ok((action, config)),
            Some(path) => Err(Diagnostic::error(
                format!("{path} is not known when the action runs"),
                "Everything is known then. This is a bug in the client.",
            )
            .at(path.clone())),
        }
    });
    let (action, config) = match asked {
        Ok(asked) => asked,
        Err(diagnostic) => return vec![diagnostic],
    };
    let (progress, mut heard) = Progress::new();
    let invoking = action.invoke(call, config, progress);
    let passing = async {
        while let Some(message) = heard.recv().await {
            let event = Event { r#type: Some(Type::Progress(Said { message })) };
            // The action goes on where nobody listens: it is told so by its call.
            let _ = client.send(event).await;
        }
    };
    let (found, ()) = tokio::join!(invoking, passing);
    found
}

fn completed(found: Vec<Diagnostic>) -> Event {
    Event { r#type: Some(Type::Completed(Completed { diagnostics: diagnostics(found) })) }
}

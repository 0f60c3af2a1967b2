//! Calls for what this framework's providers do not have: each is answered, and says so.

use futures::stream::{self, BoxStream, StreamExt};
use tonic::Status;
use zeebe_proto::tfplugin6 as wire6;
use zeebe_proto::tfplugin6::invoke_action::event::{Completed, Type};

use crate::diagnostic::Diagnostic;

/// A stream of one answer.
pub(super) fn stream<T: Send + 'static>(answer: T) -> BoxStream<'static, Result<T, Status>> {
    stream::iter([Ok(answer)]).boxed()
}

fn absent(kind: &str, name: &str) -> wire6::Diagnostic {
    Diagnostic::error(
        format!("no {kind} \"{name}\""),
        format!("This provider has no {kind}s; a client learns that from its schema. Remove what asks for \"{name}\"."),
    )
    .into()
}

macro_rules! absent {
    ($($rpc:ident($message:ident.$name:ident) $kind:literal;)*) => {
        $(
            pub(super) fn $rpc(request: &wire6::$message::Request) -> wire6::$message::Response {
                let mut response = wire6::$message::Response::default();
                response.diagnostics.push(absent($kind, &request.$name));
                response
            }
        )*
    };
}

absent! {
    upgrade_resource_identity(upgrade_resource_identity.type_name) "resource identity";
    generate_resource_config(generate_resource_config.type_name) "configuration generator";
    validate_ephemeral_resource_config(validate_ephemeral_resource_config.type_name) "ephemeral resource";
    open_ephemeral_resource(open_ephemeral_resource.type_name) "ephemeral resource";
    renew_ephemeral_resource(renew_ephemeral_resource.type_name) "ephemeral resource";
    close_ephemeral_resource(close_ephemeral_resource.type_name) "ephemeral resource";
    validate_list_resource_config(validate_list_resource_config.type_name) "list resource";
    validate_state_store_config(validate_state_store.type_name) "state store";
    configure_state_store(configure_state_store.type_name) "state store";
    read_state_bytes(read_state_bytes.type_name) "state store";
    lock_state(lock_state.type_name) "state store";
    unlock_state(unlock_state.type_name) "state store";
    get_states(get_states.type_name) "state store";
    delete_state(delete_state.type_name) "state store";
    plan_action(plan_action.action_type) "action";
    validate_action_config(validate_action_config.type_name) "action";
}

/// The type's name would be in the first of the chunks, which nobody reads here.
pub(super) fn write_state_bytes() -> wire6::write_state_bytes::Response {
    let diagnostic = Diagnostic::error(
        "no state store",
        "This provider has no state stores; a client learns that from its schema.",
    );
    wire6::write_state_bytes::Response { diagnostics: vec![diagnostic.into()] }
}

pub(super) fn move_resource_state(
    request: &wire6::move_resource_state::Request,
) -> wire6::move_resource_state::Response {
    let (source, target) = (&request.source_type_name, &request.target_type_name);
    let diagnostic = Diagnostic::error(
        format!("cannot move the state of a \"{source}\" to a \"{target}\""),
        format!(
            "This provider moves no states between types. Remove the `moved` block, and import the object as a \"{target}\"."
        ),
    );
    let mut response = wire6::move_resource_state::Response::default();
    response.diagnostics.push(diagnostic.into());
    response
}

pub(super) fn list_resource(
    request: &wire6::list_resource::Request,
) -> wire6::list_resource::Event {
    let mut event = wire6::list_resource::Event::default();
    event.diagnostic.push(absent("list resource", &request.type_name));
    event
}

pub(super) fn invoke_action(
    request: &wire6::invoke_action::Request,
) -> wire6::invoke_action::Event {
    let diagnostics = vec![absent("action", &request.action_type)];
    wire6::invoke_action::Event { r#type: Some(Type::Completed(Completed { diagnostics })) }
}

//! State stores, which this framework leaves out on purpose while the protocol calls them experimental: each call is answered, and says so.

use futures::stream::{self, BoxStream, StreamExt};
use tonic::Status;
use zeebe_proto::tfplugin6 as wire6;

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
    validate_state_store_config(validate_state_store.type_name) "state store";
    configure_state_store(configure_state_store.type_name) "state store";
    read_state_bytes(read_state_bytes.type_name) "state store";
    lock_state(lock_state.type_name) "state store";
    unlock_state(unlock_state.type_name) "state store";
    get_states(get_states.type_name) "state store";
    delete_state(delete_state.type_name) "state store";
}

/// The type's name would be in the first of the chunks, which nobody reads here.
pub(super) fn write_state_bytes() -> wire6::write_state_bytes::Response {
    let diagnostic = Diagnostic::error(
        "no state store",
        "This provider has no state stores; a client learns that from its schema.",
    );
    wire6::write_state_bytes::Response { diagnostics: vec![diagnostic.into()] }
}

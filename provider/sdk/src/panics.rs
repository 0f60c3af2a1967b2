//! Panics are logged with their place; the call that panicked tells the person (see `rpc`).

use std::panic;

/// Sends the panics of this process to its logs, instead of to a stream that nobody reads.
pub(crate) fn log() {
    panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("no text");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked: {text}");
    }));
}

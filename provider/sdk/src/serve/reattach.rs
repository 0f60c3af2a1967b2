//! Debug mode: a person starts the provider, perhaps in a debugger, and tells Terraform where it is.

use std::process;

use camino::Utf8Path;
use serde_json::json;

use crate::serve::handshake::PROTOCOL;

/// What the person is shown: the variable that every command of Terraform then needs.
pub(crate) fn instructions(address: &str, socket: &Utf8Path) -> String {
    let reattach = json!({
        address: {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL,
            "Pid": process::id(),
            "Test": true,
            "Addr": { "Network": "unix", "String": socket },
        }
    });
    // Within single quotes of a shell, a single quote is written '\''.
    let quoted = reattach.to_string().replace('\'', r"'\''");
    format!(
        "The provider serves until it is interrupted. Run Terraform or OpenTofu with\n\n\tTF_REATTACH_PROVIDERS='{quoted}'\n\n"
    )
}

//! How a go-plugin client and its server find each other: an environment in, one line out.

use std::collections::BTreeSet;
use std::ffi::OsString;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use camino::{Utf8Path, Utf8PathBuf};
use rustls::pki_types::CertificateDer;

/// The protocol that is served.
pub(crate) const PROTOCOL: u32 = 6;

const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// What the client wants, as its environment variables say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Protocols that the client speaks, in no order; empty where it did not say.
    pub(crate) protocols: BTreeSet<u32>,
    /// The certificate that the client will show; none where it wants no encryption.
    pub(crate) client_certificate: Option<String>,
    /// Folder for the socket; none for the system's own.
    pub(crate) socket_folder: Option<Utf8PathBuf>,
    /// Group that may use the socket, by name or number.
    pub(crate) socket_group: Option<String>,
    /// Whether the client asked about one connection for all brokered streams.
    pub(crate) multiplex: Multiplex,
}

/// Whether the client asked for multiplexing, which decides how many fields it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Multiplex {
    /// It knows of it and reads a seventh field.
    Asked,
    /// It may be older, and take a seventh field for a part of the sixth.
    NotAsked,
}

/// Why the process is not a plugin now.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WishError {
    /// A person started it.
    #[error(
        "This is a provider for Terraform and OpenTofu, which start it themselves: name it under `required_providers` and run `terraform init`. \
         To start it by hand for a debugger, use `-debug`."
    )]
    NotStartedByTerraform,
    /// A variable is not text.
    #[error("The environment variable {0} is not text in UTF-8.")]
    NotText(&'static str),
}

impl Wish {
    /// Reads the environment.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, WishError> {
        let text = |name: &'static str| -> Result<Option<String>, WishError> {
            let Some(value) = variable(name).filter(|value| !value.is_empty()) else {
                return Ok(None);
            };
            value.into_string().map(Some).map_err(|_| WishError::NotText(name))
        };
        if text(COOKIE.0)?.as_deref() != Some(COOKIE.1) {
            return Err(WishError::NotStartedByTerraform);
        }
        let protocols = text("PLUGIN_PROTOCOL_VERSIONS")?.unwrap_or_default();
        Ok(Self {
            // The order is random from run to run.
            protocols: protocols
                .split(',')
                .filter_map(|version| version.trim().parse().ok())
                .collect(),
            client_certificate: text("PLUGIN_CLIENT_CERT")?,
            socket_folder: text("PLUGIN_UNIX_SOCKET_DIR")?.map(Utf8PathBuf::from),
            socket_group: text("PLUGIN_UNIX_SOCKET_GROUP")?,
            multiplex: match text("PLUGIN_MULTIPLEX_GRPC")? {
                Some(_) => Multiplex::Asked,
                None => Multiplex::NotAsked,
            },
        })
    }

    /// Whether the client speaks what is served; one that did not say is believed to.
    pub(crate) fn speaks_our_protocol(&self) -> bool {
        self.protocols.is_empty() || self.protocols.contains(&PROTOCOL)
    }
}

/// The one line that stdout may ever show.
pub(crate) fn line(
    socket: &Utf8Path,
    certificate: Option<&CertificateDer<'_>>,
    multiplex: Multiplex,
) -> String {
    let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
    let line = format!("1|{PROTOCOL}|unix|{socket}|grpc|{certificate}");
    match multiplex {
        Multiplex::NotAsked => line,
        // Brokered streams are not used by Terraform's protocol, so one connection has nothing to carry for them.
        Multiplex::Asked => format!("{line}|false"),
    }
}

#[cfg(test)]
mod tests;

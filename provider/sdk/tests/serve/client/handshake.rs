//! The one line that a plugin prints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use camino::Utf8PathBuf;
use rustls::pki_types::CertificateDer;

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    /// Version of the plugin's protocol.
    pub(crate) protocol: u32,
    /// The unix socket to connect to.
    pub(crate) socket: Utf8PathBuf,
    /// The certificate to pin; none where the plugin does not encrypt.
    pub(crate) certificate: Option<CertificateDer<'static>>,
    /// The answer about multiplexing, where one was given.
    pub(crate) multiplex: Option<bool>,
}

/// Why a line is not a handshake.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("expected 6 or 7 fields in {0:?}")]
    Fields(String),
    #[error("expected \"{expected}\" as {field}, got {got:?}")]
    Field { field: &'static str, expected: &'static str, got: String },
    #[error("the protocol version is not a number")]
    Protocol(#[source] std::num::ParseIntError),
    #[error("the certificate is not base64 without padding")]
    Certificate(#[source] base64::DecodeError),
    #[error("the answer about multiplexing is neither true nor false")]
    Multiplex(#[source] std::str::ParseBoolError),
}

impl Handshake {
    /// Reads a line without its end.
    pub(crate) fn parse(line: &str) -> Result<Self, HandshakeError> {
        let fields: Vec<&str> = line.split('|').collect();
        let (core, protocol, network, address, kind, certificate, multiplex) =
            match *fields.as_slice() {
                [core, protocol, network, address, kind, certificate] => {
                    (core, protocol, network, address, kind, certificate, None)
                }
                [core, protocol, network, address, kind, certificate, multiplex] => {
                    (core, protocol, network, address, kind, certificate, Some(multiplex))
                }
                _ => return Err(HandshakeError::Fields(line.to_owned())),
            };
        expect("the version of the line", "1", core)?;
        expect("the network", "unix", network)?;
        expect("the kind of protocol", "grpc", kind)?;
        let certificate = match certificate {
            "" => None,
            text => Some(STANDARD_NO_PAD.decode(text).map_err(HandshakeError::Certificate)?.into()),
        };
        Ok(Self {
            protocol: protocol.parse().map_err(HandshakeError::Protocol)?,
            socket: address.into(),
            certificate,
            multiplex: multiplex.map(str::parse).transpose().map_err(HandshakeError::Multiplex)?,
        })
    }
}

fn expect(field: &'static str, expected: &'static str, got: &str) -> Result<(), HandshakeError> {
    if got == expected {
        Ok(())
    } else {
        Err(HandshakeError::Field { field, expected, got: got.to_owned() })
    }
}

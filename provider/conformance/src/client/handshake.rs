//! The one line that a plugin prints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use camino::{Utf8Path, Utf8PathBuf};
use rustls::pki_types::CertificateDer;

/// Where a plugin listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Socket(Utf8PathBuf),
    /// A host and a port.
    Tcp(String),
}

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// Version of the plugin's protocol.
    pub protocol: u32,
    /// Where to connect to.
    pub address: Address,
    /// The certificate to pin; none where the plugin does not encrypt.
    pub certificate: Option<CertificateDer<'static>>,
    /// The answer about multiplexing, where one was given.
    pub multiplex: Option<bool>,
}

/// Why a line is not a handshake.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// Too few or too many parts.
    #[error("expected 6 or 7 fields in {0:?}")]
    Fields(String),
    /// A part is another than it must be.
    #[error("expected \"{expected}\" as {field}, got {got:?}")]
    Field {
        /// Which part.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        got: String,
    },
    /// No version.
    #[error("the protocol version is not a number")]
    Protocol(#[source] std::num::ParseIntError),
    /// No certificate.
    #[error("the certificate is not base64 without padding")]
    Certificate(#[source] base64::DecodeError),
    /// Neither yes nor no.
    #[error("the answer about multiplexing is neither true nor false")]
    Multiplex(#[source] std::str::ParseBoolError),
}

impl Handshake {
    /// Reads a line without its end.
    pub fn parse(line: &str) -> Result<Self, HandshakeError> {
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
        let address = match network {
            "tcp" => Address::Tcp(address.to_owned()),
            network => {
                expect("the network", "unix", network)?;
                Address::Socket(address.into())
            }
        };
        expect("the kind of protocol", "grpc", kind)?;
        let certificate = match certificate {
            "" => None,
            text => Some(STANDARD_NO_PAD.decode(text).map_err(HandshakeError::Certificate)?.into()),
        };
        Ok(Self {
            protocol: protocol.parse().map_err(HandshakeError::Protocol)?,
            address,
            certificate,
            multiplex: multiplex.map(str::parse).transpose().map_err(HandshakeError::Multiplex)?,
        })
    }
}

impl Handshake {
    /// The unix socket, where it is one.
    pub fn socket(&self) -> Option<&Utf8Path> {
        match &self.address {
            Address::Socket(path) => Some(path),
            Address::Tcp(_) => None,
        }
    }
}

fn expect(field: &'static str, expected: &'static str, got: &str) -> Result<(), HandshakeError> {
    if got == expected {
        Ok(())
    } else {
        Err(HandshakeError::Field { field, expected, got: got.to_owned() })
    }
}

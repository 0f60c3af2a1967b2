//! Who may talk to whom: both sides make a certificate for this one process and pin the other's.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName as Hint, Error as TlsError,
    ServerConfig, SignatureScheme,
};

/// What the server shows, and whom it lets in.
pub(crate) struct Identity {
    /// The server's certificate, for the client to pin.
    pub(crate) certificate: CertificateDer<'static>,
    /// Lets in only who proves to own the client's certificate.
    pub(crate) config: Arc<ServerConfig>,
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityError {
    /// The client's certificate is not PEM.
    #[error("could not read the client's certificate in PLUGIN_CLIENT_CERT")]
    ClientCertificate(#[source] rustls::pki_types::pem::Error),
    /// The server's certificate could not be made.
    #[error("could not make the server's certificate")]
    OwnCertificate(#[source] rcgen::Error),
    /// The TLS library refused what was made.
    #[error("could not set up TLS")]
    Tls(#[source] TlsError),
}

impl Identity {
    /// An identity for this process alone, that lets in the owner of `client_certificate` (PEM).
    pub(crate) fn pinned_to(client_certificate: &str) -> Result<Self, IdentityError> {
        let client = client(client_certificate)?;
        let key = KeyPair::generate().map_err(IdentityError::OwnCertificate)?;
        let certificate = own_certificate()
            .and_then(|parameters| parameters.self_signed(&key))
            .map_err(IdentityError::OwnCertificate)?;
        let certificate = certificate.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|text| IdentityError::Tls(TlsError::General(text.to_owned())))?;
        // aws-lc-rs and not ring: the client's key is on P-521, which ring cannot verify.
        let crypto = Arc::new(aws_lc_rs::default_provider());
        let pinned = Pinned { client, algorithms: crypto.signature_verification_algorithms };
        let mut config = ServerConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()
            .map_err(IdentityError::Tls)?
            .with_client_cert_verifier(Arc::new(pinned))
            .with_single_cert(vec![certificate.clone()], key)
            .map_err(IdentityError::Tls)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { certificate, config: Arc::new(config) })
    }
}

/// The certificate that the client will show, from PEM.
pub(super) fn client(pem: &str) -> Result<CertificateDer<'static>, IdentityError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(IdentityError::ClientCertificate)
}

/// The client takes the certificate for its only root, and connects to "localhost" whatever the address.
fn own_certificate() -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::KeyAgreement,
    ];
    parameters.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "localhost");
    Ok(parameters)
}

/// Lets in one certificate. It is self-signed and a CA, which path building refuses for a client, so it is compared and not built upon.
#[derive(Debug)]
struct Pinned {
    client: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for Pinned {
    /// Empty: Go's TLS withholds a self-signed certificate from a server that hints at other authorities.
    fn root_hint_subjects(&self) -> &[Hint] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, TlsError> {
        if end_entity.as_ref() == self.client.as_ref() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

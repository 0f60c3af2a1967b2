//! The certificate to serve with.

use std::sync::Arc;

use camino::Utf8PathBuf;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::TlsFiles;

/// Files that cannot be served with.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file is not there, or not in PEM, or holds something else.
    #[error("could not read the {what} \"{path}\"")]
    Pem {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// Why not.
        #[source]
        source: pem::Error,
    },
    /// The two do not belong together, or are of a kind that cannot be used.
    #[error("the certificate \"{certificate}\" cannot be served with its key")]
    Unusable {
        /// The certificate's file.
        certificate: Utf8PathBuf,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
}

/// Reads certificate and key.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
    let unreadable = |what, path: &Utf8PathBuf| {
        let path = path.clone();
        move |source| TlsError::Pem { what, path, source }
    };
    let certificate = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable("certificate", &files.certificate))?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(unreadable("private key", &files.key))?;
    let unusable = |source| TlsError::Unusable { certificate: files.certificate.clone(), source };
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(certificate, key)
        .map_err(unusable)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

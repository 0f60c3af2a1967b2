//! One client of the store: its address, TLS, credential and time-out.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use tokio::time;

use super::settings::{Login, StoreSettings};
use crate::sink::SinkError;

/// A store over HTTP.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: Uri,
    login: Option<HeaderValue>,
    timeout: Duration,
}

/// A body, by what it is.
pub(super) enum Body {
    None,
    Json(String),
    Lines(Bytes),
}

impl Http {
    pub(super) fn new(settings: &StoreSettings) -> Result<Self, SinkError> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(settings)?)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let login = settings.login.as_ref().map(header).transpose()?;
        Ok(Self { client, url: settings.url.clone(), login, timeout: settings.timeout })
    }

    /// Asks, and gives whatever is answered.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<(StatusCode, Bytes), SinkError> {
        let failed =
            |source: Box<dyn Error + Send + Sync>| SinkError::failed("reach the store", source);
        let base = self.url.to_string();
        let mut request =
            Request::builder().method(method).uri(format!("{}/{path}", base.trim_end_matches('/')));
        if let Some(login) = &self.login {
            request = request.header(AUTHORIZATION, login.clone());
        }
        let (kind, body) = match body {
            Body::None => (None, Bytes::new()),
            Body::Json(text) => (Some("application/json"), text.into()),
            Body::Lines(lines) => (Some("application/x-ndjson"), lines),
        };
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let request = request.body(Full::new(body)).map_err(|error| failed(error.into()))?;
        let asked = async {
            let answer =
                self.client.request(request).await.map_err(|error| failed(error.into()))?;
            let status = answer.status();
            let body = answer.into_body().collect().await.map_err(|error| failed(error.into()))?;
            Ok((status, body.to_bytes()))
        };
        time::timeout(self.timeout, asked)
            .await
            .unwrap_or_else(|_| Err(failed(format!("no answer within {:?}", self.timeout).into())))
    }
}

fn tls(settings: &StoreSettings) -> Result<ClientConfig, SinkError> {
    let mut roots = RootCertStore::empty();
    let certificates = match &settings.ca {
        None => rustls_native_certs::load_native_certs().certs,
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| {
                SinkError::failed(format!("read the store's authority \"{path}\""), error)
            })?,
    };
    // One of the system's that cannot be read is no reason to trust none of the others.
    let (read, _) = roots.add_parsable_certificates(certificates);
    if let Some(path) = settings.ca.as_ref().filter(|_| read == 0) {
        return Err(SinkError::Refused(format!("the file \"{path}\" holds no certificate")));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SinkError::failed("make ready TLS", error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn header(login: &Login) -> Result<HeaderValue, SinkError> {
    let text = match login {
        Login::Password(credential) => {
            let pair = format!("{}:{}", credential.username, credential.password.expose_secret());
            format!("Basic {}", BASE64_STANDARD.encode(pair))
        }
        Login::Key(key) => format!("ApiKey {}", key.expose_secret()),
    };
    let mut header = HeaderValue::try_from(text).map_err(|_| {
        SinkError::Refused("the store's API key holds what no header can".to_owned())
    })?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests;

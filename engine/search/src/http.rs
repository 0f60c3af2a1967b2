//! One client of the store: its address, TLS, credential and time-out.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use camino::Utf8PathBuf;
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
use secrecy::{ExposeSecret, SecretString};
use tokio::time;

use crate::error::SearchError;

/// How a store is reached.
#[derive(Clone, Debug)]
pub struct Address {
    /// Scheme and authority, and a path where the store is behind one; no `/` at the end.
    pub url: Uri,
    /// Who the store's certificate is of, in PEM; the system's own list when there is none.
    pub ca: Option<Utf8PathBuf>,
    /// Who says that he is there; nobody when there is none.
    pub login: Option<Login>,
    /// How long the store may take for one request.
    pub timeout: Duration,
}

/// How the store is shown who asks.
#[derive(Clone, Debug)]
pub enum Login {
    /// By name and password.
    Password {
        /// The name.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// By an API key, in the encoded form that Elasticsearch gives it out in.
    Key(SecretString),
}

/// A store over HTTP.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: Uri,
    login: Option<HeaderValue>,
    timeout: Duration,
}

/// A body, by what it is.
#[derive(Clone, Debug)]
pub enum Body {
    /// There is none.
    None,
    /// One text of JSON.
    Json(String),
    /// Lines of JSON, as for a bulk.
    Lines(Bytes),
}

impl Http {
    /// A client of the store at that address. Nothing is connected yet.
    pub fn new(address: &Address) -> Result<Self, SearchError> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(address)?)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let login = address.login.as_ref().map(header).transpose()?;
        Ok(Self { client, url: address.url.clone(), login, timeout: address.timeout })
    }

    /// Asks, and gives whatever is answered.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<(StatusCode, Bytes), SearchError> {
        let failed =
            |source: Box<dyn Error + Send + Sync>| SearchError::failed("reach the store", source);
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

fn tls(address: &Address) -> Result<ClientConfig, SearchError> {
    let mut roots = RootCertStore::empty();
    let certificates = match &address.ca {
        None => rustls_native_certs::load_native_certs().certs,
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| {
                SearchError::failed(format!("read the store's authority \"{path}\""), error)
            })?,
    };
    // One of the system's that cannot be read is no reason to trust none of the others.
    let (read, _) = roots.add_parsable_certificates(certificates);
    if let Some(path) = address.ca.as_ref().filter(|_| read == 0) {
        return Err(SearchError::Refused(format!("the file \"{path}\" holds no certificate")));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SearchError::failed("make ready TLS", error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn header(login: &Login) -> Result<HeaderValue, SearchError> {
    let text = match login {
        Login::Password { username, password } => {
            let pair = format!("{username}:{}", password.expose_secret());
            format!("Basic {}", BASE64_STANDARD.encode(pair))
        }
        Login::Key(key) => format!("ApiKey {}", key.expose_secret()),
    };
    let mut header = HeaderValue::try_from(text).map_err(|_| {
        SearchError::Refused("the store's API key holds what no header can".to_owned())
    })?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests;

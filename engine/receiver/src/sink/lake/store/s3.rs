//! A lake in a bucket of S3, or of a store that speaks as it does and keeps `If-None-Match`.
//!
//! There are no locks: an object that is created under a number that is taken is refused by the store, and numbers stay
//! taken for [`KEEPS`].

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, IF_NONE_MATCH};
use reqwest::{Certificate, Client, Response, StatusCode, Url};
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use secrecy::ExposeSecret;

use super::{Created, Entry, Lock, Store};
use crate::sink::SinkError;
use crate::sink::lake::settings::{Addressing, S3Settings};

/// How long a number stays taken after it is not needed any more.
const KEEPS: Duration = Duration::from_hours(1);
/// How long a signature holds: as long as the request may take.
const SIGNED: Duration = Duration::from_mins(5);
/// Any object, header and body; below the time after which an exporter hears "late".
const PATIENCE: Duration = Duration::from_secs(15);
/// What is shown of an answer that nobody expected.
const SHOWN: usize = 300;

/// What the store did not do.
#[derive(Debug, thiserror::Error)]
enum S3Error {
    /// There was no answer.
    #[error("the object store did not answer")]
    Silent(#[source] reqwest::Error),
    /// It said no.
    #[error("the object store answered {status}: {said}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// What it said about it, in part.
        said: String,
    },
    /// The list cannot be read.
    #[error("the object store's list cannot be read")]
    List(#[source] Box<dyn Error + Send + Sync>),
}

/// When an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Absent,
    Always,
}

/// A bucket.
pub(crate) struct S3 {
    http: Client,
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
}

impl S3 {
    pub(crate) fn new(settings: &S3Settings) -> Result<Self, SinkError> {
        let refused = |reason: String| SinkError::Refused(reason);
        let S3Settings { bucket, prefix, region, endpoint, addressing, access_key, secret_key, ca } =
            settings;
        let amazon = || format!("https://s3.{region}.amazonaws.com");
        let endpoint = endpoint.clone().unwrap_or_else(amazon);
        let url = Url::parse(&endpoint)
            .map_err(|error| refused(format!("\"{endpoint}\" is no address: {error}")))?;
        let style = match addressing {
            Addressing::Path => UrlStyle::Path,
            Addressing::Host => UrlStyle::VirtualHost,
        };
        let bucket = Bucket::new(url, style, bucket.clone(), region.clone())
            .map_err(|error| refused(format!("\"{endpoint}\" has no bucket: {error}")))?;
        let mut http =
            Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        if let Some(ca) = ca {
            let no = |error: &dyn Error| refused(format!("could not use \"{ca}\": {error}"));
            let pem = fs::read(ca).map_err(|error| no(&error))?;
            let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| no(&error))?;
            http = http.tls_certs_merge(certificates);
        }
        let http = http
            .build()
            .map_err(|error| SinkError::failed("make a client of the object store", error))?;
        let credentials = Credentials::new(access_key.expose_secret(), secret_key.expose_secret());
        Ok(Self { http, bucket, credentials, prefix: prefix.clone() })
    }

    async fn write(&self, name: &str, body: Bytes, when: When) -> Result<Created, S3Error> {
        let only_new = when == When::Absent;
        let key = format!("{}{name}", self.prefix);
        let mut action = self.bucket.put_object(Some(&self.credentials), &key);
        if only_new {
            action.headers_mut().insert("if-none-match", "*");
        }
        let mut request =
            self.http.put(action.sign(SIGNED)).header(CONTENT_LENGTH, body.len()).body(body);
        if only_new {
            request = request.header(IF_NONE_MATCH, "*");
        }
        let response = answer(request).await?;
        if only_new && response.status() == StatusCode::PRECONDITION_FAILED {
            return Ok(Created::Exists);
        }
        good(response).await?;
        Ok(Created::New)
    }

    async fn read(&self, name: &str) -> Result<Option<Bytes>, S3Error> {
        let key = format!("{}{name}", self.prefix);
        let action = self.bucket.get_object(Some(&self.credentials), &key);
        let response = answer(self.http.get(action.sign(SIGNED))).await?;
        if response.status() == StatusCode::NOT_FOUND {
            let said = response.text().await.map_err(silent)?;
            // A bucket that is not there is something else than an object that is not.
            if said.contains("NoSuchBucket") {
                let said = "there is no such bucket".to_owned();
                return Err(S3Error::Refused { status: StatusCode::NOT_FOUND, said });
            }
            return Ok(None);
        }
        Ok(Some(good(response).await?.bytes().await.map_err(silent)?))
    }

    async fn entries(&self, prefix: &str, after: &str) -> Result<Vec<Entry>, S3Error> {
        let mut entries = Vec::new();
        let mut next = None;
        loop {
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(format!("{}{prefix}", self.prefix));
            if !after.is_empty() {
                action.with_start_after(format!("{}{after}", self.prefix));
            }
            if let Some(token) = next.take() {
                action.with_continuation_token(token);
            }
            let response = good(answer(self.http.get(action.sign(SIGNED))).await?).await?;
            let text = response.text().await.map_err(silent)?;
            let list = ListObjectsV2::parse_response(&text)
                .map_err(|error| S3Error::List(error.to_string().into()))?;
            for found in list.contents {
                let Some(name) = found.key.strip_prefix(&self.prefix) else { continue };
                let modified = found.last_modified.as_deref().unwrap_or_default();
                let modified: Timestamp =
                    modified.parse().map_err(|error: jiff::Error| S3Error::List(error.into()))?;
                entries.push(Entry {
                    name: name.to_owned(),
                    size: found.size.unwrap_or_default(),
                    modified: SystemTime::from(modified),
                });
            }
            match list.next_continuation_token {
                Some(token) => next = Some(token),
                None => break,
            }
        }
        entries.retain(|entry| entry.name.as_str() > after);
        entries.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    async fn remove(&self, name: &str) -> Result<(), S3Error> {
        let key = format!("{}{name}", self.prefix);
        let action = self.bucket.delete_object(Some(&self.credentials), &key);
        let response = answer(self.http.delete(action.sign(SIGNED))).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        good(response).await.map(drop)
    }

    fn failed(&self, doing: &str, name: &str) -> impl FnOnce(S3Error) -> SinkError {
        let doing =
            format!("{doing} \"{}{name}\" of bucket \"{}\"", self.prefix, self.bucket.name());
        move |error| SinkError::failed(doing, error)
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Response, S3Error> {
    request.send().await.map_err(silent)
}

/// An error without the address, which holds a signature.
fn silent(error: reqwest::Error) -> S3Error {
    S3Error::Silent(error.without_url())
}

async fn good(response: Response) -> Result<Response, S3Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let said = response.text().await.unwrap_or_default();
    Err(S3Error::Refused { status, said: said.chars().take(SHOWN).collect() })
}

#[async_trait]
impl Store for S3 {
    async fn create(&self, name: &str, body: Bytes) -> Result<Created, SinkError> {
        self.write(name, body, When::Absent).await.map_err(self.failed("make", name))
    }

    async fn put(&self, name: &str, body: Bytes) -> Result<(), SinkError> {
        self.write(name, body, When::Always).await.map(drop).map_err(self.failed("write", name))
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>, SinkError> {
        self.read(name).await.map_err(self.failed("read", name))
    }

    async fn list(&self, prefix: &str, after: &str) -> Result<Vec<Entry>, SinkError> {
        self.entries(prefix, after).await.map_err(self.failed("list", prefix))
    }

    async fn delete(&self, name: &str) -> Result<(), SinkError> {
        self.remove(name).await.map_err(self.failed("delete", name))
    }

    async fn lock(&self, _: &str) -> Result<Option<Lock>, SinkError> {
        Ok(Some(Box::new(())))
    }

    fn exchanges(&self) -> bool {
        false
    }

    async fn exchange(
        &self,
        folder: &str,
        _: BTreeMap<String, Bytes>,
        _: &[String],
    ) -> Result<(), SinkError> {
        let place = self.place();
        Err(SinkError::Refused(format!("\"{folder}\" in {place} cannot be exchanged at once")))
    }

    fn keeps(&self) -> Duration {
        KEEPS
    }

    fn place(&self) -> String {
        format!("bucket \"{}\" under \"{}\"", self.bucket.name(), self.prefix)
    }
}

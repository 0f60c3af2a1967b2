//! Indices of a store: which there are, and how one goes.

use hyper::{Method, StatusCode};
use serde_json::Value;

use crate::error::SearchError;
use crate::http::{Address, Body, Http};

/// Of an answer that says no, so much is told.
const TOLD: usize = 500;

/// One index as the store tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIndex {
    /// Its name.
    pub name: String,
    /// Bytes of it on disk, copies too; 0 where the store does not say, as of one that is closed.
    pub bytes: u64,
    /// Documents in it; 0 where the store does not say.
    pub documents: u64,
}

/// What became of an index that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Now,
    /// It was not there any more.
    Before,
}

/// A store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) http: Http,
}

impl Store {
    /// The store at that address. Nothing is connected yet.
    pub fn new(address: &Address) -> Result<Self, SearchError> {
        Ok(Self { http: Http::new(address)? })
    }

    /// All indices whose names start with that prefix and `_`, in the order of their names: open, closed and hidden ones.
    pub async fn indices(&self, prefix: &str) -> Result<Vec<StoredIndex>, SearchError> {
        let doing = "list the store's indices";
        let path = format!(
            "_cat/indices/{prefix}_*?format=json&bytes=b&expand_wildcards=all&h=index,store.size,docs.count"
        );
        let told = self.told(doing, Method::GET, &path, Body::None).await?;
        let listed =
            told.as_array().ok_or_else(|| SearchError::failed(doing, "it told no list"))?;
        let number = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
        let mut indices = Vec::with_capacity(listed.len());
        for index in listed {
            let name = index["index"]
                .as_str()
                .ok_or_else(|| SearchError::failed(doing, "it told of one without a name"))?;
            indices.push(StoredIndex {
                name: name.to_owned(),
                bytes: number(&index["store.size"]).unwrap_or_default(),
                documents: number(&index["docs.count"]).unwrap_or_default(),
            });
        }
        indices.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(indices)
    }

    /// Removes one index by its whole name; one that is not there is no error.
    pub async fn remove(&self, index: &str) -> Result<Removed, SearchError> {
        // A name with a wildcard, or several, would be more than was asked for; no index can be called so.
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if !index.starts_with(|c: char| c.is_ascii_alphanumeric()) || !index.chars().all(plain) {
            return Err(SearchError::Refused(format!("\"{index}\" is not the name of one index")));
        }
        let (status, answer) = self.http.ask(Method::DELETE, index, Body::None).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(Removed::Before),
            status if status.is_success() => Ok(Removed::Now),
            status => Err(no(&format!("remove index \"{index}\""), status, &answer)),
        }
    }

    /// Asks, and takes nothing but a yes.
    pub(crate) async fn told(
        &self,
        doing: &str,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<Value, SearchError> {
        let (status, answer) = self.http.ask(method, path, body).await?;
        if !status.is_success() {
            return Err(no(doing, status, &answer));
        }
        serde_json::from_slice(&answer).map_err(|error| SearchError::failed(doing, error))
    }
}

pub(crate) fn no(doing: &str, status: StatusCode, answer: &[u8]) -> SearchError {
    let told: String = String::from_utf8_lossy(answer).chars().take(TOLD).collect();
    let text = if told.is_empty() { status.to_string() } else { format!("{status}: {told}") };
    SearchError::failed(doing, text)
}

//! Snapshots of a store, in a repository that is registered there.
//!
//! Elasticsearch 8 and OpenSearch 2 and 3 understand these calls alike ("Snapshot and restore APIs" of both); Elasticsearch's
//! feature states are left out by `include_global_state`.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::error::SearchError;
use crate::http::Body;
use crate::store::{Removed, Store, no};

/// Whether a repository is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repository {
    /// It is.
    Is,
    /// The store says that it is not.
    IsNot,
}

/// How far a snapshot is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotState {
    /// It is being taken.
    UnderWay,
    /// Every shard is in it.
    Whole,
    /// It ended otherwise: the store's word for it, and its reason.
    Failed(String),
}

impl Store {
    /// Whether there is a repository of that name.
    pub async fn repository(&self, name: &str) -> Result<Repository, SearchError> {
        let path = format!("_snapshot/{name}");
        let (status, answer) = self.http.ask(Method::GET, &path, Body::None).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(Repository::IsNot),
            status if status.is_success() => Ok(Repository::Is),
            status => Err(no(&format!("look for snapshot repository \"{name}\""), status, &answer)),
        }
    }

    /// Has a snapshot begun of the indices of that pattern. Where the answer is lost, it may have begun: looking tells.
    pub async fn begin_snapshot(
        &self,
        repository: &str,
        snapshot: &str,
        indices: &str,
    ) -> Result<(), SearchError> {
        let path = format!("_snapshot/{repository}/{snapshot}?wait_for_completion=false");
        let body = json!({ "indices": indices, "include_global_state": false, "partial": false });
        let asked = self.http.ask(Method::PUT, &path, Body::Json(body.to_string())).await;
        match asked {
            Ok((status, _)) if status.is_success() => Ok(()),
            Ok((status, answer)) => Err(no(&doing(snapshot), status, &answer)),
            Err(lost) => match self.snapshot(repository, snapshot).await {
                Ok(Some(_)) => Ok(()),
                Ok(None) | Err(_) => Err(lost),
            },
        }
    }

    /// How far a snapshot is; `None` where the store says that it has none of that name.
    pub async fn snapshot(
        &self,
        repository: &str,
        snapshot: &str,
    ) -> Result<Option<SnapshotState>, SearchError> {
        let path = format!("_snapshot/{repository}/{snapshot}");
        let (status, answer) = self.http.ask(Method::GET, &path, Body::None).await?;
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(no(&format!("look at snapshot \"{snapshot}\""), status, &answer));
        }
        let told: Value = serde_json::from_slice(&answer).map_err(|error| {
            SearchError::failed(format!("look at snapshot \"{snapshot}\""), error)
        })?;
        let seen = &told["snapshots"][0];
        Ok(Some(match seen["state"].as_str() {
            Some("SUCCESS") => SnapshotState::Whole,
            Some("IN_PROGRESS" | "STARTED" | "INIT") => SnapshotState::UnderWay,
            word => {
                let reason = seen["reason"].as_str().unwrap_or("it says no reason");
                let failures = seen["failures"].as_array().map_or(0, Vec::len);
                let word = word.unwrap_or("of no state");
                SnapshotState::Failed(format!("{word}, {failures} shards failed: {reason}"))
            }
        }))
    }

    /// Takes a snapshot away, also one that is under way; one that is not there is no error.
    pub async fn delete_snapshot(
        &self,
        repository: &str,
        snapshot: &str,
    ) -> Result<Removed, SearchError> {
        let path = format!("_snapshot/{repository}/{snapshot}");
        let (status, answer) = self.http.ask(Method::DELETE, &path, Body::None).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(Removed::Before),
            status if status.is_success() => Ok(Removed::Now),
            status => Err(no(&format!("take snapshot \"{snapshot}\" away"), status, &answer)),
        }
    }
}

fn doing(snapshot: &str) -> String {
    format!("begin snapshot \"{snapshot}\"")
}

//! An Elasticsearch or an OpenSearch: what both understand alike.

use std::fmt::Write;

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use zeebe_search::{Body, Http};

use super::document::{Place, record_of};
use super::outcome::{Outcome, outcomes};
use super::settings::StoreSettings;
use super::template::{meta, pattern, template};
use crate::record::Record;
use crate::sink::SinkError;
use crate::verify::{Fingerprint, Reading};

/// Documents of one page when all are read.
const PAGE: u16 = 2_000;
/// How long the store keeps its place between two pages.
const PLACE_KEPT: &str = "2m";
/// Of an answer that says no, so much is told.
const TOLD: usize = 500;

/// A bulk that has no answer for each of its records.
#[derive(Debug)]
pub(super) enum BulkError {
    /// The request is larger than the store takes.
    TooLarge,
    /// Nobody knows what is written.
    Unclear(SinkError),
}

/// A store.
#[derive(Clone, Debug)]
pub struct Store {
    http: Http,
    pub(super) settings: StoreSettings,
}

impl Store {
    /// The store of these settings. Nothing is connected yet.
    pub fn new(settings: StoreSettings) -> Result<Self, SinkError> {
        Ok(Self { http: Http::new(&settings.address).map_err(SinkError::of_store)?, settings })
    }

    /// Sees that the index template is there and is ours. Refused when the prefix is another cluster's or topic's: ids
    /// are alike in all clusters, so the records of the second would be taken for those of the first.
    pub async fn prepare(&self, cluster: &str, topic: &str) -> Result<(), SinkError> {
        let path = format!("_index_template/{}", self.settings.prefix);
        let ours = meta(cluster, topic);
        let (status, found) =
            self.http.ask(Method::GET, &path, Body::None).await.map_err(SinkError::of_store)?;
        let create = match status {
            StatusCode::NOT_FOUND => "?create=true",
            status if status.is_success() => {
                let found: Value = read("look at the index template", &found)?;
                let found = &found["index_templates"][0]["index_template"]["_meta"];
                if *found != ours {
                    return Err(SinkError::Refused(format!(
                        "the indices of prefix \"{}\" are not those of cluster \"{cluster}\" and topic \"{topic}\": the \
                         store's index template says {found}. Each topic needs a prefix of its own",
                        self.settings.prefix
                    )));
                }
                ""
            }
            status => return Err(no("look at the index template", status, &found)),
        };
        let body = Body::Json(template(&self.settings, cluster, topic).to_string());
        let (status, answer) = self
            .http
            .ask(Method::PUT, &format!("{path}{create}"), body)
            .await
            .map_err(SinkError::of_store)?;
        if status.is_success() {
            return Ok(());
        }
        Err(no("write the index template", status, &answer))
    }

    /// Whether it answers and has none of its shards missing.
    pub async fn probe(&self) -> Result<(), SinkError> {
        let (status, answer) = self
            .http
            .ask(Method::GET, "_cluster/health", Body::None)
            .await
            .map_err(SinkError::of_store)?;
        if !status.is_success() {
            return Err(no("ask how the store is", status, &answer));
        }
        let health: Value = read("ask how the store is", &answer)?;
        if health["status"] == "red" {
            return Err(SinkError::failed("use all of the store", "its status is red"));
        }
        Ok(())
    }

    /// Writes a bulk of so many records.
    pub(super) async fn bulk(&self, lines: Bytes, sent: usize) -> Result<Vec<Outcome>, BulkError> {
        let path = "_bulk?filter_path=errors,items.*.status,items.*.error";
        let asked = self.http.ask(Method::POST, path, Body::Lines(lines)).await;
        let (status, answer) =
            asked.map_err(|error| BulkError::Unclear(SinkError::of_store(error)))?;
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Err(BulkError::TooLarge);
        }
        if !status.is_success() {
            return Err(BulkError::Unclear(no("write a bulk", status, &answer)));
        }
        outcomes(&answer, sent)
            .map_err(|error| BulkError::Unclear(SinkError::failed("write a bulk", error)))
    }

    /// What is at these places; None where nothing is.
    pub(super) async fn get(&self, places: &[Place]) -> Result<Vec<Option<Record>>, SinkError> {
        let doing = "look at records that are there";
        let asked: Vec<_> =
            places.iter().map(|Place { index, id }| json!({"_index": index, "_id": id})).collect();
        let body = Body::Json(json!({"docs": asked}).to_string());
        let (status, answer) =
            self.http.ask(Method::POST, "_mget", body).await.map_err(SinkError::of_store)?;
        if !status.is_success() {
            return Err(no(doing, status, &answer));
        }
        let told: Value = read(doing, &answer)?;
        let found = told["docs"].as_array().map(Vec::as_slice).unwrap_or_default();
        if found.len() != places.len() {
            return Err(SinkError::failed(doing, "the store answered for others"));
        }
        Ok(found
            .iter()
            .map(|found| {
                let source = found.get("_source").filter(|_| found["found"] == true)?;
                Record::parse(record_of(source).into()).ok()
            })
            .collect())
    }

    /// Reads all records of the prefix, refused ones too, for a proof.
    pub async fn reading(&self) -> Result<Reading, SinkError> {
        let doing = "read the store";
        let pattern = pattern(&self.settings);
        let everywhere = "ignore_unavailable=true&allow_no_indices=true";
        // What was written becomes visible to searches only then.
        let refresh = format!("{pattern}/_refresh?{everywhere}");
        self.told(doing, &refresh, Body::None).await?;
        let body = json!({"size": PAGE, "sort": ["partitionId", "position"]});
        let search = format!("{pattern}/_search?scroll={PLACE_KEPT}&{everywhere}");
        let mut page = match self.told(doing, &search, Body::Json(body.to_string())).await {
            // There is not one index: nothing to sort by.
            Err(_) if self.is_empty(&pattern).await? => return Ok(Reading::default()),
            page => page?,
        };
        let mut reading = Reading::default();
        loop {
            if page["_shards"]["failed"].as_u64() != Some(0) || page["timed_out"] == true {
                return Err(SinkError::failed(doing, "not all of its shards answered"));
            }
            let hits = page["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
            if hits.is_empty() {
                break;
            }
            for hit in hits {
                let at = || format!("read document {} of index {}", hit["_id"], hit["_index"]);
                let record = Record::parse(record_of(&hit["_source"]).into())
                    .map_err(|error| SinkError::failed(at(), error))?;
                let fingerprint =
                    Fingerprint::of(&record).map_err(|error| SinkError::failed(at(), error))?;
                reading.add(record.partition, record.position, fingerprint);
            }
            let body = json!({"scroll": PLACE_KEPT, "scroll_id": page["_scroll_id"]});
            page = self.told(doing, "_search/scroll", Body::Json(body.to_string())).await?;
        }
        let body = json!({"scroll_id": page["_scroll_id"]}).to_string();
        // It forgets its place by itself as well.
        drop(self.http.ask(Method::DELETE, "_search/scroll", Body::Json(body)).await);
        Ok(reading)
    }

    async fn is_empty(&self, pattern: &str) -> Result<bool, SinkError> {
        let path = format!("{pattern}/_count?ignore_unavailable=true&allow_no_indices=true");
        Ok(self.told("count what the store has", &path, Body::None).await?["count"] == 0)
    }

    async fn told(&self, doing: &str, path: &str, body: Body) -> Result<Value, SinkError> {
        let (status, answer) =
            self.http.ask(Method::POST, path, body).await.map_err(SinkError::of_store)?;
        if !status.is_success() {
            return Err(no(doing, status, &answer));
        }
        read(doing, &answer)
    }
}

fn read(doing: &str, answer: &[u8]) -> Result<Value, SinkError> {
    serde_json::from_slice(answer).map_err(|error| SinkError::failed(doing, error))
}

fn no(doing: &str, status: StatusCode, answer: &[u8]) -> SinkError {
    let mut text = status.to_string();
    let told: String = String::from_utf8_lossy(answer).chars().take(TOLD).collect();
    if !told.is_empty() {
        write!(text, ": {told}").expect("a string takes all that is written");
    }
    SinkError::failed(doing, text)
}

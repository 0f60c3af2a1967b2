//! What the records that a bundled exporter has written say of the cluster.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::error::SearchError;
use crate::http::Body;
use crate::store::Store;

/// How far the store has come: the time of the newest record of each partition.
pub type Reached = BTreeMap<u64, Timestamp>;

/// Where the records of process instances are, behind the prefix.
const INSTANCES: &str = "process-instance_*";
/// Process instances of one question.
const PAGE: usize = 10_000;
/// So many questions are asked at most.
const PAGES: usize = 1_000;
/// Partitions that a cluster can have are fewer.
const PARTITIONS: u32 = 10_000;

/// When the oldest process instance that still runs began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OldestRunning {
    /// None runs, as far as the store knows.
    None,
    /// At this time.
    Since(Timestamp),
    /// The store could not tell, and why.
    Unclear(String),
}

impl Store {
    /// How far the store has come with what is exported under that prefix; empty where nothing is.
    pub async fn reached(&self, prefix: &str) -> Result<Reached, SearchError> {
        let doing = "ask for the newest records";
        let body = json!({
            "size": 0,
            "aggs": {"partitions": {
                "terms": {"field": "partitionId", "size": PARTITIONS},
                "aggs": {"newest": {"max": {"field": "timestamp"}}},
            }},
        });
        let told = self.searched(doing, prefix, "*", &body).await?;
        let mut reached = Reached::new();
        for bucket in buckets(&told["aggregations"]["partitions"]) {
            if let (Some(partition), Some(newest)) =
                (bucket["key"].as_u64(), time(&bucket["newest"]["value"]))
            {
                reached.insert(partition, newest);
            }
        }
        Ok(reached)
    }

    /// When the oldest process instance began that the records of that prefix know no end of, among those that began
    /// before that time.
    ///
    /// Keys of one partition ascend with time, so the first without an end is the partition's oldest.
    pub async fn oldest_running(
        &self,
        prefix: &str,
        before: Timestamp,
    ) -> Result<OldestRunning, SearchError> {
        let doing = "ask for running process instances";
        let mut oldest: Option<Timestamp> = None;
        let mut after: Option<Value> = None;
        let mut settled: Option<u64> = None;
        for _ in 0..PAGES {
            let body = begun(before, after, settled);
            let told = self.searched(doing, prefix, INSTANCES, &body).await?;
            let instances = &told["aggregations"]["instances"];
            let listed = buckets(instances);
            let ended = self.ended(doing, prefix, listed).await?;
            for bucket in listed {
                let partition = bucket["key"]["partition"].as_u64();
                if instance(bucket).is_some_and(|key| ended.contains(&key)) || partition == settled
                {
                    continue;
                }
                let began = time(&bucket["began"]["value"])
                    .ok_or_else(|| SearchError::failed(doing, "a record has no time"))?;
                oldest = Some(oldest.map_or(began, |known| known.min(began)));
                settled = partition;
            }
            if listed.len() < PAGE {
                return Ok(oldest.map_or(OldestRunning::None, OldestRunning::Since));
            }
            after = match (settled, instances["after_key"]["partition"].as_u64()) {
                // The rest of this partition is younger: the next one's turn.
                (Some(done), Some(last)) if done == last => None,
                _ => Some(instances["after_key"].clone()),
            };
        }
        let many = PAGE * PAGES;
        Ok(OldestRunning::Unclear(format!(
            "more than {many} process instances began before {before}"
        )))
    }

    /// Which of these instances have ended, as far as the store knows.
    async fn ended(
        &self,
        doing: &str,
        prefix: &str,
        listed: &[Value],
    ) -> Result<BTreeSet<i64>, SearchError> {
        if listed.is_empty() {
            return Ok(BTreeSet::new());
        }
        let keys: Vec<i64> = listed.iter().filter_map(instance).collect();
        let body = json!({
            "size": 0,
            "query": {"bool": {"filter": [
                {"term": {"value.bpmnElementType": "PROCESS"}},
                {"terms": {"intent": ["ELEMENT_COMPLETED", "ELEMENT_TERMINATED"]}},
                {"terms": {"value.processInstanceKey": keys}},
            ]}},
            "aggs": {"ended": {"terms": {"field": "value.processInstanceKey", "size": PAGE}}},
        });
        let told = self.searched(doing, prefix, INSTANCES, &body).await?;
        let ended = buckets(&told["aggregations"]["ended"]);
        Ok(ended.iter().filter_map(|bucket| bucket["key"].as_i64()).collect())
    }

    async fn searched(
        &self,
        doing: &str,
        prefix: &str,
        of: &str,
        body: &Value,
    ) -> Result<Value, SearchError> {
        let path = format!(
            "{prefix}_{of}/_search?ignore_unavailable=true&allow_no_indices=true&expand_wildcards=open,hidden"
        );
        let told = self.told(doing, Method::POST, &path, Body::Json(body.to_string())).await?;
        if told["_shards"]["failed"].as_u64() != Some(0) || told["timed_out"] == true {
            let why = format!("not all of its shards answered: {}", told["_shards"]);
            return Err(SearchError::failed(doing, why));
        }
        Ok(told)
    }
}

/// One page of process instances that began before a time, by partition and key; of the partitions behind `settled` alone,
/// where that is given.
fn begun(before: Timestamp, after: Option<Value>, settled: Option<u64>) -> Value {
    let mut filter = vec![
        json!({"term": {"value.bpmnElementType": "PROCESS"}}),
        json!({"terms": {"intent": ["ELEMENT_ACTIVATING", "ELEMENT_ACTIVATED"]}}),
        json!({"range": {"timestamp": {"lt": before.as_millisecond()}}}),
    ];
    if let Some(settled) = settled {
        filter.push(json!({"range": {"partitionId": {"gt": settled}}}));
    }
    let mut composite = json!({
        "size": PAGE,
        "sources": [
            {"partition": {"terms": {"field": "partitionId"}}},
            {"instance": {"terms": {"field": "value.processInstanceKey"}}},
        ],
    });
    if let Some(after) = after {
        composite["after"] = after;
    }
    json!({
        "size": 0,
        "query": {"bool": {"filter": filter}},
        "aggs": {"instances": {
            "composite": composite,
            "aggs": {"began": {"min": {"field": "timestamp"}}},
        }},
    })
}

fn instance(bucket: &Value) -> Option<i64> {
    bucket["key"]["instance"].as_i64()
}

fn buckets(aggregation: &Value) -> &[Value] {
    aggregation["buckets"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A time that the store tells as a number of milliseconds, whole or not.
fn time(value: &Value) -> Option<Timestamp> {
    let milliseconds = value.as_f64()?;
    // Whole milliseconds up to the year 9999 have room in the mantissa.
    let text = format!("{milliseconds:.0}");
    Timestamp::from_millisecond(text.parse().ok()?).ok()
}

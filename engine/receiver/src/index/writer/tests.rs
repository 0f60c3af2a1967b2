use std::collections::BTreeMap;
use std::sync::Mutex;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use zeebe_search::Address;

use super::*;
use crate::index::settings::{Period, StoreSettings};
use crate::metrics::Metrics;
use crate::record::tests::record;
use crate::serve::Pages;

/// A store that keeps what it is given, but for what it was told to do first.
#[derive(Default)]
struct Pretended {
    documents: BTreeMap<(String, String), String>,
    /// How many records each bulk had.
    bulks: Vec<usize>,
    /// What the next bulks are answered with as a whole.
    statuses: Vec<u16>,
    /// What the next records with that id are answered with, and with which error.
    items: Vec<(&'static str, u16, &'static str)>,
    /// Above so many bytes, 413.
    limit: Option<usize>,
}

impl Pretended {
    fn answer(&mut self, path: &str, body: &str) -> (u16, Value) {
        if path == "/_mget" {
            let asked: Value = serde_json::from_str(body).unwrap();
            let found = asked["docs"].as_array().unwrap().iter().map(|asked| {
                let place = (text(&asked["_index"]), text(&asked["_id"]));
                let source: Value = serde_json::from_str(&self.documents[&place]).unwrap();
                json!({"found": true, "_source": source})
            });
            return (200, json!({"docs": found.collect::<Vec<_>>()}));
        }
        assert!(path.starts_with("/_bulk?"), "{path}");
        let lines: Vec<_> = body.lines().collect();
        self.bulks.push(lines.len() / 2);
        if self.limit.is_some_and(|limit| body.len() > limit) {
            return (413, json!({}));
        }
        if !self.statuses.is_empty() {
            return (self.statuses.remove(0), json!({}));
        }
        let items: Vec<_> = lines.chunks(2).map(|pair| self.create(pair[0], pair[1])).collect();
        (200, json!({"items": items}))
    }

    fn create(&mut self, action: &str, source: &str) -> Value {
        let action: Value = serde_json::from_str(action).unwrap();
        let place = (text(&action["create"]["_index"]), text(&action["create"]["_id"]));
        let told = self.items.iter().position(|(id, ..)| *id == place.1);
        let (status, kind) = match told {
            Some(told) if !place.0.ends_with("_refused") => {
                let (_, status, kind) = self.items.remove(told);
                (status, kind)
            }
            Some(_) | None if self.documents.contains_key(&place) => {
                (409, "version_conflict_engine_exception")
            }
            Some(_) | None => {
                self.documents.insert(place, source.to_owned());
                return json!({"create": {"status": 201}});
            }
        };
        json!({"create": {"status": status, "error": {"type": kind, "reason": "so it is"}}})
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn writer(store: &Arc<Mutex<Pretended>>) -> Writer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let store = Arc::clone(store);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let store = Arc::clone(&store);
            let service = service_fn(move |request: Request<Incoming>| {
                let store = Arc::clone(&store);
                async move {
                    let path = request.uri().path_and_query().unwrap().to_string();
                    let body = request.into_body().collect().await?.to_bytes();
                    let body = String::from_utf8(body.to_vec()).unwrap();
                    let (status, answer) = store.lock().unwrap().answer(&path, &body);
                    let answer = Full::new(Bytes::from(answer.to_string()));
                    let mut answer = Response::new(answer);
                    *answer.status_mut() = status.try_into().unwrap();
                    Ok::<_, hyper::Error>(answer)
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    let store = Store::new(StoreSettings {
        address: Address {
            url: url.parse().unwrap(),
            ca: None,
            login: None,
            timeout: Duration::from_secs(20),
        },
        prefix: "audit".parse().unwrap(),
        period: Period::Day,
        shards: 1,
        replicas: 0,
        records: 4,
        size: 1 << 20,
        delay: Duration::from_millis(1),
        writers: 2,
    })
    .unwrap();
    let state = Arc::new(State::new(Arc::new(Metrics::new("payments")), store.clone()));
    Writer { store, state }
}

fn records(positions: std::ops::RangeInclusive<u64>) -> Vec<Record> {
    positions.map(|position| record(1, position, 0)).collect()
}

async fn written(pretended: Pretended, records: &[Record]) -> (Pretended, String) {
    let store = Arc::new(Mutex::new(pretended));
    let writer = writer(&store).await;
    assert_eq!(writer.write(records, &CancellationToken::new()).await, Wrote::All);
    let page = writer.state.metrics.page();
    let mut store = store.lock().unwrap();
    (std::mem::take(&mut *store), page)
}

/// The ids of one index.
fn ids(store: &Pretended, index: &str) -> Vec<String> {
    store.documents.keys().filter(|(of, _)| of == index).map(|(_, id)| id.clone()).collect()
}

const DAY: &str = "audit_variable_1970-01-01";
const IDS: [&str; 6] = ["1-1", "1-2", "1-3", "1-4", "1-5", "1-6"];

#[tokio::test]
async fn a_batch_goes_in_bulks_and_comes_back_as_it_was() {
    let batch = records(1..=6);
    let (store, page) = written(Pretended::default(), &batch).await;
    assert_eq!(ids(&store, DAY), IDS);
    let mut bulks = store.bulks.clone();
    bulks.sort_unstable();
    assert_eq!(bulks, [2, 4]);
    let kept = &store.documents[&(DAY.to_owned(), "1-3".to_owned())];
    assert_eq!(kept.as_bytes(), batch[2].bytes);
    assert!(page.contains("zeebe_receiver_records_total{cluster=\"payments\",partition=\"1\"} 6"));
    assert!(page.contains("zeebe_receiver_last_position{cluster=\"payments\",partition=\"1\"} 6"));
}

#[tokio::test]
async fn what_a_store_did_not_take_goes_again_and_nothing_else() {
    let pretended = Pretended {
        statuses: vec![503, 401],
        items: vec![("1-2", 429, "es_rejected_execution_exception"), ("1-6", 503, "x")],
        ..Pretended::default()
    };
    let (store, page) = written(pretended, &records(1..=6)).await;
    assert_eq!(ids(&store, DAY), IDS);
    assert_eq!(store.bulks[4..], [2], "only the two that were refused go a third time");
    assert!(page.contains("sink_up{cluster=\"payments\"} 1"), "{page}");
}

#[tokio::test]
async fn a_record_that_is_there_already_is_known_and_another_one_is_never_replaced() {
    let mut there = Pretended::default();
    let place = |position: u64| (DAY.to_owned(), format!("1-{position}"));
    let same = record(1, 1, 0);
    let same = String::from_utf8(same.bytes.to_vec()).unwrap();
    // A record that is exported again may have another `sequence`.
    there.documents.insert(place(1), same.replace("\"sequence\":1", "\"sequence\":2"));
    let other = r#"{"partitionId":1,"position":2,"timestamp":0,"valueType":"VARIABLE","brokerVersion":"8","intent":"CREATED","recordType":"EVENT","key":7}"#;
    there.documents.insert(place(2), other.to_owned());
    let (store, page) = written(there, &records(1..=3)).await;
    assert_eq!(store.documents[&place(2)], other);
    assert_eq!(ids(&store, "audit_refused"), ["1-2"]);
    let refused = &store.documents[&("audit_refused".to_owned(), "1-2".to_owned())];
    assert!(refused.contains("another document is at its place"), "{refused}");
    for figure in ["duplicates_dropped_total", "refused_total"] {
        let line = format!("zeebe_receiver_{figure}{{cluster=\"payments\",partition=\"1\"}} 1");
        assert!(page.contains(&line), "{page}");
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_kept_as_text_and_holds_nobody_up() {
    let pretended = Pretended {
        items: vec![("1-2", 400, "document_parsing_exception")],
        ..Pretended::default()
    };
    let batch = records(1..=3);
    let (store, _) = written(pretended, &batch).await;
    assert_eq!(ids(&store, DAY), ["1-1", "1-3"]);
    let kept = &store.documents[&("audit_refused".to_owned(), "1-2".to_owned())];
    let kept: Value = serde_json::from_str(kept).unwrap();
    assert_eq!(kept["record"].as_str().unwrap().as_bytes(), batch[1].bytes);
    assert_eq!(kept["reason"], "document_parsing_exception: so it is");
}

#[tokio::test]
async fn a_bulk_that_is_too_large_is_halved_until_it_fits() {
    let one = records(1..=1)[0].bytes.len() + 80;
    let pretended = Pretended { limit: Some(2 * one), ..Pretended::default() };
    let (store, _) = written(pretended, &records(1..=6)).await;
    assert_eq!(ids(&store, DAY), IDS);
    assert!(store.bulks.ends_with(&[2, 2, 2]), "{:?}", store.bulks);
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_left_when_it_is_time_to_stop() {
    let pretended = Pretended { statuses: vec![503; 1_000], ..Pretended::default() };
    let store = Arc::new(Mutex::new(pretended));
    let writer = writer(&store).await;
    let stop = CancellationToken::new();
    stop.cancel();
    assert_eq!(writer.write(&records(1..=1), &stop).await, Wrote::Stopped);
    let said = writer.state.ready().await.unwrap_err();
    let said = Reason(&said).to_string();
    assert!(
        said.starts_with("could not write to the store: could not write a bulk: 503"),
        "{said}"
    );
    assert!(store.lock().unwrap().documents.is_empty());
}

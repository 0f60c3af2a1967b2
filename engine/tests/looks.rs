//! How often a product is asked when all children of its cluster are refreshed.

#![expect(clippy::unwrap_used, reason = "a test ends where what it assumes does not hold")]

use camino::Utf8Path;
use camino_tempfile::Utf8TempDir;
use futures::StreamExt;
use serde_json::json;
use zeebe_engine::{Call, Cluster, Engine, ExporterSeen, ExporterWish, GivenSecrets};
use zeebe_spec::{ClusterSpec, ExporterSpec};

/// As many as Terraform looks at together.
const PARALLELISM: usize = 10;

fn spec(number: usize, directory: &Utf8Path) -> ClusterSpec {
    serde_json::from_value(json!({
        "name": format!("payments-{number}"),
        "version": "8.6.0",
        "topology": { "brokers": 1, "partitions": 1, "replication_factor": 1 },
        "broker": {},
        "target": { "simulated": { "directory": directory } },
        "deletion_protection": "off",
        "data_on_destroy": "delete",
    }))
    .unwrap()
}

fn exporter(number: usize) -> ExporterSpec {
    let name = format!("audit{number:02}");
    let store = json!({ "url": "http://127.0.0.1:9200", "index": { "prefix": name } });
    serde_json::from_value(
        json!({ "name": name, "working": "on", "sink": { "opensearch": store } }),
    )
    .unwrap()
}

async fn made(engine: &Engine, spec: &ClusterSpec, exporters: usize) -> Cluster {
    let (cluster, call) = (engine.cluster(spec).unwrap(), Call::quiet());
    cluster.create(spec, None, &call).await.unwrap();
    let wishes = (0..exporters).map(|number| ExporterWish::New(exporter(number)));
    let comes = wishes.map(|wish| cluster.export(wish, GivenSecrets::new(), &call));
    for came in futures::future::join_all(comes).await {
        came.unwrap().unwrap();
    }
    cluster
}

/// Looks at every exporter of every cluster in turn, so that no two that follow each other are of the same cluster.
async fn refreshed(clusters: &[Cluster], exporters: usize) -> Vec<ExporterSeen> {
    let call = Call::quiet();
    let all = (0..exporters).flat_map(|number| clusters.iter().map(move |it| (it, number)));
    let looks = all.map(async |(cluster, number)| {
        cluster.exporter(&exporter(number).name, &call).await.unwrap().unwrap()
    });
    futures::stream::iter(looks).buffer_unordered(PARALLELISM).collect().await
}

#[tokio::test]
async fn a_refresh_of_five_hundred_exporters_asks_each_of_ten_clusters_three_times_at_most() {
    let directory = Utf8TempDir::new().unwrap();
    let engine = Engine::new().unwrap();
    let specs: Vec<ClusterSpec> = (0..10).map(|number| spec(number, directory.path())).collect();
    let made = specs.iter().map(|spec| made(&engine, spec, 50));
    let clusters = futures::future::join_all(made).await;
    let before = engine.management_calls();
    for cluster in &clusters {
        cluster.look(&Call::quiet()).await.unwrap();
    }
    let seen = refreshed(&clusters, 50).await;
    let calls = engine.management_calls() - before;
    assert_eq!(seen.len(), 500);
    assert!(calls <= 30, "{calls} calls");
}

//! A whole receiver over the loopback address: what an exporter sent, recorded word for word, and what it hears.

use std::fs;
use std::sync::Arc;

use camino::Utf8Path;
use camino_tempfile::Utf8TempDir;
use futures::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use reqwest::{Client, Method};
use rstest::rstest;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::*;
use crate::config::{Credential, TlsFiles};
use crate::record::PartitionId;
use crate::sink::file::FileSink;

/// One request of a real exporter.
#[derive(Deserialize)]
struct Recorded {
    method: String,
    path: String,
    content_type: Option<String>,
    body: String,
}

fn recorded(version: &str) -> Vec<Recorded> {
    let path = format!("{}/tests/fixtures/exporter-{version}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

struct Running {
    address: SocketAddr,
    management: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<()>,
    client: Client,
}

impl Running {
    async fn start(folder: &Utf8Path, credential: Option<Credential>) -> Self {
        Self::with(folder, credential, None).await
    }

    async fn with(
        folder: &Utf8Path,
        credential: Option<Credential>,
        tls: Option<TlsFiles>,
    ) -> Self {
        let free: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let listen = Listen {
            address: free,
            deadline: Duration::from_secs(20),
            memory: 1 << 20,
            tls,
            credential,
        };
        let sink = Arc::new(FileSink::new(folder.to_owned()));
        let metrics = Arc::new(Metrics::new("payments"));
        let server = Server::bind(&listen, free, sink, metrics).await.unwrap();
        let (address, management) = (server.address().unwrap(), server.management().unwrap());
        let stop = CancellationToken::new();
        let server = tokio::spawn(server.run(stop.clone()));
        let client = Client::builder().no_proxy().build().unwrap();
        Self { address, management, stop, server, client }
    }

    /// Sends it as an exporter does: bulks in chunks, without their length.
    async fn send(&self, request: &Recorded) -> (u16, Value) {
        let url = format!("http://{}{}", self.address, request.path);
        let method: Method = request.method.parse().unwrap();
        let mut sent = self.client.request(method, url).body(chunked(&request.body));
        if let Some(kind) = &request.content_type {
            sent = sent.header("content-type", kind);
        }
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.headers()["x-elastic-product"], "Elasticsearch");
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn page(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.management);
        let answer = self.client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn stop(self) {
        self.stop.cancel();
        self.server.await.unwrap();
    }
}

/// A body whose length is told by its end.
fn chunked(body: &str) -> reqwest::Body {
    let chunks: Vec<_> = body
        .as_bytes()
        .chunks(1_000)
        .map(|chunk| Ok::<_, io::Error>(Frame::data(Bytes::copy_from_slice(chunk))))
        .collect();
    reqwest::Body::wrap(StreamBody::new(stream::iter(chunks)))
}

fn records(requests: &[Recorded]) -> String {
    let bulks = requests.iter().filter(|request| request.path == "/_bulk");
    let lines = bulks.flat_map(|request| request.body.lines().skip(1).step_by(2));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn kept(folder: &Utf8Path) -> String {
    let path = FileSink::path(folder, PartitionId::new(1).unwrap());
    fs::read_to_string(path).unwrap_or_default()
}

#[rstest]
#[case("8.5.8", 28)]
#[case("8.6.0", 31)]
#[tokio::test]
async fn all_that_a_real_exporter_sent_is_agreed_to_and_its_records_are_kept_once(
    #[case] version: &str,
    #[case] templates: usize,
) {
    let requests = recorded(version);
    assert!(requests.len() > templates);
    let folder = Utf8TempDir::new().unwrap();
    for round in 0..2 {
        // The second round is what comes after a restart of the broker: all of it again.
        let receiver = Running::start(folder.path(), None).await;
        for request in &requests {
            let (status, answer) = receiver.send(request).await;
            assert_eq!(status, 200, "{} {}: {answer}", request.method, request.path);
            if request.path == "/_bulk" {
                assert_eq!(answer["errors"], json!(false));
                let sent = request.body.lines().count() / 2;
                assert_eq!(answer["items"].as_array().unwrap().len(), sent);
            } else {
                assert_eq!(answer, json!({"acknowledged": true}));
            }
        }
        let expected = records(&requests);
        assert_eq!(kept(folder.path()), expected, "round {round}");
        let (status, page) = receiver.page("/metrics").await;
        assert_eq!(status, 200);
        let count = expected.lines().count();
        let (written, dropped) = if round == 0 { (count, 0) } else { (0, count) };
        for (name, value) in [("records", written), ("duplicates_dropped", dropped)] {
            let line = format!(
                "zeebe_receiver_{name}_total{{cluster=\"payments\",partition=\"1\"}} {value}\n"
            );
            assert!(page.contains(&line), "no {line} in\n{page}");
        }
        receiver.stop().await;
    }
}

#[tokio::test]
async fn what_is_no_bulk_is_refused_with_its_reason_and_nothing_of_it_is_kept() {
    let folder = Utf8TempDir::new().unwrap();
    let receiver = Running::start(folder.path(), None).await;
    let good = recorded("8.6.0").into_iter().find(|request| request.path == "/_bulk").unwrap();
    let cut = Recorded { body: good.body[..good.body.len() - 20].to_owned(), ..good };
    let (status, answer) = receiver.send(&cut).await;
    assert_eq!(status, 400);
    let reason = answer["error"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("is no record of an exporter"), "{reason}");
    assert_eq!(kept(folder.path()), "");
    let foreign = Recorded {
        method: "POST".to_owned(),
        path: "/zeebe-record*/_search".to_owned(),
        content_type: None,
        body: String::new(),
    };
    assert_eq!(receiver.send(&foreign).await.0, 400);
    receiver.stop().await;
}

#[tokio::test]
async fn a_cluster_made_anew_under_the_same_name_is_refused_and_not_taken_for_a_repetition() {
    let folder = Utf8TempDir::new().unwrap();
    let receiver = Running::start(folder.path(), None).await;
    let bulk = recorded("8.6.0").into_iter().find(|request| request.path == "/_bulk").unwrap();
    assert_eq!(receiver.send(&bulk).await.0, 200);
    let before = kept(folder.path());
    let later = bulk.body.replace("\"timestamp\":1", "\"timestamp\":2");
    let (status, answer) = receiver.send(&Recorded { body: later, ..bulk }).await;
    assert_eq!(status, 409);
    let reason = answer["error"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("made anew or restored"), "{reason}");
    assert_eq!(kept(folder.path()), before);
    assert!(
        receiver
            .page("/metrics")
            .await
            .1
            .contains("conflicts_total{cluster=\"payments\",partition=\"1\"} 1\n")
    );
    receiver.stop().await;
}

#[tokio::test]
async fn who_does_not_show_the_credential_hears_401_and_changes_nothing() {
    let folder = Utf8TempDir::new().unwrap();
    let password = SecretString::from("pass:word");
    let credential = Credential { username: "zeebe".to_owned(), password };
    let receiver = Running::start(folder.path(), Some(credential)).await;
    for request in recorded("8.6.0").iter().filter(|request| request.path == "/_bulk") {
        assert_eq!(receiver.send(request).await.0, 401);
        let url = format!("http://{}/_bulk", receiver.address);
        let shown = receiver.client.post(url).basic_auth("zeebe", Some("wrong"));
        assert_eq!(shown.body(request.body.clone()).send().await.unwrap().status(), 401);
    }
    assert_eq!(kept(folder.path()), "");
    let requests = recorded("8.6.0");
    for request in requests.iter().filter(|request| request.path == "/_bulk") {
        let url = format!("http://{}/_bulk", receiver.address);
        let shown = receiver.client.post(url).basic_auth("zeebe", Some("pass:word"));
        assert_eq!(shown.body(request.body.clone()).send().await.unwrap().status(), 200);
    }
    assert_eq!(kept(folder.path()), records(&requests));
    receiver.stop().await;
}

#[tokio::test]
async fn tls_is_served_with_the_certificate_of_the_configuration() {
    let folder = Utf8TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files =
        TlsFiles { certificate: folder.path().join("tls.crt"), key: folder.path().join("tls.key") };
    let unreadable = tls::acceptor(&files).err().unwrap().to_string();
    assert!(unreadable.starts_with("could not read the certificate"), "{unreadable}");
    fs::write(&files.certificate, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let receiver = Running::with(folder.path(), None, Some(files)).await;

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(receiver.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let requests = recorded("8.6.0");
    for bulk in requests.iter().filter(|request| request.path == "/_bulk") {
        let request = Request::post("/_bulk").header("host", "localhost");
        let answer = sender.send_request(request.body(bulk.body.clone()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body().collect().await.unwrap();
    }
    assert_eq!(kept(folder.path()), records(&requests));
    drop(sender);
    connection.await.unwrap().unwrap();
    receiver.stop().await;
}

#[tokio::test]
async fn health_and_readiness_are_told_apart() {
    let folder = Utf8TempDir::new().unwrap();
    // A file where the folder should be: the sink cannot be reached.
    let path = folder.path().join("file");
    fs::write(&path, "").unwrap();
    let receiver = Running::start(&path, None).await;
    assert_eq!(receiver.page("/health").await, (200, "alive\n".to_owned()));
    let (status, reason) = receiver.page("/ready").await;
    assert_eq!(status, 503);
    assert!(reason.starts_with("could not make the folder"), "{reason}");
    let requests = recorded("8.6.0");
    let bulk = requests.iter().find(|request| request.path == "/_bulk").unwrap();
    assert_eq!(receiver.send(bulk).await.0, 503);
    fs::remove_file(&path).unwrap();
    assert_eq!(receiver.page("/ready").await, (200, "ready\n".to_owned()));
    assert_eq!(receiver.send(bulk).await.0, 200);
    receiver.stop().await;
}

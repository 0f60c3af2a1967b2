//! One real node of Elasticsearch or OpenSearch: a store that exporters and the audit index write to and that answers for
//! itself.
//!
//! It is what the package registry has of them: no security and no life cycle of indices.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use camino::Utf8PathBuf;
use reqwest::{Client, Method};
use rustix::process::Signal;
use serde_json::Value;

use crate::{call, lab, lab::lab, servers::Server, wait};

/// What its virtual machine is told: small, and quick to start.
const JAVA: [&str; 4] =
    ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.disable.jmx=true"];

/// Modules that no other of Elasticsearch names, and that it looks for when it runs.
const MODULES: &str = "org.elasticsearch.server,org.elasticsearch.preallocate,jdk.net";

/// Whose store it is. Both speak alike where it is written to and searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Elasticsearch 8.
    Elasticsearch,
    /// OpenSearch 3.
    OpenSearch,
}

/// A search store on the loopback address.
#[derive(Debug)]
pub struct SearchStore {
    product: Product,
    directory: Utf8PathBuf,
    port: u16,
    distribution: Utf8PathBuf,
    running: Option<Server>,
}

impl SearchStore {
    /// Starts an Elasticsearch in that folder, on that port and the next, and waits until it answers.
    pub fn start(directory: Utf8PathBuf, port: u16) -> Result<Self> {
        Self::start_one(Product::Elasticsearch, directory, port)
    }

    /// The same with either product.
    pub fn start_one(product: Product, directory: Utf8PathBuf, port: u16) -> Result<Self> {
        let script = match product {
            Product::Elasticsearch => "tools/elasticsearch.sh",
            Product::OpenSearch => "tools/opensearch.sh",
        };
        let script = lab::root()?.join(script);
        let distribution = call::output(Command::new("bash").arg(script))?.into();
        fs::create_dir_all(directory.join("config"))?;
        let mut store = Self { product, directory, port, distribution, running: None };
        store.start_again()?;
        Ok(store)
    }

    /// Starts it on the data that it left, and waits until it answers.
    pub fn start_again(&mut self) -> Result<()> {
        let mut command = Command::new(lab()?.java_home.join("bin/java"));
        command.args(JAVA);
        let (app, libs) = (self.distribution.join("app"), self.distribution.join("libs"));
        match self.product {
            Product::Elasticsearch => {
                let home = self.distribution.join("home");
                command.arg(format!("-Des.path.home={home}"));
                command.arg("--enable-native-access=com.sun.jna");
                command.arg("--module-path").arg(libs).args(["--add-modules", MODULES]);
                command.arg("-cp").arg(app).arg("ElasticsearchNode").arg(home);
            }
            Product::OpenSearch => {
                command.arg("-cp").arg(format!("{app}:{libs}/*")).arg("OpenSearchNode");
            }
        }
        command.arg(&self.directory).args([self.port.to_string(), (self.port + 1).to_string()]);
        self.running = Some(Server::start(command, &self.directory.join("log"))?);
        wait::until("the search store", Duration::from_mins(2), || {
            self.ask(&Method::GET, "_cluster/health?wait_for_status=yellow&timeout=1s", None)
        })?;
        Ok(())
    }

    /// The address for exporters.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Writes a document into an index, which comes into being with its first.
    pub fn put(&self, index: &str, id: &str, document: &Value) -> Result<()> {
        self.ask(&Method::PUT, &format!("{index}/_doc/{id}"), Some(document)).map(drop)
    }

    /// Removes a document.
    pub fn remove(&self, index: &str, id: &str) -> Result<()> {
        self.ask(&Method::DELETE, &format!("{index}/_doc/{id}"), None).map(drop)
    }

    /// How many documents the indices of a pattern hold now; 0 where there are none.
    pub fn count(&self, indices: &str) -> Result<u64> {
        self.refresh(indices)?;
        let told = self.ask(&Method::GET, &format!("{indices}/_count"), None)?;
        told["count"].as_u64().with_context(|| format!("no count in {told}"))
    }

    /// How many documents of the indices of a pattern a query finds, in the store's own words: `intent:CREATED`.
    pub fn found(&self, indices: &str, query: &str) -> Result<u64> {
        self.refresh(indices)?;
        let query = query.replace(' ', "%20").replace('"', "%22");
        let told = self.ask(&Method::GET, &format!("{indices}/_count?q={query}"), None)?;
        told["count"].as_u64().with_context(|| format!("no count in {told}"))
    }

    /// All indices but the store's own, and how many documents each holds now.
    pub fn indices(&self) -> Result<BTreeMap<String, u64>> {
        self.refresh("*")?;
        let told = self.ask(&Method::GET, "_cat/indices?format=json", None)?;
        let listed = told.as_array().with_context(|| format!("no list: {told}"))?;
        let named = listed.iter().filter_map(|index| Some((index, index["index"].as_str()?)));
        named
            .filter(|(_, name)| !name.starts_with('.'))
            .map(|(index, name)| {
                let count = index["docs.count"].as_str().and_then(|count| count.parse().ok());
                Ok((name.to_owned(), count.with_context(|| format!("no count in {index}"))?))
            })
            .collect()
    }

    /// Registers a snapshot repository of that name (Elasticsearch alone).
    pub fn register_repository(&self, name: &str) -> Result<()> {
        let body = serde_json::json!({
            "type": "fs",
            "settings": { "location": self.directory.join("repositories").join(name) },
        });
        self.ask(&Method::PUT, &format!("_snapshot/{name}"), Some(&body)).map(drop)
    }

    /// The snapshots of a repository, and the store's word for how far each is.
    pub fn snapshots(&self, repository: &str) -> Result<BTreeMap<String, String>> {
        let told = self.ask(&Method::GET, &format!("_snapshot/{repository}/_all"), None)?;
        let listed = told["snapshots"].as_array().with_context(|| format!("no list: {told}"))?;
        let one = |it: &Value| {
            Some((it["snapshot"].as_str()?.to_owned(), it["state"].as_str()?.to_owned()))
        };
        Ok(listed.iter().filter_map(one).collect())
    }

    /// Ends it as a failing machine would.
    pub fn kill(&mut self) -> Result<()> {
        self.running.take().context("the search store does not run")?.kill()
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self) -> Result<()> {
        self.running.take().context("the search store does not run")?.end()
    }

    /// Stops it where it is: connections stay, answers do not come.
    pub fn freeze(&self) -> Result<()> {
        self.running.as_ref().context("the search store does not run")?.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        self.running.as_ref().context("the search store does not run")?.signal(Signal::CONT)
    }

    /// What was written becomes visible to searches only then.
    fn refresh(&self, indices: &str) -> Result<()> {
        self.ask(&Method::POST, &format!("{indices}/_refresh"), None).map(drop)
    }

    fn ask(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("{}/{path}", self.url());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
            let mut request = client.request(method.clone(), &url);
            if let Some(body) = body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            let answer = request.send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            anyhow::ensure!(status.is_success(), "{method} {url} was answered {status}: {text}");
            Ok(serde_json::from_str(&text)?)
        })
    }
}

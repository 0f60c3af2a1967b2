//! One real worker of Kafka Connect, with the connectors that come with Kafka.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use camino::Utf8Path;
use reqwest::{Client, Method};
use serde_json::Value;

use crate::servers::{Server, kafka::Kafka};
use crate::wait;

/// It reads through all of its jars before it answers.
const READY: Duration = Duration::from_mins(3);

/// A worker that keeps what it is told in its Kafka.
#[derive(Debug)]
pub struct Connect {
    port: u16,
    running: Option<Server>,
}

impl Connect {
    /// Starts one in that folder, on that port, and waits until it takes connectors.
    pub fn start(directory: &Utf8Path, port: u16, kafka: &Kafka) -> Result<Self> {
        fs::create_dir_all(directory)?;
        let properties = directory.join("worker.properties");
        let converter = "org.apache.kafka.connect.storage.StringConverter";
        fs::write(
            &properties,
            format!(
                "bootstrap.servers={}
group.id=connect
listeners=http://127.0.0.1:{port}
rest.advertised.host.name=127.0.0.1
key.converter={converter}
value.converter={converter}
config.storage.topic=connect-configs
config.storage.replication.factor=1
offset.storage.topic=connect-offsets
offset.storage.replication.factor=1
offset.storage.partitions=1
status.storage.topic=connect-status
status.storage.replication.factor=1
status.storage.partitions=1
offset.flush.interval.ms=1000
plugin.discovery=service_load
",
                kafka.address()
            ),
        )?;
        let mut command = kafka.java("org.apache.kafka.connect.cli.ConnectDistributed")?;
        command.arg(&properties);
        let running = Some(Server::start(command, &directory.join("log"))?);
        let worker = Self { port, running };
        wait::until("Kafka Connect", READY, || worker.ask(&Method::GET, "connectors", None))?;
        Ok(worker)
    }

    /// Makes a connector of that name, or changes it.
    pub fn put(&self, name: &str, config: &Value) -> Result<()> {
        let path = format!("connectors/{name}/config");
        // A worker that has just joined its group may have to be asked again.
        wait::until(&format!("connector {name}"), READY, || {
            self.ask(&Method::PUT, &path, Some(config))
        })
        .map(drop)
    }

    /// How a connector and its tasks are.
    pub fn status(&self, name: &str) -> Result<Value> {
        self.ask(&Method::GET, &format!("connectors/{name}/status"), None)
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self) -> Result<()> {
        self.running.take().context("Kafka Connect does not run")?.end()
    }

    fn ask(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("http://127.0.0.1:{}/{path}", self.port);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
            let mut request = client.request(method.clone(), &url);
            if let Some(body) = body {
                request = request.json(body);
            }
            let answer = request.send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            ensure!(status.is_success(), "{method} {url} was answered {status}: {text}");
            Ok(serde_json::from_str(&text)?)
        })
    }
}

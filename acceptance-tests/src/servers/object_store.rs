//! One real object store that speaks S3: `SeaweedFS`.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use camino::Utf8PathBuf;
use reqwest::Client;
use serde_json::json;

use crate::{call, lab, servers::Server, wait};

/// Who may do everything in it.
const KEYS: (&str, &str) = ("lake-access-key", "lake-secret-key");

/// An object store on the loopback address.
#[derive(Debug)]
pub struct ObjectStore {
    directory: Utf8PathBuf,
    port: u16,
    program: Utf8PathBuf,
    running: Option<Server>,
}

impl ObjectStore {
    /// Starts one in that folder, on that port and the nine after it, with a bucket `lake`.
    pub fn start(directory: Utf8PathBuf, port: u16) -> Result<Self> {
        let script = lab::root()?.join("tools/seaweedfs.sh");
        let program = Utf8PathBuf::from(call::output(Command::new("bash").arg(script))?);
        fs::create_dir_all(directory.join("data"))?;
        fs::write(directory.join("access-key"), KEYS.0)?;
        fs::write(directory.join("secret-key"), KEYS.1)?;
        let credentials = json!({"accessKey": KEYS.0, "secretKey": KEYS.1});
        let actions = ["Admin", "Read", "Write", "List"];
        let identities = json!({"identities": [{"name": "test", "credentials": [credentials], "actions": actions}]});
        fs::write(directory.join("s3.json"), identities.to_string())?;
        let mut store = Self { directory, port, program, running: None };
        store.start_again()?;
        let filer = format!("http://127.0.0.1:{}/buckets/lake/", port + 4);
        wait::until("the bucket", Duration::from_mins(1), || post(&filer))?;
        Ok(store)
    }

    /// Starts it on the data that it left, and waits until it answers.
    pub fn start_again(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        // Its logs and temporary files would stay in the machine's own folder.
        command.current_dir(&self.directory).env("TMPDIR", &self.directory);
        command.args(["server", "-filer", "-s3"]).args([
            format!("-dir={}/data", self.directory),
            "-ip=127.0.0.1".to_owned(),
            "-ip.bind=127.0.0.1".to_owned(),
            "-master.volumeSizeLimitMB=64".to_owned(),
            "-volume.max=0".to_owned(),
            format!("-s3.config={}/s3.json", self.directory),
        ]);
        let ports = [
            "s3.port",
            "s3.port.grpc",
            "master.port",
            "master.port.grpc",
            "filer.port",
            "filer.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "s3.port.iceberg",
            "s3.port.lance",
        ];
        for (name, port) in ports.iter().zip(self.port..) {
            command.arg(format!("-{name}={port}"));
        }
        self.running = Some(Server::start(command, &self.directory.join("log"))?);
        wait::until("the object store", Duration::from_mins(2), || {
            TcpStream::connect(("127.0.0.1", self.port))?;
            TcpStream::connect(("127.0.0.1", self.port + 4))?;
            Ok(())
        })
    }

    /// The sink of a receiver that writes below that prefix of the bucket.
    pub fn sink(&self, prefix: &str) -> String {
        let (port, directory) = (self.port, &self.directory);
        format!(
            "[sink.lake]\nseal_after = \"1s\"\n[sink.lake.s3]\nbucket = \"lake\"\nprefix = \"{prefix}\"\n\
             region = \"us-east-1\"\nendpoint = \"http://127.0.0.1:{port}\"\n\
             access_key_file = \"{directory}/access-key\"\nsecret_key_file = \"{directory}/secret-key\""
        )
    }

    /// The line of a cluster that keeps its backups below that path of the bucket. The access key is read from a file, the
    /// secret key where it is said.
    pub fn backup_store(&self, base_path: &str, secret_key: &str) -> String {
        let (port, directory) = (self.port, &self.directory);
        format!(
            "backup_store = {{ s3 = {{ bucket = \"lake\", base_path = \"{base_path}\", region = \"us-east-1\", \
             endpoint = \"http://127.0.0.1:{port}\", addressing = \"path\", \
             access_key = {{ file = \"{directory}/access-key\" }}, secret_key = {secret_key} }} }}"
        )
    }

    /// The file that holds the secret key.
    pub fn secret_key_file(&self) -> Utf8PathBuf {
        self.directory.join("secret-key")
    }

    /// What stands in it.
    pub const fn secret_key(&self) -> &'static str {
        KEYS.1
    }

    /// The sink of an exporter that writes below that prefix, as HCL; its keys are read from files.
    pub fn lake(&self, prefix: &str) -> String {
        let (port, directory) = (self.port, &self.directory);
        format!(
            "lake = {{\n    s3 = {{\n      bucket     = \"lake\"\n      prefix     = \"{prefix}\"\n      region     = \
             \"us-east-1\"\n      endpoint   = \"http://127.0.0.1:{port}\"\n      access_key = {{ file = \
             \"{directory}/access-key\" }}\n      secret_key = {{ file = \"{directory}/secret-key\" }}\n    }}\n    \
             seal_after = \"1s\"\n  }}"
        )
    }

    /// The variables that a receiver reads its keys from, which the engine starts.
    pub fn variables() -> [(&'static str, &'static str); 2] {
        [("ZEEBE_RECEIVER_ACCESS_KEY", KEYS.0), ("ZEEBE_RECEIVER_SECRET_KEY", KEYS.1)]
    }

    /// Takes all below that path of the bucket away, as a mistake would.
    pub fn lose(&self, path: &str) -> Result<()> {
        let port = self.port + 4;
        let url = format!("http://127.0.0.1:{port}/buckets/lake/{path}?recursive=true");
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            let client = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
            client.delete(url).send().await?.error_for_status()?;
            Ok(())
        })
    }

    /// Ends it as a failing machine would.
    pub fn kill(&mut self) -> Result<()> {
        self.running.take().context("the object store does not run")?.kill()
    }
}

fn post(url: &str) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        client.post(url).send().await?.error_for_status()?;
        Ok(())
    })
}

//! One real Kafka broker, which is its own controller.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::Signal;

use crate::{call, lab, lab::lab, servers::Server, wait};

/// What its virtual machine is told: small, and quick to start.
const JAVA: [&str; 5] = [
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
];

/// A Kafka broker on the loopback address.
#[derive(Debug)]
pub struct Kafka {
    directory: Utf8PathBuf,
    port: u16,
    jars: Utf8PathBuf,
    running: Option<Server>,
}

impl Kafka {
    /// Starts one in that folder, on that port and the next.
    pub fn start(directory: Utf8PathBuf, port: u16) -> Result<Self> {
        let script = lab::root()?.join("tools/kafka.sh");
        let jars = Utf8PathBuf::from(call::output(Command::new("bash").arg(script))?);
        fs::create_dir_all(&directory)?;
        let mut kafka = Self { directory, port, jars, running: None };
        fs::write(kafka.properties(), properties(&kafka.directory, port))?;
        let mut format = kafka.java("kafka.tools.StorageTool")?;
        format.args(["format", "--cluster-id", "4L6g3nShT-eMCtK--X86sw", "--config"]);
        call::output(format.arg(kafka.properties()))?;
        kafka.start_again()?;
        Ok(kafka)
    }

    /// Starts it on the data that it left, and waits until it takes connections.
    pub fn start_again(&mut self) -> Result<()> {
        let mut command = self.java("kafka.Kafka")?;
        command.arg(self.properties());
        self.running = Some(Server::start(command, &self.directory.join("log"))?);
        wait::until("Kafka", Duration::from_mins(2), || {
            TcpStream::connect(("127.0.0.1", self.port))?;
            Ok(())
        })
    }

    /// Where clients begin.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends it as a failing machine would.
    pub fn kill(&mut self) -> Result<()> {
        self.running.take().context("Kafka does not run")?.kill()
    }

    /// Stops it where it is: connections stay, answers do not come.
    pub fn freeze(&self) -> Result<()> {
        self.running.as_ref().context("Kafka does not run")?.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        self.running.as_ref().context("Kafka does not run")?.signal(Signal::CONT)
    }

    fn properties(&self) -> Utf8PathBuf {
        self.directory.join("server.properties")
    }

    fn java(&self, main: &str) -> Result<Command> {
        let mut command = Command::new(lab()?.java_home.join("bin/java"));
        command.args(JAVA).arg("-cp").arg(format!("{}/*", self.jars)).arg(main);
        Ok(command)
    }
}

fn properties(directory: &Utf8Path, port: u16) -> String {
    let controller = port + 1;
    format!(
        "process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={directory}/data
auto.create.topics.enable=true
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=2
num.io.threads=2
"
    )
}

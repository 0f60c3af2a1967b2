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
    /// Starts one in that folder, on that port and the next two, that takes whoever comes.
    pub fn start(directory: Utf8PathBuf, port: u16) -> Result<Self> {
        Self::with(directory, port, &format!("clients=PLAINTEXT://127.0.0.1:{port}"), &[])
    }

    /// The same with TLS, for those who show that password by `PLAIN` or `SCRAM-SHA-512`, or any token that is not
    /// signed. The file holds a key and its certificates in PEM.
    pub fn start_secured(
        directory: Utf8PathBuf,
        port: u16,
        keystore: &Utf8Path,
        user: &str,
        password: &str,
    ) -> Result<Self> {
        let modules = "org.apache.kafka.common.security";
        let secured = format!(
            "clients=SASL_SSL://127.0.0.1:{port}
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512,OAUTHBEARER
listener.name.clients.plain.sasl.jaas.config={modules}.plain.PlainLoginModule required user_{user}=\"{password}\";
listener.name.clients.scram-sha-512.sasl.jaas.config={modules}.scram.ScramLoginModule required;
listener.name.clients.oauthbearer.sasl.jaas.config={modules}.oauthbearer.OAuthBearerLoginModule required \
  unsecuredLoginStringClaim_sub=\"kafka\";"
        );
        let scram = format!("SCRAM-SHA-512=[name={user},password={password}]");
        Self::with(directory, port, &secured, &["--add-scram", &scram])
    }

    fn with(
        directory: Utf8PathBuf,
        port: u16,
        clients: &str,
        formatted_with: &[&str],
    ) -> Result<Self> {
        let script = lab::root()?.join("tools/kafka.sh");
        let jars = Utf8PathBuf::from(call::output(Command::new("bash").arg(script))?);
        fs::create_dir_all(&directory)?;
        let mut kafka = Self { directory, port, jars, running: None };
        fs::write(kafka.properties(), properties(&kafka.directory, port, clients)?)?;
        let mut format = kafka.java("kafka.tools.StorageTool")?;
        format.args(["format", "--cluster-id", "4L6g3nShT-eMCtK--X86sw", "--config"]);
        call::output(format.arg(kafka.properties()).args(formatted_with))?;
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

    /// A command that runs a program of its jars.
    pub(crate) fn java(&self, main: &str) -> Result<Command> {
        let mut command = Command::new(lab()?.java_home.join("bin/java"));
        command.args(JAVA).arg("-cp").arg(format!("{}/*", self.jars)).arg(main);
        Ok(command)
    }
}

/// The settings of a broker that speaks to itself, and to its controller, by ports of their own. `clients` begins with
/// the listener for everybody else, and goes on with settings of it.
fn properties(directory: &Utf8Path, port: u16, clients: &str) -> Result<String> {
    let (listener, more) = clients.split_once('\n').unwrap_or((clients, ""));
    let listener = listener.strip_prefix("clients=").context("no listener for clients")?;
    let (protocol, address) = listener.split_once("://").context("a listener without protocol")?;
    let (controller, own) = (port + 1, port + 2);
    Ok(format!(
        "process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENTS://{address},OWN://127.0.0.1:{own},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENTS://{address},OWN://127.0.0.1:{own}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,OWN:PLAINTEXT,CLIENTS:{protocol}
inter.broker.listener.name=OWN
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
{more}
"
    ))
}

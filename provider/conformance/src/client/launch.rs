//! A provider's process: started with the environment of Terraform, watched to its end.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use camino::Utf8Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use zeebe_proto::plugin::Empty;

use super::connection::{ConnectError, Connection};
use super::credentials::Credentials;
use super::handshake::{Handshake, HandshakeError};

/// No step of a provider's start or end takes longer, on any machine that is not broken.
const DEADLINE: Duration = Duration::from_mins(1);

/// How a provider is to be started.
#[derive(Debug)]
pub struct Launch {
    command: Command,
    credentials: Credentials,
}

/// A provider that said its line.
#[derive(Debug)]
pub struct Plugin {
    /// What its line said.
    pub handshake: Handshake,
    /// Who it expects to connect.
    pub credentials: Credentials,
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<io::Result<String>>,
}

/// How a provider ended.
#[derive(Debug)]
pub struct Exit {
    /// How the process ended.
    pub status: ExitStatus,
    /// What came out of stdout and was not read before.
    pub stdout: String,
    /// All that came out of stderr.
    pub stderr: String,
}

/// Why a provider is not there.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// It cannot be started.
    #[error("could not run the provider")]
    Run(#[source] io::Error),
    /// It started, and prints no line.
    #[error("the provider said nothing for {DEADLINE:?}")]
    Silent,
    /// It printed something else.
    #[error("what the provider said is no handshake")]
    Handshake(#[source] HandshakeError),
    /// Its output cannot be read.
    #[error("could not read what the provider says")]
    Read(#[source] io::Error),
    /// It does not end.
    #[error("the provider did not end within {DEADLINE:?}")]
    Endless,
    /// It takes no connection, so it cannot be told to end.
    #[error("could not tell the provider to end")]
    Connect(#[source] ConnectError),
}

impl Launch {
    /// A start of `program` exactly as Terraform starts it.
    pub fn of(program: &Utf8Path) -> Result<Self, rcgen::Error> {
        let credentials = Credentials::generate()?;
        let mut command = Command::new(program);
        command
            .env_clear()
            .env(
                "TF_PLUGIN_MAGIC_COOKIE",
                "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
            )
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .env("PLUGIN_CLIENT_CERT", credentials.pem())
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "TMPDIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(Self { command, credentials })
    }

    /// The same with another environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same with the whole environment of this process, as Terraform gives it; what was set before stays.
    #[must_use]
    pub fn with_environment(mut self) -> Self {
        let set: Vec<_> = self.command.as_std().get_envs().map(|it| it.0.to_owned()).collect();
        self.command.envs(std::env::vars_os().filter(|(name, _)| !set.contains(name)));
        self
    }

    /// The same without an environment variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// The same with an argument more.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// Starts the provider and reads its line.
    pub async fn start(mut self) -> Result<Plugin, LaunchError> {
        let (child, mut stdout, stderr) = self.spawn()?;
        let mut line = String::new();
        let read = timeout(DEADLINE, stdout.read_line(&mut line))
            .await
            .map_err(|_| LaunchError::Silent)?;
        read.map_err(LaunchError::Read)?;
        let handshake =
            Handshake::parse(line.trim_end_matches('\n')).map_err(LaunchError::Handshake)?;
        Ok(Plugin { handshake, credentials: self.credentials, child, stdout, stderr })
    }

    /// Starts the provider and waits for its end.
    pub async fn run(mut self) -> Result<Exit, LaunchError> {
        let (child, stdout, stderr) = self.spawn()?;
        end(child, stdout, stderr).await
    }

    /// Starts the provider and reads its first lines, as many as `enough` wants; for modes that print no handshake.
    pub async fn read_until(
        mut self,
        enough: impl Fn(&str) -> bool,
    ) -> Result<(String, Spawned), LaunchError> {
        let (child, mut stdout, stderr) = self.spawn()?;
        let mut text = String::new();
        while !enough(&text) {
            let read = timeout(DEADLINE, stdout.read_line(&mut text))
                .await
                .map_err(|_| LaunchError::Silent)?;
            if read.map_err(LaunchError::Read)? == 0 {
                return Err(LaunchError::Silent);
            }
        }
        Ok((text, (child, stdout, stderr)))
    }

    fn spawn(&mut self) -> Result<Spawned, LaunchError> {
        let mut child = self.command.spawn().map_err(LaunchError::Run)?;
        let absent = || LaunchError::Run(io::Error::other("a stream is missing"));
        let stdout = BufReader::new(child.stdout.take().ok_or_else(absent)?);
        let stderr = tokio::spawn(collect(child.stderr.take().ok_or_else(absent)?));
        Ok((child, stdout, stderr))
    }
}

/// A process, and its streams: its stdout must be held as long as it may print.
pub type Spawned = (Child, BufReader<ChildStdout>, JoinHandle<io::Result<String>>);

async fn collect(mut stream: ChildStderr) -> io::Result<String> {
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

async fn end(
    mut child: Child,
    mut stdout: BufReader<ChildStdout>,
    stderr: JoinHandle<io::Result<String>>,
) -> Result<Exit, LaunchError> {
    let mut rest = String::new();
    let ended = async {
        let status = child.wait().await?;
        stdout.read_to_string(&mut rest).await?;
        let stderr = stderr.await.map_err(io::Error::other)??;
        Ok((status, stderr))
    };
    let (status, stderr) = timeout(DEADLINE, ended)
        .await
        .map_err(|_| LaunchError::Endless)?
        .map_err(LaunchError::Read)?;
    Ok(Exit { status, stdout: rest, stderr })
}

impl Plugin {
    /// Connects as the one whom the provider expects.
    pub async fn connect(&self) -> Result<Connection, ConnectError> {
        Connection::open(&self.handshake, Some(&self.credentials)).await
    }

    /// The process's id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Tells the provider to end, as Terraform does, and waits until the process and its streams have.
    pub async fn shut_down(self) -> Result<Exit, LaunchError> {
        let mut connection = self.connect().await.map_err(LaunchError::Connect)?;
        // The provider may be gone before its answer is.
        let _ = connection.controller.shutdown(Empty {}).await;
        drop(connection);
        self.ended().await
    }

    /// Waits until the process and its streams have ended.
    pub async fn ended(self) -> Result<Exit, LaunchError> {
        let Self { handshake: _, credentials: _, child, stdout, stderr } = self;
        end(child, stdout, stderr).await
    }
}

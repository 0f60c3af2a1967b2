//! Fetches a distribution from an address, with the user's own `curl`: proxies and certificates are theirs.

use std::io;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tokio::process::Command;
use zeebe_target::Call;

use crate::distribution::tool::{Outcome, ToolError, run};
use crate::environment::LocalEnvironment;

/// A distribution that was not fetched from its address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UrlError {
    #[error("the program `curl` was not found")]
    NoProgram,
    #[error("\"{0}\" is not an address that a distribution can be fetched from")]
    Address(String),
    #[error("`curl` ended with {status} for \"{address}\"")]
    Failed { address: String, status: String, said: String },
    #[error("could not run `curl`")]
    Run(#[source] io::Error),
    #[error("cancelled")]
    Cancelled,
}

impl UrlError {
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NoProgram => {
                "An archive is fetched from an address with curl, so that your proxies and certificates serve. \
                 Install curl, or fetch it yourself and set `distribution.path`."
                    .to_owned()
            }
            Self::Address(_) => {
                "Expected an address that starts with https:// or http:// and holds no spaces, quotes or control characters.".to_owned()
            }
            Self::Failed { said, .. } => {
                format!("See that the address can be reached from this machine. curl said: {said}")
            }
            Self::Run(_) => "See that `curl` works on this machine.".to_owned(),
            Self::Cancelled => "What was begun is taken up by the next run.".to_owned(),
        }
    }
}

/// The first `curl` of the search path, for an address that it may be given.
pub(crate) fn program(
    address: &str,
    environment: &LocalEnvironment,
) -> Result<Utf8PathBuf, UrlError> {
    let speaks = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = address
        .chars()
        .all(|sign| !sign.is_whitespace() && !sign.is_control() && sign != '"' && sign != '\\');
    if !speaks || !is_plain {
        return Err(UrlError::Address(public(address)));
    }
    environment.programs("curl").into_iter().next().ok_or(UrlError::NoProgram)
}

/// Fetches an archive into a folder.
pub(crate) async fn fetch(
    address: &str,
    into: &Utf8Path,
    environment: &LocalEnvironment,
    call: &Call,
) -> Result<Utf8PathBuf, UrlError> {
    let mut command = Command::new(program(address, environment)?);
    let archive = into.join("distribution.tar.gz");
    command
        .args(["--fail", "--location", "--silent", "--show-error"])
        .args(["--proto", "=http,https", "--config", "-", "--output", archive.as_str()])
        .env("PATH", environment.search_path());
    // On the command line anybody on this machine could read the password that an address may hold.
    let config = format!("url = \"{address}\"\n");
    call.progress.say(&format!("fetching {}", public(address)));
    let each = |elapsed: Duration| {
        let bytes = archive.metadata().map_or(0, |found| found.len());
        format!("curl has fetched {} MB in {} s", bytes / 1_000_000, elapsed.as_secs())
    };
    let Outcome { status, said } =
        run(command, &config, call, each).await.map_err(|error| match error {
            ToolError::Io(error) => UrlError::Run(error),
            ToolError::Cancelled => UrlError::Cancelled,
        })?;
    if status.success() {
        return Ok(archive);
    }
    let said = said.lines().map(str::trim).collect::<Vec<_>>().join(" / ");
    Err(UrlError::Failed { address: public(address), status: status.to_string(), said })
}

/// An address without the user and the password that it may hold, and without a query, which may be a
/// signature.
fn public(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            format!("{scheme}://{host}/{path}")
        }
        None => address.to_owned(),
    }
}

//! Fetches a distribution with the user's own `mvn`: mirrors, credentials and proxies are theirs.

use std::io;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tokio::process::Command;
use zeebe_spec::Version;
use zeebe_target::Call;

use crate::distribution::tool::{Outcome, ToolError, run};
use crate::environment::LocalEnvironment;
use crate::file::names_in;

/// How many lines of Maven's own words are shown.
const LINES: usize = 5;

/// What Maven writes where it asked everybody and nobody has it.
const MISSING: [&str; 3] =
    ["Could not find artifact", "Unable to find artifact", "was not found in"];

/// A distribution that Maven did not fetch.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MavenError {
    #[error("the program `mvn` was not found")]
    NoProgram,
    #[error("Maven has no {coordinates}:tar.gz:{version}")]
    NoArtifact { coordinates: String, version: Version, said: String },
    #[error("`mvn` ended with {status}")]
    Failed { status: String, said: String },
    #[error("`mvn` reported success and left no archive in \"{0}\"")]
    NoArchive(Utf8PathBuf),
    #[error("could not run `mvn`")]
    Run(#[source] io::Error),
    #[error("cancelled")]
    Cancelled,
}

impl MavenError {
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::NoProgram => {
                "The distribution is fetched with Maven, so that your mirrors, credentials and proxies serve. \
                 Install Maven, or name another source: `distribution.path` or `distribution.url`."
                    .to_owned()
            }
            Self::NoArtifact { coordinates, version, said } => format!(
                "No repository that your Maven settings name has version {version} of {coordinates} as a tar.gz. \
                 Choose a version that is there, add the repository that has it to your Maven settings, or name \
                 another source: `distribution.path` or `distribution.url`. Maven said: {said}"
            ),
            Self::Failed { status: _, said } => format!(
                "See that `mvn` works on this machine: its repository must be reached with your settings. \
                 Maven said: {said}"
            ),
            Self::NoArchive(_) => {
                "Expected one tar.gz file there. See that `mvn` on your PATH is Maven.".to_owned()
            }
            Self::Run(_) => "See that `mvn` works on this machine.".to_owned(),
            Self::Cancelled => "What was begun is taken up by the next run.".to_owned(),
        }
    }
}

/// The first `mvn` of the search path.
pub(crate) fn program(environment: &LocalEnvironment) -> Result<Utf8PathBuf, MavenError> {
    environment.programs("mvn").into_iter().next().ok_or(MavenError::NoProgram)
}

/// Fetches an archive into a folder.
pub(crate) async fn fetch(
    coordinates: &str,
    version: &Version,
    into: &Utf8Path,
    environment: &LocalEnvironment,
    call: &Call,
) -> Result<Utf8PathBuf, MavenError> {
    let mut command = Command::new(program(environment)?);
    command
        .args([
            // Nobody is there to be asked, and a file that differs from its own checksum is not taken.
            "--batch-mode",
            "--no-transfer-progress",
            "--strict-checksums",
            // An answer "not there" of last week is asked for again.
            "--update-snapshots",
            // The plugin's version is the one that the user's Maven brings.
            "dependency:copy",
            "-Dmdep.useBaseVersion=true",
        ])
        .arg(format!("-Dartifact={coordinates}:{version}:tar.gz"))
        .arg(format!("-DoutputDirectory={into}"))
        .env("PATH", environment.search_path())
        // A project's own file would be read otherwise.
        .current_dir(into);
    call.progress.say(&format!("fetching {coordinates}:tar.gz:{version} with mvn"));
    let each = |elapsed: Duration| {
        format!("mvn is fetching {coordinates}:tar.gz:{version}, {} s so far", elapsed.as_secs())
    };
    let Outcome { status, said } =
        run(command, "", call, each).await.map_err(|error| match error {
            ToolError::Io(error) => MavenError::Run(error),
            ToolError::Cancelled => MavenError::Cancelled,
        })?;
    if !status.success() {
        return Err(explain(coordinates, version, &status.to_string(), &said));
    }
    let names = names_in(into).map_err(MavenError::Run)?;
    match names.iter().find(|name| name.ends_with(".tar.gz")) {
        Some(name) => Ok(into.join(name)),
        None => Err(MavenError::NoArchive(into.to_owned())),
    }
}

/// Says why Maven failed, in a few of its own words.
fn explain(coordinates: &str, version: &Version, status: &str, said: &str) -> MavenError {
    let artifact = coordinates.split_once(':').map_or(coordinates, |(_, artifact)| artifact);
    let errors: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split_once("ERROR]").map(|(_, text)| text.trim()))
        .filter(|text| !text.is_empty())
        .collect();
    let missing = errors
        .iter()
        .find(|line| MISSING.iter().any(|words| line.contains(words)) && line.contains(artifact));
    if let Some(line) = missing {
        let from = MISSING.iter().filter_map(|words| line.find(words)).max().unwrap_or(0);
        return MavenError::NoArtifact {
            coordinates: coordinates.to_owned(),
            version: version.clone(),
            said: line[from..].to_owned(),
        };
    }
    let words = if errors.is_empty() { said.lines().collect() } else { errors };
    let shown = words.iter().take(LINES).copied().collect::<Vec<_>>().join(" / ");
    MavenError::Failed { status: status.to_owned(), said: shown }
}

//! The command line clients that drive the provider: the one that the machine has, and those that `tools/clients.sh`
//! builds from their Go modules.

use std::{fmt, process::Command, sync::OnceLock};

use anyhow::{Context, Result, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};

use crate::{
    call,
    lab::{Lab, lab},
};

/// One client, and how it finds the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Whose it is.
    pub maker: Maker,
    /// Its release.
    pub release: Release,
    /// Its program.
    pub program: Utf8PathBuf,
    /// The CLI configuration that points to a mirror with the provider.
    pub configuration: Utf8PathBuf,
}

/// Whose client it is. Each counts its releases by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// `HashiCorp`'s.
    Terraform,
    /// The fork.
    OpenTofu,
}

/// A client's release, in the order of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The first number.
    pub major: u32,
    /// The second, with which features come.
    pub minor: u32,
    /// The third.
    pub patch: u32,
}

impl Client {
    /// The client that the machine has, then those that were built; one that is built of the same release as another
    /// counts once. Fewer come back where there is no Go: `tools/clients.sh` says so.
    pub fn all() -> Result<&'static [Self]> {
        static ALL: OnceLock<Result<Vec<Client>, String>> = OnceLock::new();
        ALL.get_or_init(|| Self::look().map_err(|error| format!("{error:#}")))
            .as_deref()
            .map_err(|error| anyhow!("not every client could be had: {error}"))
    }

    fn look() -> Result<Vec<Self>> {
        let lab = lab()?;
        let built = call::output(Command::new("bash").arg(lab.root.join("tools/clients.sh")))?;
        let mut all = vec![Self::found()?];
        for program in built.lines() {
            let client = Self::of(program.into(), lab)?;
            if all.iter().all(|other| other.to_string() != client.to_string()) {
                all.push(client);
            }
        }
        Ok(all)
    }

    /// The first client of at least that release: the one that the machine has, or else one that is built.
    pub fn since((major, minor): (u32, u32)) -> Result<Option<Self>> {
        let knows = |client: &Self| (major, minor) <= (client.release.major, client.release.minor);
        let found = Self::found()?;
        if knows(&found) {
            return Ok(Some(found));
        }
        Ok(Self::all()?.iter().find(|client| knows(client)).cloned())
    }

    /// The client that the machine has.
    pub fn found() -> Result<Self> {
        let lab = lab()?;
        let (maker, release) = version(&lab.terraform)?;
        let configuration = lab.install.join("terraform.rc");
        Ok(Self { maker, release, program: lab.terraform.clone(), configuration })
    }

    fn of(program: Utf8PathBuf, lab: &Lab) -> Result<Self> {
        let (maker, release) = version(&program)?;
        // A mirror of its own: each maker completes the provider's short address by its own host.
        let directory = lab.work.join(format!("install-{maker}-{release}").to_lowercase());
        call::output(Command::new("bash").arg(lab.root.join("tools/install-provider.sh")).args([
            program.as_str(),
            lab.provider.as_str(),
            directory.as_str(),
        ]))?;
        Ok(Self { maker, release, program, configuration: directory.join("terraform.rc") })
    }
}

impl fmt::Display for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.maker, self.release)
    }
}

impl fmt::Display for Maker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
        })
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, patch } = self;
        write!(formatter, "{major}.{minor}.{patch}")
    }
}

/// What a program says that it is: the first line of `version`, as `Terraform v1.11.4`.
fn version(program: &Utf8Path) -> Result<(Maker, Release)> {
    let said = call::output(
        Command::new(program)
            .arg("version")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .env("CHECKPOINT_DISABLE", "1"),
    )?;
    let line = said.lines().next().unwrap_or_default();
    let (name, number) =
        line.split_once(" v").with_context(|| format!("\"{program}\" names no version: {said}"))?;
    let maker = match name {
        "Terraform" => Maker::Terraform,
        "OpenTofu" => Maker::OpenTofu,
        other => bail!("\"{program}\" is neither Terraform nor OpenTofu but \"{other}\""),
    };
    Ok((maker, release(number).with_context(|| format!("\"{program}\" has no release: {said}"))?))
}

/// The release in `1.15.0`, or in `1.15.0-rc2`, which has all that its release will have.
fn release(text: &str) -> Result<Release> {
    let numbers = text.split_once('-').map_or(text, |(numbers, _)| numbers);
    let mut parts = numbers.split('.').map(str::parse);
    let mut part = || parts.next().context("three numbers are missing")?.context("no number");
    Ok(Release { major: part()?, minor: part()?, patch: part()? })
}

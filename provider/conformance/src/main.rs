//! `tf-conformance`: holds a provider binary to the rules of Terraform's core.
//!
//! Exit codes: 0 nothing found, 1 rules are broken, 2 there is no verdict.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use camino::Utf8PathBuf;
use clap::{Parser, Subcommand};
use tf_conformance::case::CaseFile;
use tf_conformance::profile::{Feature, Profile};
use tf_conformance::report::{Bytes, Report};
use tf_conformance::rules::Rule;
use tf_conformance::suite::{Run, RunError};

/// Holds a provider binary to the rules of Terraform's core.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a provider through every rule.
    Check(Check),
    /// Lists the rules.
    Rules,
    /// Lists the clients that can be played, and what each has.
    Profiles,
}

#[derive(Debug, clap::Args)]
struct Check {
    /// The provider's program.
    provider: Utf8PathBuf,
    /// What it is tried with, as JSON; without it, only what needs no configuration is looked at.
    #[arg(long)]
    cases: Option<Utf8PathBuf>,
    /// The client to play, as `terraform-1.5` or `opentofu-1.8`.
    #[arg(long, default_value_t = Profile::NEWEST.to_string())]
    profile: String,
    /// A variable for the provider's environment, as NAME=VALUE. May be given often.
    #[arg(long = "env", value_name = "NAME=VALUE")]
    environment: Vec<String>,
    /// What random sequences start from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Show the messages of the call with each finding.
    #[arg(long)]
    verbose: bool,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
enum NoVerdict {
    #[error("could not start the runtime")]
    Runtime(#[source] io::Error),
    #[error("could not read the cases in \"{0}\"")]
    Read(Utf8PathBuf, #[source] io::Error),
    #[error("the cases in \"{0}\" are not what a case file holds")]
    Cases(Utf8PathBuf, #[source] serde_json::Error),
    #[error("no client \"{0}\": `tf-conformance profiles` lists them")]
    Profile(String),
    #[error("expected NAME=VALUE, got \"{0}\"")]
    Environment(String),
    #[error("could not run the provider through the rules")]
    Run(#[source] RunError),
    #[error("could not write the report")]
    Write(#[source] io::Error),
    #[error("could not write the report as JSON")]
    Json(#[source] serde_json::Error),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Check(check) => check.run(),
        Command::Rules => print(&rules()).map(|()| ExitCode::SUCCESS),
        Command::Profiles => print(&profiles()).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        let mut text = format!("error: {error}");
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            text.extend([": ", &error.to_string()]);
            source = error.source();
        }
        // Nobody is left to be told that this cannot be told.
        let _ = writeln!(io::stderr(), "{text}");
        ExitCode::from(2)
    })
}

fn print(text: &str) -> Result<(), NoVerdict> {
    writeln!(io::stdout(), "{}", text.trim_end()).map_err(NoVerdict::Write)
}

fn rules() -> String {
    let rows = Rule::ALL
        .iter()
        .map(|rule| format!("| `{}` | {} | {} |", rule.id(), rule.text(), rule.source()));
    let head = ["| rule | what it demands | who demands it |", "|---|---|---|"].map(str::to_owned);
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn profiles() -> String {
    let rows = Profile::all().map(|profile| {
        let has: Vec<_> = Feature::ALL
            .into_iter()
            .filter(|feature| profile.has(*feature))
            .map(|feature| format!("{feature:?}"))
            .collect();
        format!("| {profile} | {} |", has.join(", "))
    });
    let head = ["| client | has |", "|---|---|"].map(str::to_owned);
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

impl Check {
    fn run(self) -> Result<ExitCode, NoVerdict> {
        let profile =
            Profile::of(&self.profile).ok_or_else(|| NoVerdict::Profile(self.profile.clone()))?;
        let cases = match &self.cases {
            None => CaseFile::default(),
            Some(path) => {
                let text = std::fs::read(path).map_err(|it| NoVerdict::Read(path.clone(), it))?;
                serde_json::from_slice(&text).map_err(|it| NoVerdict::Cases(path.clone(), it))?
            }
        };
        let variable = |text: &String| {
            let (name, value) =
                text.split_once('=').ok_or_else(|| NoVerdict::Environment(text.clone()))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        let run = Run {
            program: self.provider.clone(),
            cases,
            profile,
            environment: self.environment.iter().map(variable).collect::<Result<_, _>>()?,
            seed: self.seed,
        };
        let runtime = tokio::runtime::Runtime::new().map_err(NoVerdict::Runtime)?;
        let began = Instant::now();
        let judge = runtime.block_on(run.judge()).map_err(NoVerdict::Run)?;
        let report = Report::of(
            &judge,
            self.provider.as_str(),
            &profile.to_string(),
            self.seed,
            began.elapsed(),
        );
        let text = if self.json {
            serde_json::to_string_pretty(&report).map_err(NoVerdict::Json)?
        } else {
            report.table(if self.verbose { Bytes::Shown } else { Bytes::Hidden })
        };
        print(&text)?;
        Ok(ExitCode::from(u8::from(!report.findings.is_empty())))
    }
}

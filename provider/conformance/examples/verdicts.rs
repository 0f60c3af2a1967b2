//! What real terraform says to each mutant, beside the rule that catches it here; printed as a page of the docs.
//!
//! usage: verdicts TERRAFORM MUTANT, the programs. `make conformance` calls it.

use std::fs;
use std::io::{self, Write};
use std::process::{Command, ExitCode, Output};

use camino::{Utf8Path, Utf8PathBuf};
use tf_conformance::rules::Rule;

/// A thing, and what it says that it is like.
const FIRST: &str = r#"
resource "mutant_thing" "it" {
  directory = path.module
  name      = "one"
  tags      = ["green", "round"]
  rows      = { a = { count = 1 } }
  secret    = "hush"
  limit { most = 3 }
}
"#;

/// The same changed, by a value that only the apply knows.
const SECOND: &str = r#"
resource "terraform_data" "size" { input = 2 }
resource "mutant_thing" "it" {
  directory = path.module
  name      = "one"
  size      = terraform_data.size.output
  tags      = ["green"]
  secret    = "hush"
  rows      = { a = { count = 1 }, b = { count = 2 } }
}
data "mutant_look" "it" { id = mutant_thing.it.id }
output "name" { value = data.mutant_look.it.name }
output "shout" { value = provider::mutant::shout("hello") }
"#;

/// Everything, so that a mutant without a resource is met too; the secret is written only.
const HEAD: &str = r#"
terraform {
  required_providers {
    mutant = { source = "example/mutant" }
  }
}
"#;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).map(Utf8PathBuf::from).collect();
    let [terraform, mutant] = arguments.as_slice() else {
        let _ = writeln!(io::stderr(), "usage: verdicts TERRAFORM MUTANT");
        return ExitCode::from(2);
    };
    match page(terraform, mutant).and_then(|page| io::stdout().write_all(page.as_bytes())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn page(terraform: &Utf8Path, mutant: &Utf8Path) -> io::Result<String> {
    let healthy = verdict(terraform, mutant, "none")?;
    if healthy != PASSED {
        return Err(io::Error::other(format!("the healthy provider: {healthy}")));
    }
    let version = Command::new(terraform).arg("version").output()?;
    let version = String::from_utf8_lossy(&version.stdout);
    let version = version.lines().next().unwrap_or("terraform").to_owned();
    let mut page = format!(
        "# Rules of tf-conformance\n\nEach rule has a mutant, a provider that breaks it and nothing else on purpose, \
         which the tests see caught by this very rule. The last column is what {version} itself said when it \
         created, changed and destroyed a thing of the same mutant; \"nothing\" is that it went through. Written by `make conformance`.\n\n\
         | rule | what it demands | who demands it | what terraform says to its mutant |\n|---|---|---|---|\n"
    );
    for rule in Rule::ALL {
        let verdict = verdict(terraform, mutant, rule.id())?;
        let (id, text, source) = (rule.id(), rule.text(), rule.source());
        page.push_str(&[&format!("| `{id}`"), text, source, &format!("{verdict} |\n")].join(" | "));
    }
    Ok(page)
}

const PASSED: &str = "nothing";

/// The first thing that terraform says in the life of a thing.
fn verdict(terraform: &Utf8Path, mutant: &Utf8Path, rule: &str) -> io::Result<String> {
    let folder = camino_tempfile::tempdir()?;
    let plugins = folder.path().join("plugins");
    fs::create_dir(&plugins)?;
    fs::copy(mutant, plugins.join("terraform-provider-mutant"))?;
    let settings = folder.path().join("terraformrc");
    fs::write(
        &settings,
        format!(
            "provider_installation {{\n  dev_overrides {{ \"example/mutant\" = \"{plugins}\" }}\n}}\n"
        ),
    )?;
    let run = |arguments: &[&str]| {
        Command::new(terraform)
            .current_dir(folder.path())
            .args(arguments)
            .arg("-no-color")
            .env("TF_CLI_CONFIG_FILE", &settings)
            .env("TF_CONFORMANCE_MUTANT", rule)
            .output()
    };
    let main = folder.path().join("main.tf");
    for (config, arguments) in [
        (FIRST, &["apply", "-auto-approve"][..]),
        (FIRST, &["plan", "-detailed-exitcode"]),
        (SECOND, &["apply", "-auto-approve"]),
        (SECOND, &["plan", "-detailed-exitcode"]),
        (SECOND, &["destroy", "-auto-approve"]),
    ] {
        fs::write(&main, format!("{HEAD}{config}"))?;
        let output = run(arguments)?;
        if let Some(said) = said(arguments[0], &output) {
            return Ok(format!("{}: {said}", arguments[0]));
        }
    }
    Ok(PASSED.to_owned())
}

/// The summary of the first error, or that a plan is not empty.
fn said(command: &str, output: &Output) -> Option<String> {
    if output.status.success() {
        return None;
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let summary = text.lines().find_map(|line| {
        let (_, summary) = line.split_once("Error: ")?;
        Some(summary.trim().to_owned())
    });
    match (summary, output.status.code()) {
        (Some(summary), _) => Some(summary),
        (None, Some(2)) if command == "plan" => Some("the plan is not empty".to_owned()),
        // As Go programs end that panic.
        (None, Some(2)) => Some("terraform itself crashes".to_owned()),
        (None, code) => Some(format!("ends with {code:?}")),
    }
}

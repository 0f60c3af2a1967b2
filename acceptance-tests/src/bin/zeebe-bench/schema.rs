//! `terraform providers schema -json`: what every command pays for a provider.

use acceptance_tests::{Install, Project, hcl::REQUIRED_PROVIDERS, lab::Lab};
use anyhow::Result;

use crate::figure::{Figure, median};

/// Times that it is called.
const ROUNDS: usize = 7;

/// The time for the schema, over an empty configuration, beside the baseline's.
pub(crate) fn figures(lab: &Lab) -> Result<Vec<Figure>> {
    let time =
        "terraform {\n  required_providers {\n    time = { source = \"hashicorp/time\" }\n  }\n}\n";
    let empty = seconds(lab, "schema-empty", "")?;
    let ours = seconds(lab, "schema-ours", REQUIRED_PROVIDERS)? - empty;
    let theirs = seconds(lab, "schema-time", time)? - empty;
    Ok(vec![
        Figure::new("providers schema, over an empty configuration", "s", ours)
            .beside("time provider", theirs)
            .at_most_times(1.0),
    ])
}

fn seconds(lab: &Lab, name: &str, file: &str) -> Result<f64> {
    let project = Project::new(lab.work.join(name), Install::Mirror)?;
    project.write("main.tf", file)?;
    project.init()?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let run = project.terraform(&["providers", "schema", "-json"])?.ok()?;
        rounds.push(run.elapsed.as_secs_f64());
    }
    Ok(median(rounds))
}

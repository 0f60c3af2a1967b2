//! The figures, each beside its baseline, both measured now. Printed as a table and written as JSON.
//!
//! `zeebe-bench OUTPUT`: OUTPUT is the JSON file. `make bench` builds what it needs and calls it:
//! `ZEEBE_PROVIDER_BINARY` is the release build of the provider, `ZEEBE_TIME_PROVIDER` the `time` provider of
//! Terraform's own makers.

mod by_hand;
mod figure;
mod local;
mod plugin;
mod scale;
mod schema;

use std::{
    env, fs,
    io::{self, Write},
    process::Command,
};

use acceptance_tests::lab::{Lab, lab};
use anyhow::{Context, Result, bail, ensure};

use crate::figure::{Figure, table};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [output] = arguments.as_slice() else { bail!("usage: zeebe-bench OUTPUT") };
    let baseline = env::var("ZEEBE_TIME_PROVIDER").context("ZEEBE_TIME_PROVIDER is not set")?;
    let lab = lab()?;
    install(lab, &baseline)?;

    let mut figures = vec![binary(lab)?];
    let parts: [&dyn Fn() -> Result<Vec<Figure>>; 4] = [
        &|| plugin::figures(lab, &baseline),
        &|| schema::figures(lab),
        &|| scale::figures(lab),
        &local::figures,
    ];
    for part in parts {
        let more = part()?;
        // Each as soon as it is there: the whole takes minutes.
        writeln!(io::stderr(), "{}", table(&more))?;
        figures.extend(more);
    }
    writeln!(io::stdout(), "{}", table(&figures))?;
    fs::write(output, serde_json::to_string_pretty(&figures)?)
        .with_context(|| format!("could not write \"{output}\""))?;
    Ok(())
}

/// Puts the baseline beside our provider in the lab's mirror.
fn install(lab: &Lab, baseline: &str) -> Result<()> {
    let installed = Command::new("bash")
        .arg(lab.root.join("tools/install-provider.sh"))
        .args([lab.terraform.as_str(), baseline, lab.install.as_str()])
        .args(["hashicorp/time", "0.14.2"])
        .status()?;
    ensure!(installed.success(), "could not install the baseline provider");
    Ok(())
}

fn binary(lab: &Lab) -> Result<Figure> {
    let megabytes = figure::megabytes(fs::metadata(&lab.provider)?.len());
    Ok(Figure::new("size of the provider's binary", "MB", megabytes).at_most(15.0))
}

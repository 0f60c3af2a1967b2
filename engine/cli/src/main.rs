//! `zeebe-provision`: the engine without Terraform, on a cluster's JSON document.
//!
//! ```text
//! cluster.json ─▶ document ─▶ zeebe-engine ─▶ report: tables for people, JSON for machines
//!                                 └─ progress: a line at a time on stderr
//! ```
//! Exit codes: 0 done, or nothing to do; 1 an error; 2 `plan` found something to do,
//! `records verify` something wrong; 130 interrupted, and
//! resumable.

mod arguments;
mod commands;
mod document;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use crate::arguments::Arguments;
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    let outcome = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(commands::run(arguments, output)));
    match outcome {
        Ok(end) => end.into(),
        Err(error) => {
            output.failure(&error);
            ExitCode::FAILURE
        }
    }
}

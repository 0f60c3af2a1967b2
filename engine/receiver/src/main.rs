//! `zeebe-receiver`: serves exporters, indexes what they sent, checks a configuration, proves what a sink holds.
//!
//! Exit codes: 0 done; 1 an error; 2 `verify` found something.

mod commands;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;
use tracing_subscriber::EnvFilter;
use zeebe_receiver::Reason;

use crate::commands::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_env_filter(
            EnvFilter::try_from_env("ZEEBE_RECEIVER_LOG")
                .unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .init();
    let runtime = match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure(&error),
    };
    match runtime.block_on(commands::run(arguments)) {
        Ok(code) => code,
        Err(error) => failure(&error),
    }
}

fn failure(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    // Nobody is left to hear that this could not be said either.
    drop(writeln!(io::stderr(), "error: {}", Reason(error)));
    ExitCode::FAILURE
}

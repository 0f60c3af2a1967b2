//! Serves the provider to Terraform and OpenTofu.

use std::io::{self, Write};
use std::process::ExitCode;

use terraform_provider_zeebe::{ADDRESS, provider};
use zeebe_engine::Engine;

fn main() -> ExitCode {
    match Engine::new() {
        Ok(engine) => tf_sdk::serve::main(provider(engine), ADDRESS),
        Err(error) => {
            // Nobody is left to tell where stderr cannot be written.
            let _ = writeln!(io::stderr(), "could not start the engine: {error}");
            ExitCode::FAILURE
        }
    }
}

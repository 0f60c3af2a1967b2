//! A small provider that does everything right, and on demand one thing wrong.
//!
//! `TF_CONFORMANCE_MUTANT` names the rule that it breaks. It is written on the generated protocol stubs alone:
//! a framework would not let it misbehave. Its things are files, so that several processes see the same.

mod answers;
mod objects;
mod others;
mod schemas;
mod service;
mod serving;

use std::process::ExitCode;

use tf_conformance::rules::Rule;

/// What a thing of this provider does wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutant(Option<Rule>);

impl Mutant {
    fn of_environment() -> Self {
        let named = std::env::var("TF_CONFORMANCE_MUTANT").ok();
        Self(named.and_then(|id| Rule::of(&id)))
    }

    /// Whether this is the rule to break.
    pub(crate) fn breaks(self, rule: Rule) -> bool {
        self.0 == Some(rule)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match serving::serve(Mutant::of_environment()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            // Nobody is left to be told that this cannot be told.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

//! The commands.

mod apply;
mod destroy;
mod journal;
mod observe;
mod plan;
mod records;

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use zeebe_engine::{Engine, EngineError, PlanError};

use crate::arguments::{Arguments, Command};
use crate::output::Output;

/// How a command ended, where it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It is done, or there was nothing to do.
    Done,
    /// There is something to do.
    ToDo,
    /// Something is not as it should be.
    Found,
    /// It was interrupted and can be gone on with.
    Interrupted,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        match end {
            End::Done => Self::SUCCESS,
            End::ToDo | End::Found => Self::from(2),
            End::Interrupted => Self::from(130),
        }
    }
}

/// Runs a command.
pub(crate) async fn run(arguments: Arguments, output: Output) -> Result<End> {
    let engine = Engine::new()?;
    match arguments.command {
        Command::Plan(arguments) => plan::run(&engine, &arguments.document, output).await,
        Command::Apply(arguments) => apply::run(&engine, &arguments.document, output).await,
        Command::Observe(arguments) => observe::run(&engine, &arguments.cluster, output).await,
        Command::Destroy(arguments) => destroy::run(&engine, &arguments.cluster, output).await,
        Command::Journal(arguments) => journal::run(&engine, &arguments.cluster, output).await,
        Command::Records(records) => records::run(&engine, &records, output).await,
    }
}

/// An error of the engine as one that says everything: what, why, and what to do.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn failure(error: EngineError) -> anyhow::Error {
    match &error {
        EngineError::Preflight(found) => {
            let lines: Vec<String> =
                found.iter().map(|found| format!("{}: {}", found.summary, found.detail)).collect();
            anyhow!("{error}:\n  {}", lines.join("\n  "))
        }
        EngineError::Plan(PlanError::Protected { name: _ }) => anyhow!(
            "{error}. Nothing was touched. Set `\"deletion_protection\": \"off\"` in its document, apply, and \
             destroy it then."
        ),
        EngineError::Changed { .. }
        | EngineError::Open(_)
        | EngineError::Plan(_)
        | EngineError::Broken(_)
        | EngineError::Moved { .. }
        | EngineError::Book(_)
        | EngineError::Lease(_)
        | EngineError::Secrets(_)
        | EngineError::Observe(_)
        | EngineError::Target(_)
        | EngineError::Management(_)
        | EngineError::Deed { .. }
        | EngineError::Backup(_)
        | EngineError::Drill(_)
        | EngineError::Restore(_)
        | EngineError::InStep(_)
        | EngineError::Execute(_) => match error.advice() {
            Some(advice) => anyhow!("{}. {advice}", error.chain()),
            None => anyhow!("{}", error.chain()),
        },
    }
}

/// Sentences as a list.
fn listed(sentences: &[String]) -> String {
    let mut text = String::new();
    for (index, sentence) in sentences.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:>3}. {sentence}", index + 1);
    }
    text
}

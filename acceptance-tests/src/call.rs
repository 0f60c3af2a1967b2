//! Running the scripts of `tools/` and other short commands, with their output in the error.

use std::{ffi::OsStr, process::Command};

use anyhow::{Context, Result, bail};

/// What the command printed to stdout, trimmed; its stderr is part of the error when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let done = command.output().with_context(|| format!("could not start {shown}"))?;
    if !done.status.success() {
        bail!(
            "{shown} ended with {}\n{}{}",
            done.status,
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

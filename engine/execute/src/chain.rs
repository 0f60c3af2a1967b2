//! An error with all its causes, in one line.

use std::error::Error;

/// The error and all its causes: `could not start broker 1: port 26512 is taken`.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

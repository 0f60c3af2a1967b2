//! Waiting for what another process does: poll with a deadline, and say at the end what was seen last.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// How often something is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until `look` gives a value, and fails with its last reason at the deadline.
pub fn until<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + deadline;
    loop {
        match look() {
            Ok(value) => return Ok(value),
            Err(error) if Instant::now() >= end => {
                return Err(error.context(format!("{what}: not within {deadline:?}")));
            }
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

/// Looks until `holds` is true.
pub fn until_true(
    what: &str,
    deadline: Duration,
    mut holds: impl FnMut() -> Result<bool>,
) -> Result<()> {
    until(what, deadline, || if holds()? { Ok(()) } else { bail!("it does not hold") })
}

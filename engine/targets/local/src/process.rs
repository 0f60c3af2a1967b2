//! Starts, knows again and stops the product's processes.
//!
//! ```text
//! record of the intent (token) ─▶ spawn (token in its environment) ─▶ record of pid and start time
//!        │ killed here: nothing runs    │ killed here: found by its token    │ killed here: found by its pid
//! ```

use std::collections::BTreeMap;
use std::io;

use camino::Utf8Path;

pub(crate) mod aside;
pub(crate) mod identity;
pub(crate) mod jar;
pub(crate) mod ours;
pub(crate) mod record;
pub(crate) mod restore;
pub(crate) mod secret;
pub(crate) mod spawn;
pub(crate) mod start;
pub(crate) mod stop;

use crate::proc;
use crate::process::identity::Identity;
use crate::process::record::{Record, RecordError};

/// The variable with the token of one run: by it a process is known whose pid nobody wrote down.
pub(crate) const RUN_VARIABLE: &str = "ZEEBE_PLATFORM_RUN";

/// The variable with the component's own folder: by it a process is known whose record is lost.
pub(crate) const HOME_VARIABLE: &str = "ZEEBE_PLATFORM_COMPONENT";

/// What is known of a component's last run.
#[derive(Debug)]
pub(crate) enum Run {
    /// Nothing was started here, or all of it was taken away.
    Never,
    /// It was started and runs no more.
    Ended(Box<Record>),
    /// It runs.
    Runs(Box<Record>, Identity),
    /// A process runs, and what it was started with is not known.
    Stray(Identity, Option<RecordError>),
    /// No process runs, and what was started last is not known.
    Lost(RecordError),
}

/// Looks at a component's last run.
pub(crate) fn look(home: &crate::layout::Home, strays: &[Stray]) -> io::Result<Run> {
    let stray = || strays.iter().find(|stray| stray.home == home.path().as_str());
    match Record::read(&home.record()) {
        Ok(Some(record)) => {
            let running = match &record.identity {
                Some(identity) => identity.is_alive()?.then(|| identity.clone()),
                None => strays
                    .iter()
                    .find(|stray| stray.run.as_deref() == Some(record.run.as_str()))
                    .map(|stray| stray.identity.clone()),
            };
            Ok(match (running, stray()) {
                (Some(identity), _) => Run::Runs(Box::new(record), identity),
                (None, Some(stray)) => Run::Stray(stray.identity.clone(), None),
                (None, None) => Run::Ended(Box::new(record)),
            })
        }
        Ok(None) => Ok(match stray() {
            Some(stray) => Run::Stray(stray.identity.clone(), None),
            None => Run::Never,
        }),
        Err(error) => Ok(match stray() {
            Some(stray) => Run::Stray(stray.identity.clone(), Some(error)),
            None => Run::Lost(error),
        }),
    }
}

/// A process of ours, as its own environment says.
#[derive(Clone, Debug)]
pub(crate) struct Stray {
    /// The component's own folder.
    pub(crate) home: String,
    pub(crate) run: Option<String>,
    pub(crate) identity: Identity,
}

/// Every process of ours under a cluster's folder, one for each run: what a launcher starts beside the
/// product belongs to it, as long as the launcher or the product is there.
pub(crate) fn strays(root: &Utf8Path) -> io::Result<Vec<Stray>> {
    let below = format!("{root}/");
    let mut strays = BTreeMap::new();
    for pid in proc::pids()? {
        let Some(environment) = proc::environment(pid) else { continue };
        let Some(home) = proc::variable(&environment, HOME_VARIABLE) else { continue };
        if !home.starts_with(&below) {
            continue;
        }
        let Some(status) = proc::status(pid)? else { continue };
        if status.has_ended() {
            continue;
        }
        let Some(identity) = Identity::of(pid)? else { continue };
        let run = proc::variable(&environment, RUN_VARIABLE).map(str::to_owned);
        strays.insert(pid, (status.parent, Stray { home: home.to_owned(), run, identity }));
    }
    let has_parent = |parent: i32, stray: &Stray| {
        strays.get(&parent).is_some_and(|(_, above)| above.run == stray.run)
    };
    Ok(strays
        .values()
        .filter(|(parent, stray)| !has_parent(*parent, stray))
        .map(|(_, stray)| stray.clone())
        .collect())
}

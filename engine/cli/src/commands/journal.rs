//! `journal`.

use anyhow::Result;
use zeebe_engine::{Engine, Entry, Event};

use super::{End, failure};
use crate::document;
use crate::output::{Output, table};

pub(crate) async fn run(engine: &Engine, named: &str, output: Output) -> Result<End> {
    let cluster = document::open(engine, named)?;
    let entries = cluster.journal().await.map_err(failure)?;
    output.report(&entries, || table(&entries.iter().map(row).collect::<Vec<_>>()))?;
    Ok(End::Done)
}

fn row(entry: &Entry) -> Vec<String> {
    let step = |step: &usize| (step + 1).to_string();
    let (number, what, text) = match &entry.event {
        Event::Began { purpose, steps } => {
            (String::new(), "began", format!("{purpose}, {} steps", steps.len()))
        }
        Event::Started { step: at, what } => (step(at), "started", what.clone()),
        Event::Accepted { step: at, change } => {
            (step(at), "accepted", format!("the product's change {change}"))
        }
        Event::Saw { step: at, what } => (step(at), "saw", what.clone()),
        Event::Done { step: at } => (step(at), "done", String::new()),
        Event::Failed { step: at, why, left_behind: _ } => (step(at), "failed", why.clone()),
        Event::Ended { outcome } => (String::new(), "ended", outcome.clone()),
    };
    vec![entry.at.to_string(), number, what.to_owned(), text]
}

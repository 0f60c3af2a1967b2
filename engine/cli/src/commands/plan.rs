//! `plan`.

use std::path::Path;

use anyhow::Result;
use serde_json::json;
use zeebe_engine::{Engine, Phase};

use super::{End, failure, listed};
use crate::output::Output;
use crate::{document, progress};

pub(crate) async fn run(engine: &Engine, path: &Path, output: Output) -> Result<End> {
    let spec = document::read(path)?;
    let cluster = engine.cluster(&spec)?;
    let call = progress::call();
    let seen = cluster.look(&call).await.map_err(failure)?;
    let is_there = seen.record.as_ref().is_some_and(|record| record.phase != Phase::Destroyed);
    let plan = if is_there {
        cluster.plan_change(&spec, &seen, &call).await
    } else {
        cluster.plan_creation(&spec, &call).await
    }
    .map_err(failure)?;
    let sentences = plan.sentences();
    drop(call);
    output.report(&json!({ "cluster": cluster.id(), "steps": sentences }), || {
        if sentences.is_empty() {
            format!("{}: nothing to do\n", cluster.id())
        } else {
            format!("{}:\n{}", cluster.id(), listed(&sentences))
        }
    })?;
    Ok(if sentences.is_empty() { End::Done } else { End::ToDo })
}

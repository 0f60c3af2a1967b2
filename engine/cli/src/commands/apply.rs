//! `apply`.

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
    let there = cluster
        .record()
        .await
        .map_err(failure)?
        .is_some_and(|record| record.phase != Phase::Destroyed);
    let applied = if there {
        cluster.change(&spec, None, &call).await
    } else {
        cluster.create(&spec, None, &call).await
    };
    drop(call);
    let applied = match applied {
        Err(error) if error.is_cancelled() => {
            output.failure(&failure(error));
            return Ok(End::Interrupted);
        }
        other => other.map_err(failure)?,
    };
    let addresses = cluster.addresses(&spec);
    let report = json!({
        "cluster": addresses.id,
        "done": applied.sentences,
        "gateway_address": addresses.gateway,
        "rest_address": addresses.rest,
    });
    output.report(&report, || {
        let done = if applied.sentences.is_empty() {
            "  nothing to do\n".to_owned()
        } else {
            listed(&applied.sentences)
        };
        format!(
            "{}:\n{done}gateway  {}\nrest     {}\n",
            addresses.id, addresses.gateway, addresses.rest
        )
    })?;
    Ok(End::Done)
}

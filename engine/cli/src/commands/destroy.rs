//! `destroy`.

use anyhow::{Result, bail};
use serde_json::json;
use zeebe_engine::{Engine, Phase};
use zeebe_spec::DeletionProtection;

use super::{End, failure, listed};
use crate::output::Output;
use crate::{document, progress};

pub(crate) async fn run(engine: &Engine, named: &str, output: Output) -> Result<End> {
    let cluster = document::open(engine, named)?;
    let call = progress::call();
    let Some(record) = cluster.record().await.map_err(failure)? else {
        bail!("no cluster stands at {}", cluster.id());
    };
    // A cluster that was never whole holds nothing that the protection is for.
    let protection = match record.phase {
        Phase::Creating | Phase::Destroying | Phase::Destroyed => DeletionProtection::Off,
        Phase::Ready | Phase::Restoring(_) => record.spec.deletion_protection,
    };
    let done = cluster.destroy(protection, &call).await;
    drop(call);
    let done = match done {
        Err(error) if error.is_cancelled() => {
            output.failure(&failure(error));
            return Ok(End::Interrupted);
        }
        other => other.map_err(failure)?,
    };
    output.report(&json!({ "cluster": cluster.id(), "done": done }), || {
        format!("{}:\n{}", cluster.id(), listed(&done))
    })?;
    Ok(End::Done)
}

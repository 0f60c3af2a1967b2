//! The cluster's document: the wish in JSON, every mistake at once.

use std::path::Path;

use anyhow::{Context, Result, bail};
use zeebe_engine::{Cluster, Engine};
use zeebe_spec::{ClusterParts, ClusterSpec};

/// Reads and checks a document.
pub(crate) fn read(path: &Path) -> Result<ClusterSpec> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("could not read document \"{}\"", path.display()))?;
    let parts: ClusterParts = serde_json::from_str(&text)
        .with_context(|| format!("document \"{}\" is no cluster", path.display()))?;
    let mut mistakes: Vec<String> = Engine::check(&parts)
        .iter()
        .map(|found| format!("`{}`: {}: {}", found.key, found.summary, found.detail))
        .collect();
    match ClusterSpec::new(parts) {
        Ok(spec) if mistakes.is_empty() => return Ok(spec),
        Ok(_) => {}
        Err(found) => {
            mistakes
                .extend(found.iter().map(|found| format!("{}: {}", found.summary, found.detail)));
        }
    }
    bail!("document \"{}\" asks for what cannot be:\n  {}", path.display(), mistakes.join("\n  "))
}

/// Opens the place of a cluster that is named by its document or its address.
pub(crate) fn open(engine: &Engine, named: &str) -> Result<Cluster> {
    if named.contains("://") {
        return Ok(engine.at(named)?);
    }
    Ok(engine.cluster(&read(Path::new(named))?)?)
}

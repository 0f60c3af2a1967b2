//! `observe`.

use anyhow::{Result, bail};
use serde_json::json;
use zeebe_engine::product::{Health, Role};
use zeebe_engine::{ClusterVitals, Engine, problems};
use zeebe_plan::component::{Condition, Observed};

use super::{End, failure};
use crate::output::{Output, table};
use crate::{document, progress};

pub(crate) async fn run(engine: &Engine, named: &str, output: Output) -> Result<End> {
    let cluster = document::open(engine, named)?;
    let call = progress::call();
    let seen = cluster.look(&call).await.map_err(failure)?;
    let Some(record) = &seen.record else {
        bail!("no cluster stands at {}", cluster.id());
    };
    let vitals = cluster.vitals(&call).await;
    drop(call);
    let problems = match &vitals {
        Ok(vitals) => problems(record, &seen, vitals),
        Err(error) => vec![error.chain()],
    };
    let vitals = vitals.ok();
    let report = json!({
        "cluster": cluster.id(),
        "observed": seen,
        "vitals": vitals,
        "problems": problems,
    });
    output.report(&report, || {
        let mut rows = vec![vec!["component".to_owned(), "version".to_owned(), "state".to_owned()]];
        for (id, state) in &seen.components {
            let (version, state) = match state {
                Observed::Absent => (String::new(), "absent".to_owned()),
                Observed::Unclear(why) => (String::new(), format!("unclear: {why}")),
                Observed::Present(state) => (
                    state.version.to_string(),
                    match &state.condition {
                        Condition::Running(run) => format!("running, {run}"),
                        Condition::Stopped => "stopped".to_owned(),
                    },
                ),
            };
            rows.push(vec![id.to_string(), version, state]);
        }
        let partitions = vitals.as_ref().map(partitions).unwrap_or_default();
        let problems = if problems.is_empty() {
            "whole\n".to_owned()
        } else {
            format!("not whole:\n  {}\n", problems.join("\n  "))
        };
        format!("{}\n\n{}\n{partitions}\n{problems}", cluster.id(), table(&rows))
    })?;
    Ok(End::Done)
}

fn partitions(vitals: &ClusterVitals) -> String {
    let mut rows = vec![vec!["partition".to_owned(), "leader".to_owned(), "copies".to_owned()]];
    for (partition, replicas) in vitals.topology.replicas() {
        let view = |broker| {
            vitals
                .gateway
                .as_ref()
                .and_then(|gateway| gateway.brokers.get(broker))
                .and_then(|broker| broker.partitions.get(&partition))
        };
        let leader = replicas
            .iter()
            .find(|broker| matches!(view(*broker), Some((Role::Leader, _))))
            .map_or_else(|| "none".to_owned(), |broker| format!("broker {broker}"));
        let copies: Vec<String> = replicas
            .iter()
            .map(|broker| match view(broker) {
                Some((_, Health::Healthy)) => format!("{broker}"),
                Some((_, Health::Unhealthy)) => format!("{broker} (unhealthy)"),
                Some((_, Health::Dead)) => format!("{broker} (dead)"),
                None => format!("{broker} (not seen)"),
            })
            .collect();
        rows.push(vec![partition.to_string(), leader, copies.join(", ")]);
    }
    table(&rows)
}

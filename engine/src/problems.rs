//! What keeps a cluster from being whole, in words.

use std::collections::BTreeMap;
use std::time::Duration;

use zeebe_plan::component::{Condition, Observed};
use zeebe_plan::observed::{ClusterObserved, ClusterRecord, ClusterVitals};
use zeebe_plan::step::Gate;

/// Everything that keeps it from being whole; empty where nothing does. What a gate would wait for, and
/// components that do not run.
pub fn problems(
    record: &ClusterRecord,
    seen: &ClusterObserved,
    vitals: &ClusterVitals,
) -> Vec<String> {
    let mut problems: Vec<String> = seen
        .components
        .iter()
        .filter_map(|(id, state)| match state {
            Observed::Absent => Some(format!("{id} is not there")),
            Observed::Present(state) => match state.condition {
                Condition::Running(_) => None,
                Condition::Stopped => Some(format!("{id} does not run")),
            },
            Observed::Unclear(why) => Some(format!("{id} is unclear: {why}")),
        })
        .collect();
    let gate = Gate {
        purpose: String::new(),
        shape: record.shape.clone(),
        versions: BTreeMap::new(),
        stable_for: Duration::ZERO,
        deadline: Duration::ZERO,
    };
    match &vitals.gateway {
        Some(gateway) => problems.extend(zeebe_execute::lacks(&gate, &vitals.topology, gateway)),
        None => problems.push("no gateway answers".to_owned()),
    }
    problems
}

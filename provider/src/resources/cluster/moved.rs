//! A `moved` block from something else to a `zeebe_cluster`.
//!
//! An object that is moved is the same object before and after. What runs where this release has no target
//! cannot be that, so it is refused, and stays as it is in the state; the refusal says what its wish would
//! be here, and what has no counterpart.

use serde_json::Value as Json;
use tf_sdk::Diagnostic;
use tf_sdk::provider::{MovedState, not_moved};
use zeebe_spec::Version;

/// The official chart.
const CHART: &str = "camunda-platform";

/// Where a state comes from.
pub(super) enum Source {
    /// Another address of this provider.
    Ours,
    /// Something that is not a cluster that this release can manage.
    Foreign(Diagnostic),
}

/// Whether a state can be taken over.
pub(super) fn source(moved: &MovedState) -> Source {
    let json = || serde_json::from_slice::<Json>(&moved.json).unwrap_or_default();
    match moved.type_name.as_str() {
        "zeebe_cluster" => Source::Ours,
        "camunda_cluster" => Source::Foreign(refused(&of_saas(&json()))),
        "helm_release" => Source::Foreign(of_release(&json())),
        other => Source::Foreign(not_moved(other, "zeebe_cluster")),
    }
}

/// A cluster that runs where this release has no target.
struct Elsewhere {
    what: String,
    target: &'static str,
    /// What its wish would be here, as lines of HCL.
    wish: Vec<String>,
    /// What has no counterpart.
    lost: Vec<String>,
}

fn refused(elsewhere: &Elsewhere) -> Diagnostic {
    let Elsewhere { what, target, wish, lost } = elsewhere;
    let list = |heading: &str, lines: &[String]| match lines {
        [] => String::new(),
        lines => format!("\n{heading}\n  {}", lines.join("\n  ")),
    };
    let detail = format!(
        "It runs on the target `{target}`, which this release of the provider does not have, so it would be \
         managed by nobody. Nothing was changed. Remove the `moved` block and keep the resource where it \
         is.{}{}",
        list("What it says would be written here as:", wish),
        list("What would have no counterpart here:", lost)
    );
    Diagnostic::error(format!("cannot move {what} to a \"zeebe_cluster\""), detail)
}

fn text(json: &Json, pointer: &str) -> Option<String> {
    match json.pointer(pointer)? {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// A cluster of the vendor's cloud, as the community's provider has it.
fn of_saas(state: &Json) -> Elsewhere {
    let name = text(state, "/name").unwrap_or_default();
    let lost = [
        ("channel", "/channel"),
        ("generation", "/generation"),
        ("plan_type", "/plan_type"),
        ("region", "/region"),
    ];
    Elsewhere {
        what: format!("the \"camunda_cluster\" \"{name}\""),
        target: "saas",
        wish: vec![format!("name = {name:?}")],
        lost: lost
            .into_iter()
            .filter_map(|(attribute, pointer)| {
                Some(format!("{attribute} = {:?}", text(state, pointer)?))
            })
            .collect(),
    }
}

/// A release of a chart, which is a cluster only if the chart is the official one.
fn of_release(state: &Json) -> Diagnostic {
    let chart = text(state, "/metadata/chart")
        .or_else(|| text(state, "/metadata/0/chart"))
        .or_else(|| text(state, "/chart"))
        .unwrap_or_default();
    let name = text(state, "/name").unwrap_or_default();
    if chart.rsplit('/').next() != Some(CHART) {
        return Diagnostic::error(
            format!("cannot move the \"helm_release\" \"{name}\" to a \"zeebe_cluster\""),
            format!(
                "It is a release of the chart \"{chart}\". Expected \"{CHART}\", the official chart of Camunda 8."
            ),
        );
    }
    let values = text(state, "/metadata/values").or_else(|| text(state, "/metadata/0/values"));
    let values: Json =
        values.and_then(|values| serde_json::from_str(&values).ok()).unwrap_or_default();
    // `orchestration` from chart 13 (8.8) on, `zeebe` before.
    let broker = |key: &str| {
        text(&values, &format!("/orchestration/{key}"))
            .or_else(|| text(&values, &format!("/zeebe/{key}")))
    };
    let mut wish = vec![format!("name = {name:?}")];
    match broker("image/tag") {
        Some(tag) if zeebe_scalar::parse_text::<Version>(tag.clone()).is_ok() => {
            wish.push(format!("version = {tag:?}"));
        }
        Some(_) | None => {}
    }
    let sizes = [
        ("brokers", "clusterSize"),
        ("partitions", "partitionCount"),
        ("replication_factor", "replicationFactor"),
    ];
    let sizes: Vec<String> = sizes
        .into_iter()
        .filter_map(|(attribute, key)| Some(format!("{attribute} = {}", broker(key)?)))
        .collect();
    if !sizes.is_empty() {
        wish.push(format!("topology = {{ {} }}", sizes.join(", ")));
    }
    let mut lost: Vec<String> = match &values {
        Json::Object(parts) => parts
            .keys()
            .filter(|part| !matches!(part.as_str(), "zeebe" | "orchestration"))
            .map(|part| format!("the chart's values below `{part}`"))
            .collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            Vec::new()
        }
    };
    if let Some(namespace) = text(state, "/namespace") {
        lost.push(format!("the namespace \"{namespace}\", and the volumes in it"));
    }
    let what = format!("the \"helm_release\" \"{name}\"");
    refused(&Elsewhere { what, target: "kubernetes", wish, lost })
}

//! The REST port of a gateway: its topology, and nothing else that clients use.

use serde_json::json;
use zeebe_management::wire;
use zeebe_spec::{BrokerId, GatewayIndex, Minor, Version};

use crate::host::management::web_error;
use crate::host::render;
use crate::host::reply::{Answer, Asked};
use crate::model::{Model, Switch};

/// The gateway in a broker; `None` where nobody listens.
pub(super) fn embedded(model: &Model, broker: BrokerId, asked: &Asked) -> Option<Answer> {
    let (machine, _) = model.answering(broker)?;
    let version = machine.version.clone();
    // Without an embedded gateway the product opens the port all the same, and serves nothing there.
    Some(match machine.settings.gateway {
        Switch::Enabled => answer(model, &version, asked),
        Switch::Disabled => web_error(404, None, version.minor(), asked),
    })
}

/// A standalone gateway; `None` where nobody listens.
pub(super) fn standalone(model: &Model, index: GatewayIndex, asked: &Asked) -> Option<Answer> {
    let version = model.gateway_answering(index)?.version.clone();
    Some(answer(model, &version, asked))
}

fn answer(model: &Model, version: &Version, asked: &Asked) -> Answer {
    let minor = version.minor();
    let topology = match asked.path.as_str() {
        "/v1/topology" => minor <= Minor::V8_6,
        "/v2/topology" => minor >= Minor::V8_6,
        _ => false,
    };
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", _) if topology => {
            let nothing_yet = || wire::GatewayTopology {
                cluster_size: -1,
                gateway_version: version.to_string(),
                ..wire::GatewayTopology::default()
            };
            let known = model.configuration();
            let known = known.map(|it| render::gateway_topology(model, it, version));
            Answer::json(200, &known.unwrap_or_else(nothing_yet))
        }
        ("GET", "/v2/status") if minor >= Minor::V8_8 => {
            Answer::empty(if render::has_leader(model) { 204 } else { 503 })
        }
        ("GET", "/v2/license") if minor >= Minor::V8_6 => {
            Answer::json(200, &json!({"validLicense": false, "licenseType": "unknown"}))
        }
        _ => web_error(404, None, minor, asked),
    }
}

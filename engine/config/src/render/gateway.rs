//! A standalone gateway's settings.

use std::collections::BTreeMap;

use zeebe_spec::Minor;

use super::{Form, profiles};
use crate::intent::GatewayIntent;
use crate::name::SettingName;

/// What takes effect at a start only.
pub(super) fn settings(minor: Minor, intent: &GatewayIntent) -> BTreeMap<SettingName, String> {
    let GatewayIntent {
        cluster_name,
        index,
        ports,
        host,
        contact_points: _,
        directory: _,
        memory: _,
        configuration: _,
    } = intent;
    let mut settings = Form(minor).name([
        ("zeebe.gateway.cluster.clusterName", "camunda.cluster.name", cluster_name.clone()),
        (
            "zeebe.gateway.cluster.memberId",
            "camunda.cluster.gateway-id",
            format!("gateway-{index}"),
        ),
        ("zeebe.gateway.cluster.host", "camunda.cluster.network.host", host.clone()),
        (
            "zeebe.gateway.cluster.advertisedHost",
            "camunda.cluster.network.advertised-host",
            host.clone(),
        ),
        (
            "zeebe.gateway.cluster.port",
            "camunda.cluster.network.internal-api.port",
            ports.internal.to_string(),
        ),
        ("zeebe.gateway.network.host", "camunda.api.grpc.address", host.clone()),
        ("zeebe.gateway.network.port", "camunda.api.grpc.port", ports.gateway.to_string()),
    ]);
    settings.extend(super::http(host, ports.rest, ports.management));
    settings.extend(profiles(minor, "gateway"));
    settings
}

/// What is read only to find the first peer.
pub(super) fn bootstrap(minor: Minor, intent: &GatewayIntent) -> BTreeMap<SettingName, String> {
    Form(minor).name([(
        "zeebe.gateway.cluster.initialContactPoints",
        "camunda.cluster.initial-contact-points",
        intent.contact_points.join(","),
    )])
}

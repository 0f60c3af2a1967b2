//! A broker's settings.

use std::collections::BTreeMap;

use zeebe_spec::Minor;

use super::{Form, data_size, profiles};
use crate::intent::{BrokerIntent, ChosenBy, EmbeddedGateway, Watermarks};
use crate::name::SettingName;

/// What takes effect at a start only.
pub(super) fn settings(minor: Minor, intent: &BrokerIntent) -> BTreeMap<SettingName, String> {
    let form = Form(minor);
    let BrokerIntent {
        cluster_name,
        node,
        bootstrap: _,
        ports,
        host,
        contact_points: _,
        data_directory,
        size,
        watermarks,
        embedded_gateway,
        exporters: _,
        receivers: _,
        backup_store: _,
        configuration: _,
    } = intent;
    let mut settings = form.name([
        ("zeebe.broker.cluster.nodeId", "camunda.cluster.node-id", node.to_string()),
        ("zeebe.broker.cluster.clusterName", "camunda.cluster.name", cluster_name.clone()),
        ("zeebe.broker.network.host", "camunda.cluster.network.host", host.clone()),
        (
            "zeebe.broker.network.advertisedHost",
            "camunda.cluster.network.advertised-host",
            host.clone(),
        ),
        (
            "zeebe.broker.network.commandApi.port",
            "camunda.cluster.network.command-api.port",
            ports.command.to_string(),
        ),
        (
            "zeebe.broker.network.internalApi.port",
            "camunda.cluster.network.internal-api.port",
            ports.internal.to_string(),
        ),
        (
            "zeebe.broker.data.directory",
            "camunda.data.primary-storage.directory",
            data_directory.clone(),
        ),
        (
            "zeebe.broker.data.logSegmentSize",
            "camunda.data.primary-storage.logstream.log-segment-size",
            data_size(&size.log_segment_size),
        ),
        (
            "zeebe.broker.threads.cpuThreadCount",
            "camunda.system.cpu-thread-count",
            size.cpu_threads.to_string(),
        ),
        (
            "zeebe.broker.threads.ioThreadCount",
            "camunda.system.io-thread-count",
            size.io_threads.to_string(),
        ),
    ]);
    match watermarks.by {
        ChosenBy::User => settings.extend(self::watermarks(&form, watermarks)),
        ChosenBy::Engine => {}
    }
    let enable = SettingName::of("zeebe.broker.gateway.enable");
    match embedded_gateway {
        EmbeddedGateway::On => {
            settings.insert(enable, "true".to_owned());
            settings.extend(form.name([
                ("zeebe.broker.gateway.network.host", "camunda.api.grpc.address", host.clone()),
                (
                    "zeebe.broker.gateway.network.port",
                    "camunda.api.grpc.port",
                    ports.gateway.to_string(),
                ),
            ]));
        }
        EmbeddedGateway::Off => {
            settings.insert(enable, "false".to_owned());
        }
    }
    settings.extend(super::http(host, ports.rest, ports.management));
    settings.extend(profiles(minor, "broker"));
    settings
}

fn watermarks(form: &Form, watermarks: &Watermarks) -> BTreeMap<SettingName, String> {
    let Watermarks { processing, replication, by: _ } = watermarks;
    form.name([
        (
            "zeebe.broker.data.disk.freeSpace.processing",
            "camunda.data.primary-storage.disk.free-space.processing",
            data_size(processing),
        ),
        (
            "zeebe.broker.data.disk.freeSpace.replication",
            "camunda.data.primary-storage.disk.free-space.replication",
            data_size(replication),
        ),
    ])
}

/// What is read only while there is no data yet, or to find the first peer, or is not worth a restart.
pub(super) fn bootstrap(minor: Minor, intent: &BrokerIntent) -> BTreeMap<SettingName, String> {
    let bootstrap = intent.bootstrap;
    let form = Form(minor);
    let mut settings = form.name([
        ("zeebe.broker.cluster.clusterSize", "camunda.cluster.size", bootstrap.brokers.to_string()),
        (
            "zeebe.broker.cluster.partitionsCount",
            "camunda.cluster.partition-count",
            bootstrap.partitions.to_string(),
        ),
        (
            "zeebe.broker.cluster.replicationFactor",
            "camunda.cluster.replication-factor",
            bootstrap.replication_factor.to_string(),
        ),
        (
            "zeebe.broker.cluster.initialContactPoints",
            "camunda.cluster.initial-contact-points",
            intent.contact_points.join(","),
        ),
    ]);
    match intent.watermarks.by {
        ChosenBy::User => {}
        ChosenBy::Engine => settings.extend(watermarks(&form, &intent.watermarks)),
    }
    settings
}

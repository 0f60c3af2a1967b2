//! From an intent to settings.

mod backup;
mod broker;
mod exporter;
mod gateway;
mod receiver;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeebe_scalar::ByteSize;
use zeebe_spec::{Minor, SecretSource, SettingKey};

use crate::files::Places;
use crate::intent::{BrokerIntent, GatewayIntent};
use crate::java;
use crate::keys::{self, Component, component};
use crate::name::SettingName;

pub use self::backup::is_of_backup_store;
pub use self::receiver::{
    RECEIVER_ACCESS_KEY, RECEIVER_KAFKA_PASSWORD, RECEIVER_SECRET_KEY, RenderedReceiver, receiver,
};

/// Everything that a target must give to one broker or gateway to start it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// Environment variables that take effect at a start only: a difference in them needs a restart.
    pub settings: BTreeMap<SettingName, String>,
    /// Environment variables that are read only while there is no data yet, or to find the first peer, or
    /// that follow from the cluster's size: a difference in them never needs a restart.
    pub bootstrap: BTreeMap<SettingName, String>,
    /// What is started.
    pub launcher: Launcher,
    /// Options of the Java runtime, for [`crate::JAVA_OPTIONS_VARIABLE`]; none holds a space.
    pub java_options: Vec<String>,
    /// Environment variables whose values are secrets, and where those are read: another source needs a restart.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub secrets: BTreeMap<SettingName, SecretSource>,
    /// Files to be written before the start, by absolute path: a difference in them needs a restart.
    pub files: BTreeMap<String, String>,
}

impl Rendered {
    /// The whole environment of the process: settings, bootstrap and Java options.
    pub fn environment(&self) -> BTreeMap<String, String> {
        self.settings
            .iter()
            .chain(&self.bootstrap)
            .map(|(name, value)| (name.as_str().to_owned(), value.clone()))
            .chain([(java::JAVA_OPTIONS_VARIABLE.to_owned(), self.java_options.join(" "))])
            .collect()
    }
}

/// Which of the distribution's programs is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Launcher {
    /// A broker.
    Broker,
    /// A standalone gateway.
    Gateway,
    /// The one program of 8.8 and later, which is what its profiles say.
    Camunda,
}

impl Launcher {
    /// Its path in the unpacked distribution.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Broker => "bin/broker",
            Self::Gateway => "bin/gateway",
            Self::Camunda => "bin/camunda",
        }
    }
}

/// What one broker of a minor is given. The user's own settings must have passed [`crate::check`].
pub fn broker(minor: Minor, intent: &BrokerIntent) -> Rendered {
    let places = Places::beside(&intent.data_directory);
    let mut settings = broker::settings(minor, intent);
    settings.extend(places.settings());
    let exporters = exporter::exporters(minor, &intent.exporters, &intent.receivers);
    settings.extend(exporters.settings);
    let mut secrets = exporters.secrets;
    if let Some(store) = &intent.backup_store {
        let backup = backup::store(minor, store);
        settings.extend(backup.settings);
        secrets.extend(backup.secrets);
    }
    add_own(&mut settings, Component::Broker, &intent.configuration);
    add_defaults(&mut settings, minor);
    Rendered {
        settings,
        bootstrap: broker::bootstrap(minor, intent),
        launcher: if is_one_program(minor) { Launcher::Camunda } else { Launcher::Broker },
        java_options: java::options(&intent.size.memory),
        secrets,
        files: places.files(),
    }
}

/// What one standalone gateway of a minor is given. The user's own settings must have passed
/// [`crate::check`]; those that only brokers read are left out.
pub fn gateway(minor: Minor, intent: &GatewayIntent) -> Rendered {
    let places = Places::within(&intent.directory);
    let mut settings = gateway::settings(minor, intent);
    settings.extend(places.settings());
    add_own(&mut settings, Component::Gateway, &intent.configuration);
    Rendered {
        settings,
        bootstrap: gateway::bootstrap(minor, intent),
        launcher: if is_one_program(minor) { Launcher::Camunda } else { Launcher::Gateway },
        java_options: java::options(&intent.memory),
        secrets: BTreeMap::new(),
        files: places.files(),
    }
}

/// Whether the minor has one program that is what its profiles say.
fn is_one_program(minor: Minor) -> bool {
    minor >= Minor::V8_8
}

/// Adds the user's own settings that this component reads. What we set ourselves is never overwritten:
/// `check` has refused those keys, and a caller that did not ask it must not get a mixed broker.
fn add_own(
    settings: &mut BTreeMap<SettingName, String>,
    reader: Component,
    configuration: &BTreeMap<SettingKey, String>,
) {
    for (key, value) in configuration {
        if component(key.as_str()).is_none_or(|only| only == reader) {
            settings.entry(SettingName::of(key.as_str())).or_insert_with(|| value.clone());
        }
    }
}

/// Adds what we choose for a broker where the user does not.
fn add_defaults(settings: &mut BTreeMap<SettingName, String>, minor: Minor) {
    if minor >= Minor::V8_10 {
        // 8.10 turned the default from 512 MB for each partition to a tenth of the machine's memory, which
        // brokers that share a machine would each take in full.
        let strategy = "camunda.data.primary-storage.rocksdb.memory-allocation-strategy";
        settings.entry(SettingName::of(strategy)).or_insert_with(|| "PARTITION".to_owned());
    }
}

/// REST and management, which Spring serves; the same in every minor.
fn http(host: &str, rest: u16, management: u16) -> BTreeMap<SettingName, String> {
    [
        ("server.address", host.to_owned()),
        ("server.port", rest.to_string()),
        ("management.server.address", host.to_owned()),
        ("management.server.port", management.to_string()),
    ]
    .into_iter()
    .map(|(key, value)| (SettingName::of(key), value))
    .collect()
}

/// What the one program of 8.8 and later is to be: the engine alone, without search and web applications.
///
/// The profiles are the vendor's for that (`no-secondary-storage.md`). The one that is usual with secondary
/// storage, `consolidated-auth`, must not be among them: it looks users up there, and stops the program
/// where there is none (camunda/camunda#38186). What protects such a cluster is that it listens on
/// loopback, or on what the target puts before it.
fn profiles(minor: Minor, role: &str) -> BTreeMap<SettingName, String> {
    if !is_one_program(minor) {
        return BTreeMap::new();
    }
    BTreeMap::from([
        (SettingName::of("spring.profiles.active"), format!("{role},standalone")),
        (SettingName::of("camunda.data.secondary-storage.type"), "none".to_owned()),
        (SettingName::of("camunda.security.authentication.unprotected-api"), "true".to_owned()),
        (SettingName::of("camunda.security.authorizations.enabled"), "false".to_owned()),
    ])
}

/// The form that settings have in a minor.
struct Form(Minor);

impl Form {
    /// Names values as variables, each by its older key or by its newer one.
    fn name<const N: usize>(
        &self,
        rows: [(&'static str, &'static str, String); N],
    ) -> BTreeMap<SettingName, String> {
        rows.into_iter()
            .map(|(legacy, unified, value)| {
                (SettingName::of(keys::form(self.0, legacy, unified)), value)
            })
            .collect()
    }
}

/// A size as Spring reads it: binary units under decimal names, or bare bytes.
fn data_size(size: &ByteSize) -> String {
    let bytes = size.bytes();
    [("GB", 30), ("MB", 20), ("KB", 10)]
        .into_iter()
        .find(|(_, shift)| bytes != 0 && bytes.trailing_zeros() >= *shift)
        .map_or_else(|| format!("{bytes}B"), |(unit, shift)| format!("{}{unit}", bytes >> shift))
}

#[cfg(test)]
mod tests;

//! What a simulated broker reads of its environment, as the product does at its start.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zeebe_plan::component::Process;

use super::configuration::Switch;

/// What a broker was told about the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How many brokers a new cluster has.
    pub brokers: u16,
    /// How many partitions a new cluster has.
    pub partitions: u16,
    /// How many copies each partition of a new cluster has.
    pub factor: u16,
    /// Whether the broker is a gateway too.
    pub gateway: Switch,
    /// Whether the experiment of 8.6 is on.
    pub scaling: Switch,
    /// The exporters.
    pub exporters: BTreeSet<String>,
    /// Whether it has a store of backups.
    #[serde(default = "no_store", skip_serializing_if = "is_without_store")]
    pub backups: Switch,
    /// The host that it tells its peers.
    pub host: String,
    /// Its port for commands.
    pub port: u16,
}

const fn no_store() -> Switch {
    Switch::Disabled
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_without_store(backups: &Switch) -> bool {
    matches!(backups, Switch::Disabled)
}

/// The port for commands where nothing is said.
const COMMAND_PORT: u16 = 26501;

impl Settings {
    /// Reads them. What is not said has the product's default.
    pub fn read(process: &Process) -> Self {
        // Spring takes a name with or without underscores between its words.
        let environment: BTreeMap<String, &str> = process
            .settings
            .iter()
            .chain(&process.bootstrap)
            .map(|(name, value)| (name.replace(['_', '-', '.'], "").to_uppercase(), value.as_str()))
            .collect();
        let text = |names: [&str; 2]| names.iter().find_map(|name| environment.get(*name).copied());
        let number = |names, default| text(names).and_then(|it| it.parse().ok()).unwrap_or(default);
        let switch = |names, default| match text(names) {
            Some(said) if said.eq_ignore_ascii_case("true") => Switch::Enabled,
            Some(_) => Switch::Disabled,
            None => default,
        };
        let exporter = |name: &str| {
            let name = name.strip_suffix("CLASSNAME")?;
            let id = name
                .strip_prefix("ZEEBEBROKEREXPORTERS")
                .or_else(|| name.strip_prefix("CAMUNDADATAEXPORTERS"))?;
            Some(id.to_lowercase())
        };
        Self {
            brokers: number(["ZEEBEBROKERCLUSTERCLUSTERSIZE", "CAMUNDACLUSTERSIZE"], 1),
            partitions: number(
                ["ZEEBEBROKERCLUSTERPARTITIONSCOUNT", "CAMUNDACLUSTERPARTITIONCOUNT"],
                1,
            ),
            factor: number(
                ["ZEEBEBROKERCLUSTERREPLICATIONFACTOR", "CAMUNDACLUSTERREPLICATIONFACTOR"],
                1,
            ),
            gateway: switch(
                ["ZEEBEBROKERGATEWAYENABLE", "ZEEBEBROKERGATEWAYENABLED"],
                Switch::Enabled,
            ),
            scaling: switch(
                ["ZEEBEBROKEREXPERIMENTALFEATURESENABLEPARTITIONSCALING"; 2],
                Switch::Disabled,
            ),
            backups: backup_store(&environment),
            exporters: environment.keys().filter_map(|name| exporter(name)).collect(),
            host: text(["ZEEBEBROKERNETWORKADVERTISEDHOST", "CAMUNDACLUSTERNETWORKADVERTISEDHOST"])
                .unwrap_or("127.0.0.1")
                .to_owned(),
            port: number(
                ["ZEEBEBROKERNETWORKCOMMANDAPIPORT", "CAMUNDACLUSTERNETWORKCOMMANDAPIPORT"],
                COMMAND_PORT,
            ),
        }
    }
}

fn backup_store(environment: &BTreeMap<String, &str>) -> Switch {
    let names = [
        "ZEEBEBROKERDATABACKUPSTORE",
        "CAMUNDADATABACKUPSTORE",
        "CAMUNDADATAPRIMARYSTORAGEBACKUPSTORE",
    ];
    match names.iter().find_map(|name| environment.get(*name)) {
        Some(store) if !store.eq_ignore_ascii_case("NONE") => Switch::Enabled,
        Some(_) | None => Switch::Disabled,
    }
}

//! The HCL of a test's cluster.

use camino::Utf8PathBuf;

use crate::cluster::Cluster;

/// The first lines of every project: where the provider comes from.
pub const REQUIRED_PROVIDERS: &str = r#"terraform {
  required_providers {
    zeebe = { source = "zeebe-platform/zeebe" }
  }
}
"#;

/// How a cluster is written in HCL. Public fields: a test takes [`ClusterHcl::new`] and changes what it is about.
#[derive(Clone, Debug)]
pub struct ClusterHcl {
    /// The resource's label.
    pub label: String,
    /// The cluster's name.
    pub name: String,
    /// The product's version.
    pub version: String,
    /// How many brokers.
    pub brokers: u32,
    /// How many partitions.
    pub partitions: u32,
    /// How many copies of each.
    pub replication_factor: u32,
    /// Standalone gateways; none means that they are embedded.
    pub standalone_gateways: Option<u32>,
    /// The object of broker settings.
    pub broker: String,
    /// The object of the target.
    pub target: String,
    /// Whether a destroy is refused.
    pub deletion_protection: bool,
    /// `keep` or `delete`.
    pub data_on_destroy: String,
    /// More lines of the resource.
    pub more: Vec<String>,
}

impl ClusterHcl {
    /// A small cluster: one broker, one partition, one copy, unprotected, whose data goes with it.
    pub fn new(cluster: &Cluster) -> Self {
        let Cluster { directory, name, first_port } = cluster;
        Self {
            target: format!(
                "{{ local = {{ directory = \"{directory}\", first_port = {first_port} }} }}"
            ),
            ..Self::plain(name)
        }
    }

    /// The same on the simulated target.
    pub fn simulated(name: &str, directory: &Utf8PathBuf) -> Self {
        Self {
            target: format!("{{ simulated = {{ directory = \"{directory}\" }} }}"),
            ..Self::plain(name)
        }
    }

    /// The resource's address.
    pub fn address(&self) -> String {
        format!("zeebe_cluster.{}", self.label)
    }

    /// With that many brokers, partitions and copies.
    #[must_use]
    pub fn sized(self, brokers: u32, partitions: u32, replication_factor: u32) -> Self {
        Self { brokers, partitions, replication_factor, ..self }
    }

    /// Of that version.
    #[must_use]
    pub fn version(self, version: &str) -> Self {
        Self { version: version.to_owned(), ..self }
    }

    /// With one more line.
    #[must_use]
    pub fn with(mut self, line: &str) -> Self {
        self.more.push(line.to_owned());
        self
    }

    /// The whole file.
    pub fn file(&self) -> String {
        format!("{REQUIRED_PROVIDERS}\n{}", self.block())
    }

    /// The resource alone.
    pub fn block(&self) -> String {
        let Self {
            label,
            name,
            version,
            brokers,
            partitions,
            replication_factor,
            standalone_gateways,
            broker,
            target,
            deletion_protection,
            data_on_destroy,
            more,
        } = self;
        let gateways = standalone_gateways.map_or_else(
            || "{ mode = \"embedded\" }".to_owned(),
            |replicas| format!("{{ mode = \"standalone\", replicas = {replicas} }}"),
        );
        let mut hcl = format!(
            r#"resource "zeebe_cluster" "{label}" {{
  name    = "{name}"
  version = "{version}"

  topology = {{
    brokers            = {brokers}
    partitions         = {partitions}
    replication_factor = {replication_factor}
    gateways           = {gateways}
  }}

  broker = {broker}

  target = {target}

  deletion_protection = {deletion_protection}
  data_on_destroy     = "{data_on_destroy}"
"#
        );
        for line in more {
            hcl.extend(["  ", line.as_str(), "\n"]);
        }
        hcl.push_str("}\n");
        hcl
    }

    fn plain(name: &str) -> Self {
        Self {
            label: "this".to_owned(),
            name: name.to_owned(),
            version: "8.6.0".to_owned(),
            brokers: 1,
            partitions: 1,
            replication_factor: 1,
            standalone_gateways: None,
            broker: r#"{ memory = "256MiB", log_segment_size = "16MiB", disk = "2GiB" }"#
                .to_owned(),
            target: String::new(),
            deletion_protection: false,
            data_on_destroy: "delete".to_owned(),
            more: vec![r#"roll = { stable_for = "2s" }"#.to_owned()],
        }
    }
}

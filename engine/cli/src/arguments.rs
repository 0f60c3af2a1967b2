//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Makes, changes, looks at and destroys Zeebe clusters, without Terraform.
#[derive(Debug, Parser)]
#[command(name = "zeebe-provision", version)]
pub(crate) struct Arguments {
    /// Writes JSON for machines to stdout, one document.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Says what an apply would do. Exit code 2: there is something to do.
    Plan(Document),
    /// Makes the cluster, or changes it into what the document says.
    Apply(Document),
    /// Looks at the cluster: its book, its components, its partitions.
    Observe(Cluster),
    /// Destroys the cluster. Its data is kept or deleted as its document says.
    Destroy(Cluster),
    /// Shows what was done to the cluster, from the first apply on.
    Journal(Cluster),
    /// What the exporters of the cluster have written.
    #[command(subcommand)]
    Records(Records),
}

/// What can be done with records.
#[derive(Debug, Subcommand)]
pub(crate) enum Records {
    /// Reads all that an exporter to Kafka or into a lake has written, and proves that no position is doubled,
    /// contradictory or out of order; where every record is exported, also that none is missing. Exit code 2: something was
    /// found.
    Verify(Verify),
}

/// Whose records.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The cluster's document, in JSON, or its address: `local:///srv/zeebe/payments`.
    pub(crate) cluster: String,
    /// The exporter's name.
    pub(crate) exporter: String,
    /// Another exporter of the cluster, which has everything: the first is compared with it.
    #[arg(long)]
    pub(crate) against: Option<String>,
}

/// The wish.
#[derive(Args, Debug)]
pub(crate) struct Document {
    /// The cluster's document, in JSON.
    pub(crate) document: PathBuf,
}

/// A cluster that is there.
#[derive(Args, Debug)]
pub(crate) struct Cluster {
    /// The cluster's document, in JSON, or its address: `local:///srv/zeebe/payments`.
    pub(crate) cluster: String,
}

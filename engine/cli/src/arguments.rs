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

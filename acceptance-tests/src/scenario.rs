//! One scenario: its folder, its ports, its places on the machine, and the promise that nothing of it stays behind.

use std::{cell::RefCell, fs};

use anyhow::{Context, Result, ensure};
use camino::Utf8PathBuf;

use crate::{
    client::Client,
    cluster::Cluster,
    lab::lab,
    places::Places,
    ports::PortBlock,
    processes,
    project::{Install, Project},
};

/// One scenario. When it is dropped, every process that names its folder is killed. Its folder is removed when it
/// [passed](Self::passed), and kept for a look when it did not.
#[derive(Debug)]
pub struct Scenario {
    /// Its folder.
    pub directory: Utf8PathBuf,
    ports: RefCell<Vec<PortBlock>>,
    _places: Places,
}

impl Scenario {
    /// Starts a scenario that runs at most so many brokers at once, when the machine has room for them.
    pub fn with_brokers(name: &str, brokers: usize) -> Result<Self> {
        let lab = lab()?;
        let places = Places::take(brokers);
        let directory = lab.work.join(name);
        fs::create_dir_all(&directory)
            .with_context(|| format!("could not make the folder \"{directory}\""))?;
        Ok(Self { directory, ports: RefCell::new(Vec::new()), _places: places })
    }

    /// A cluster of that name with ports of its own. Nothing is started: the scenario's HCL does that.
    pub fn cluster(&self, name: &str) -> Result<Cluster> {
        Ok(Cluster {
            directory: self.directory.join("clusters"),
            name: name.to_owned(),
            first_port: self.first_port()?,
        })
    }

    /// The first of a block of a hundred free ports.
    pub fn first_port(&self) -> Result<u16> {
        let block = PortBlock::take()?;
        let first = block.first;
        self.ports.borrow_mut().push(block);
        Ok(first)
    }

    /// A Terraform project of its own.
    pub fn project(&self, name: &str, install: Install) -> Result<Project> {
        Project::new(self.directory.join(name), install)
    }

    /// The same for that client.
    pub fn project_on(&self, name: &str, client: &Client) -> Result<Project> {
        Project::on(self.directory.join(name), client)
    }

    /// The end of a scenario that went well: it left no process behind, and its folder goes.
    pub fn passed(self) -> Result<()> {
        let left = processes::all_of(&self.directory);
        ensure!(left.is_empty(), "the scenario left these processes behind: {left:#?}");
        fs::remove_dir_all(&self.directory)?;
        Ok(())
    }
}

impl Drop for Scenario {
    fn drop(&mut self) {
        processes::kill_all_of(&self.directory);
    }
}

//! The same life on every client: what each gets of the provider, and that the guide's table says so.
//!
//! All on simulated clusters. `UPDATE=1` writes the table in `docs/guides/clients.md` again.

mod features;
mod table;

use std::thread;

use acceptance_tests::{Client, ClusterHcl, Project, Scenario, client::Maker};
use anyhow::{Context, Result, anyhow, ensure};
use camino::Utf8PathBuf;

use self::{
    features::FEATURES,
    table::{Column, Table},
};

/// A client, and a folder for all that is tried with it.
struct Bench<'a> {
    client: &'a Client,
    directory: Utf8PathBuf,
}

/// What a client made of a feature.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It works, all of it.
    Works,
    /// The client does not know it, and says so in its own words.
    Refused(String),
}

impl Bench<'_> {
    /// A project of that name, initialised with that HCL.
    fn project(&self, name: &str, hcl: &str) -> Result<Project> {
        let project = Project::on(self.directory.join(name), self.client)?;
        project.write("main.tf", hcl)?;
        project.init()?;
        Ok(project)
    }

    /// A small simulated cluster of that name.
    fn cluster(&self, name: &str) -> ClusterHcl {
        ClusterHcl::simulated(name, &self.clusters())
    }

    /// Where its simulated clusters are.
    fn clusters(&self) -> Utf8PathBuf {
        self.directory.join("clusters")
    }

    /// The address of a simulated cluster.
    fn id(&self, name: &str) -> String {
        format!("simulated://{}/{name}", self.clusters())
    }

    /// Tries every feature. One that its release should know must work, any other must be refused by the client.
    fn column(&self) -> Result<Column> {
        let mut cells = Vec::new();
        for feature in FEATURES {
            let tried = (feature.probe)(self)
                .with_context(|| format!("{}: {}", self.client, feature.name))?;
            let since = match self.client.maker {
                Maker::Terraform => feature.terraform,
                Maker::OpenTofu => feature.opentofu,
            };
            let known = since.is_some_and(|since| {
                since <= (self.client.release.major, self.client.release.minor)
            });
            ensure!(
                known == (tried == Outcome::Works),
                "{}: {}: is said to come with {since:?}, and here: {tried:?}",
                self.client,
                feature.name
            );
            cells.push(match tried {
                Outcome::Works => "yes".to_owned(),
                Outcome::Refused(words) => format!("no: {words}"),
            });
        }
        Ok(Column { title: self.client.to_string(), cells })
    }
}

#[test]
fn every_client_gets_what_the_table_says() -> Result<()> {
    let scenario = Scenario::with_brokers("s11-clients", 0)?;
    let tried = thread::scope(|scope| {
        let running: Vec<_> = Client::all()?
            .iter()
            .map(|client| {
                let name = client.to_string().to_lowercase().replace(' ', "-");
                let bench = Bench { client, directory: scenario.directory.join(name) };
                scope.spawn(move || bench.column())
            })
            .collect();
        running
            .into_iter()
            .map(|one| one.join().map_err(|_panic| anyhow!("a client's thread panicked"))?)
            .collect::<Result<Vec<Column>>>()
    })?;
    Table::of(FEATURES, tried).hold()?;
    scenario.passed()
}

//! Everything that stands in the way of a wish, found before anything is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io;

use camino::Utf8Path;
use rustix::fs::{Access, access};
use zeebe_plan::component::{ComponentId, Process, Program, Wanted};
use zeebe_spec::{Checksum, SecretSource, Version};
use zeebe_target::{Preflight, SecretFolder};

use crate::capacity;
use crate::distribution::DistributionError;
use crate::distribution::maven::MavenError;
use crate::distribution::url::UrlError;
use crate::folder::ClusterFolder;
use crate::java;
use crate::layout::Home;
use crate::ports;
use crate::process::jar;
use crate::process::ours::{self, Ours};
use crate::process::secret::{Purpose, secret};
use crate::process::start::{held_by, secret_sources, setsid};
use crate::process::{Run, look, strays};

/// How many taken ports are reported one by one: a second cluster on the same ports has them all.
const MOST_PORTS: usize = 3;

/// What stands in the way. Components that run as they are wanted need nothing.
pub(crate) fn preflight(
    cluster: &ClusterFolder,
    wanted: &BTreeMap<ComponentId, Wanted>,
) -> io::Result<Vec<Preflight>> {
    let strays = strays(&cluster.root)?;
    let own: BTreeSet<i32> = strays.iter().map(|stray| stray.identity.pid).collect();
    let mut running: BTreeMap<ComponentId, &Process> = BTreeMap::new();
    let mut to_start: BTreeMap<ComponentId, &Process> = BTreeMap::new();
    for (id, wanted) in wanted {
        let Wanted::Running(process) = wanted else { continue };
        running.insert(*id, process);
        let is_so = match look(&Home::of(&cluster.root, *id), &strays)? {
            Run::Runs(record, _) => record.fingerprint == process.fingerprint(),
            Run::Never | Run::Ended(_) | Run::Stray(..) | Run::Lost(_) => false,
        };
        if !is_so {
            to_start.insert(*id, process);
        }
    }
    if to_start.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    match folder(&cluster.root) {
        // Nothing more can be said of what is in it.
        Some(wrong) => found.push(wrong),
        None => found.extend(capacity::disk(&cluster.root, &running)?),
    }
    found.extend(taken_ports(&to_start, &own)?);
    let of_product = |process: &&Process| process.program == Program::Product;
    if to_start.values().any(of_product) {
        found.extend(java(cluster));
    }
    found.extend(distributions(cluster, &to_start));
    for ours in [Ours::Receiver, Ours::Agent] {
        if to_start.values().any(|process| process.program == ours.program())
            && let Err(error) = ours::find(ours, &cluster.environment)
        {
            found.push(one(None, ours.word(), &error, error.advice()));
        }
    }
    found.extend(capacity::memory(&running, capacity::machine_memory()?));
    found.extend(secrets(cluster, &to_start));
    found.extend(jars(&to_start));
    if let Err(error) = setsid(&cluster.environment) {
        found.push(one(None, "target.local", &error, error.advice()));
    }
    Ok(found)
}

fn one(
    component: Option<ComponentId>,
    attribute: &str,
    summary: &impl ToString,
    detail: String,
) -> Preflight {
    Preflight { component, attribute: attribute.to_owned(), summary: summary.to_string(), detail }
}

/// Whether the cluster's own folder is there or can be made.
fn folder(root: &Utf8Path) -> Option<Preflight> {
    let standing = capacity::standing(root);
    let wrong = if !standing.is_dir() {
        format!("{standing} is there and is no folder.")
    } else if access(standing.as_std_path(), Access::WRITE_OK | Access::EXEC_OK).is_err() {
        format!("{standing} may not be written by this user.")
    } else {
        return None;
    };
    let detail = format!(
        "The cluster is kept in {root}. {wrong} Set `target.local.directory` to a folder that this user may write, \
         or move away what is there."
    );
    Some(one(None, "target.local.directory", &format!("folder \"{root}\" cannot be used"), detail))
}

fn taken_ports(
    to_start: &BTreeMap<ComponentId, &Process>,
    own: &BTreeSet<i32>,
) -> io::Result<Vec<Preflight>> {
    let owners: BTreeMap<u16, (ComponentId, &str)> = to_start
        .iter()
        .flat_map(|(id, process)| {
            process.ports.iter().map(|(purpose, port)| (*port, (*id, purpose.as_str())))
        })
        .collect();
    let ports: BTreeSet<u16> = owners.keys().copied().collect();
    let taken = ports::taken(&ports, own)?;
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let way_out = match ports::free_block(&ports)? {
        Some(first) => {
            format!("Stop it, or set `first_port` to {first}: from there on all are free.")
        }
        None => "Stop it, or choose another `first_port`.".to_owned(),
    };
    Ok(taken
        .iter()
        .take(MOST_PORTS)
        .filter_map(|taken| {
            let (id, purpose) = owners.get(&taken.port)?;
            let holder = held_by(taken.holder.as_ref());
            let detail = format!("The port is for {id} ({purpose}). {holder} {way_out}");
            let summary = format!("port {} is taken", taken.port);
            Some(one(Some(*id), "target.local.first_port", &summary, detail))
        })
        .collect())
}

fn java(cluster: &ClusterFolder) -> Option<Preflight> {
    let error = java::find(cluster.java_home.as_deref(), &cluster.environment).err()?;
    Some(one(None, "target.local.java_home", &error, error.advice()))
}

fn distributions(
    cluster: &ClusterFolder,
    to_start: &BTreeMap<ComponentId, &Process>,
) -> Vec<Preflight> {
    // What cannot be read there is said by the look at the folder.
    let recorded = cluster.recorded().unwrap_or_default();
    let versions: BTreeSet<&Version> = to_start
        .values()
        .filter(|process| process.program == Program::Product)
        .map(|process| &process.version)
        .collect();
    versions
        .into_iter()
        .filter_map(|version| distribution(cluster, version, &recorded).err())
        .map(|error| {
            // The same words as when it is prepared, with the cause at the end of the fragment.
            let mut summary = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                summary = format!("{summary}: {error}");
                cause = error.source();
            }
            one(None, attribute_of(&error), &summary, error.advice())
        })
        .collect()
}

fn distribution(
    cluster: &ClusterFolder,
    version: &Version,
    recorded: &[(Version, Checksum)],
) -> Result<(), DistributionError> {
    let checksum = cluster.distributions.checksum(version, recorded)?;
    cluster.distributions.look(version, &checksum)
}

fn attribute_of(error: &DistributionError) -> &'static str {
    match error {
        DistributionError::NoChecksum(_) | DistributionError::Checksum(_) => {
            "target.local.distribution.sha256"
        }
        DistributionError::Read { .. } | DistributionError::Archive(_) => {
            "target.local.distribution.path"
        }
        DistributionError::Url(UrlError::Address(_)) => "target.local.distribution.url",
        DistributionError::Maven(MavenError::NoArtifact { .. }) => "version",
        DistributionError::Maven(_)
        | DistributionError::Url(_)
        | DistributionError::Cache { .. }
        | DistributionError::Cancelled => "target.local.distribution",
    }
}

/// Whether every secret can be read; it is let go at once.
fn secrets(cluster: &ClusterFolder, to_start: &BTreeMap<ComponentId, &Process>) -> Vec<Preflight> {
    let mut sources: Vec<(Purpose, &SecretSource)> = Vec::new();
    for (_, of, source) in to_start.values().flat_map(|process| secret_sources(process)) {
        if !sources.contains(&(of, source)) {
            sources.push((of, source));
        }
    }
    let kept = SecretFolder::under(cluster.root.clone());
    sources
        .into_iter()
        // What a cluster is given once comes with the apply, after this look: a start that misses it says so.
        .filter(|(of, source)| {
            !matches!(of, Purpose::License | Purpose::BackupStore) || source.kept().is_none()
        })
        .filter_map(|(of, source)| {
            let error = secret(of, source, &cluster.environment, &kept).err()?;
            let attribute = match source {
                SecretSource::File(_) => format!("{}.file", of.attribute()),
                SecretSource::EnvironmentVariable(_) => {
                    format!("{}.environment_variable", of.attribute())
                }
                SecretSource::Kept(_) => of.given_as().to_owned(),
            };
            Some(one(None, &attribute, &error, error.advice()))
        })
        .collect()
}

/// Whether the archives of exporters are those that they should be.
fn jars(to_start: &BTreeMap<ComponentId, &Process>) -> Vec<Preflight> {
    let jars: BTreeMap<&String, &Checksum> =
        to_start.values().flat_map(|process| &process.jars).collect();
    jars.into_iter()
        .filter_map(|(path, checksum)| {
            let error = jar::check(Utf8Path::new(path), checksum).err()?;
            Some(one(None, "jar", &error, error.advice()))
        })
        .collect()
}

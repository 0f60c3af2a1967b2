//! A cluster's own folder: what is in it, and how it is taken away.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use zeebe_plan::component::{
    ComponentId, ComponentState, Condition, Fingerprint, Observed, Program,
};
use zeebe_spec::{Checksum, Version};

use crate::distribution::Distributions;
use crate::environment::LocalEnvironment;
use crate::file;
use crate::layout::{Home, Kind};
use crate::process::aside::{AsideNote, has_aside, is_aside_name};
use crate::process::identity::Identity;
use crate::process::record::Record;
use crate::process::restore::{Note, take_back};
use crate::process::stop::STOP_DEADLINE;
use crate::process::{Run, look, strays};

/// What a folder is called while it is deleted.
const DELETED: &str = ".deleted";

/// The folder, and what its components are started with. All work on it may block.
#[derive(Debug)]
pub(crate) struct ClusterFolder {
    pub(crate) root: Utf8PathBuf,
    pub(crate) java_home: Option<Utf8PathBuf>,
    pub(crate) distributions: Distributions,
    pub(crate) environment: LocalEnvironment,
}

impl ClusterFolder {
    /// The versions that components were last started with, and what their archives hashed to.
    pub(crate) fn recorded(&self) -> io::Result<Vec<(Version, Checksum)>> {
        let mut recorded: Vec<(Version, Checksum)> = Vec::new();
        for id in self.components()? {
            // A record that cannot be read is said by a look, not here.
            if let Ok(Some(record)) = Record::read(&Home::of(&self.root, id).record())
                && record.process.program == Program::Product
            {
                let entry = (record.process.version, record.distribution);
                if !recorded.contains(&entry) {
                    recorded.push(entry);
                }
            }
        }
        Ok(recorded)
    }

    /// Every component that has a folder.
    pub(crate) fn components(&self) -> io::Result<Vec<ComponentId>> {
        let mut components = Vec::new();
        for kind in Kind::ALL {
            let names = file::names_in(&self.root.join(kind.folder()))?;
            components.extend(names.iter().filter_map(|name| kind.component(name)));
        }
        components.sort();
        Ok(components)
    }

    /// Every component that was ever made here, and processes of ours that have no folder any more.
    pub(crate) fn observe(&self) -> io::Result<BTreeMap<ComponentId, Observed<ComponentState>>> {
        let strays = strays(&self.root)?;
        let mut components: BTreeSet<ComponentId> = self.components()?.into_iter().collect();
        // A process whose folder somebody deleted still runs.
        components.extend(strays.iter().filter_map(|stray| {
            let path = Utf8Path::new(&stray.home).strip_prefix(&self.root).ok()?;
            let kind = Kind::ALL.into_iter().find(|kind| path.starts_with(kind.folder()))?;
            kind.component(path.file_name()?)
        }));
        let mut observed = BTreeMap::new();
        for id in components {
            let home = Home::of(&self.root, id);
            let state = |condition, record: Record| {
                Observed::Present(ComponentState {
                    condition,
                    version: record.process.version,
                    fingerprint: record.fingerprint,
                })
            };
            let found = match look(&home, &strays)? {
                Run::Never => {
                    let restored = Note::read(&home)?.map(|note| note.version);
                    let aside = AsideNote::read(&home)?.map(|note| note.version);
                    let Some(version) = restored.or(aside) else { continue };
                    Observed::Present(ComponentState {
                        condition: Condition::Stopped,
                        version,
                        // It was started with nothing yet.
                        fingerprint: Fingerprint(String::new()),
                    })
                }
                Run::Ended(record) => state(Condition::Stopped, *record),
                Run::Runs(record, identity) if is_gone_soon(&record, &identity)? => {
                    state(Condition::Stopped, *record)
                }
                Run::Runs(record, identity) => {
                    state(Condition::Running(record.name(&identity)), *record)
                }
                Run::Stray(identity, None) => Observed::Unclear(format!(
                    "pid {} runs as {id}, and its record in {} is not of this run",
                    identity.pid,
                    home.path()
                )),
                Run::Stray(_, Some(error)) | Run::Lost(error) => {
                    Observed::Unclear(match error.source() {
                        Some(cause) => format!("{error}: {cause}"),
                        None => error.to_string(),
                    })
                }
            };
            observed.insert(id, found);
        }
        Ok(observed)
    }

    /// Takes away all but the data; the record goes last, so that a component that is half gone is seen.
    pub(crate) fn keep_data(&self, id: ComponentId, home: &Home) -> io::Result<()> {
        let record = home.record();
        for name in file::names_in(home.path())? {
            let path = home.path().join(name);
            if path != home.data()
                && path != record
                && !is_aside_name(path.file_name().unwrap_or(""))
            {
                file::delete(&path)?;
            }
        }
        file::delete(&record)?;
        for folder in [&home.data(), home.path(), &self.root.join(Kind::of(id).folder())] {
            file::remove_if_empty(folder)?;
        }
        Ok(())
    }

    /// Takes away what was restored and never worked with; what a restore set aside stays.
    pub(crate) fn delete_restored(&self, id: ComponentId, home: &Home) -> io::Result<()> {
        if has_aside(home)? { take_back(home) } else { self.delete(id, home) }
    }

    /// Takes away all of it. First under another name: a broker must not start over half of its data.
    pub(crate) fn delete(&self, id: ComponentId, home: &Home) -> io::Result<()> {
        let folder = self.root.join(Kind::of(id).folder());
        let name = home.path().file_name().unwrap_or_default();
        let doomed = folder.join(format!("{DELETED}-{name}-{}", uuid::Uuid::new_v4()));
        match std::fs::rename(home.path(), &doomed) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.sweep(Kind::of(id))?;
        file::remove_if_empty(&folder)?;
        file::remove_if_empty(&self.root)
    }

    /// Finishes deletions, those of an engine that was killed too.
    pub(crate) fn sweep(&self, kind: Kind) -> io::Result<()> {
        let folder = self.root.join(kind.folder());
        for name in file::names_in(&folder)? {
            if name.starts_with(DELETED) {
                file::delete(&folder.join(name))?;
            }
        }
        Ok(())
    }
}

/// Whether a process that was told to end, or is ending, has ended: that is waited for. An engine that was stopped in
/// the middle of a restart leaves a broker that runs for some seconds more, and a plan that counts on it fails.
fn is_gone_soon(record: &Record, identity: &Identity) -> io::Result<bool> {
    let ends = record.stopping_since.is_some() || identity.is_ending()?;
    Ok(ends && identity.wait_for_end(STOP_DEADLINE)?)
}

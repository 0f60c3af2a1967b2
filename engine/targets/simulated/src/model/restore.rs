//! Brokers that begin with a backup.

use zeebe_plan::component::Process;
use zeebe_spec::BrokerId;

use super::backups::{BackupFate, BackupStage};
use super::{Machine, Model, Settings, Switch, Volume};

/// How restores go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestoreTrouble {
    /// The product cannot read what is in the store.
    Corrupt,
    /// The product says that it has restored it, and what brokers stand on falls short of it (camunda/camunda#63568).
    FallsShort,
}

/// Why the product restored nothing, in words like its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the product did not restore it (exit status: 1): {0}")]
pub struct NotRestored(String);

impl Model {
    /// Restores a backup as the data of a broker that was never started, as the product's own program does. A broker that was
    /// started, or that has the backup, is left alone.
    pub fn restore(
        &mut self,
        id: u64,
        broker: BrokerId,
        process: &Process,
    ) -> Result<(), NotRestored> {
        let no = |why: String| Err(NotRestored(why));
        match self.brokers.get(&broker).map(|machine| machine.volume.restored) {
            Some(None) => return Ok(()),
            Some(Some(restored)) if restored == id => return Ok(()),
            Some(Some(_)) | None => {}
        }
        let settings = Settings::read(process);
        if settings.backups == Switch::Disabled {
            return no("java.lang.IllegalArgumentException: No backup store configured".to_owned());
        }
        let taken = self
            .backups()
            .get(&id)
            .filter(|taken| taken.stage(self.now) == BackupStage::Ended(BackupFate::Whole));
        let Some(taken) = taken.cloned() else {
            return no(format!(
                "io.camunda.zeebe.restore.BackupNotFoundException: Failed to find a completed backup with id {id}"
            ));
        };
        if self.trouble.restores == Some(RestoreTrouble::Corrupt) {
            return no(
                "java.util.concurrent.CompletionException: what is in the store cannot be read"
                    .to_owned(),
            );
        }
        if usize::from(settings.partitions) != taken.positions.len() {
            return no(format!(
                "java.lang.IllegalStateException: Expected backup to have {} partitions, but has {}",
                settings.partitions,
                taken.positions.len()
            ));
        }
        let short = match self.trouble.restores {
            Some(RestoreTrouble::FallsShort) => 1,
            Some(RestoreTrouble::Corrupt) | None => 0,
        };
        self.positions = taken
            .positions
            .iter()
            .map(|(partition, position)| (*partition, position.saturating_sub(short)))
            .collect();
        self.deployments = taken.deployments;
        self.checkpoint = id;
        let machine = Machine {
            version: process.version.clone(),
            fingerprint: process.fingerprint(),
            settings,
            run: None,
            stopped: None,
            volume: Volume {
                version: Some(taken.version),
                restored: Some(id),
                ..Volume::default()
            },
            processing: Switch::Enabled,
        };
        self.brokers.insert(broker, machine);
        Ok(())
    }

    /// Whether a restore of this name has set aside what a broker had.
    pub fn is_aside(&self, broker: BrokerId, name: &str) -> bool {
        self.aside.get(&broker).is_some_and(|aside| aside.contains_key(name))
    }

    /// Sets a broker's data aside under this name, once; what was only restored goes.
    pub fn set_aside(&mut self, broker: BrokerId, name: &str) {
        if self.is_aside(broker, name) {
            return;
        }
        let volume = self.brokers.get(&broker).map(|machine| machine.volume.clone());
        let written = volume.filter(|volume| volume.restored.is_none());
        self.delete(broker);
        self.aside.entry(broker).or_default().insert(name.to_owned(), written);
    }

    /// Deletes what was set aside of a broker's data.
    pub fn forget_aside(&mut self, broker: BrokerId) {
        self.aside.remove(&broker);
    }

    /// Reads what another cluster has in its store, at that cluster's time, and is refused by it as that one is.
    pub fn read_backups_of(&mut self, other: &Self) {
        self.now = self.now.max(other.now);
        self.backups = other.backups.clone();
        self.trouble.restores = other.trouble.restores;
    }

    /// Takes away what a broker was given and never worked with.
    pub fn take_back(&mut self, broker: BrokerId) {
        if self.brokers.get(&broker).is_some_and(|machine| machine.volume.restored.is_some()) {
            self.delete(broker);
        }
    }
}

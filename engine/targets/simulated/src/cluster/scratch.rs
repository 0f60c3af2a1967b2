//! Room for a scratch cluster: a folder beside the cluster's, with the same store of backups in it.

use std::fs;
use std::io::ErrorKind;

use zeebe_spec::{ClusterName, Directory, SimulatedTarget, TargetSpec};
use zeebe_target::{Doing, LeftBehind, Scratch, TargetError, scratch_folder};

use crate::cluster::SimulatedCluster;
use crate::cluster::error::{failed, unreadable};

impl SimulatedCluster {
    pub(super) fn scratch_of(&self, wish: &TargetSpec) -> Result<Scratch, TargetError> {
        Ok(self.opened(wish)?.0)
    }

    pub(super) fn lend_to(&self, scratch: &Scratch) -> Result<Scratch, TargetError> {
        let unread = |source| unreadable(Doing::Lend, self.object(), source);
        let own = self.look(Doing::Lend, &self.object())?;
        let (scratch, cluster) = self.opened(&scratch.wish)?;
        cluster.store.change(|model, _| model.read_backups_of(&own)).map_err(unread)?;
        Ok(scratch)
    }

    pub(super) fn clear_scratch(&self) -> Result<(), TargetError> {
        match fs::remove_dir_all(scratch_folder(self.store.root()).0) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.no_room(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn opened(&self, wish: &TargetSpec) -> Result<(Scratch, Self), TargetError> {
        let (directory, name) = scratch_folder(self.store.root());
        let name = ClusterName::try_from(name).map_err(|error| self.no_room(error))?;
        let directory =
            Directory::try_from(directory.into_string()).map_err(|error| self.no_room(error))?;
        let (first_port, seed) = match wish {
            TargetSpec::Simulated(simulated) => (simulated.first_port, simulated.seed),
            TargetSpec::Local(_) => (None, None),
        };
        let target = SimulatedTarget { directory, first_port, seed };
        let open = || Self::new(&name, &target, &self.host);
        let wish = TargetSpec::Simulated(target.clone());
        Ok((Scratch { wish, target: Box::new(open()) }, open()))
    }

    fn object(&self) -> String {
        format!("cluster \"{}\"", self.store.root())
    }

    fn no_room(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TargetError {
        let advice = format!("It is in \"{}\".", scratch_folder(self.store.root()).0);
        failed(Doing::Lend, self.object(), LeftBehind::Nothing, advice, source)
    }
}

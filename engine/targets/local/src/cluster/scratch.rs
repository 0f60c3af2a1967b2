//! Room for a scratch cluster on the same machine: a folder beside the cluster's, and ports that are free now.
//!
//! ```text
//! <directory>/payments/              the cluster
//!             .payments-scratch/     no cluster's name: no estate lists it
//!                 payments/          the scratch cluster
//! ```

use std::collections::BTreeSet;
use std::io;

use zeebe_spec::{ClusterName, Directory, FirstPort, LocalTarget, TargetSpec};
use zeebe_target::{Doing, LeftBehind, Scratch, TargetError, scratch_folder};

use crate::cluster::LocalCluster;
use crate::file;
use crate::ports;

impl LocalCluster {
    pub(super) fn scratch_of(&self, wish: &TargetSpec) -> Result<Scratch, TargetError> {
        let target = match wish {
            TargetSpec::Local(local) => local.clone(),
            // Whoever has another target does not ask here.
            TargetSpec::Simulated(_) => LocalTarget::default(),
        };
        self.opened(target)
    }

    pub(super) async fn lend_to(
        &self,
        scratch: &Scratch,
        ports: &BTreeSet<u16>,
    ) -> Result<Scratch, TargetError> {
        let wanted = ports.clone();
        let free = self
            .blocking(move |_| ports::free_block(&wanted))
            .await
            .map_err(|error| self.no_room(error))?;
        let first = free.and_then(|port| FirstPort::try_from(i64::from(port)).ok());
        let (TargetSpec::Local(local), Some(first)) = (&scratch.wish, first) else {
            let text = format!("no {} ports in a row are free", ports.len());
            return Err(self.no_room(io::Error::other(text)));
        };
        self.opened(LocalTarget { first_port: Some(first), ..local.clone() })
    }

    /// What is not empty is not the destroyed cluster's, and stays.
    pub(super) async fn clear_scratch(&self) -> Result<(), TargetError> {
        let (directory, name) = scratch_folder(&self.folder.root);
        self.blocking(move |_| {
            file::remove_if_empty(&directory.join(name))?;
            file::remove_if_empty(&directory)
        })
        .await
        .map_err(|error| self.no_room(error))
    }

    fn opened(&self, target: LocalTarget) -> Result<Scratch, TargetError> {
        let (directory, name) = scratch_folder(&self.folder.root);
        let wrong = |text: String| self.no_room(io::Error::other(text));
        let name = ClusterName::try_from(name).map_err(|error| wrong(error.to_string()))?;
        let directory = Directory::try_from(directory.into_string())
            .map_err(|error| wrong(error.to_string()))?;
        let target = LocalTarget { directory: Some(directory), ..target };
        let cluster = Self::new(&name, &target, &self.folder.environment)
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Scratch { wish: TargetSpec::Local(target), target: Box::new(cluster) })
    }

    fn no_room(&self, source: io::Error) -> TargetError {
        TargetError {
            doing: Doing::Lend,
            object: self.object(),
            left_behind: LeftBehind::Nothing,
            advice: format!(
                "The scratch cluster is in \"{}\", with ports behind the cluster's own. See that this user may write \
                 there, and that ports are free.",
                scratch_folder(&self.folder.root).0
            ),
            source: source.into(),
        }
    }
}

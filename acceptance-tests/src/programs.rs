//! The programs of this project: those that `make test` built, or built now for a test that somebody started alone.

use std::{
    collections::BTreeMap,
    env,
    process::Command,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result};
use camino::Utf8PathBuf;

use crate::{call, lab};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// `terraform-provider-zeebe`
    Provider,
    /// `zeebe-receiver`
    Receiver,
    /// `zeebe-agent`
    Agent,
    /// `zeebe-provision`
    Provision,
}

impl Program {
    /// The name of its package, which is that of the program too, and the variable that says where it is.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Provider => ("terraform-provider-zeebe", "ZEEBE_PROVIDER_BINARY"),
            Self::Receiver => ("zeebe-receiver", "ZEEBE_RECEIVER_BINARY"),
            Self::Agent => ("zeebe-agent", "ZEEBE_AGENT_BINARY"),
            Self::Provision => ("zeebe-provision", "ZEEBE_PROVISION_BINARY"),
        }
    }

    /// Where it is.
    pub fn path(self) -> Result<Utf8PathBuf> {
        static BUILT: Mutex<BTreeMap<Program, Utf8PathBuf>> = Mutex::new(BTreeMap::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = built.get(&self) {
            return Ok(path.clone());
        }
        let path = self.built().with_context(|| format!("there is no {}", self.names().0))?;
        built.insert(self, path.clone());
        Ok(path)
    }

    fn built(self) -> Result<Utf8PathBuf> {
        let (name, variable) = self.names();
        if let Ok(built) = env::var(variable) {
            return Ok(built.into());
        }
        let target = lab::target_directory()?;
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut build = Command::new(cargo);
        build.current_dir(lab::root()?).args(["build", "--quiet", "--package", name]);
        call::output(build.args(["--bin", name, "--target-dir", target.as_str()]))?;
        Ok(target.join("debug").join(name))
    }
}

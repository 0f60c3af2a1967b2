//! What the tests run with: terraform, Java, the provider binary. Found once, fetched or built where it is missing.

use std::{
    env, fs,
    process::{self, Command},
    sync::OnceLock,
};

use anyhow::{Context, Result, anyhow};
use camino::{Utf8Path, Utf8PathBuf};

use crate::{call, processes, programs::Program};

/// The tools and folders of this run.
#[derive(Debug)]
pub struct Lab {
    /// The root of the clone.
    pub root: Utf8PathBuf,
    /// Where this run keeps its projects; later runs remove it.
    pub work: Utf8PathBuf,
    /// terraform or tofu.
    pub terraform: Utf8PathBuf,
    /// The provider that is under test.
    pub provider: Utf8PathBuf,
    /// A folder with the provider in a mirror, and the CLI configuration that points there.
    pub install: Utf8PathBuf,
    /// The home of a Java runtime that is new enough.
    pub java_home: Utf8PathBuf,
}

/// The lab of this process.
pub fn lab() -> Result<&'static Lab> {
    static LAB: OnceLock<Result<Lab, String>> = OnceLock::new();
    LAB.get_or_init(|| Lab::new().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow!("the lab is not complete: {error}"))
}

impl Lab {
    fn new() -> Result<Self> {
        let root = root()?;
        let target = target_directory()?;
        call::output(Command::new("bash").arg(root.join("tools/prerequisites.sh")))?;
        let terraform = call::output(Command::new("bash").arg(root.join("tools/terraform.sh")))?;
        let java_home = call::output(Command::new("bash").arg(root.join("tools/java-home.sh")))?;
        let work = work_directory(&target)?;
        let built = Program::Provider.path()?;
        // A copy, so that a build beside the tests changes nothing under them.
        let provider = work.join("bin").join("terraform-provider-zeebe");
        fs::create_dir_all(work.join("bin"))?;
        fs::copy(&built, &provider).with_context(|| format!("could not copy \"{built}\""))?;
        let install = work.join("install");
        call::output(Command::new("bash").arg(root.join("tools/install-provider.sh")).args([
            &terraform,
            provider.as_str(),
            install.as_str(),
        ]))?;
        Ok(Self {
            root,
            work,
            terraform: terraform.into(),
            provider,
            install,
            java_home: java_home.into(),
        })
    }
}

/// The root of the clone.
pub fn root() -> Result<Utf8PathBuf> {
    let own = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(Utf8Path::to_owned).context("the crate lies in no folder")
}

/// Cargo's target folder, found from the running test.
pub fn target_directory() -> Result<Utf8PathBuf> {
    let running = Utf8PathBuf::try_from(env::current_exe()?)?;
    running
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists())
        .map(Utf8Path::to_owned)
        .with_context(|| format!("\"{running}\" lies in no target folder"))
}

/// A fresh folder of this run. Folders of runs that are over are removed, with whatever they left running.
fn work_directory(target: &Utf8Path) -> Result<Utf8PathBuf> {
    let all = target.join("acceptance");
    fs::create_dir_all(&all)?;
    for entry in all.read_dir_utf8()? {
        let old = entry?.path().to_owned();
        let holder = old.file_name().and_then(|name| name.strip_prefix("run-")?.parse().ok());
        if holder.is_some_and(|pid: i32| processes::process(pid).is_none()) {
            processes::kill_all_of(&old);
            // Another run may be removing it as well.
            drop(fs::remove_dir_all(&old));
        }
    }
    let work = all.join(format!("run-{}", process::id()));
    fs::create_dir_all(&work)?;
    Ok(work)
}

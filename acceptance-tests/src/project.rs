//! A Terraform project of one test: a folder with HCL, a CLI configuration of its own, and the commands that run there.

mod plan;
mod run;

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs::{self, File},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

pub use self::{
    plan::{Action, Plan},
    run::{Run, Running},
};
use crate::{
    client::Client,
    lab::{Lab, lab},
};

/// No command of these tests takes longer when it is well.
const DEADLINE: Duration = Duration::from_mins(12);

/// How terraform finds the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Install {
    /// In a mirror, through a real `terraform init`.
    Mirror,
    /// By `dev_overrides`, without an `init`: as somebody who works on the provider does.
    Override,
}

/// A Terraform project.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub directory: Utf8PathBuf,
    terraform: Utf8PathBuf,
    configuration: Utf8PathBuf,
    environment: BTreeMap<String, String>,
    commands: Cell<u32>,
}

impl Project {
    /// An empty project in that folder.
    pub fn new(directory: Utf8PathBuf, install: Install) -> Result<Self> {
        let lab = lab()?;
        let configuration = match install {
            Install::Mirror => lab.install.join("terraform.rc"),
            Install::Override => directory.join("terraform.rc"),
        };
        let project = Self::with(directory, lab, lab.terraform.clone(), configuration)?;
        if install == Install::Override {
            let folder = lab.provider.parent().context("the provider lies in no folder")?;
            project.write(
                "terraform.rc",
                &format!(
                    "provider_installation {{\n  dev_overrides {{\n    \"zeebe-platform/zeebe\" = \
                     \"{folder}\"\n  }}\n  direct {{}}\n}}\n"
                ),
            )?;
        }
        Ok(project)
    }

    /// An empty project in that folder for that client, which finds the provider in a mirror.
    pub fn on(directory: Utf8PathBuf, client: &Client) -> Result<Self> {
        Self::with(directory, lab()?, client.program.clone(), client.configuration.clone())
    }

    fn with(
        directory: Utf8PathBuf,
        lab: &Lab,
        terraform: Utf8PathBuf,
        configuration: Utf8PathBuf,
    ) -> Result<Self> {
        fs::create_dir_all(directory.join("output"))
            .with_context(|| format!("could not make the folder \"{directory}\""))?;
        let environment = BTreeMap::from([("JAVA_HOME".to_owned(), lab.java_home.to_string())]);
        Ok(Self { directory, terraform, configuration, environment, commands: Cell::new(0) })
    }

    /// Sets a variable of the environment for the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Writes a file of the project, over what was there.
    pub fn write(&self, name: &str, content: &str) -> Result<()> {
        let path = self.directory.join(name);
        let folder = path.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(&path, content).with_context(|| format!("could not write \"{path}\""))
    }

    /// Copies a folder's files into a folder of the project.
    pub fn copy(&self, from: &Utf8Path, to: &str) -> Result<()> {
        for entry in from.read_dir_utf8().with_context(|| format!("could not read \"{from}\""))? {
            let entry = entry?;
            let name = entry.file_name();
            // What somebody's own runs left in an example is no part of it.
            if name.starts_with(".terraform") || name.contains(".tfstate") {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.copy(entry.path(), &format!("{to}/{name}"))?;
            } else {
                self.write(&format!("{to}/{name}"), &fs::read_to_string(entry.path())?)?;
            }
        }
        Ok(())
    }

    /// Runs terraform to its end.
    pub fn terraform(&self, arguments: &[&str]) -> Result<Run> {
        self.start(arguments)?.wait()
    }

    /// `terraform init`.
    pub fn init(&self) -> Result<Run> {
        self.terraform(&["init", "-input=false"])?.ok()
    }

    /// `terraform apply` that must succeed.
    pub fn apply(&self) -> Result<Run> {
        self.terraform(&["apply", "-input=false", "-auto-approve"])?.ok()
    }

    /// `terraform destroy` that must succeed.
    pub fn destroy(&self) -> Result<Run> {
        self.terraform(&["destroy", "-input=false", "-auto-approve"])?.ok()
    }

    /// `terraform plan` that must succeed, as terraform's own JSON tells it.
    pub fn plan(&self) -> Result<Plan> {
        self.plan_with(&[])
    }

    /// The same with more arguments, such as `-replace=…`.
    pub fn plan_with(&self, arguments: &[&str]) -> Result<Plan> {
        let mut all = vec!["plan", "-input=false", "-out=planned"];
        all.extend(arguments);
        let text = self.terraform(&all)?.ok()?.stdout;
        let json = self.terraform(&["show", "-json", "planned"])?.ok()?.json()?;
        Ok(Plan::new(text, json))
    }

    /// Applies what [`Self::plan`] planned last.
    pub fn apply_planned(&self) -> Result<Run> {
        self.terraform(&["apply", "-input=false", "planned"])?.ok()
    }

    /// The attributes of that resource in the state.
    pub fn state(&self, address: &str) -> Result<Value> {
        let shown = self.terraform(&["show", "-json"])?.ok()?.json()?;
        find(&shown["values"]["root_module"], address)
            .cloned()
            .with_context(|| format!("the state has no \"{address}\": {shown:#}"))
    }

    /// Starts terraform in a process group of its own, as a shell would.
    pub fn start(&self, arguments: &[&str]) -> Result<Running> {
        let number = self.commands.get() + 1;
        self.commands.set(number);
        let verb = arguments.iter().find(|word| !word.starts_with('-')).unwrap_or(&"nothing");
        let log = self.directory.join("output").join(format!("{number:02}-{verb}"));
        let (stdout, stderr) = (log.with_extension("out"), log.with_extension("err"));
        let mut command = Command::new(&self.terraform);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .process_group(0)
            .env("TF_CLI_CONFIG_FILE", &self.configuration)
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1");
        for inherited in
            ["TF_LOG", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_REATTACH_PROVIDERS"]
        {
            command.env_remove(inherited);
        }
        command.envs(&self.environment);
        Running::start(command, stdout, stderr, Instant::now() + DEADLINE)
    }
}

/// The attributes of that resource in a module of the state, or in one below it.
fn find<'a>(module: &'a Value, address: &str) -> Option<&'a Value> {
    let resources = module["resources"].as_array().into_iter().flatten();
    let mut modules = module["child_modules"].as_array().into_iter().flatten();
    resources
        .filter(|resource| resource["address"] == address)
        .map(|resource| &resource["values"])
        .next()
        .or_else(|| modules.find_map(|child| find(child, address)))
}

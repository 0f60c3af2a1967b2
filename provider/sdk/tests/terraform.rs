//! The sample provider under the real terraform (or tofu): planned, applied, planned again without a change, refused, destroyed.

#![expect(clippy::unwrap_used, reason = "what tests share fails as tests do")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A folder of this test's own, with the provider as terraform finds it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Ran {
    code: Option<i32>,
    told: String,
}

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("tf-sdk-{name}-{}", std::process::id()));
        let plugins = folder.join("plugins");
        fs::create_dir_all(&plugins).unwrap();
        let test = env::current_exe().unwrap();
        let built = test.parent().and_then(Path::parent).unwrap().join("examples/sample_provider");
        fs::copy(built, plugins.join("terraform-provider-sample")).unwrap();
        let settings = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"sample/sample\" = \"{}\"\n  }}\n  direct {{}}\n}}\n",
            plugins.display()
        );
        fs::write(folder.join("settings"), settings).unwrap();
        Self(folder)
    }

    fn write(&self, body: &str) {
        let head = "terraform {\n  required_providers {\n    sample = {\n      source = \"sample/sample\"\n    }\n  }\n}\n";
        fs::write(self.0.join("main.tf"), format!("{head}{body}")).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let tool = ["terraform", "tofu"]
            .into_iter()
            .find(|tool| Command::new(tool).arg("version").output().is_ok())
            .expect("terraform or tofu is on the PATH: README says what this project needs");
        let output = Command::new(tool)
            .current_dir(&self.0)
            .env("TF_CLI_CONFIG_FILE", self.0.join("settings"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .args(arguments)
            .arg("-no-color")
            .output()
            .unwrap();
        let told =
            [output.stdout, output.stderr].map(|told| String::from_utf8(told).unwrap()).concat();
        Ran { code: output.status.code(), told }
    }

    fn state(&self) -> String {
        fs::read_to_string(self.0.join("terraform.tfstate")).unwrap()
    }
}

const ORCHARDS: &str = r#"
resource "sample_orchard" "first" {
  folder   = path.module
  name     = "first"
  price    = 0.1 / 3
  code     = "canary-4711"
  timeouts = { create = "5m" }
  rows = {
    north = { trees = TREES }
    south = { trees = 10, soil = "sand" }
  }
}
resource "sample_orchard" "second" {
  folder = path.module
  name   = "second"
  owner  = sample_orchard.first.owner
  rows   = { only = { trees = sample_orchard.first.trees } }
  tags   = ["x", sample_orchard.first.id]
  water  = { litres = 0.3 }
}
data "sample_harvest" "first" {
  trees = sample_orchard.first.trees
}
output "harvest" {
  value = data.sample_harvest.first.total
}
output "words" {
  value = provider::sample::join("and", "none", "a", null, "b")
}
"#;

#[test]
fn a_life_from_creation_to_destruction() {
    let folder = Folder::new("life");
    folder.write(&ORCHARDS.replace("TREES", "3"));
    let applied = folder.run(&["apply", "-auto-approve"]);
    assert_eq!(applied.code, Some(0), "{}", applied.told);
    for told in ["2 added, 0 changed, 0 destroyed", "harvest = 162.5", "words = \"aandnoneandb\""] {
        assert!(applied.told.contains(told), "{told}\n{}", applied.told);
    }
    assert!(!folder.state().contains("canary-4711"));

    let again = folder.run(&["plan", "-detailed-exitcode"]);
    assert_eq!(again.code, Some(0), "{}", again.told);

    folder.write(&ORCHARDS.replace("TREES", "5"));
    let changed = folder.run(&["apply", "-auto-approve"]);
    assert_eq!(changed.code, Some(0), "{}", changed.told);
    assert!(changed.told.contains("0 added, 2 changed, 0 destroyed"), "{}", changed.told);
    let again = folder.run(&["plan", "-detailed-exitcode"]);
    assert_eq!(again.code, Some(0), "{}", again.told);

    folder
        .write(&ORCHARDS.replace("TREES", "5").replace("\"first\"\n  price", "\"moved\"\n  price"));
    let replaced = folder.run(&["apply", "-auto-approve"]);
    assert!(
        replaced.told.contains("name     = \"first\" -> \"moved\" # forces replacement"),
        "{}",
        replaced.told
    );
    assert!(replaced.told.contains("1 added, 1 changed, 1 destroyed"), "{}", replaced.told);

    let destroyed = folder.run(&["destroy", "-auto-approve"]);
    assert_eq!(destroyed.code, Some(0), "{}", destroyed.told);
    assert!(destroyed.told.contains("2 destroyed"), "{}", destroyed.told);
    assert!(!folder.0.join("second.txt").exists());
}

#[test]
fn every_mistake_is_shown_at_once() {
    let folder = Folder::new("mistakes");
    folder.write(
        r#"
resource "sample_orchard" "first" {
  folder   = path.module
  name     = "First"
  timeouts = { create = "soon" }
  rows = {
    north = { trees = 0 }
    south = { trees = 10, soil = "clay" }
  }
}
"#,
    );
    let refused = folder.run(&["validate"]);
    assert_eq!(refused.code, Some(1), "{}", refused.told);
    let told = refused.told.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    for told_as in [
        "Error: name breaks its rule",
        "Expected 1 to 20 lower-case letters, got \"First\". An example is \"garden\".",
        "Error: rows[\"north\"].trees breaks its rule",
        "Expected a whole number from 1 to 1000, got 0.",
        "Error: rows[\"south\"].soil breaks its rule",
        "Expected one of \"loam\", \"sand\", got \"clay\".",
        "Error: timeouts.create breaks its rule",
    ] {
        assert!(told.contains(told_as), "{told_as}\n{}", refused.told);
    }
}

#[test]
fn a_function_names_the_argument_that_is_wrong() {
    let folder = Folder::new("function");
    folder.write("output \"words\" {\n  value = provider::sample::join(\"AND\", null, \"a\")\n}\n");
    let refused = folder.run(&["plan"]);
    assert_eq!(refused.code, Some(1), "{}", refused.told);
    let told = refused.told.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    assert!(told.contains("Invalid value for \"between\" parameter: Expected 1 to 20 lower-case letters, got \"AND\"."), "{told}");
}

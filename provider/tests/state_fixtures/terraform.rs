//! The same under a real terraform (or tofu): the state file of a release is put into an empty project, and the
//! plan is empty.

use std::fs;
use std::process::Command;

use camino::Utf8Path;

use crate::place::Place;
use crate::recorded;

/// A command of the real terraform in a folder: its exit code and what it said.
fn run(folder: &Utf8Path, arguments: &[&str]) -> (Option<i32>, String) {
    let named = std::env::var("TERRAFORM").ok();
    let tool = ["terraform", "tofu"]
        .into_iter()
        .map(|name| named.clone().unwrap_or_else(|| name.to_owned()))
        .find(|tool| Command::new(tool).arg("version").output().is_ok())
        .expect("terraform or tofu is on the PATH: README says what this project needs");
    let output = Command::new(tool)
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", folder.join("settings"))
        .env("TF_IN_AUTOMATION", "1")
        .env("CHECKPOINT_DISABLE", "1")
        .args(arguments)
        .arg("-no-color")
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].map(|told| String::from_utf8(told).unwrap()).concat();
    (output.status.code(), told)
}

#[test]
fn the_state_of_every_release_is_taken_over_by_a_real_terraform() {
    let binary = Utf8Path::new(env!("CARGO_BIN_EXE_terraform-provider-zeebe"));
    for recorded in recorded::all() {
        let what = format!("{} {}", recorded.release, recorded.variant);
        let place = Place::of(&recorded);
        let project = place.project();
        let settings = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"zeebe-platform/zeebe\" = \"{}\"\n  }}\n  direct {{}}\n}}\n",
            binary.parent().unwrap()
        );
        fs::write(project.join("settings"), settings).unwrap();
        fs::write(project.join("main.tf.json"), recorded.text("main.tf.json")).unwrap();
        fs::write(project.join("terraform.tfstate"), recorded.text("state.json")).unwrap();
        let plan = ["plan", "-input=false", "-detailed-exitcode"];
        let (code, told) = run(&project, &plan);
        if recorded.variant == "kept" {
            // What was cut off is finished, and then there is nothing to do.
            assert_eq!(code, Some(2), "{what}: {told}");
            let (code, told) = run(&project, &["apply", "-input=false", "-auto-approve"]);
            assert_eq!(code, Some(0), "{what}: {told}");
        } else {
            assert_eq!(code, Some(0), "{what}: {told}");
        }
        let (code, told) = run(&project, &plan);
        assert_eq!(code, Some(0), "{what}: {told}");
    }
}

//! Every HCL file that users see is valid, well formed, and passes its own tests.

use acceptance_tests::{Install, Project, Scenario, lab};
use anyhow::{Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};

#[test]
fn every_example_and_module_is_valid_and_passes_its_tests() -> Result<()> {
    let scenario = Scenario::with_brokers("s09-examples", 0)?;
    let root = lab::root()?;
    let mut folders = Vec::new();
    for top in ["examples", "modules"] {
        folders.extend(folders_with(&root.join(top), ".tf")?);
    }
    ensure!(
        folders.iter().any(|folder| folder.ends_with("quickstart")),
        "no quickstart: {folders:?}"
    );
    for folder in folders {
        let name = folder.strip_prefix(&root)?.as_str().replace('/', "-");
        let project = scenario.project(&name, Install::Mirror)?;
        // With what lies beside it, as an example may use a module by its path.
        project.copy(&root.join("examples"), "examples")?;
        if root.join("modules").exists() {
            project.copy(&root.join("modules"), "modules")?;
        }
        check(&project, folder.strip_prefix(&root)?)?;
    }
    scenario.passed()
}

fn check(project: &Project, folder: &Utf8Path) -> Result<()> {
    let there = format!("-chdir={folder}");
    project.terraform(&[&there, "init", "-input=false"])?.ok()?;
    project.terraform(&[&there, "validate"])?.ok()?;
    project.terraform(&[&there, "fmt", "-check", "-diff"])?.ok()?;
    if !folders_with(&project.directory.join(folder), ".tftest.hcl")?.is_empty() {
        let tested = project.terraform(&[&there, "test"])?.ok()?;
        ensure!(!tested.stdout.contains("0 passed"), "{folder}: no test ran: {tested}");
    }
    Ok(())
}

/// The folders below that one, itself included, with a file of such an ending; those that terraform made are left out.
fn folders_with(folder: &Utf8Path, ending: &str) -> Result<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    let mut has_one = false;
    for entry in folder.read_dir_utf8()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if !entry.file_name().starts_with('.') {
                found.extend(folders_with(entry.path(), ending)?);
            }
        } else {
            has_one |= entry.file_name().ends_with(ending);
        }
    }
    if has_one {
        found.push(folder.to_owned());
    }
    found.sort();
    Ok(found)
}

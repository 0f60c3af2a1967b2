//! Every HCL file that users see is valid, well formed, and passes its own tests.

use std::fs;

use acceptance_tests::{Client, Project, Scenario, lab};
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
    let mut left_out = Vec::new();
    for folder in folders {
        let name = folder.strip_prefix(&root)?.as_str().replace('/', "-");
        let Some(client) = Client::since(needs(&folder)?)? else {
            left_out.push(name);
            continue;
        };
        let project = scenario.project_on(&name, &client)?;
        // With what lies beside it, as an example may use a module by its path.
        project.copy(&root.join("examples"), "examples")?;
        if root.join("modules").exists() {
            project.copy(&root.join("modules"), "modules")?;
        }
        check(&project, folder.strip_prefix(&root)?)?;
    }
    if !left_out.is_empty() {
        let (count, names) = (left_out.len(), left_out.join(", "));
        println!("SKIPPED {count} examples that need a newer client than there is here: {names}");
    }
    scenario.passed()
}

/// The release of the client that an example asks for by `required_version = ">= 1.14"`; none is the oldest.
fn needs(folder: &Utf8Path) -> Result<(u32, u32)> {
    let file = folder.join("terraform.tf");
    if !file.exists() {
        return Ok((0, 0));
    }
    let text = fs::read_to_string(file)?;
    let asked = text.split_once("required_version = \">= ").and_then(|(_, rest)| {
        let (version, _) = rest.split_once('"')?;
        parse(version)
    });
    Ok(asked.unwrap_or_default())
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn check(project: &Project, folder: &Utf8Path) -> Result<()> {
    let there = format!("-chdir={folder}");
    project.terraform(&[&there, "init", "-input=false"])?.ok()?;
    project.terraform(&[&there, "validate"])?.ok()?;
    if !folders_with(&project.directory.join(folder), ".tfquery.hcl")?.is_empty() {
        project.terraform(&[&there, "validate", "-query"])?.ok()?;
    }
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

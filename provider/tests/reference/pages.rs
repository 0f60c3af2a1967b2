//! The pages follow from the schemas and from the files in `examples/`; a page that does not is stale, and
//! fails here. `make docs` writes them again.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use terraform_provider_zeebe::provider;
use tf_sdk::docs::{self, Extras, Kind};
use tf_sdk::provider::Provider;
use zeebe_engine::Engine;

/// What every name in HCL begins with, and no page's file.
const PREFIX: &str = "zeebe_";

fn root() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate is in the workspace").into()
}

fn offered() -> Provider {
    provider(Engine::new().unwrap())
}

/// An example that a page shows; every page has one.
fn example(path: &str) -> String {
    let path = root().join("examples").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every page by its path below `docs/`.
fn pages(provider: &Provider) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let shows = |path: String| Extras { example: Some(example(&path)), ..Extras::default() };
    let file = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let extras = shows("provider/provider.tf".to_owned());
    let schema = provider.configuration().schema();
    pages.insert("index.md".to_owned(), docs::render("zeebe", Kind::Provider, schema, &extras));
    for resource in provider.resources() {
        let name = resource.type_name();
        let extras = Extras {
            import: Some(example(&format!("resources/{name}/import.sh"))),
            import_by_identity: resource
                .identity()
                .map(|_| example(&format!("resources/{name}/by-identity/import.tf"))),
            identity: resource.identity().map(|identity| identity.schema().object().clone()),
            ..shows(format!("resources/{name}/resource.tf"))
        };
        let page = docs::render(name, Kind::Resource, resource.schema(), &extras);
        pages.insert(format!("resources/{}.md", file(name)), page);
    }
    for source in provider.data_sources() {
        let name = source.type_name();
        let extras = shows(format!("data-sources/{name}/data-source.tf"));
        let page = docs::render(name, Kind::DataSource, source.schema(), &extras);
        pages.insert(format!("data-sources/{}.md", file(name)), page);
    }
    for list in provider.lists() {
        let name = list.type_name();
        let extras = shows(format!("list-resources/{name}/list-resource.tfquery.hcl"));
        let page = docs::render(name, Kind::List, list.schema(), &extras);
        pages.insert(format!("list-resources/{}.md", file(name)), page);
    }
    for action in provider.actions() {
        let name = action.type_name();
        let extras = shows(format!("actions/{name}/action.tf"));
        let page = docs::render(name, Kind::Action, action.schema(), &extras);
        pages.insert(format!("actions/{}.md", file(name)), page);
    }
    for ephemeral in provider.ephemerals() {
        let name = ephemeral.type_name();
        let extras = shows(format!("ephemeral-resources/{name}/ephemeral-resource.tf"));
        let page = docs::render(name, Kind::Ephemeral, ephemeral.schema(), &extras);
        pages.insert(format!("ephemeral-resources/{}.md", file(name)), page);
    }
    for function in provider.functions() {
        let name = function.name();
        let extras = shows(format!("functions/{name}/function.tf"));
        let page = docs::function(name, function.signature(), &extras);
        pages.insert(format!("functions/{name}.md"), page);
    }
    pages
}

/// The pages that are there: those that are generated, and those that once were.
fn committed() -> BTreeMap<String, String> {
    let docs = root().join("docs");
    let mut found = BTreeMap::new();
    let folders = [
        "",
        "resources",
        "data-sources",
        "list-resources",
        "actions",
        "ephemeral-resources",
        "functions",
    ];
    for folder in folders {
        let entries = match docs.join(folder).read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => panic!("docs/{folder}: {error}"),
        };
        for entry in entries {
            let path = entry.unwrap().into_path();
            if path.is_file() {
                let name = path.strip_prefix(&docs).unwrap().to_string();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn every_page_is_what_the_schema_says_today() {
    let pages = pages(&offered());
    let docs = root().join("docs");
    if std::env::var_os("UPDATE").is_some() {
        for name in committed().keys().filter(|name| !pages.contains_key(*name)) {
            fs::remove_file(docs.join(name)).unwrap();
        }
        for (name, page) in &pages {
            let path = docs.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, page).unwrap();
        }
    }
    let committed = committed();
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&pages), "run `make docs`");
    for (name, page) in &pages {
        assert!(committed.get(name) == Some(page), "docs/{name} is stale: run `make docs`");
    }
}

//! What the pages for people point at is there.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

/// Every page below a folder.
fn pages(folder: &Utf8Path, found: &mut Vec<Utf8PathBuf>) {
    for entry in folder.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension() == Some("md") {
            found.push(path);
        }
    }
}

/// What a page's links lead to, as they stand there.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    for folder in ["docs", "modules", "examples"] {
        pages(&root.join(folder), &mut found);
    }
    let mut broken = Vec::new();
    let mut seen = 0;
    for page in found {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            seen += 1;
            let file = link.split_once('#').map_or(link, |(file, _)| file);
            if !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(seen > 20, "only {seen} links were found");
    assert_eq!(broken, Vec::<String>::new());
}

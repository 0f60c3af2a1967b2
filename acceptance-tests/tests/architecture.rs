//! Who may know what: the invariants of the design, read from the dependency graph and from the files themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use acceptance_tests::lab;
use anyhow::{Context, Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Crates that only turn values into values.
const PURE: [&str; 5] =
    ["zeebe-scalar", "zeebe-spec", "zeebe-config", "zeebe-plan", "zeebe-retention"];
/// What an async runtime, a clock, chance or a wire would come in by.
const IMPURE: [&str; 13] = [
    "tokio",
    "async-std",
    "futures",
    "reqwest",
    "tonic",
    "hyper",
    "mio",
    "socket2",
    "rustix",
    "rand",
    "getrandom",
    "uuid",
    "tempfile",
];
/// Crates of the platform itself, by their directory: which of our own each may use is told by these.
const ENGINE: [&str; 7] = [
    "zeebe-engine",
    "zeebe-spec",
    "zeebe-config",
    "zeebe-plan",
    "zeebe-management",
    "zeebe-target",
    "zeebe-execute",
];
/// Crates that are one thing's business, and whose.
const OWNED: [(&str, &[&str]); 14] = [
    ("anyhow", &["acceptance-tests", "zeebe-provision"]),
    ("clap", &["zeebe-provision", "zeebe-receiver", "zeebe-agent", "tf-conformance"]),
    ("indicatif", &["zeebe-provision"]),
    ("tf-sdk", &["terraform-provider-zeebe"]),
    ("tf-sdk-derive", &["tf-sdk"]),
    ("zeebe-target-local", &["zeebe-engine"]),
    ("zeebe-target-simulated", &["zeebe-engine"]),
    ("tar", &["zeebe-target-local"]),
    ("flate2", &["zeebe-target-local"]),
    ("rdkafka", &["zeebe-receiver"]),
    ("parquet", &["zeebe-receiver"]),
    ("toml", &["zeebe-config", "zeebe-receiver"]),
    ("kube", &["zeebe-target-kubernetes"]),
    ("k8s-openapi", &["zeebe-target-kubernetes"]),
];
/// What no build contains: one TLS stack, one HTTP stack.
const BANNED: [&str; 5] = ["openssl", "openssl-sys", "native-tls", "ring", "hyper v0.14"];
/// The one written exception: the C library that speaks to Kafka brings a TLS stack, into this program alone.
const EXCEPTION: (&str, &str) = ("zeebe-receiver", "openssl-sys");

/// For each crate of ours, what it names itself, and all that it reaches; what only its tests use is left out.
struct Graph {
    own: BTreeMap<String, BTreeSet<String>>,
    reached: BTreeMap<String, BTreeSet<String>>,
}

fn graph() -> Result<Graph> {
    let metadata = MetadataCommand::new().manifest_path(lab::root()?.join("Cargo.toml")).exec()?;
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let names: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (package.id.clone(), package.name.to_string()))
        .collect();
    let below: BTreeMap<_, Vec<_>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let dependencies = node.deps.iter().filter(|dependency| {
                dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
            });
            (node.id.clone(), dependencies.map(|dependency| dependency.pkg.clone()).collect())
        })
        .collect();
    let mut graph = Graph { own: BTreeMap::new(), reached: BTreeMap::new() };
    for member in &metadata.workspace_members {
        let own: BTreeSet<_> = below[member].iter().map(|id| names[id].clone()).collect();
        let mut seen = BTreeSet::new();
        let mut next = below[member].clone();
        while let Some(id) = next.pop() {
            if seen.insert(id.clone()) {
                next.extend(below[&id].iter().cloned());
            }
        }
        let reached = seen.iter().map(|id| names[id].clone()).collect();
        graph.own.insert(names[member].clone(), own);
        graph.reached.insert(names[member].clone(), reached);
    }
    Ok(graph)
}

#[test]
fn deciding_crates_reach_no_runtime_no_clock_no_chance_and_no_wire() -> Result<()> {
    let graph = graph()?;
    for pure in PURE {
        let reached = graph.reached.get(pure).with_context(|| format!("{pure} is gone"))?;
        let found: Vec<_> = IMPURE.iter().filter(|name| reached.contains(**name)).collect();
        ensure!(found.is_empty(), "{pure} reaches {found:?}");
    }
    Ok(())
}

#[test]
fn the_sdk_knows_nothing_of_zeebe_but_protocols_and_scalars() -> Result<()> {
    let graph = graph()?;
    for sdk in ["tf-sdk", "tf-sdk-derive", "tf-conformance"] {
        let reached = graph.reached.get(sdk).with_context(|| format!("{sdk} is gone"))?;
        let found: Vec<_> = reached
            .iter()
            .filter(|name| name.contains("zeebe"))
            .filter(|name| !["zeebe-proto", "zeebe-scalar"].contains(&name.as_str()))
            .collect();
        ensure!(found.is_empty(), "{sdk} reaches {found:?}");
    }
    Ok(())
}

#[test]
fn only_the_provider_knows_terraform_and_the_engine() -> Result<()> {
    let both: Vec<String> = graph()?
        .reached
        .into_iter()
        .filter(|(_, reached)| {
            reached.contains("tf-sdk") && ENGINE.iter().any(|engine| reached.contains(*engine))
        })
        .map(|(name, _)| name)
        .collect();
    ensure!(both == ["terraform-provider-zeebe"], "these know both: {both:?}");
    Ok(())
}

#[test]
fn each_platform_has_one_crate_that_knows_it() -> Result<()> {
    let graph = graph()?;
    for (dependency, owners) in OWNED {
        let found: Vec<_> = graph
            .own
            .iter()
            .filter(|(name, named)| named.contains(dependency) && !owners.contains(&name.as_str()))
            .map(|(name, _)| name)
            .collect();
        ensure!(found.is_empty(), "\"{dependency}\" is used by {found:?} beside {owners:?}");
    }
    Ok(())
}

#[test]
fn the_harness_sees_the_product_from_outside_only() -> Result<()> {
    let graph = graph()?;
    let reached = graph.reached.get("acceptance-tests").context("acceptance-tests is gone")?;
    let ours: Vec<_> =
        reached.iter().filter(|name| name.starts_with("zeebe-") || *name == "tf-sdk").collect();
    ensure!(ours == ["zeebe-proto"], "acceptance-tests reaches {ours:?}");
    Ok(())
}

#[test]
fn no_build_contains_a_second_tls_or_http_stack() -> Result<()> {
    let (excepted, allowed) = EXCEPTION;
    contains_none(&["--workspace", "--exclude", excepted], &BANNED)?;
    let banned: Vec<_> = BANNED.into_iter().filter(|banned| *banned != allowed).collect();
    contains_none(&["--package", excepted], &banned)?;
    let without_kafka = ["--package", excepted, "--no-default-features"];
    contains_none(&without_kafka, &BANNED)
}

/// Fails with what is banned and in the tree of the crates that those arguments choose.
fn contains_none(chosen: &[&str], banned: &[&str]) -> Result<()> {
    let tree = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .current_dir(lab::root()?)
        .arg("tree")
        .args(chosen)
        .args(["--target", "all", "--edges", "all", "--prefix", "none"])
        .output()?;
    ensure!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout)?;
    ensure!(tree.lines().any(|line| line.starts_with("aws-lc-rs v")), "no tree:\n{tree}");
    for banned in banned {
        let is_banned = |line: &&str| {
            line.starts_with(&format!("{banned} v")) || line.starts_with(&format!("{banned}."))
        };
        let found: BTreeSet<_> = tree.lines().filter(is_banned).collect();
        ensure!(found.is_empty(), "the build of {chosen:?} contains {found:?}");
    }
    Ok(())
}

#[test]
fn no_module_lies_in_a_mod_rs() -> Result<()> {
    let found: Vec<_> =
        files()?.into_iter().filter(|path| path.file_name() == Some("mod.rs")).collect();
    ensure!(found.is_empty(), "{found:?}");
    Ok(())
}

#[test]
fn no_test_is_switched_off() -> Result<()> {
    let marks = [concat!("#[", "ignore"), concat!("todo", "!("), concat!("unimplemented", "!(")];
    nowhere(&["rs"], &|line| marks.iter().any(|mark| line.contains(mark)))
}

#[test]
fn no_file_names_a_package_registry() -> Result<()> {
    // Written in parts, so that this file does not name them either.
    let hosts = [
        &["registry", "terraform", "io"][..],
        &["registry", "opentofu", "org"],
        &["static", "crates", "io"],
        &["index", "crates", "io"],
        &["repo1", "maven", "org"],
        &["repo", "maven", "apache", "org"],
        &["pypi", "org"],
        &["files", "pythonhosted", "org"],
        &["registry", "npmjs", "org"],
        &["proxy", "golang", "org"],
        &["deb", "debian", "org"],
    ]
    .map(|parts| parts.join("."));
    nowhere(&[], &|line| hosts.iter().any(|host| line.contains(host.as_str())))
}

#[test]
fn no_file_names_a_path_of_one_machine() -> Result<()> {
    let homes = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let jvm = concat!("/usr/lib/", "jvm/");
    nowhere(&[], &|line| {
        homes.iter().any(|home| {
            line.match_indices(home).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|before| before.is_alphanumeric() || "._-}]*/".contains(before))
            })
        }) || line
            .match_indices(jvm)
            .any(|(at, _)| line[at + jvm.len()..].starts_with(|next: char| next.is_alphanumeric()))
    })
}

/// Fails with each line of the files with such endings (all, when none is named) that is found.
fn nowhere(endings: &[&str], found: &dyn Fn(&str) -> bool) -> Result<()> {
    let root = lab::root()?;
    let mut places = Vec::new();
    for path in files()? {
        let ending = path.extension().unwrap_or_default();
        if path.file_name() == Some("Cargo.lock")
            || !(endings.is_empty() || endings.contains(&ending))
        {
            continue;
        }
        // What is no text names nothing.
        let Ok(text) = fs::read_to_string(root.join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if found(line) {
                places.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    ensure!(places.is_empty(), "{}", places.join("\n"));
    Ok(())
}

/// The files of the project: what is tracked, and what would be.
fn files() -> Result<Vec<Utf8PathBuf>> {
    let root = lab::root()?;
    let listed = Command::new("git")
        .current_dir(&root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()?;
    ensure!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let files: Vec<Utf8PathBuf> = String::from_utf8(listed.stdout)?
        .lines()
        .map(Utf8PathBuf::from)
        .filter(|path| is_file(&root, path))
        .collect();
    ensure!(files.iter().any(|path| path == "Cargo.toml"), "git lists no files");
    Ok(files)
}

fn is_file(root: &Utf8Path, path: &Utf8Path) -> bool {
    root.join(path).is_file()
}

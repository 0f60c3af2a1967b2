//! The commands as a person types them, on a simulated cluster.

#![expect(clippy::unwrap_used, reason = "a test ends where what it assumes does not hold")]

use std::fmt::Write;
use std::fs;
use std::process::{Command, Stdio};

use camino::Utf8PathBuf;
use camino_tempfile::Utf8TempDir;
use insta::assert_snapshot;
use serde_json::{Value, json};

struct Lab {
    directory: Utf8TempDir,
}

impl Lab {
    fn new() -> Self {
        Self { directory: Utf8TempDir::new().unwrap() }
    }

    fn wish(&self, changes: &Value) -> Utf8PathBuf {
        let mut wish = json!({
            "name": "payments",
            "version": "8.6.0",
            "topology": { "brokers": 1, "partitions": 1, "replication_factor": 1, "gateways": null },
            "target": { "simulated": { "directory": self.directory.path() } },
            "deletion_protection": "off",
            "data_on_destroy": "delete",
        });
        for (key, value) in changes.as_object().unwrap() {
            wish[key] = value.clone();
        }
        let path = self.directory.path().join("cluster.json");
        fs::write(&path, wish.to_string()).unwrap();
        path
    }

    /// Exit code, stdout and stderr, with the place and the times taken out.
    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_zeebe-provision"))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut told = String::new();
        writeln!(told, "exit {}", output.status.code().unwrap()).unwrap();
        for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
            let text = String::from_utf8(bytes).unwrap();
            if !text.is_empty() {
                writeln!(told, "-- {name}").unwrap();
                told.push_str(&text);
            }
        }
        let told = told.replace(self.directory.path().as_str(), "<directory>");
        // The simulator serves on a free port, each time another.
        let parts = told.split("http://127.0.0.1:").enumerate().map(|(index, part)| {
            match part.split_once('/') {
                Some((_, rest)) if index > 0 => format!("http://<simulator>/{rest}"),
                _ if index > 0 => format!("http://127.0.0.1:{part}"),
                _ => part.to_owned(),
            }
        });
        parts.collect()
    }
}

#[test]
fn a_cluster_is_planned_made_looked_at_and_destroyed() {
    let lab = Lab::new();
    let wish = lab.wish(&json!({}));
    assert_snapshot!("planned", lab.run(&["plan", wish.as_str()]));
    assert_snapshot!("made", lab.run(&["apply", wish.as_str()]));
    assert_snapshot!("nothing_to_do", lab.run(&["plan", wish.as_str()]));
    assert_snapshot!("looked_at", lab.run(&["observe", wish.as_str()]));
    let id = format!("simulated://{}/payments", lab.directory.path());
    assert_snapshot!("told", lab.run(&["journal", &id]));
    assert_snapshot!("destroyed", lab.run(&["destroy", &id]));
    assert_snapshot!("gone", lab.run(&["observe", &id]));
}

#[test]
fn machines_get_one_document() {
    let lab = Lab::new();
    let wish = lab.wish(&json!({}));
    assert_snapshot!("planned_for_machines", lab.run(&["plan", wish.as_str(), "--json"]));
    lab.run(&["apply", wish.as_str()]);
    let id = format!("simulated://{}/payments", lab.directory.path());
    for command in ["observe", "journal"] {
        let output = Command::new(env!("CARGO_BIN_EXE_zeebe-provision"))
            .args([command, &id, "--json"])
            .output()
            .unwrap();
        assert!(output.status.success());
        serde_json::from_slice::<Value>(&output.stdout).unwrap();
    }
}

#[test]
fn every_mistake_of_a_document_is_told_at_once() {
    let lab = Lab::new();
    let wish = lab.wish(&json!({
        "topology": { "brokers": 1, "partitions": 1, "replication_factor": 3, "gateways": null },
        "broker": { "disk": "1MiB" },
        "configuration": { "zeebe.broker.cluster.nodeId": "7" },
    }));
    assert_snapshot!("mistakes", lab.run(&["plan", wish.as_str()]));
}

#[test]
fn a_protected_cluster_is_not_destroyed() {
    let lab = Lab::new();
    let wish = lab.wish(&json!({ "deletion_protection": "on" }));
    lab.run(&["apply", wish.as_str()]);
    assert_snapshot!("protected", lab.run(&["destroy", wish.as_str()]));
}

#[test]
fn an_address_that_is_none_is_told_apart_from_a_cluster_that_is_not_there() {
    let lab = Lab::new();
    assert_snapshot!("no_address", lab.run(&["observe", "cloud://payments"]));
    assert_snapshot!("no_document", lab.run(&["plan", "/nowhere/cluster.json"]));
}

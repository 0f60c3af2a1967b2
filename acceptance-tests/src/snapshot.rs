//! What a command printed, made equal from run to run: folders, numbers, ports and times are replaced by their names.

use camino::Utf8Path;

use crate::{cluster::Cluster, lab::lab};

/// Pairs of a pattern and what stands for it, in the order in which they are applied.
pub fn filters(folder: &Utf8Path, clusters: &[&Cluster]) -> Vec<(String, String)> {
    let mut filters = Vec::new();
    let mut literally = |text: &str, name: &str| {
        filters.push((escaped(text), name.to_owned()));
    };
    literally(folder.as_str(), "[FOLDER]");
    if let Ok(lab) = lab() {
        literally(lab.work.as_str(), "[WORK]");
        literally(lab.root.as_str(), "[ROOT]");
        literally(lab.java_home.as_str(), "[JAVA]");
    }
    for cluster in clusters {
        for offset in 0..100 {
            filters.push((
                format!(r"\b{}\b", cluster.first_port + offset),
                format!("[PORT+{offset}]"),
            ));
        }
    }
    for (pattern, name) in [
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[TIME]"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "[ID]"),
        (r"\b[0-9a-f]{64}\b", "[CHECKSUM]"),
        (r"\b(pid|process) \d+", "$1 [PID]"),
        (r"held by pid \[PID\], `[^`]*`", "held by pid [PID], `[COMMAND]`"),
        (r"this machine has \d+ GiB", "this machine has [MEMORY]"),
        // Whatever repository the user's own Maven asks.
        (r"\b\S+ \(https?://[^)]*\)", "[REPOSITORY]"),
        // Terraform wraps and frames what it prints; the frame is not ours.
        (r"[╷╵│] ?", ""),
    ] {
        filters.push((pattern.to_owned(), name.to_owned()));
    }
    filters
}

/// What a person reads of a diagnostic: without frames, with each paragraph on one line.
pub fn paragraphs(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().map(|line| line.trim_start_matches(['╷', '╵', '│']).trim()).collect();
    lines
        .split(|line| line.is_empty())
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| paragraph.join(" "))
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if !character.is_ascii_alphanumeric() && !matches!(character, '/' | '_' | '-') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

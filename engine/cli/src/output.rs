//! What is written to stdout: tables for people, one JSON document for machines.

use std::io::{Write, stderr, stdout};

use anyhow::Result;
use serde::Serialize;

/// Where to and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Text,
    Json,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { form: if json { Form::Json } else { Form::Text } }
    }

    /// Writes a report.
    pub(crate) fn report(self, json: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        let mut stdout = stdout().lock();
        match self.form {
            Form::Text => stdout.write_all(text().as_bytes())?,
            Form::Json => {
                serde_json::to_writer_pretty(&mut stdout, json)?;
                stdout.write_all(b"\n")?;
            }
        }
        Ok(stdout.flush()?)
    }

    /// Writes what went wrong.
    pub(crate) fn failure(self, error: &anyhow::Error) {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        // Nobody is left to tell where stderr cannot be written.
        let _ = match self.form {
            Form::Text => writeln!(stderr(), "error: {}", causes.join(": ")),
            Form::Json => {
                writeln!(stderr(), "{}", serde_json::json!({ "error": causes }))
            }
        };
    }
}

/// A table: columns as wide as their widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

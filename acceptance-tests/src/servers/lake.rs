//! A lake as its readers see it: files of Parquet, by SQL.

use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use camino::Utf8Path;
use serde_json::Value;

use crate::{call, lab};

/// Asks the library, and prints a row a line, as JSON.
const ASK: &str = "
import json, sys, duckdb
duckdb.sql('set enable_progress_bar = false')
for row in duckdb.sql(sys.argv[1]).fetchall():
    print(json.dumps(row, default=str))
";

/// The table of a lake in a folder, as the guide writes it.
pub fn table(lake: &Utf8Path) -> String {
    format!("read_parquet('{lake}/value_type=*/day=*/*.parquet', hive_partitioning = true)")
}

/// The rows of an answer.
pub fn sql(query: &str) -> Result<Vec<Value>> {
    let answer = call::output(Command::new(python()?).args(["-c", ASK, query]))?;
    answer
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("no row: {line}")))
        .collect()
}

fn python() -> Result<&'static String> {
    static PYTHON: OnceLock<Result<String, String>> = OnceLock::new();
    PYTHON
        .get_or_init(|| fetched().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow!("there is no DuckDB: {error}"))
}

fn fetched() -> Result<String> {
    call::output(Command::new("bash").arg(lab::root()?.join("tools/duckdb.sh")))
}

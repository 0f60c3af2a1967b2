//! The figures of a lake: how fast records become files, and how fast it is to read a day of them.

use std::fs;
use std::time::{Duration, Instant};

use acceptance_tests::servers::lake;
use acceptance_tests::wait;
use anyhow::{Context, Result, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

/// What a day has.
const DAY: u64 = 10_000_000;
/// The goal of the project for it.
const SUMMARY: Duration = Duration::from_secs(5);
/// The last of the journal becomes files within this time.
const SEALED: Duration = Duration::from_mins(5);

/// Waits until all up to these positions of each partition, from the first on, is in files.
pub(crate) fn wait_sealed(lake: &Utf8Path, last: &[u64]) -> Result<()> {
    wait::until("all of it in files", SEALED, || {
        for (partition, last) in (1..).zip(last) {
            let sealed = sealed(&lake.join(format!("_segments/partition-{partition:04}")))?;
            ensure!(sealed >= *last, "{sealed} of {last} of partition {partition} are in files");
        }
        Ok(())
    })
}

/// The last position of which all is in files.
fn sealed(segments: &Utf8Path) -> Result<u64> {
    let mut sealed = 0;
    for entry in segments.read_dir_utf8()? {
        let done = entry?.into_path();
        if done.extension() != Some("done") {
            continue;
        }
        // A plan goes away soon after the next one is done.
        let Ok(plan) = fs::read_to_string(done.with_extension("json")) else { continue };
        let plan: Value = serde_json::from_str(&plan)?;
        sealed = sealed.max(plan["last"].as_u64().context("a plan without its end")?);
    }
    Ok(sealed)
}

/// Makes a day of ten million rows by linking the files of a lake as often as it takes, and tells how long it takes
/// to summarise it.
pub(crate) fn summary(lake: &Utf8Path, day: &Utf8Path) -> Result<String> {
    let files = files(lake)?;
    let rows = count(&lake::table(lake))?;
    let copies = DAY.div_ceil(rows.max(1));
    for copy in 0..copies {
        for file in &files {
            let place = file.strip_prefix(lake)?;
            let name = file.file_name().context("a file without a name")?;
            let folder = day.join(place.parent().context("a file without a folder")?);
            fs::create_dir_all(&folder)?;
            fs::hard_link(file, folder.join(format!("{copy}-{name}")))?;
        }
    }
    let table = lake::table(day);
    let rows = count(&table)?;
    let began = Instant::now();
    let summary = lake::sql(&format!(
        "select value_type, intent, record_type, cast(date_trunc('hour', timestamp) as text), count(*), count(distinct key),
           max(position) from {table} group by all order by all"
    ))?;
    let took = began.elapsed();
    ensure!(!summary.is_empty(), "there is nothing to summarise");
    let size: u64 = files.iter().map(|file| Ok(fs::metadata(file)?.len())).sum::<Result<u64>>()?;
    Ok(format!(
        "DuckDB summarises a day of {rows} records in {:.1} s, its start with it (goal {} s): {} files of {} MiB, each \
         linked {copies} times",
        took.as_secs_f64(),
        SUMMARY.as_secs(),
        files.len(),
        size >> 20,
    ))
}

fn count(table: &str) -> Result<u64> {
    let rows = lake::sql(&format!("select count(*) from {table}"))?;
    rows.first().and_then(|row| row[0].as_u64()).context("DuckDB counts nothing")
}

fn files(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir_utf8()? {
        let path = entry?.into_path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension() == Some("parquet") {
            found.push(path);
        }
    }
    Ok(found)
}

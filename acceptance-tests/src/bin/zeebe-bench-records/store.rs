//! What goes into a search store: by the index, out of Kafka, and by the exporter that is bundled with the broker, whose
//! speed is the baseline. One real OpenSearch for each, of the same size.

use std::thread;
use std::time::{Duration, Instant};

use acceptance_tests::servers::broker::{Brokers, Bulk};
use acceptance_tests::servers::kafka::Kafka;
use acceptance_tests::servers::receiver::Receiver;
use acceptance_tests::servers::search_store::{Product, SearchStore};
use acceptance_tests::{Load, Scenario, wait};
use anyhow::{Context, Result, ensure};

use crate::{LASTS, PARTITIONS};

/// What is waited for comes within this time.
const PATIENCE: Duration = Duration::from_mins(3);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// A store that holds as many for so long has all.
const QUIET: Duration = Duration::from_secs(15);
/// Instances whose records wait for the store when it starts.
const INSTANCES: usize = 1_000;

/// The records of that topic, by the index.
pub(crate) fn indexed(scenario: &Scenario, kafka: &Kafka, topic: &str) -> Result<String> {
    let ports = scenario.first_port()?;
    let directory = scenario.directory.join("indexed-store");
    let mut store = SearchStore::start_one(Product::OpenSearch, directory, ports)?;
    let directory = scenario.directory.join("index");
    let mut index = Receiver::index(directory, ports + 10, (kafka, topic), &store, "")?;
    index.start()?;
    let records = || -> Result<u64> {
        (1..=PARTITIONS).map(|partition| index.figure("records_total", partition)).sum()
    };
    let before = wait::until("the first records in the store", PATIENCE, || {
        records().and_then(|records| {
            ensure!(records > 0, "none yet");
            Ok(records)
        })
    })?;
    let began = Instant::now();
    thread::sleep(LASTS);
    let rate = rate(records()? - before, began.elapsed())?;
    let memory = index.peak_memory().context("the index is gone")?;
    index.end()?;
    store.end()?;
    Ok(format!(
        "from Kafka into OpenSearch by the index: {rate} records/s of 1 KB; {} MiB at most",
        memory >> 20
    ))
}

/// The records of a real broker, by its bundled exporter with the product's own bulk settings: they wait until the store
/// starts, so that the exporter is what is measured and not the broker.
pub(crate) fn bundled(scenario: &Scenario) -> Result<String> {
    let ports = scenario.first_port()?;
    let url = format!("http://127.0.0.1:{ports}");
    let mut brokers = Brokers::start_with(
        scenario.cluster("bundled")?,
        "8.6.0",
        (1, PARTITIONS),
        &[("bundled", url)],
        Bulk { size: 1_000, delay: 5 },
    )?;
    Load::instances(brokers.cluster.gateways(1), INSTANCES)?.is_exact()?;
    let directory = scenario.directory.join("bundled-store");
    let mut store = SearchStore::start_one(Product::OpenSearch, directory, ports)?;
    let mut seen = vec![(Instant::now(), 0)];
    let mut last = (Instant::now(), 0);
    while last.1 == 0 || last.0.elapsed() < QUIET {
        ensure!(last.0.elapsed() < PATIENCE, "nothing came into the store");
        thread::sleep(LOOK);
        let count = store.count("zeebe-record*")?;
        seen.push((Instant::now(), count));
        if count > last.1 {
            last = (Instant::now(), count);
        }
    }
    brokers.kill(0)?;
    store.end()?;
    // The last bulks are not full, and wait for more: they say nothing of the speed.
    let first = seen.iter().find(|(_, count)| *count > 0).context("nothing came")?;
    let full = seen.iter().find(|(_, count)| *count >= last.1 / 10 * 9).context("nothing came")?;
    let rate = rate(full.1 - first.1, full.0 - first.0)?;
    Ok(format!(
        "from the broker into OpenSearch by the bundled exporter, baseline: {rate} records/s of its own size, of {} that \
         waited",
        last.1
    ))
}

fn rate(records: u64, time: Duration) -> Result<u128> {
    ensure!(time > LOOK, "{records} records in {time:?} are too few to tell");
    Ok(u128::from(records) * 1_000 / time.as_millis())
}

//! The long proof of the ways of records into Kafka and into a lake, as `make acceptance` runs it. Prints what was done and found.
//!
//! Three real brokers run ten thousand instances. Meanwhile the receivers into Kafka and into the lake are killed twenty
//! times, Kafka is stopped for a minute, and leaders change five times. Another receiver writes all of it into files, by a
//! way of its own; at the end all three must hold every position once, and in them every instance that was started.
//!
//! `zeebe-records [INSTANCES KILLS LEADER_CHANGES STOPPED_SECONDS]`

mod instances;

use std::io::{self, Write};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use acceptance_tests::servers::{
    broker::Brokers,
    kafka::Kafka,
    lake,
    receiver::Receiver,
    records::{completed, wait_drained},
};
use acceptance_tests::{Scenario, wait};
use anyhow::{Result, bail, ensure};
use camino::Utf8Path;
use serde_json::json;

use crate::instances::Instances;

const BROKERS: u16 = 3;
const PARTITIONS: u16 = 3;
const VERSION: &str = "8.6.0";

/// What is done to them.
struct Trial {
    instances: usize,
    kills: usize,
    leader_changes: usize,
    stopped: Duration,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let trial = match arguments.as_slice() {
        [] => Trial {
            instances: 10_000,
            kills: 20,
            leader_changes: 5,
            stopped: Duration::from_mins(1),
        },
        [instances, kills, leader_changes, seconds] => Trial {
            instances: instances.parse()?,
            kills: kills.parse()?,
            leader_changes: leader_changes.parse()?,
            stopped: Duration::from_secs(seconds.parse()?),
        },
        _ => bail!("usage: zeebe-records [INSTANCES KILLS LEADER_CHANGES STOPPED_SECONDS]"),
    };
    run(&trial)
}

fn run(trial: &Trial) -> Result<()> {
    let began = Instant::now();
    let scenario = Scenario::with_brokers("records-long", usize::from(BROKERS))?;
    let ports = scenario.first_port()?;
    let mut kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let in_kafka = format!(
        "[sink.kafka]\nbrokers = [\"{}\"]\ntopic = \"records\"\npartitions = {PARTITIONS}\ntimeout = \"10s\"",
        kafka.address()
    );
    let mut into_kafka =
        Receiver::new(scenario.directory.join("into-kafka"), ports + 10, &in_kafka)?;
    into_kafka.start()?;
    let records = scenario.directory.join("records");
    let in_files = format!("[sink.file]\ndirectory = \"{records}\"");
    let mut into_files =
        Receiver::new(scenario.directory.join("into-files"), ports + 20, &in_files)?;
    into_files.start()?;
    let lake = scenario.directory.join("lake");
    let in_lake = format!("[sink.lake]\ndirectory = \"{lake}\"\nseal_after = \"2s\"");
    let mut into_lake = Receiver::new(scenario.directory.join("into-lake"), ports + 30, &in_lake)?;
    into_lake.start()?;
    let exporters =
        [("kafka", into_kafka.url()), ("files", into_files.url()), ("lake", into_lake.url())];
    let cluster = scenario.cluster("exported")?;
    let mut brokers = Brokers::start(cluster, VERSION, BROKERS, PARTITIONS, &exporters)?;
    say(&format!(
        "{BROKERS} brokers of {VERSION}, {PARTITIONS} partitions, Kafka and three receivers are up"
    ))?;

    let load = Instances::start(&brokers.cluster.gateways(BROKERS), trial.instances)?;
    let mut changes = 0;
    for kill in 1..=trial.kills {
        load.wait_for(kill * trial.instances / (trial.kills + 1))?;
        // Between two kills of the receiver, everything else that can happen.
        if kill % 4 == 0 && changes < trial.leader_changes {
            changes += 1;
            change_leader(&mut brokers, u16::try_from(changes)? % PARTITIONS + 1)?;
        }
        if kill == trial.kills / 2 {
            say(&format!("Kafka is stopped for {:?}", trial.stopped))?;
            kafka.freeze()?;
            thread::sleep(trial.stopped);
            kafka.thaw()?;
        }
        for receiver in [&mut into_kafka, &mut into_lake] {
            receiver.kill()?;
            receiver.start()?;
        }
    }
    while changes < trial.leader_changes {
        changes += 1;
        change_leader(&mut brokers, u16::try_from(changes)? % PARTITIONS + 1)?;
    }
    let started = load.finish()?;
    say(&format!(
        "{} instances were started, the answer to {} more attempts was lost; the receivers were killed {} times, \
         leaders changed {changes} times",
        started.instances.len(),
        started.unclear,
        trial.kills
    ))?;

    let count = started.instances.len();
    wait_drained(&brokers, PARTITIONS, &into_kafka, &into_files, &records, count)?;
    wait_drained(&brokers, PARTITIONS, &into_lake, &into_files, &records, count)?;
    for broker in 0..BROKERS {
        brokers.kill(broker)?;
    }
    for (name, receiver) in [("Kafka", &into_kafka), ("the lake", &into_lake)] {
        let verified =
            receiver.verify(&["--against", into_files.config().as_str(), "--unfiltered"])?;
        say(&format!("the checker on {name}, beside the files, ended with {:?}:", verified.code))?;
        say(verified.text.trim_end())?;
        ensure!(verified.code == Some(0), "not every position is there once and in order");
    }
    // Whoever reads the lake by SQL sees what the checker does: each record once, all of them.
    let table = lake::table(&lake);
    let whole = format!("select count(*), count(distinct (partition, position)) from {table}");
    let exported = exported(&records)?;
    wait::until("all of it in files of the lake", Duration::from_mins(1), || {
        let rows = lake::sql(&whole)?;
        ensure!(rows == [json!([exported, exported])], "{rows:?} of {exported}");
        Ok(())
    })?;
    say(&format!("DuckDB counts {exported} records in the lake, each once"))?;

    let completed = completed(&records)?;
    let lost = started.instances.difference(&completed).count();
    let beyond = completed.difference(&started.instances).count();
    say(&format!(
        "{} instances completed in the records; of those that were started {lost} are missing; {beyond} are of lost answers",
        completed.len()
    ))?;
    ensure!(lost == 0 && beyond <= started.unclear, "the instances do not add up");
    into_kafka.end()?;
    into_lake.end()?;
    into_files.end()?;
    kafka.kill()?;
    scenario.passed()?;
    say(&format!("all of it in {} s", began.elapsed().as_secs()))
}

/// How many records the files have.
fn exported(records: &Utf8Path) -> Result<usize> {
    let mut lines = 0;
    for entry in records.read_dir_utf8()? {
        lines += fs::read_to_string(entry?.path())?.lines().count();
    }
    Ok(lines)
}

/// Kills the broker that leads a partition, sees that another leads it, and starts the first again.
fn change_leader(brokers: &mut Brokers, partition: u16) -> Result<()> {
    let before = brokers.leader(partition)?;
    brokers.kill(before)?;
    let after = wait::until("another leader", Duration::from_mins(1), || {
        let leader = brokers.leader(partition)?;
        ensure!(leader != before, "broker {before} still leads");
        Ok(leader)
    })?;
    brokers.start_again(before)?;
    brokers.wait_ready()?;
    say(&format!(
        "the leader of partition {partition} was killed: broker {before}, then broker {after}"
    ))
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

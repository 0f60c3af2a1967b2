//! The figures of the receiver: as `make bench` runs it, after the release build.
//!
//! Three generators, one a partition, post bulks of records of 1 KB as exporters do, the next when the last is answered
//! for. Kafka, the receiver and the generators share the machine. The baseline is the same receiver in the same run
//! writing to files, a sync for each bulk: what the way costs without Kafka. Then what came into Kafka goes on into a search
//! store, beside what the exporter that is bundled with the broker writes there by itself.
//!
//! A lake is measured until all is in files of Parquet. `zeebe-bench-records lake` leaves Kafka and the search store out.

mod lake;
mod store;

use std::env;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::thread;
use std::time::{Duration, Instant};

use acceptance_tests::Scenario;
use acceptance_tests::servers::{kafka::Kafka, receiver::Receiver};
use anyhow::{Context, Result, anyhow, ensure};
use reqwest::Client;
use tokio::{runtime, time};

const PARTITIONS: u16 = 3;
/// What every record holds beside its fields, to be of 1 KB.
const FILL: usize = 830;
/// Text that hardly compresses, from which each record of a bulk has another part.
const TEXT: usize = 8 << 20;
/// Each measurement takes so long.
const LASTS: Duration = Duration::from_secs(15);
/// The goals of the project.
const RECORDS_A_SECOND: u32 = 20_000;
const P99: Duration = Duration::from_millis(50);
const MEMORY: u64 = 100 << 20;

/// How bulks follow each other.
#[derive(Clone, Copy)]
enum Pace {
    /// The next when the last is answered for.
    Full,
    /// One each such time, of all generators together as many records a second as are asked for.
    Each(Duration),
}

fn main() -> Result<()> {
    let scenario = Scenario::with_brokers("bench-records", 2)?;
    let ports = scenario.first_port()?;
    let with_kafka = env::args().nth(1).as_deref() != Some("lake");
    let directory = scenario.directory.join("kafka");
    let mut kafka = if with_kafka { Some(Kafka::start(directory, ports)?) } else { None };
    let records = scenario.directory.join("records");
    let in_files = format!("[sink.file]\ndirectory = \"{records}\"");
    let mut into_files =
        Receiver::new(scenario.directory.join("file-sink"), ports + 20, &in_files)?;

    let lake = scenario.directory.join("lake");
    let in_lake = format!("[sink.lake]\ndirectory = \"{lake}\"\nseal_after = \"1s\"");
    let mut into_lake = Receiver::new(scenario.directory.join("lake-sink"), ports + 30, &in_lake)?;
    let mut sinks = vec![("files, baseline", &mut into_files), ("a lake", &mut into_lake)];
    let mut into_kafka = match &kafka {
        None => None,
        Some(kafka) => {
            let sink = format!(
                "[sink.kafka]\nbrokers = [\"{}\"]\ntopic = \"bench\"\npartitions = {PARTITIONS}",
                kafka.address()
            );
            Some(Receiver::new(scenario.directory.join("kafka-sink"), ports + 10, &sink)?)
        }
    };
    sinks.extend(into_kafka.iter_mut().map(|receiver| ("Kafka", receiver)));

    let mut lines = Vec::new();
    let half = Duration::from_secs(1) * u32::from(PARTITIONS) * 200 / (RECORDS_A_SECOND / 2);
    for (name, receiver) in sinks {
        receiver.start()?;
        let began = Instant::now();
        let full = measure(receiver, 1, 1_000, Pace::Full)?;
        if name == "a lake" {
            let last: Vec<u64> = (1..=PARTITIONS)
                .map(|partition| receiver.figure("last_position", partition))
                .collect::<Result<_>>()?;
            lake::wait_sealed(&lake, &last)?;
            let rate =
                last.iter().sum::<u64>() * 1_000 / u64::try_from(began.elapsed().as_millis())?;
            lines.push(format!(
                "into Parquet: {rate} records/s until the last is in a file (goal {RECORDS_A_SECOND})"
            ));
        }
        let next = full.position;
        let paced = measure(receiver, next, 200, Pace::Each(half))?;
        let mut durable = 0;
        for partition in 1..=PARTITIONS {
            durable += receiver.figure("records_total", partition)?;
        }
        let sent = full.records + paced.records;
        ensure!(durable >= sent, "{sent} records were answered for, and {durable} are durable");
        let memory = receiver.peak_memory().context("the receiver is gone")?;
        receiver.end()?;
        let rate = full.records / LASTS.as_secs();
        let p99 = paced.percentile(99)?;
        lines.push(format!(
            "into {name}: {rate} records/s (goal {RECORDS_A_SECOND}); at {} records/s a bulk of 200 takes {} ms at the \
             median and {} ms at the 99th percentile (goal {}); {} MiB at most (goal {})",
            paced.records / LASTS.as_secs(),
            paced.percentile(50)?.as_millis(),
            p99.as_millis(),
            P99.as_millis(),
            memory >> 20,
            MEMORY >> 20,
        ));
    }
    lines.push(lake::summary(&lake, &scenario.directory.join("day"))?);
    if let Some(kafka) = &mut kafka {
        lines.push(store::indexed(&scenario, kafka, "bench")?);
        kafka.kill()?;
        lines.push(store::bundled(&scenario)?);
    }
    for line in lines {
        writeln!(io::stdout(), "{line}")?;
    }
    scenario.passed()
}

/// What was measured.
struct Measured {
    records: u64,
    /// How long each bulk took, sorted.
    bulks: Vec<Duration>,
    /// Where the next may begin.
    position: u64,
}

impl Measured {
    fn percentile(&self, percent: usize) -> Result<Duration> {
        let at = (self.bulks.len() * percent / 100).min(self.bulks.len().saturating_sub(1));
        self.bulks.get(at).copied().context("no bulk was sent")
    }
}

fn measure(receiver: &Receiver, from: u64, size: u64, pace: Pace) -> Result<Measured> {
    let generators: Vec<_> = (1..=PARTITIONS)
        .map(|partition| {
            let url = format!("{}/_bulk", receiver.url());
            thread::spawn(move || {
                let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(generate(&url, partition, from, size, pace))
            })
        })
        .collect();
    let mut measured = Measured { records: 0, bulks: Vec::new(), position: from };
    for generator in generators {
        let bulks = generator.join().map_err(|_| anyhow!("a generator panicked"))??;
        let records = u64::try_from(bulks.len())? * size;
        measured.records += records;
        measured.position = measured.position.max(from + records);
        measured.bulks.extend(bulks);
    }
    measured.bulks.sort_unstable();
    Ok(measured)
}

/// Sends bulks of one partition for a while, and gives how long each took. The first, with which the partition is taken
/// over, is not counted.
async fn generate(
    url: &str,
    partition: u16,
    from: u64,
    size: u64,
    pace: Pace,
) -> Result<Vec<Duration>> {
    let client = Client::builder().no_proxy().build()?;
    let text = text(u64::from(partition));
    let mut position = from;
    let mut bulks = Vec::new();
    let mut end = None;
    let mut tick = match pace {
        Pace::Full => None,
        Pace::Each(each) => Some(time::interval(each)),
    };
    while end.is_none_or(|end| Instant::now() < end) {
        if let Some(tick) = &mut tick {
            tick.tick().await;
        }
        let body = bulk(partition, position, size, &text)?;
        let began = Instant::now();
        let answer = client.post(url).body(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status == 200, "{status}: {text}");
        match end {
            None => end = Some(Instant::now() + LASTS),
            Some(_) => bulks.push(began.elapsed()),
        }
        position += size;
    }
    Ok(bulks)
}

/// Letters and digits without a pattern: as hard to compress as text can be, and harder than real records.
fn text(seed: u64) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let letter = usize::try_from(state % 64).unwrap_or_default();
        char::from(letters[letter])
    };
    std::iter::repeat_with(next).take(TEXT).collect()
}

fn bulk(partition: u16, from: u64, size: u64, text: &str) -> Result<String> {
    let mut bulk = String::new();
    for position in from..from + size {
        let start = usize::try_from(position)? * FILL % (TEXT - FILL);
        let fill = text.get(start..start + FILL).context("the text is too short")?;
        write!(
            bulk,
            "{{\"index\":{{\"_index\":\"records_job_8.6.0\",\"_id\":\"{partition}-{position}\",\"routing\":\"{partition}\"}}}}\n\
             {{\"partitionId\":{partition},\"value\":{{\"type\":\"work\",\"fill\":\"{fill}\"}},\"key\":1,\
             \"position\":{position},\"timestamp\":1795400487511,\"valueType\":\"JOB\",\"brokerVersion\":\"8.6.0\",\
             \"intent\":\"CREATED\",\"recordType\":\"EVENT\"}}\n"
        )?;
    }
    Ok(bulk)
}

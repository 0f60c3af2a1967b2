//! The audit trail: out of real brokers, through the receiver and real Kafka, into a real search store, each record once.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use acceptance_tests::servers::broker::Brokers;
use acceptance_tests::servers::connect::Connect;
use acceptance_tests::servers::kafka::Kafka;
use acceptance_tests::servers::receiver::Receiver;
use acceptance_tests::servers::search_store::{Product, SearchStore};
use acceptance_tests::{Install, Load, Scenario, lab, wait};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// An exporter waits ten seconds between two tries, and a group as long for a member that was killed.
const DRAINED: Duration = Duration::from_mins(2);
/// The instances of the load, as the store knows them when they are done.
const COMPLETED: &str = "intent:ELEMENT_COMPLETED AND value.bpmnElementType:PROCESS AND value.bpmnProcessId:\"one-task\"";

#[test]
fn every_record_is_in_the_search_store_once_though_index_and_store_die() -> Result<()> {
    // The store takes as much of the machine as a broker.
    let scenario = Scenario::with_brokers("s16-audit", 2)?;
    let ports = scenario.first_port()?;
    let kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let mut receiver = into_kafka(&scenario, &kafka, ports + 10, 2)?;
    let exporters = [("kafka", receiver.url())];
    let mut brokers = Brokers::start(scenario.cluster("audited")?, "8.6.0", 1, 2, &exporters)?;
    let directory = scenario.directory.join("store");
    let mut store = SearchStore::start_one(Product::OpenSearch, directory, ports + 20)?;
    let directory = scenario.directory.join("index");
    let small = "bulk = { records = 50, delay = \"100ms\" }";
    let mut index = Receiver::index(directory, ports + 30, (&kafka, "records"), &store, small)?;
    index.start()?;

    let load = Load::start(brokers.cluster.gateways(1))?;
    let goes_on = |index: &Receiver| {
        wait::until_true("records in the store", DRAINED, || {
            Ok(index.figure("records_total", 1)? > 0)
        })
    };
    goes_on(&index)?;
    // In the middle of a request, perhaps.
    index.kill()?;
    load.wait_for_more(15)?;
    index.start()?;
    goes_on(&index)?;
    // With records in its hands that the store does not take, for certain.
    store.kill()?;
    wait::until_true("the index held up", DRAINED, || {
        Ok(index.page("metrics")?.contains("sink_up{cluster=\"payments\"} 0"))
    })?;
    ensure!(index.page("ready").is_err(), "it is ready without a store");
    index.kill()?;
    load.wait_for_more(10)?;
    store.start_again()?;
    index.start()?;
    goes_on(&index)?;
    load.wait_for_more(10)?;
    index.end().context("the index on SIGTERM")?;
    load.wait_for_more(10)?;
    index.start()?;
    let report = load.finish()?;
    report.is_exact()?;

    for partition in 1..=2 {
        wait::until_true("all records in Kafka and in the store", DRAINED, || {
            let exported = brokers.exported(partition)?;
            let written = receiver.figure("last_position", partition)?;
            let indexed = index.figure("last_position", partition)?;
            ensure!(
                exported == written && written == indexed,
                "partition {partition}: {indexed} of {written} of {exported} are there"
            );
            Ok(exported > 0)
        })?;
    }
    brokers.kill(0)?;
    let verified = index.verify(&["--against", receiver.config().as_str(), "--unfiltered"])?;
    ensure!(verified.code == Some(0), "{verified:?}\n{report:#?}");
    ensure!(verified.text.contains("partition 2: "), "{verified:?}");
    // The truth has a second witness: the store itself counts what the load did.
    let completed = u64::try_from(report.completed)?;
    assert_eq!(store.found("audit_process-instance_*", COMPLETED)?, completed);
    let kinds: BTreeSet<_> = store
        .indices()?
        .into_keys()
        .map(|index| index.rsplit_once('_').map_or(index.clone(), |(kind, _)| kind.to_owned()))
        .collect();
    for kind in ["audit_process-instance", "audit_job", "audit_job-batch", "audit_deployment"] {
        ensure!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
    ensure!(!kinds.contains("audit"), "something was refused: {kinds:?}");
    index.end()?;
    receiver.end()?;
    store.end()?;
    kafka_ends(kafka)?;
    scenario.passed()
}

#[test]
fn elasticsearch_keeps_what_it_refuses_as_text_and_knows_what_comes_again() -> Result<()> {
    refused_and_known(Product::Elasticsearch, "s16-elasticsearch")
}

#[test]
fn opensearch_keeps_what_it_refuses_as_text_and_knows_what_comes_again() -> Result<()> {
    refused_and_known(Product::OpenSearch, "s16-opensearch")
}

fn refused_and_known(product: Product, name: &str) -> Result<()> {
    let scenario = Scenario::with_brokers(name, 1)?;
    let ports = scenario.first_port()?;
    let kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let mut receiver = into_kafka(&scenario, &kafka, ports + 10, 1)?;
    let mut store = SearchStore::start_one(product, scenario.directory.join("store"), ports + 20)?;
    let large = "x".repeat(100_000);
    let mut bulk = String::new();
    for position in 1..=60 {
        let value = match position {
            // No search store has a word for an object, or an object for a word.
            20 => json!({"bpmnProcessId": {"name": "order"}}),
            40 => json!("no object"),
            // Neither is above what Lucene takes as one term a reason to refuse.
            50 => {
                json!({"bpmnProcessId": large, "resources": [{"resource": large}], "retries": "many"})
            }
            _ => json!({"bpmnProcessId": "order", "variables": {format!("v{position}"): position}}),
        };
        bulk += &lines(position, &value);
    }
    wait::until("the bulk taken", DRAINED, || {
        let (status, answer) = receiver.bulk(bulk.clone())?;
        ensure!(status == 200, "{status} {answer}");
        Ok(())
    })?;
    let named = |name: &str, port: u16, topic: &str, store: &SearchStore| {
        Receiver::index(scenario.directory.join(name), port, (&kafka, topic), store, "")
    };
    let mut index = named("index", ports + 30, "records", &store)?;
    index.start()?;
    let all = |index: &Receiver| {
        wait::until_true("all records in the store", DRAINED, || {
            Ok(index.figure("last_position", 1)? == 60)
        })
    };
    all(&index)?;
    assert_eq!(index.figure("refused_total", 1)?, 2);
    ensure!(index.page("ready")?.contains("ready"), "it is not ready");
    assert_eq!(store.count("audit_job_2026-11-23")?, 58);
    assert_eq!(store.count("audit_refused")?, 2);
    assert_eq!(store.found("audit_*", "value.bpmnProcessId:order")?, 57);
    assert_eq!(store.found("audit_*", "value.variables.v1:1")?, 0, "variables are no fields");
    let expected = "partition 1: 60 records, positions 1 to 60, 0 gaps of 0 positions\n";
    let against = ["--against", receiver.config().as_str(), "--unfiltered"].map(str::to_owned);
    let against = against.each_ref().map(String::as_str);
    let verified = index.verify(&against)?;
    assert_eq!((verified.code, verified.text.as_str()), (Some(0), expected));
    index.end()?;

    // All of it comes again, to a group that knows nothing.
    let mut again = named("again", ports + 40, "records", &store)?;
    let config = std::fs::read_to_string(again.config())?;
    let other = "topic = \"records\"\ngroup = \"another\"";
    std::fs::write(again.config(), config.replace("topic = \"records\"", other))?;
    again.start()?;
    all(&again)?;
    assert_eq!(again.figure("duplicates_dropped_total", 1)?, 58);
    assert_eq!(store.count("audit_*")?, 60);
    again.end()?;
    assert_eq!(again.verify(&against)?.text, expected);

    // One record is gone from the store, and another is not what it was: the proof says so.
    store.remove("audit_job_2026-11-23", "1-7")?;
    store.put("audit_job_2026-11-23", "1-8", &record(8, &json!({"bpmnProcessId": "forged"})))?;
    let verified = index.verify(&against)?;
    assert_eq!(verified.code, Some(2));
    ensure!(verified.text.contains("1 missing (first 7), 1 different (first 8)"), "{verified:?}");

    // Ids are alike in all clusters: another topic may not have the same prefix.
    let said = named("foreign", ports + 50, "others", &store)?.fails_to_start()?;
    ensure!(said.contains("the indices of prefix \"audit\" are not those of"), "{said}");
    receiver.end()?;
    store.end()?;
    kafka_ends(kafka)?;
    scenario.passed()
}

#[test]
fn a_connect_worker_runs_what_the_module_writes_and_its_file_equals_the_topic() -> Result<()> {
    let scenario = Scenario::with_brokers("s16-connect", 1)?;
    let ports = scenario.first_port()?;
    let kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let mut receiver = into_kafka(&scenario, &kafka, ports + 10, 1)?;
    let mut connect = Connect::start(&scenario.directory.join("connect"), ports + 20, &kafka)?;
    let files = scenario.directory.join("files");
    std::fs::create_dir_all(&files)?;
    let project = scenario.project("project", Install::Mirror)?;
    project.copy(&lab::root()?.join("modules").join("kafka-audit"), "module")?;
    project.write(
        "main.tf",
        &format!(
            "module \"audit\" {{\n  source     = \"./module\"\n  topic      = \"records\"\n  partitions = 1\n  file       \
             = {{ path = \"{files}/partition-0001.ndjson\" }}\n}}\n\noutput \"connectors\" {{\n  value = \
             module.audit.connectors\n}}\n"
        ),
    )?;
    project.init()?;
    project.apply()?;
    let outputs = project.terraform(&["output", "-json"])?.ok()?.json()?;
    let connectors = outputs["connectors"]["value"].as_object().context("no connectors")?;
    assert_eq!(connectors.keys().collect::<Vec<_>>(), ["zeebe-audit-file"]);
    taken(&receiver, 1..=60)?;
    for (name, config) in connectors {
        connect.put(name, config)?;
    }
    taken(&receiver, 61..=200)?;

    let directory = scenario.directory.join("from-files");
    let in_files = format!("[sink.file]\ndirectory = \"{files}\"");
    let from_files = Receiver::new(directory, ports + 40, &in_files)?;
    wait::until("all records in the file", DRAINED, || {
        let verified =
            from_files.verify(&["--against", receiver.config().as_str(), "--unfiltered"])?;
        let expected = "partition 1: 200 records, positions 1 to 200, 0 gaps of 0 positions\n";
        ensure!(
            (verified.code, verified.text.as_str()) == (Some(0), expected),
            "{verified:?}, {}",
            connect.status("zeebe-audit-file")?
        );
        Ok(())
    })?;
    connect.end()?;
    receiver.end()?;
    kafka_ends(kafka)?;
    scenario.passed()
}

/// Has records of partition 1 taken, as often as an exporter would send them.
fn taken(receiver: &Receiver, positions: RangeInclusive<u64>) -> Result<()> {
    let value = json!({"bpmnProcessId": "order"});
    let bulk: String = positions.map(|position| lines(position, &value)).collect();
    wait::until("the bulk taken", DRAINED, || {
        let (status, answer) = receiver.bulk(bulk.clone())?;
        ensure!(status == 200, "{status} {answer}");
        Ok(())
    })
}

fn into_kafka(scenario: &Scenario, kafka: &Kafka, port: u16, partitions: u16) -> Result<Receiver> {
    let sink = format!(
        "[sink.kafka]\nbrokers = [\"{}\"]\ntopic = \"records\"\npartitions = {partitions}",
        kafka.address()
    );
    let mut receiver = Receiver::new(scenario.directory.join("into-kafka"), port, &sink)?;
    receiver.start()?;
    Ok(receiver)
}

fn kafka_ends(mut kafka: Kafka) -> Result<()> {
    kafka.kill()
}

/// A record of partition 1, as an exporter sends it.
fn lines(position: u64, value: &Value) -> String {
    let place = json!({"_index": "records_job", "_id": format!("1-{position}"), "routing": "1"});
    format!("{}\n{}\n", json!({"index": place}), record(position, value))
}

fn record(position: u64, value: &Value) -> Value {
    json!({
        "partitionId": 1, "position": position, "key": -1, "timestamp": 1_795_400_487_511_i64,
        "valueType": "JOB", "intent": "CREATED", "recordType": "EVENT", "brokerVersion": "8.6.0",
        "value": value
    })
}

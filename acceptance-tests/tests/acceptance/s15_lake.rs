//! Records out of a real broker, through the receiver, into a lake of Parquet: each once for whoever reads it by SQL.

use std::{fs, time::Duration};

use acceptance_tests::servers::{
    broker::Brokers,
    lake,
    object_store::ObjectStore,
    receiver::Receiver,
    records::{completed, wait_drained},
};
use acceptance_tests::{Load, Scenario, wait};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// Within this time what is in the journal is in files.
const SEALED: Duration = Duration::from_mins(2);

#[test]
fn duckdb_sees_every_record_of_a_broker_once_though_the_receiver_is_killed() -> Result<()> {
    let scenario = Scenario::with_brokers("s15-lake", 1)?;
    let ports = scenario.first_port()?;
    let lake = scenario.directory.join("lake");
    let sink = format!("[sink.lake]\ndirectory = \"{lake}\"\nseal_after = \"1s\"");
    let mut into_lake = Receiver::new(scenario.directory.join("into-lake"), ports + 10, &sink)?;
    into_lake.start()?;
    // All of it a second time by a way of its own: what the lake is compared with.
    let records = scenario.directory.join("records");
    let mut into_files = Receiver::new(
        scenario.directory.join("into-files"),
        ports + 20,
        &format!("[sink.file]\ndirectory = \"{records}\""),
    )?;
    into_files.start()?;
    let exporters = [("lake", into_lake.url()), ("files", into_files.url())];
    let mut brokers = Brokers::start(scenario.cluster("exported")?, "8.6.0", 1, 1, &exporters)?;

    let table = lake::table(&lake);
    let doubled = format!(
        "select count(*) from (select 1 from {table} group by partition, position having count(*) > 1)"
    );
    let load = Load::start(brokers.cluster.gateways(1))?;
    for _ in 0..3 {
        load.wait_for_more(10)?;
        into_lake.kill()?;
        into_lake.start()?;
        // Whenever it is read, nothing is there twice.
        let files = || -> Result<usize> {
            Ok(lake::sql(&format!("from glob('{lake}/value_type=*/day=*/*.parquet')"))?.len())
        };
        wait::until("the first files", SEALED, || {
            ensure!(files()? > 0, "there are none");
            Ok(())
        })?;
        assert_eq!(lake::sql(&doubled)?, [json!([0])]);
    }
    let report = load.finish()?;
    report.is_exact()?;
    wait_drained(&brokers, 1, &into_lake, &into_files, &records, report.completed)?;
    brokers.kill(0)?;

    // What the journal has yet is made into files without a record that comes.
    let exported = exported(&records)?;
    wait::until("all of it in files", SEALED, || {
        let rows = lake::sql(&format!("select count(*) from {table}"))?;
        ensure!(rows == [json!([exported.len()])], "{rows:?} of {}", exported.len());
        Ok(())
    })?;
    assert_eq!(lake::sql(&doubled)?, [json!([0])]);
    let by_type = format!("select value_type, count(*) from {table} group by all order by all");
    assert_eq!(lake::sql(&by_type)?, counted(&exported));
    let instances = lake::sql(&format!(
        "select count(distinct value ->> '$.processInstanceKey') from {table}
         where value_type = 'PROCESS_INSTANCE' and intent = 'ELEMENT_COMPLETED'
           and value ->> '$.bpmnElementType' = 'PROCESS'"
    ))?;
    assert_eq!(instances, [json!([completed(&records)?.len()])]);

    let verified =
        into_lake.verify(&["--against", into_files.config().as_str(), "--unfiltered"])?;
    ensure!(verified.code == Some(0), "{verified:?}");
    ensure!(
        verified.text.starts_with(&format!("partition 1: {} records", exported.len())),
        "{verified:?}"
    );
    into_lake.end()?;
    into_files.end()?;
    scenario.passed()
}

#[test]
fn in_a_real_object_store_two_receivers_kills_and_an_outage_lose_and_double_nothing() -> Result<()>
{
    let scenario = Scenario::with_brokers("s15-bucket", 1)?;
    let ports = scenario.first_port()?;
    let mut store = ObjectStore::start(scenario.directory.join("store"), ports + 50)?;
    let sink = store.sink("clusters/payments");
    let receiver = |name: &str, offset: u16, sink: &str| -> Result<Receiver> {
        let mut receiver = Receiver::new(scenario.directory.join(name), ports + offset, sink)?;
        receiver.start()?;
        Ok(receiver)
    };
    let (mut first, mut second) = (receiver("first", 10, &sink)?, receiver("second", 20, &sink)?);
    until_taken(&first, 1, 3)?;
    // The new leader's broker posts to another receiver: it goes on where the first one ended.
    until_taken(&second, 1, 5)?;
    // The first one does not know of positions 4 and 5, is told that it is behind, and looks again.
    let (status, answer) = first.bulk(bulk(4, 7))?;
    ensure!(status == 503, "{status} {answer}");
    until_taken(&first, 4, 7)?;
    first.kill()?;
    first.start()?;
    until_taken(&first, 6, 9)?;

    store.kill()?;
    ensure!(second.bulk(bulk(10, 12))?.0 == 503, "it was answered for without a store");
    store.start_again()?;
    until_taken(&second, 10, 15)?;
    // Both make files; they make the same ones.
    wait::until("all of it in files", SEALED, || {
        let said = [first.said()?, second.said()?].concat();
        ensure!(said.contains("last=15 "), "{said}");
        Ok(())
    })?;
    let verified = first.verify(&["--unfiltered"])?;
    let expected = "partition 1: 15 records, positions 1 to 15, 0 gaps of 0 positions\n";
    assert_eq!((verified.code, verified.text.as_str()), (Some(0), expected));

    // A lake of another cluster below another prefix is none of its business; this one is refused.
    let other = |name: &str, offset: u16, sink: &str| -> Result<Receiver> {
        let other = Receiver::new(scenario.directory.join(name), ports + offset, sink)?;
        let text = fs::read_to_string(other.config())?;
        fs::write(other.config(), text.replace("cluster = \"payments\"", "cluster = \"orders\""))?;
        Ok(other)
    };
    let said = other("other", 30, &sink)?.fails_to_start()?;
    ensure!(said.contains("holds records of cluster \"payments\""), "{said}");
    let mut beside = other("beside", 30, &store.sink("clusters/orders"))?;
    beside.start()?;
    until_taken(&beside, 1, 2)?;
    beside.end()?;

    let wrong = scenario.directory.join("wrong-key");
    fs::write(&wrong, "no-such-secret")?;
    let right = scenario.directory.join("store/secret-key");
    let mut stranger = receiver("stranger", 40, &sink.replace(right.as_str(), wrong.as_str()))?;
    let (status, answer) = stranger.bulk(bulk(16, 16))?;
    let reason = answer["error"]["reason"].as_str().unwrap_or_default().to_owned();
    ensure!(status == 503 && reason.contains("answered 403"), "{status} {reason}");
    stranger.end()?;
    let said = stranger.said()?;
    for secret in ["no-such-secret", "X-Amz-Signature"] {
        ensure!(!said.contains(secret) && !reason.contains(secret), "{said} {reason}");
    }
    first.end()?;
    second.end()?;
    store.kill()?;
    scenario.passed()
}

/// Sends a bulk as often as an exporter would, until it is answered for.
fn until_taken(receiver: &Receiver, first: u64, last: u64) -> Result<()> {
    wait::until("a bulk taken", SEALED, || {
        let (status, answer) = receiver.bulk(bulk(first, last))?;
        ensure!(status == 200, "{status} {answer}");
        Ok(())
    })
}

/// A bulk of partition 1 with these positions, as an exporter makes it.
fn bulk(first: u64, last: u64) -> String {
    let lines = (first..=last).flat_map(|position| {
        let place = json!({"index": {"_index": "records", "_id": format!("1-{position}")}});
        let record = json!({
            "partitionId": 1, "position": position, "key": -1, "timestamp": 1_795_400_487_511_i64,
            "valueType": if position % 2 == 0 { "JOB" } else { "VARIABLE" },
            "intent": "CREATED", "recordType": "EVENT", "brokerVersion": "8.6.0", "value": {"type": "work"}
        });
        [format!("{place}\n"), format!("{record}\n")]
    });
    lines.collect()
}

/// The value types of all records in the files of the second way, one for each record.
fn exported(records: &camino::Utf8Path) -> Result<Vec<String>> {
    let mut types = Vec::new();
    for entry in records.read_dir_utf8()? {
        for line in fs::read_to_string(entry?.path())?.lines() {
            let record: Value = serde_json::from_str(line)?;
            types.push(record["valueType"].as_str().unwrap_or_default().to_owned());
        }
    }
    types.sort_unstable();
    Ok(types)
}

fn counted(types: &[String]) -> Vec<Value> {
    types.chunk_by(|one, other| one == other).map(|same| json!([same[0], same.len()])).collect()
}

//! Records out of real brokers, through the receiver, into real Kafka: once each, in order, whatever dies meanwhile.

use std::time::Duration;

use acceptance_tests::servers::{
    broker::Brokers,
    kafka::Kafka,
    receiver::Receiver,
    records::{completed, wait_drained},
};
use acceptance_tests::{Load, Scenario, wait};
use anyhow::{Result, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use camino::{Utf8Path, Utf8PathBuf};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::json;

/// Within this time a receiver that was just fenced off, or that was late, has taken a bulk.
const TAKEN: Duration = Duration::from_mins(1);

#[test]
fn every_record_is_in_kafka_once_and_in_order_though_receiver_kafka_and_broker_die() -> Result<()> {
    let scenario = Scenario::with_brokers("s12-records", 2)?;
    let ports = scenario.first_port()?;
    let mut kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let mut into_kafka = Receiver::new(
        scenario.directory.join("into-kafka"),
        ports + 10,
        &sink(&kafka, "records", 2),
    )?;
    into_kafka.start()?;
    // All of it a second time by a way of its own: what the first is compared with.
    let records = scenario.directory.join("records");
    let mut into_files = Receiver::new(
        scenario.directory.join("into-files"),
        ports + 20,
        &format!("[sink.file]\ndirectory = \"{records}\""),
    )?;
    into_files.start()?;
    let exporters = [("kafka", into_kafka.url()), ("files", into_files.url())];
    let mut brokers = Brokers::start(scenario.cluster("exported")?, "8.6.0", 1, 2, &exporters)?;

    let load = Load::start(brokers.cluster.gateways(1))?;
    for round in 0..5 {
        load.wait_for_more(15)?;
        match round {
            // Answers stop coming, and come again.
            1 => {
                kafka.freeze()?;
                load.wait_for_more(15)?;
                into_kafka.kill()?;
                kafka.thaw()?;
            }
            // An exporter sends again what came after the last snapshot.
            2 => {
                brokers.kill(0)?;
                into_kafka.kill()?;
                brokers.start_again(0)?;
                brokers.wait_ready()?;
            }
            3 => {
                kafka.kill()?;
                load.wait_for_more(15)?;
                into_kafka.kill()?;
                kafka.start_again()?;
            }
            _ => into_kafka.kill()?,
        }
        into_kafka.start()?;
    }
    let report = load.finish()?;
    report.is_exact()?;

    wait_drained(&brokers, 2, &into_kafka, &into_files, &records, report.completed)?;
    brokers.kill(0)?;
    let verified =
        into_kafka.verify(&["--against", into_files.config().as_str(), "--unfiltered"])?;
    ensure!(verified.code == Some(0), "{verified:?}\n{report:#?}");
    ensure!(verified.text.contains("partition 2: "), "{verified:?}");
    // The second way is proven by what the load knows: each completed instance is in it.
    assert_eq!(completed(&records)?.len(), report.completed);

    into_kafka.end()?;
    into_files.end()?;
    kafka.kill()?;
    scenario.passed()
}

#[test]
fn two_receivers_of_one_partition_and_a_kafka_that_does_not_answer_lose_and_double_nothing()
-> Result<()> {
    let scenario = Scenario::with_brokers("s12-turns", 1)?;
    let ports = scenario.first_port()?;
    let mut kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let in_kafka = sink(&kafka, "turns", 1);
    let receiver = |name: &str, offset: u16| -> Result<Receiver> {
        let directory = scenario.directory.join(name);
        let sink = format!("listen.deadline = \"2s\"\n{in_kafka}");
        let mut receiver = Receiver::new(directory, ports + offset, &sink)?;
        receiver.start()?;
        Ok(receiver)
    };
    let (first, second) = (receiver("first", 10)?, receiver("second", 20)?);
    until_taken(&first, 1, 3)?;
    // The new leader's broker posts to another receiver: it takes the partition over.
    until_taken(&second, 1, 5)?;
    // The first one still thinks that it has it, is told that it has not, and takes it over again.
    let (status, answer) = first.bulk(bulk(4, 7))?;
    assert_eq!(status, 503, "{answer}");
    until_taken(&first, 4, 7)?;
    assert_eq!(second.bulk(bulk(1, 9))?.0, 503);
    until_taken(&second, 1, 9)?;

    kafka.freeze()?;
    let (status, answer) = second.bulk(bulk(10, 12))?;
    let reason = answer["error"]["reason"].as_str().unwrap_or_default().to_owned();
    ensure!(status == 503 && reason.starts_with("not durable within 2s"), "{status} {reason}");
    kafka.thaw()?;
    // What was late was written, or was not; either way it is there once.
    until_taken(&second, 10, 15)?;
    let verified = second.verify(&["--unfiltered"])?;
    let expected = "partition 1: 15 records, positions 1 to 15, 0 gaps of 0 positions\n";
    assert_eq!((verified.code, verified.text.as_str()), (Some(0), expected));

    for mut receiver in [first, second] {
        receiver.end()?;
    }
    kafka.kill()?;
    scenario.passed()
}

#[test]
fn a_topic_that_does_not_fit_is_refused_in_words() -> Result<()> {
    let scenario = Scenario::with_brokers("s12-mistakes", 1)?;
    let ports = scenario.first_port()?;
    let mut kafka = Kafka::start(scenario.directory.join("kafka"), ports)?;
    let receiver = |name: &str, offset: u16, sink: &str| {
        Receiver::new(scenario.directory.join(name), ports + offset, sink)
    };
    let mut right = receiver("right", 10, &sink(&kafka, "taken", 1))?;
    right.start()?;
    until_taken(&right, 1, 3)?;
    right.end()?;

    let said = receiver("larger", 20, &sink(&kafka, "taken", 2))?.fails_to_start()?;
    ensure!(said.contains("topic \"taken\" has 1 partitions and the cluster has 2"), "{said}");

    let refuse = format!("{}\nmissing_topics = \"refuse\"", sink(&kafka, "absent", 1));
    let said = receiver("refusing", 30, &refuse)?.fails_to_start()?;
    ensure!(said.contains("topic \"absent\" is not there"), "{said}");

    let mut other = receiver("other", 40, &sink(&kafka, "taken", 1))?;
    let text = std::fs::read_to_string(other.config())?;
    std::fs::write(other.config(), text.replace("payments", "orders"))?;
    other.start()?;
    let (status, answer) = other.bulk(bulk(4, 5))?;
    let reason = answer["error"]["reason"].as_str().unwrap_or_default().to_owned();
    ensure!(
        status == 503 && reason.contains("holds records of cluster \"payments\""),
        "{status} {reason}"
    );
    other.end()?;

    let without_marks = format!("{}\nmark_topic = \"elsewhere\"", sink(&kafka, "taken", 1));
    let mut without_marks = receiver("without-marks", 50, &without_marks)?;
    without_marks.start()?;
    let (status, answer) = without_marks.bulk(bulk(4, 5))?;
    let reason = answer["error"]["reason"].as_str().unwrap_or_default().to_owned();
    ensure!(status == 503 && reason.contains("has no mark for them"), "{status} {reason}");
    without_marks.end()?;

    // Nothing of all this was written, and the right one goes on.
    right.start()?;
    until_taken(&right, 3, 4)?;
    let verified = right.verify(&["--unfiltered"])?;
    ensure!(verified.text.starts_with("partition 1: 4 records"), "{verified:?}");

    kafka.kill()?;
    ensure!(right.page("ready").is_err(), "it is ready without Kafka");
    ensure!(right.page("health")? == "alive\n", "it lives without Kafka");
    let (status, _) = right.bulk(bulk(5, 6))?;
    assert_eq!(status, 503);
    right.kill()?;
    scenario.passed()
}

#[test]
fn kafka_is_reached_through_tls_by_each_mechanism_and_a_wrong_password_is_told_without_it()
-> Result<()> {
    let scenario = Scenario::with_brokers("s12-secured", 1)?;
    let ports = scenario.first_port()?;
    let (ca, keystore) = certificates(&scenario)?;
    let directory = scenario.directory.join("kafka");
    let mut kafka = Kafka::start_secured(directory, ports, &keystore, "zeebe", "right-password")?;
    let written = |name: &str, text: &str| -> Result<Utf8PathBuf> {
        let path = scenario.directory.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let password = written("password", "right-password\n")?;
    let wrong = written("wrong-password", "wrong-password\n")?;
    // A token that nobody signed: Kafka takes those while it is told no keys.
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = encode("{\"sub\":\"zeebe\",\"iat\":1700000000,\"exp\":4000000000}");
    let token = written("token", &format!("{}.{claims}.", encode("{\"alg\":\"none\"}")))?;
    let receiver = |name: &str, topic: &str, offset: u16, sasl: &str| -> Result<Receiver> {
        let sink = sink(&kafka, topic, 1);
        let secured = format!("{sink}\ntls = {{ ca = \"{ca}\" }}\nsasl = {{ {sasl} }}");
        Receiver::new(scenario.directory.join(format!("by-{name}")), ports + offset, &secured)
    };
    let by_password = |mechanism: &str, file: &Utf8Path| {
        format!("mechanism = \"{mechanism}\", username = \"zeebe\", password_file = \"{file}\"")
    };
    // With a token no topic can be made, so it goes on with one that is there.
    for (name, topic, offset, sasl, last) in [
        ("plain", "first", 10, by_password("PLAIN", &password), 3),
        ("scram", "second", 20, by_password("SCRAM-SHA-512", &password), 3),
        ("token", "first", 30, format!("mechanism = \"OAUTHBEARER\", token_file = \"{token}\""), 6),
    ] {
        let mut receiver = receiver(name, topic, offset, &sasl)?;
        receiver.start()?;
        until_taken(&receiver, 1, last)?;
        let verified = receiver.verify(&["--unfiltered"])?;
        let expected = format!("partition 1: {last} records");
        ensure!(verified.text.starts_with(&expected), "{name}: {verified:?}");
        receiver.end()?;
    }
    for (name, offset, sasl) in [
        ("wrong-plain", 40, by_password("PLAIN", &wrong)),
        ("wrong-scram", 50, by_password("SCRAM-SHA-512", &wrong)),
    ] {
        let mut receiver = receiver(name, name, offset, &sasl)?;
        receiver.start()?;
        let (status, answer) = receiver.bulk(bulk(1, 3))?;
        ensure!(receiver.page("ready").is_err(), "{name}: it is ready");
        receiver.end()?;
        let said = receiver.said()?;
        ensure!(status == 503, "{name}: {status} {answer}");
        ensure!(said.contains("SASL authentication error"), "{name}: {said}");
        for secret in ["wrong-password\n", "\"wrong-password\"", "right-password"] {
            ensure!(!said.contains(secret) && !answer.to_string().contains(secret), "{said}");
        }
    }
    kafka.kill()?;
    scenario.passed()
}

/// An authority, and a certificate of it for the loopback address with its key; each in a file.
fn certificates(scenario: &Scenario) -> Result<(Utf8PathBuf, Utf8PathBuf)> {
    let mut authority = CertificateParams::default();
    // A certificate with the name of its authority would be taken for the authority itself.
    authority.distinguished_name.push(DnType::CommonName, "authority of the test");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;
    let key = KeyPair::generate()?;
    let own = CertificateParams::new(["127.0.0.1".to_owned()])?;
    let certificate = own.signed_by(&key, &Issuer::new(authority, authority_key))?;
    let (ca, keystore) = (scenario.directory.join("ca.pem"), scenario.directory.join("kafka.pem"));
    std::fs::write(&ca, authority_certificate.pem())?;
    std::fs::write(
        &keystore,
        [key.serialize_pem(), certificate.pem(), authority_certificate.pem()].concat(),
    )?;
    Ok((ca, keystore))
}

/// Sends a bulk as often as an exporter would, until it is answered for.
fn until_taken(receiver: &Receiver, first: u64, last: u64) -> Result<()> {
    wait::until("a bulk taken", TAKEN, || {
        let (status, answer) = receiver.bulk(bulk(first, last))?;
        ensure!(status == 200, "{status} {answer}");
        Ok(())
    })
}

/// A bulk of partition 1 with these positions, as an exporter makes it.
fn bulk(first: u64, last: u64) -> String {
    let lines = (first..=last).flat_map(|position| {
        let place = format!("{{\"_index\":\"records_job\",\"_id\":\"1-{position}\",\"routing\":\"1\"}}");
        let record = json!({
            "partitionId": 1, "position": position, "key": -1, "timestamp": 1_795_400_487_511_i64,
            "valueType": "JOB", "intent": "CREATED", "recordType": "EVENT", "brokerVersion": "8.6.0",
            "value": {"type": "work"}
        });
        [format!("{{\"index\":{place}}}\n"), format!("{record}\n")]
    });
    lines.collect()
}

/// A sink in that Kafka.
fn sink(kafka: &Kafka, topic: &str, partitions: u16) -> String {
    format!(
        "[sink.kafka]\nbrokers = [\"{}\"]\ntopic = \"{topic}\"\npartitions = {partitions}\ntimeout = \"5s\"",
        kafka.address()
    )
}

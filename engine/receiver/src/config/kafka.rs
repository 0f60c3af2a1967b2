//! The part of the configuration that is about Kafka.
//!
//! ```toml
//! [sink.kafka]
//! brokers = ["kafka-0:9093", "kafka-1:9093"]
//! topic = "zeebe-payments"                # one topic is one cluster's
//! partitions = 3                          # as many as the cluster has
//! tls = { ca = "ca.crt" }
//! sasl = { mechanism = "SCRAM-SHA-512", username = "zeebe", password_file = "kafka-password" }
//! ```

use std::time::Duration;

use super::Section;
use crate::sink::kafka::settings::{
    Compression, Connection, KafkaSettings, KafkaTls, MissingTopics, PasswordMechanism, Sasl,
};

/// Below the 20 s after which an exporter hears "late".
const TIMEOUT: Duration = Duration::from_secs(15);
/// Kafka allows no longer transactions when it is not told otherwise, and ours are twice the timeout.
const LONGEST_TIMEOUT: Duration = Duration::from_mins(7);
/// The most partitions that a cluster can have.
const MOST_PARTITIONS: u16 = 8191;

/// Reads the table; None when there are mistakes.
pub(super) fn settings(mut section: Section<'_>, cluster: &str) -> Option<KafkaSettings> {
    let topic = section.required("topic", name);
    let mark_topic = name(&mut section, "mark_topic");
    if mark_topic.is_some() && mark_topic == topic {
        section.mistake("mark_topic", "expected another topic than that of the records");
    }
    let partitions = section.required("partitions", Section::number::<u16>).filter(|partitions| {
        let fits = (1..=MOST_PARTITIONS).contains(partitions);
        if !fits {
            section.mistake("partitions", format!("expected 1 to {MOST_PARTITIONS}"));
        }
        fits
    });
    let missing_topics = section
        .word(
            "missing_topics",
            &[("create", MissingTopics::Create), ("refuse", MissingTopics::Refuse)],
        )
        .unwrap_or(MissingTopics::Create);
    let transactional_id =
        section.text("transactional_id").unwrap_or_else(|| "zeebe-receiver".to_owned());
    let compression = section
        .word(
            "compression",
            &[("zstd", Compression::Zstd), ("lz4", Compression::Lz4), ("none", Compression::None)],
        )
        .unwrap_or(Compression::Zstd);
    let timeout = section.duration("timeout").unwrap_or(TIMEOUT);
    if timeout < Duration::from_secs(1) || timeout > LONGEST_TIMEOUT {
        section.mistake("timeout", "expected 1s to 7m");
    }
    let connection = connection(&mut section, format!("{transactional_id}.{cluster}"));
    section.finish();
    let topic = topic?;
    Some(KafkaSettings {
        connection: connection?,
        cluster: cluster.to_owned(),
        mark_topic: mark_topic.unwrap_or_else(|| format!("{topic}-marks")),
        topic,
        partitions: partitions?,
        missing_topics,
        transactional_id,
        compression,
        timeout,
    })
}

/// The keys that tell how Kafka is reached.
pub(super) fn connection(section: &mut Section<'_>, client_id: String) -> Option<Connection> {
    let brokers = section.required("brokers", Section::texts).filter(|brokers| {
        let fits = !brokers.is_empty()
            && brokers.iter().all(|broker| {
                broker.rsplit_once(':').is_some_and(|(host, port)| {
                    !host.is_empty() && !broker.contains(',') && port.parse::<u16>().is_ok()
                })
            });
        if !fits {
            section.mistake("brokers", "expected at least one, each as `host:port`");
        }
        fits
    });
    let tls = section.section("tls").map(tls);
    let sasl = match section.section("sasl").map(sasl) {
        None => None,
        Some(sasl) => Some(sasl?),
    };
    Some(Connection { brokers: brokers?, client_id, tls, sasl })
}

/// The name of a topic.
pub(super) fn name(section: &mut Section<'_>, key: &str) -> Option<String> {
    let topic = section.text(key)?;
    // A name of our own for the marks is a little longer.
    let fits = (1..=240).contains(&topic.len())
        && topic.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if !fits {
        section.mistake(key, "expected 1 to 240 letters, digits, `-`, `_` or `.`");
    }
    fits.then_some(topic)
}

fn tls(mut section: Section<'_>) -> KafkaTls {
    let ca = section.file("ca");
    let (certificate, key) = (section.file("certificate"), section.file("key"));
    if certificate.is_some() != key.is_some() {
        section.mistake("key", "expected `certificate` and `key` together, or neither");
    }
    section.finish();
    KafkaTls { ca, own: certificate.zip(key) }
}

/// How somebody shows who he is.
#[derive(Clone, Copy)]
enum Mechanism {
    Password(PasswordMechanism),
    Token,
    Kerberos,
}

fn sasl(mut section: Section<'_>) -> Option<Sasl> {
    let words = [
        ("PLAIN", Mechanism::Password(PasswordMechanism::Plain)),
        ("SCRAM-SHA-256", Mechanism::Password(PasswordMechanism::Scram256)),
        ("SCRAM-SHA-512", Mechanism::Password(PasswordMechanism::Scram512)),
        ("OAUTHBEARER", Mechanism::Token),
        ("GSSAPI", Mechanism::Kerberos),
    ];
    let mechanism = section.required("mechanism", |section, key| section.word(key, &words))?;
    let sasl = match mechanism {
        Mechanism::Password(mechanism) => {
            let username = section.required("username", Section::text);
            let password = section.secret("password");
            match (username, password) {
                (Some(username), Some(password)) => {
                    Some(Sasl::Password { mechanism, username, password })
                }
                (None, _) | (_, None) => None,
            }
        }
        Mechanism::Token => {
            section.required("token_file", Section::file).map(|file| Sasl::Token { file })
        }
        Mechanism::Kerberos => kerberos(&mut section),
    };
    section.finish();
    sasl
}

#[cfg(feature = "kerberos")]
fn kerberos(section: &mut Section<'_>) -> Option<Sasl> {
    let principal = section.required("principal", Section::text);
    let keytab = section.required("keytab", Section::file);
    let service = section.text("service").unwrap_or_else(|| "kafka".to_owned());
    Some(Sasl::Kerberos { principal: principal?, keytab: keytab?, service })
}

#[cfg(not(feature = "kerberos"))]
fn kerberos(section: &mut Section<'_>) -> Option<Sasl> {
    section
        .mistake("mechanism", "this program was built without Kerberos (cargo feature `kerberos`)");
    for key in ["principal", "keytab", "service"] {
        drop(section.text(key));
    }
    None
}

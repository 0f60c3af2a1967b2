//! The part of a receiver's configuration that is about Kafka.

use serde::Serialize;
use zeebe_spec::{
    Directory, KafkaBroker, KafkaCompression, KafkaSasl, KafkaSink, KafkaTls, SecretSource,
};

/// The variable that a receiver reads Kafka's password from.
pub const PASSWORD_VARIABLE: &str = "ZEEBE_RECEIVER_KAFKA_PASSWORD";

/// `[sink.kafka]`.
#[derive(Serialize)]
pub(super) struct Kafka<'a> {
    brokers: Vec<&'a str>,
    topic: &'a str,
    partitions: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sasl: Option<Sasl<'a>>,
}

impl<'a> Kafka<'a> {
    pub(super) fn of(sink: &'a KafkaSink, partitions: u16) -> Self {
        let KafkaSink { brokers, topic, compression, records: _, tls, sasl } = sink;
        Self {
            brokers: brokers.iter().map(KafkaBroker::as_str).collect(),
            topic: topic.as_str(),
            partitions,
            compression: compression.map(KafkaCompression::as_str),
            tls: tls.as_ref().map(|KafkaTls { ca, certificate, key }| Tls {
                ca: ca.as_ref().map(Directory::as_str),
                certificate: certificate.as_ref().map(Directory::as_str),
                key: key.as_ref().map(Directory::as_str),
            }),
            sasl: sasl.as_ref().map(|KafkaSasl { mechanism, username, password, token }| Sasl {
                mechanism: mechanism.as_str(),
                username: username.as_deref(),
                password_env: password.as_ref().map(|_| PASSWORD_VARIABLE),
                token_file: token.as_ref().map(Directory::as_str),
            }),
        }
    }
}

/// What the receiver reads from its environment, and where that is read.
pub(super) fn secrets(sink: &KafkaSink) -> Vec<(&'static str, SecretSource)> {
    let password = sink.sasl.as_ref().and_then(|sasl| sasl.password.clone());
    password.map(|source| (PASSWORD_VARIABLE, source)).into_iter().collect()
}

#[derive(Serialize)]
struct Tls<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ca: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

#[derive(Serialize)]
struct Sasl<'a> {
    mechanism: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_env: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_file: Option<&'a str>,
}

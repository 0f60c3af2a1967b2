//! A receiver's configuration, in the words of `zeebe-receiver`.

use std::collections::BTreeMap;

use serde::Serialize;
use zeebe_spec::{
    Directory, KafkaBroker, KafkaCompression, KafkaSasl, KafkaSink, KafkaTls, SecretSource,
};

use crate::intent::ReceiverIntent;

/// The variable that the receiver reads Kafka's password from.
const PASSWORD_VARIABLE: &str = "ZEEBE_RECEIVER_KAFKA_PASSWORD";

/// What a receiver is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedReceiver {
    /// Its configuration, TOML.
    pub configuration: String,
    /// Variables whose values are secrets, and where those are read when it is started.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// A receiver's configuration.
pub fn receiver(intent: &ReceiverIntent) -> RenderedReceiver {
    let ReceiverIntent { cluster_name, host, ports, partitions, sink } = intent;
    let KafkaSink { brokers, topic, compression, records: _, tls, sasl } = sink;
    let password = sasl.as_ref().and_then(|sasl| sasl.password.clone());
    let configuration = Configuration {
        cluster: cluster_name,
        listen: Address { address: format!("{host}:{}", ports.records) },
        management: Address { address: format!("{host}:{}", ports.management) },
        sink: Sink {
            kafka: Kafka {
                brokers: brokers.iter().map(KafkaBroker::as_str).collect(),
                topic: topic.as_str(),
                partitions: *partitions,
                compression: compression.map(KafkaCompression::as_str),
                tls: tls.as_ref().map(|KafkaTls { ca, certificate, key }| Tls {
                    ca: ca.as_ref().map(Directory::as_str),
                    certificate: certificate.as_ref().map(Directory::as_str),
                    key: key.as_ref().map(Directory::as_str),
                }),
                sasl: sasl.as_ref().map(|KafkaSasl { mechanism, username, password, token }| {
                    Sasl {
                        mechanism: mechanism.as_str(),
                        username: username.as_deref(),
                        password_env: password.as_ref().map(|_| PASSWORD_VARIABLE),
                        token_file: token.as_ref().map(Directory::as_str),
                    }
                }),
            },
        },
    };
    RenderedReceiver {
        // Texts and numbers in tables: nothing of it has no form in TOML.
        configuration: toml::to_string(&configuration).unwrap_or_default(),
        secrets: password
            .map(|source| (PASSWORD_VARIABLE.to_owned(), source))
            .into_iter()
            .collect(),
    }
}

#[derive(Serialize)]
struct Configuration<'a> {
    cluster: &'a str,
    listen: Address,
    management: Address,
    sink: Sink<'a>,
}

#[derive(Serialize)]
struct Address {
    address: String,
}

#[derive(Serialize)]
struct Sink<'a> {
    kafka: Kafka<'a>,
}

#[derive(Serialize)]
struct Kafka<'a> {
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

#[cfg(test)]
mod tests;

//! A receiver's configuration, in the words of `zeebe-receiver`.

mod kafka;
mod lake;

use std::collections::BTreeMap;

use serde::Serialize;
use zeebe_spec::{Received, SecretSource};

use self::kafka::Kafka;
use self::lake::Lake;
use crate::intent::ReceiverIntent;

pub use self::kafka::PASSWORD_VARIABLE as RECEIVER_KAFKA_PASSWORD;
pub use self::lake::{
    ACCESS_KEY_VARIABLE as RECEIVER_ACCESS_KEY, SECRET_KEY_VARIABLE as RECEIVER_SECRET_KEY,
};

/// What a receiver is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedReceiver {
    /// Its configuration, TOML.
    pub configuration: String,
    /// Variables whose values are secrets, and where those are read when it is started.
    pub secrets: BTreeMap<String, SecretSource>,
}

/// A receiver's configuration.
pub fn receiver(intent: &ReceiverIntent<'_>) -> RenderedReceiver {
    let ReceiverIntent { cluster_name, host, ports, partitions, sink } = intent;
    let (sink, secrets) = match sink {
        Received::Kafka(sink) => {
            (Sink { kafka: Some(Kafka::of(sink, *partitions)), lake: None }, kafka::secrets(sink))
        }
        Received::Lake(sink) => {
            (Sink { kafka: None, lake: Some(Lake::of(sink)) }, lake::secrets(sink))
        }
    };
    let configuration = Configuration {
        cluster: cluster_name,
        listen: Address { address: format!("{host}:{}", ports.records) },
        management: Address { address: format!("{host}:{}", ports.management) },
        sink,
    };
    RenderedReceiver {
        // Texts and numbers in tables: nothing of it has no form in TOML.
        configuration: toml::to_string(&configuration).unwrap_or_default(),
        secrets: secrets.into_iter().map(|(name, source)| (name.to_owned(), source)).collect(),
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

/// One of them is there.
#[derive(Serialize)]
struct Sink<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    kafka: Option<Kafka<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lake: Option<Lake<'a>>,
}

#[cfg(test)]
mod tests;

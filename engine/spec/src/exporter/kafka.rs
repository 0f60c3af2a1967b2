//! Kafka as a sink: reached through a receiver of ours beside the brokers, as there is no exporter to Kafka for Zeebe 8.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::exporter::{ExporterMistake, RecordsSpec};
use crate::secret::SecretSource;
use crate::target::Directory;

zeebe_scalar::text! {
    /// Where a broker of Kafka listens.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub KafkaBroker, "a host and a port, as `kafka-0.example.com:9093`", "kafka-0.example.com:9093",
    |text| text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_graphic() && !b"/,@\"\\".contains(&b))
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

zeebe_scalar::text! {
    /// The name of a topic. The one for the marks beside it is a little longer.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub TopicName, "1 to 240 letters, digits, dashes, underscores and dots", "zeebe-payments",
    |text| (1..=240).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

zeebe_scalar::choice! {
    /// How batches are packed on their way to Kafka and there.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub KafkaCompression {
        Zstd = "zstd" /** Small. */,
        Lz4 = "lz4" /** Fast. */,
        None = "none" /** Not at all. */,
    }
}

zeebe_scalar::choice! {
    /// How somebody shows Kafka who he is.
    #[derive(Serialize, Deserialize)]
    pub SaslMechanism {
        Plain = "PLAIN" /** By a password that Kafka is told. */,
        ScramSha256 = "SCRAM-SHA-256" /** By a password that Kafka is not told. */,
        ScramSha512 = "SCRAM-SHA-512" /** By a password that Kafka is not told. */,
        Oauthbearer = "OAUTHBEARER" /** By a token that somebody else keeps fresh in a file. */,
    }
}

/// Topics of Kafka. What is left open is as the receiver has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KafkaSink {
    /// Where it is first asked.
    pub brokers: BTreeSet<KafkaBroker>,
    /// The topic of the records. One topic is one cluster's.
    pub topic: TopicName,
    /// How batches are packed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compression: Option<KafkaCompression>,
    /// Which records; nothing said means the product's own choice.
    #[serde(default)]
    pub records: RecordsSpec,
    /// Encryption on the way; none where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls: Option<KafkaTls>,
    /// What signs on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sasl: Option<KafkaSasl>,
}

/// Files in PEM, on the machine of the receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KafkaTls {
    /// Who vouches for Kafka; the machine's own authorities where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ca: Option<Directory>,
    /// A certificate of one's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub certificate: Option<Directory>,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<Directory>,
}

/// What signs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KafkaSasl {
    /// How.
    pub mechanism: SaslMechanism,
    /// Who, where there is a password.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// Where the password is read when the receiver starts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password: Option<SecretSource>,
    /// The file that holds the token, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token: Option<Directory>,
}

impl KafkaSink {
    /// Every mistake that can be told without a look at the cluster.
    pub(super) fn mistakes(&self) -> Vec<ExporterMistake> {
        let mut mistakes = Vec::new();
        let mut wrong = |at: &str, summary: &str, detail: String| {
            mistakes.push(ExporterMistake {
                at: format!("kafka.{at}"),
                summary: summary.to_owned(),
                detail,
            });
        };
        if self.brokers.is_empty() {
            wrong("brokers", "no broker of Kafka", "Expected at least one, got none.".to_owned());
        }
        if let Some(tls) = &self.tls
            && tls.certificate.is_some() != tls.key.is_some()
        {
            wrong(
                "tls",
                "a certificate without its key, or a key without its certificate",
                "Expected `certificate` and `key` together, or neither.".to_owned(),
            );
        }
        if let Some(KafkaSasl { mechanism, username, password, token }) = &self.sasl {
            let by_token = *mechanism == SaslMechanism::Oauthbearer;
            let expected = if by_token { "`token`" } else { "`username` and `password`" };
            for (name, given, needed) in [
                ("username", username.is_some(), !by_token),
                ("password", password.is_some(), !by_token),
                ("token", token.is_some(), by_token),
            ] {
                if given != needed {
                    let summary = if given {
                        format!("{mechanism} takes no {name}")
                    } else {
                        format!("{mechanism} needs a {name}")
                    };
                    wrong(
                        &format!("sasl.{name}"),
                        &summary,
                        format!(
                            "Expected {expected} and nothing else beside `mechanism = \"{mechanism}\"`."
                        ),
                    );
                }
            }
        }
        mistakes
    }
}

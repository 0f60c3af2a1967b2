//! How Kafka is reached, and what its client is told.

use std::time::Duration;

use camino::Utf8PathBuf;
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use secrecy::{ExposeSecret, SecretString};

/// The largest record that goes through: a broker of Zeebe takes messages of 4 MB, and a record can hold more than the
/// command that it is from.
pub(crate) const LARGEST: &str = "16777216";

/// How Kafka is reached.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Brokers to begin with, each as `host:port`.
    pub brokers: Vec<String>,
    /// What Kafka's own log and quotas know the client by.
    pub client_id: String,
    /// How the connection is encrypted; plain when there is none.
    pub tls: Option<KafkaTls>,
    /// Who says that he is there; nobody when there is none.
    pub sasl: Option<Sasl>,
}

/// A cluster's topics, and how they are reached.
#[derive(Clone, Debug)]
pub struct KafkaSettings {
    /// How Kafka is reached.
    pub connection: Connection,
    /// The cluster whose records these are.
    pub cluster: String,
    /// The topic of the records. One topic is one cluster's.
    pub topic: String,
    /// The topic of the marks.
    pub mark_topic: String,
    /// How many partitions the cluster has; the topics have at least as many.
    pub partitions: u16,
    /// Whether missing topics are made.
    pub missing_topics: MissingTopics,
    /// What the names of the transactions start with.
    pub transactional_id: String,
    /// How records are compressed.
    pub compression: Compression,
    /// How long Kafka may take for one batch. Above it, what was written is looked up before anything else is tried.
    pub timeout: Duration,
}

/// What is done about a topic that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingTopics {
    /// It is made.
    Create,
    /// It is an error.
    Refuse,
}

/// How records are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Smaller.
    Zstd,
    /// Faster.
    Lz4,
    /// Not at all.
    None,
}

/// Files in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaTls {
    /// Who the brokers' certificates are of; the system's own list when there is none.
    pub ca: Option<Utf8PathBuf>,
    /// A certificate of our own, and its key.
    pub own: Option<(Utf8PathBuf, Utf8PathBuf)>,
}

/// How the client shows who it is.
#[derive(Clone, Debug)]
pub enum Sasl {
    /// A name and a password, by `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    Password {
        /// The mechanism.
        mechanism: PasswordMechanism,
        /// The name.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// A token, read from a file whenever a new one is needed: somebody else keeps the file fresh.
    Token {
        /// The file.
        file: Utf8PathBuf,
    },
    /// Kerberos, with a key table.
    #[cfg(feature = "kerberos")]
    Kerberos {
        /// The client's principal.
        principal: String,
        /// Its key table.
        keytab: Utf8PathBuf,
        /// The name of the brokers' service.
        service: String,
    },
}

/// How a password is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordMechanism {
    /// As it is: only within TLS.
    Plain,
    /// By a challenge, with SHA-256.
    Scram256,
    /// By a challenge, with SHA-512.
    Scram512,
}

impl PasswordMechanism {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Scram256 => "SCRAM-SHA-256",
            Self::Scram512 => "SCRAM-SHA-512",
        }
    }
}

impl Connection {
    /// What every client of these is told.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client
            // It would follow a logger that is not used here, and so say nothing.
            .set_log_level(RDKafkaLogLevel::Info)
            .set("bootstrap.servers", self.brokers.join(","))
            .set("client.id", &self.client_id)
            .set("socket.keepalive.enable", "true")
            // After an outage, connections are back within a second and not within ten.
            .set("reconnect.backoff.max.ms", "1000");
        let protocol = match (&self.tls, &self.sasl) {
            (None, None) => "plaintext",
            (Some(_), None) => "ssl",
            (None, Some(_)) => "sasl_plaintext",
            (Some(_), Some(_)) => "sasl_ssl",
        };
        client.set("security.protocol", protocol);
        if let Some(tls) = &self.tls {
            if let Some(ca) = &tls.ca {
                client.set("ssl.ca.location", ca.as_str());
            }
            if let Some((certificate, key)) = &tls.own {
                client.set("ssl.certificate.location", certificate.as_str());
                client.set("ssl.key.location", key.as_str());
            }
        }
        match &self.sasl {
            None => {}
            Some(Sasl::Password { mechanism, username, password }) => {
                client
                    .set("sasl.mechanisms", mechanism.name())
                    .set("sasl.username", username)
                    .set("sasl.password", password.expose_secret());
            }
            Some(Sasl::Token { .. }) => {
                client.set("sasl.mechanisms", "OAUTHBEARER");
            }
            #[cfg(feature = "kerberos")]
            Some(Sasl::Kerberos { principal, keytab, service }) => {
                client
                    .set("sasl.mechanisms", "GSSAPI")
                    .set("sasl.kerberos.principal", principal)
                    .set("sasl.kerberos.keytab", keytab.as_str())
                    .set("sasl.kerberos.service.name", service);
            }
        }
        client
    }
}

impl KafkaSettings {
    /// What the one producer of a partition is told.
    pub(super) fn producer(&self, transactional_id: &str) -> ClientConfig {
        let timeout = self.timeout.as_millis().to_string();
        let compression = match self.compression {
            Compression::Zstd => "zstd",
            Compression::Lz4 => "lz4",
            Compression::None => "none",
        };
        let mut producer = self.connection.client();
        producer
            .set("transactional.id", transactional_id)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("compression.type", compression)
            .set("message.max.bytes", LARGEST)
            .set("message.timeout.ms", &timeout)
            // A batch is whole when it comes: waiting for more to send with it is of no use.
            .set("linger.ms", "1")
            // A batch is cut off by its own timeout; this only ends what a dead receiver left.
            .set("transaction.timeout.ms", self.timeout.saturating_mul(2).as_millis().to_string())
            // One batch at a time is in it.
            .set("queue.buffering.max.messages", "1000000")
            .set("queue.buffering.max.kbytes", "262144");
        producer
    }

    /// What a reader is told that sees what is committed, and nothing else.
    pub(super) fn reader(&self) -> ClientConfig {
        let mut reader = self.connection.client();
        reader
            // Required though no group is joined and nothing is committed.
            .set("group.id", format!("{}.{}.reader", self.transactional_id, self.cluster))
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("isolation.level", "read_committed")
            .set("auto.offset.reset", "earliest")
            .set("message.max.bytes", LARGEST)
            .set("fetch.message.max.bytes", "4194304")
            .set("queued.max.messages.kbytes", "16384");
        reader
    }
}

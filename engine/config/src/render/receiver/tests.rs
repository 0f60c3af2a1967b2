use zeebe_spec::{RecordsSpec, SaslMechanism};

use super::*;
use crate::intent::ReceiverPorts;

#[test]
fn a_receiver_is_told_all_but_its_password() {
    let intent = ReceiverIntent {
        cluster_name: "payments".to_owned(),
        host: "127.0.0.1".to_owned(),
        ports: ReceiverPorts { records: 26505, management: 26506 },
        partitions: 3,
        sink: KafkaSink {
            brokers: ["kafka-1:9093", "kafka-0:9093"].map(|it| it.parse().unwrap()).into(),
            topic: "zeebe-payments".parse().unwrap(),
            compression: Some(KafkaCompression::Lz4),
            records: RecordsSpec::default(),
            tls: Some(KafkaTls {
                ca: Some("/etc/kafka/ca.crt".parse().unwrap()),
                ..KafkaTls::default()
            }),
            sasl: Some(KafkaSasl {
                mechanism: SaslMechanism::ScramSha512,
                username: Some("zeebe \"quoted\"".to_owned()),
                password: Some(SecretSource::EnvironmentVariable("KAFKA_PASSWORD".to_owned())),
                token: None,
            }),
        },
    };
    let RenderedReceiver { configuration, secrets } = receiver(&intent);
    assert_eq!(
        configuration,
        r#"cluster = "payments"

[listen]
address = "127.0.0.1:26505"

[management]
address = "127.0.0.1:26506"

[sink.kafka]
brokers = ["kafka-0:9093", "kafka-1:9093"]
topic = "zeebe-payments"
partitions = 3
compression = "lz4"

[sink.kafka.tls]
ca = "/etc/kafka/ca.crt"

[sink.kafka.sasl]
mechanism = "SCRAM-SHA-512"
username = 'zeebe "quoted"'
password_env = "ZEEBE_RECEIVER_KAFKA_PASSWORD"
"#
    );
    let source = SecretSource::EnvironmentVariable("KAFKA_PASSWORD".to_owned());
    assert_eq!(secrets, [("ZEEBE_RECEIVER_KAFKA_PASSWORD".to_owned(), source)].into());
}

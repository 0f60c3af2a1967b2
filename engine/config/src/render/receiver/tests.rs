use zeebe_spec::{
    KafkaCompression, KafkaSasl, KafkaSink, KafkaTls, LakeBucket, LakePlace, LakeSink, RecordsSpec,
    SaslMechanism,
};

use super::*;
use crate::intent::ReceiverPorts;

fn intent(sink: Received<'_>) -> ReceiverIntent<'_> {
    ReceiverIntent {
        cluster_name: "payments".to_owned(),
        host: "127.0.0.1".to_owned(),
        ports: ReceiverPorts { records: 26505, management: 26506 },
        partitions: 3,
        sink,
    }
}

fn lake(place: LakePlace) -> LakeSink {
    LakeSink { place, seal_after: None, seal_size: None, records: RecordsSpec::default() }
}

#[test]
fn a_receiver_is_told_all_but_its_password() {
    let sink = KafkaSink {
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
    };
    let RenderedReceiver { configuration, secrets } = receiver(&intent(Received::Kafka(&sink)));
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

#[test]
fn a_receiver_of_a_lake_in_a_bucket_is_told_all_but_its_keys() {
    let key = SecretSource::File("/srv/keys/secret".parse().unwrap());
    let access = SecretSource::EnvironmentVariable("LAKE_ACCESS_KEY".to_owned());
    let sink = LakeSink {
        seal_after: Some(zeebe_scalar::parse_text("1m30s".to_owned()).unwrap()),
        seal_size: Some(zeebe_scalar::parse_text("16MiB".to_owned()).unwrap()),
        ..lake(LakePlace::S3(LakeBucket {
            bucket: "zeebe-lake".parse().unwrap(),
            prefix: Some("payments/".parse().unwrap()),
            region: "eu-west-1".parse().unwrap(),
            endpoint: Some("https://s3.example.com".parse().unwrap()),
            addressing: Some(zeebe_spec::LakeAddressing::Path),
            access_key: access.clone(),
            secret_key: key.clone(),
            ca: Some("/etc/s3/ca.crt".parse().unwrap()),
        }))
    };
    let RenderedReceiver { configuration, secrets } = receiver(&intent(Received::Lake(&sink)));
    assert_eq!(
        configuration,
        r#"cluster = "payments"

[listen]
address = "127.0.0.1:26505"

[management]
address = "127.0.0.1:26506"

[sink.lake]
seal_after = "90s"
seal_size = "16384KiB"

[sink.lake.s3]
bucket = "zeebe-lake"
prefix = "payments/"
region = "eu-west-1"
endpoint = "https://s3.example.com"
addressing = "path"
access_key_env = "ZEEBE_RECEIVER_ACCESS_KEY"
secret_key_env = "ZEEBE_RECEIVER_SECRET_KEY"
ca = "/etc/s3/ca.crt"
"#
    );
    assert_eq!(
        secrets,
        [
            ("ZEEBE_RECEIVER_ACCESS_KEY".to_owned(), access),
            ("ZEEBE_RECEIVER_SECRET_KEY".to_owned(), key)
        ]
        .into()
    );
}

#[test]
fn a_lake_in_a_folder_needs_nothing_else() {
    let sink = lake(LakePlace::Directory("/srv/lake".parse().unwrap()));
    let RenderedReceiver { configuration, secrets } = receiver(&intent(Received::Lake(&sink)));
    let (_, part) = configuration.split_once("[sink").unwrap();
    assert_eq!((part, secrets), (".lake]\ndirectory = \"/srv/lake\"\n", BTreeMap::new()));
}

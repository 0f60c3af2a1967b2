use camino_tempfile::Utf8TempDir;
use secrecy::ExposeSecret;

use super::*;
use crate::sink::lake::settings::Place;

fn load(text: &str) -> (Utf8TempDir, Result<Settings, ConfigError>) {
    let folder = Utf8TempDir::new().unwrap();
    std::fs::write(folder.path().join("password"), "pass:word\n").unwrap();
    let path = folder.path().join("receiver.toml");
    std::fs::write(&path, text).unwrap();
    let loaded = Settings::load(&path);
    (folder, loaded)
}

#[test]
fn a_whole_configuration_is_read_with_its_secrets() {
    let (folder, settings) = load(
        r#"
        cluster = "payments"
        [listen]
        address = "127.0.0.1:9290"
        deadline = "2500ms"
        memory = "2MiB"
        tls = { certificate = "tls.crt", key = "/etc/tls.key" }
        credential = { username = "zeebe", password_file = "password" }
        [management]
        address = "127.0.0.1:9291"
        [sink.file]
        directory = "records"
        "#,
    );
    let settings = settings.unwrap();
    assert_eq!(settings.cluster, "payments");
    assert_eq!(settings.listen.deadline, Duration::from_millis(2_500));
    assert_eq!(settings.listen.memory, 2 << 20);
    let tls = settings.listen.tls.unwrap();
    assert_eq!(tls.certificate, folder.path().join("tls.crt"));
    assert_eq!(tls.key, "/etc/tls.key");
    let credential = settings.listen.credential.unwrap();
    assert_eq!(credential.password.expose_secret(), "pass:word");
    assert!(!format!("{credential:?}").contains("pass:word"));
    let directory = match settings.sink {
        SinkSettings::File { directory } => directory,
        #[cfg(feature = "kafka")]
        SinkSettings::Kafka(kafka) => panic!("{kafka:?}"),
        SinkSettings::Lake(lake) => panic!("{lake:?}"),
    };
    assert_eq!(directory, folder.path().join("records"));
}

#[test]
fn what_is_left_out_has_safe_values() {
    let (_folder, settings) = load(
        "cluster = \"a\"\nlisten.address = \"127.0.0.1:1\"\nmanagement.address = \"[::1]:2\"\nsink.file.directory = \"/d\"",
    );
    let listen = settings.unwrap().listen;
    assert_eq!((listen.deadline, listen.memory), (Duration::from_secs(20), 64 << 20));
    assert!(listen.tls.is_none() && listen.credential.is_none());
}

#[test]
fn every_mistake_is_told_at_once_and_no_secret_with_it() {
    let (folder, settings) = load(
        r#"
        cluster = "pay ments"
        colour = "blue"
        [listen]
        address = "localhost"
        deadline = "20"
        memory = "1KiB"
        tls = { certificate = 5 }
        credential = { username = "ze:ebe", password = "secret", password_env = "NO_SUCH_VARIABLE", password_file = "absent" }
        [sink]
        file = { directory = "d", size = 1 }
        [sink.files]
        "#,
    );
    let told = settings.unwrap_err().to_string().replace(folder.path().as_str(), "<folder>");
    assert!(!told.contains("secret"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let (_folder, settings) = load("cluster = \n");
    let told = crate::Reason(&settings.unwrap_err()).to_string();
    assert!(told.contains("is not TOML: TOML parse error at line 1"), "{told}");
}

#[cfg(feature = "kafka")]
#[test]
fn kafka_is_told_all_that_it_needs_and_its_password_to_nobody() {
    use crate::sink::kafka::settings::{Compression, MissingTopics, PasswordMechanism, Sasl};

    let (folder, settings) = load(
        r#"
        cluster = "payments"
        listen.address = "127.0.0.1:1"
        management.address = "127.0.0.1:2"
        [sink.kafka]
        brokers = ["kafka-0:9093", "[::1]:9093"]
        topic = "zeebe-payments"
        partitions = 3
        missing_topics = "refuse"
        compression = "lz4"
        timeout = "10s"
        tls = { ca = "ca.crt" }
        sasl = { mechanism = "SCRAM-SHA-512", username = "zeebe", password_file = "password" }
        "#,
    );
    let settings = settings.unwrap();
    assert!(!format!("{settings:?}").contains("pass:word"));
    let SinkSettings::Kafka(kafka) = settings.sink else { panic!("{:?}", settings.sink) };
    assert_eq!((kafka.cluster.as_str(), kafka.partitions), ("payments", 3));
    assert_eq!(kafka.mark_topic, "zeebe-payments-marks");
    assert_eq!(
        (kafka.missing_topics, kafka.compression),
        (MissingTopics::Refuse, Compression::Lz4)
    );
    assert_eq!(kafka.connection.tls.unwrap().ca, Some(folder.path().join("ca.crt")));
    let Some(Sasl::Password { mechanism, password, .. }) = kafka.connection.sasl else {
        panic!("no password")
    };
    assert_eq!(mechanism, PasswordMechanism::Scram512);
    assert_eq!(password.expose_secret(), "pass:word");
}

#[cfg(feature = "kafka")]
#[test]
fn every_mistake_about_kafka_is_told_at_once() {
    let (_folder, settings) = load(
        r#"
        cluster = "payments"
        listen.address = "127.0.0.1:1"
        management.address = "127.0.0.1:2"
        [sink.kafka]
        brokers = ["kafka-0"]
        topic = "zeebe payments"
        mark_topic = ""
        partitions = 0
        missing_topics = "maybe"
        timeout = "1h"
        tls = { certificate = "c" }
        sasl = { mechanism = "OAUTHBEARER", password_file = "password" }
        "#,
    );
    let told = settings.unwrap_err().to_string();
    let mistakes = told.split_once(":\n").unwrap().1;
    insta::assert_snapshot!(mistakes);
}

#[cfg(feature = "kafka")]
#[test]
fn the_configuration_of_the_guide_has_no_mistake() {
    let settings = of_guide("records");
    assert!(
        matches!(settings.sink, SinkSettings::Kafka(kafka) if kafka.connection.brokers.len() == 3)
    );
}

#[test]
fn a_lake_needs_a_folder_and_has_safe_values() {
    let with = |sink: &str| {
        load(&format!(
            "cluster = \"payments\"\nlisten.address = \"127.0.0.1:1\"\nmanagement.address = \"127.0.0.1:2\"\n[sink.lake]\n{sink}"
        ))
    };
    let (folder, settings) = with("directory = \"lake\"");
    let SinkSettings::Lake(lake) = settings.unwrap().sink else { panic!("no lake") };
    let Place::Directory(directory) = lake.place else { panic!("no folder") };
    assert_eq!((lake.cluster.as_str(), directory), ("payments", folder.path().join("lake")));
    assert_eq!((lake.seal_after, lake.seal_size), (Duration::from_mins(5), 64 << 20));
    let (_folder, settings) = with("seal_after = \"10ms\"\nseal_size = \"2GiB\"\nbucket = \"b\"");
    let told = settings.unwrap_err().to_string();
    assert_eq!(
        told.split_once(":\n").unwrap().1,
        "  sink.lake: expected exactly one of `directory` and `s3`\n  sink.lake.seal_after: expected 1s to 24h\n  \
         sink.lake.seal_size: expected 1KiB to 1GiB\n  sink.lake.bucket: there is no such setting here"
    );
}

#[test]
fn the_configuration_of_the_guide_to_a_lake_has_no_mistake() {
    let settings = of_guide("lake");
    assert!(matches!(settings.sink, SinkSettings::Lake(lake) if lake.cluster == "payments"));
}

#[test]
fn a_bucket_is_told_all_that_it_needs_and_its_keys_to_nobody() {
    use crate::sink::lake::settings::Addressing;

    let with = |s3: &str| {
        load(&format!(
            "cluster = \"payments\"\nlisten.address = \"127.0.0.1:1\"\nmanagement.address = \"127.0.0.1:2\"\n[sink.lake.s3]\n{s3}"
        ))
    };
    let keys = "access_key_file = \"password\"\nsecret_key_file = \"password\"";
    let (_folder, settings) = with(&format!(
        "bucket = \"zeebe-lake\"\nregion = \"eu-west-1\"\nprefix = \"payments\"\n{keys}"
    ));
    let settings = settings.unwrap();
    assert!(!format!("{settings:?}").contains("pass:word"));
    let SinkSettings::Lake(lake) = settings.sink else { panic!("no lake") };
    let Place::S3(s3) = lake.place else { panic!("no bucket") };
    assert_eq!((s3.prefix.as_str(), s3.addressing), ("payments/", Addressing::Host));
    assert_eq!(s3.secret_key.expose_secret(), "pass:word");
    let (_folder, settings) = with(
        "bucket = \"B\"\nprefix = \"/a\"\nendpoint = \"minio:9000\"\naddressing = \"dns\"\nsecret_key = \"s\"\naccess_key_env = \"NO_SUCH_VARIABLE\"",
    );
    let told = settings.unwrap_err().to_string();
    assert_eq!(
        told.split_once(":\n").unwrap().1,
        "  sink.lake.s3.bucket: expected 3 to 63 small letters, digits, `-` or `.`\n  \
         sink.lake.s3.prefix: expected no `/` at its begin\n  \
         sink.lake.s3.region: it is missing\n  \
         sink.lake.s3.endpoint: expected an address that begins with `https://` or `http://`\n  \
         sink.lake.s3.addressing: expected one of \"path\", \"host\", got \"dns\"\n  \
         sink.lake.s3.access_key_env: \"NO_SUCH_VARIABLE\": environment variable not found\n  \
         sink.lake.s3.secret_key: expected exactly one of `secret_key_file` and `secret_key_env`\n  \
         sink.lake.s3.secret_key: there is no such setting here"
    );
}

/// The first configuration of a guide.
fn of_guide(name: &str) -> Settings {
    let guide = format!("{}/../../docs/guides/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let folder = Utf8TempDir::new().unwrap();
    for secret in ["exporter-password", "kafka-password"] {
        std::fs::write(folder.path().join(secret), "secret\n").unwrap();
    }
    let path = folder.path().join("receiver.toml");
    std::fs::write(&path, text).unwrap();
    Settings::load(&path).unwrap()
}

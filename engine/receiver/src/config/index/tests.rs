use camino::{Utf8Path, Utf8PathBuf};
use camino_tempfile::Utf8TempDir;

use super::*;
use crate::config::{AnySettings, ConfigError};

fn written(text: &str) -> (Utf8TempDir, Utf8PathBuf) {
    let folder = Utf8TempDir::new().unwrap();
    for secret in ["kafka-password", "search-password"] {
        std::fs::write(folder.path().join(secret), "secret\n").unwrap();
    }
    let path = folder.path().join("index.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn load(path: &Utf8Path) -> IndexSettings {
    match AnySettings::load(path).unwrap() {
        AnySettings::Index(settings) => *settings,
        AnySettings::Receiver(settings) => panic!("{settings:?}"),
    }
}

#[test]
fn the_configuration_of_the_guide_has_no_mistake() {
    let guide = format!("{}/../../docs/guides/audit.md", env!("CARGO_MANIFEST_DIR"));
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let (folder, path) = written(text);
    let IndexSettings { cluster, source, store, .. } = load(&path);
    assert_eq!(cluster, "payments");
    assert_eq!(source.group, "zeebe-index.zeebe-payments.audit-payments");
    assert_eq!(store.address.url.to_string(), "https://search:9200/");
    assert_eq!(store.address.ca, Some(folder.path().join("search-ca.crt")));
    assert!(
        matches!(&store.address.login, Some(Login::Password { username, .. }) if username == "zeebe-index")
    );
    assert_eq!((store.records, store.size, store.writers), (1_000, 5 << 20, 2));
    assert_eq!(
        (store.delay, store.address.timeout),
        (Duration::from_secs(1), Duration::from_secs(30))
    );
    assert_eq!((store.period, store.shards, store.replicas), (Period::Day, 1, 1));
    assert!(!format!("{store:?}").contains("secret"));
}

#[test]
fn every_mistake_is_told_at_once_and_no_secret_with_it() {
    let (_folder, path) = written(
        r#"
        cluster = "pay ments"
        management.address = "nowhere"
        [source.kafka]
        brokers = ["kafka"]
        group = ""
        mark_topic = "m"
        [store]
        url = "https://zeebe:secret@search:9200"
        prefix = "Audit_"
        period = "hour"
        shards = 0
        writers = 17
        timeout = "0s"
        bulk = { records = 0, size = "1GiB", delay = 1 }
        credential = { username = "zeebe", password_file = "search-password" }
        api_key_file = "kafka-password"
        "#,
    );
    let ConfigError::Mistakes { mistakes, .. } = AnySettings::load(&path).unwrap_err() else {
        panic!("these are mistakes")
    };
    let mistakes: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(mistakes.join("\n"));
}

use std::fmt::Write;

use rstest::rstest;
use zeebe_scalar::parse_text;
use zeebe_spec::{
    AzureStore, BackupStore, FilesystemStore, GcsAuthentication, GcsStore, Minor, S3Addressing,
    S3Compression, S3Keys, S3Store, SecretSource,
};

use super::{is_of_backup_store, store};
use crate::keys;
use crate::name::SettingName;

fn file(path: &str) -> SecretSource {
    SecretSource::File(parse_text(path).unwrap())
}

fn s3() -> BackupStore {
    BackupStore::S3(S3Store {
        bucket: parse_text("zeebe-backups").unwrap(),
        base_path: Some(parse_text("production/payments").unwrap()),
        region: Some(parse_text("eu-central-1").unwrap()),
        endpoint: Some(parse_text("https://s3.example.com").unwrap()),
        addressing: Some(S3Addressing::Path),
        compression: Some(S3Compression::Zstd),
        keys: Some(S3Keys {
            access_key: SecretSource::EnvironmentVariable("BACKUP_KEY".to_owned()),
            secret_key: file("/run/secrets/backup"),
        }),
    })
}

fn gcs() -> BackupStore {
    BackupStore::Gcs(GcsStore {
        bucket: parse_text("zeebe-backups").unwrap(),
        base_path: Some(parse_text("payments").unwrap()),
        endpoint: Some(parse_text("https://storage.example.com").unwrap()),
        authentication: Some(GcsAuthentication::Auto),
        credentials_file: Some(parse_text("/etc/zeebe/gcs.json").unwrap()),
    })
}

fn azure() -> BackupStore {
    BackupStore::Azure(AzureStore {
        container: parse_text("zeebe-payments").unwrap(),
        endpoint: Some(parse_text("https://payments.blob.core.windows.net").unwrap()),
        account_name: Some(parse_text("payments").unwrap()),
        account_key: Some(file("/run/secrets/backup")),
        connection_string: None,
    })
}

fn azure_by_connection_string() -> BackupStore {
    BackupStore::Azure(AzureStore {
        container: parse_text("zeebe-payments").unwrap(),
        endpoint: None,
        account_name: None,
        account_key: None,
        connection_string: Some(file("/run/secrets/backup")),
    })
}

fn filesystem() -> BackupStore {
    BackupStore::Filesystem(FilesystemStore { directory: parse_text("/srv/backups").unwrap() })
}

fn every_store(minor: Minor) -> Vec<BackupStore> {
    [s3(), gcs(), azure(), azure_by_connection_string(), filesystem()]
        .into_iter()
        .filter(|store| store.since() <= minor)
        .collect()
}

#[test]
fn every_minor_is_told_in_its_own_words() {
    for minor in Minor::SUPPORTED {
        let mut page = String::new();
        for wish in every_store(minor) {
            let told = store(minor, &wish);
            writeln!(page, "[{}]", wish.kind()).unwrap();
            for (name, value) in told.settings {
                writeln!(page, "{name}={value}").unwrap();
            }
            for (name, source) in told.secrets {
                writeln!(page, "{name} from {source:?}").unwrap();
            }
        }
        insta::assert_snapshot!(format!("{minor}").replace("8.", "8_"), page);
    }
}

#[test]
fn every_setting_is_one_that_the_minor_reads() {
    for minor in Minor::SUPPORTED {
        let read: Vec<SettingName> = keys::all()
            .filter(|key| key.is_read_by(minor))
            .map(|key| SettingName::of(key.name))
            .collect();
        for wish in every_store(minor) {
            let told = store(minor, &wish);
            let unread: Vec<&SettingName> = told
                .settings
                .keys()
                .chain(told.secrets.keys())
                .filter(|name| !read.contains(name))
                .filter(|name| name.as_str() != "GOOGLE_APPLICATION_CREDENTIALS")
                .collect();
            assert_eq!(unread, Vec::<&SettingName>::new(), "{minor}");
        }
    }
}

#[test]
fn keys_are_told_from_passwords_of_exporters() {
    for minor in Minor::SUPPORTED {
        let told = store(minor, &s3());
        assert!(told.secrets.keys().all(|name| is_of_backup_store(name.as_str())));
    }
}

#[rstest]
#[case("ZEEBE_BROKER_EXPORTERS_BACKUP_ARGS_AUTHENTICATION_PASSWORD")]
#[case("CAMUNDA_DATA_EXPORTERS_BACKUP_ARGS_AUTHENTICATION_PASSWORD")]
#[case("ZEEBE_BROKER_DATA_BACKUPS")]
fn other_secrets_are_none_of_the_store(#[case] variable: &str) {
    assert!(!is_of_backup_store(variable));
}

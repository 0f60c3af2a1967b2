//! A broker's backup store as settings.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use zeebe_spec::{
    AzureStore, BackupStore, FilesystemStore, GcsStore, Minor, S3Addressing, S3Keys, S3Store,
    SecretSource,
};

use crate::name::SettingName;

/// Where the settings of backups are, for each form that minors read.
const ROOTS: [&str; 3] =
    ["zeebe.broker.data.backup", "camunda.data.backup", "camunda.data.primary-storage.backup"];

/// Google's libraries read from it where their credentials are; no setting of the product says it.
const GOOGLE: &str = "google.application.credentials";

/// What a broker must be told of its store, and where it finds what must stay secret.
#[derive(Default)]
pub(super) struct Backup {
    pub(super) settings: BTreeMap<SettingName, String>,
    pub(super) secrets: BTreeMap<SettingName, SecretSource>,
}

/// Whether a variable that carries a secret is one of the backup store.
pub fn is_of_backup_store(variable: &str) -> bool {
    ROOTS.iter().any(|root| {
        variable
            .strip_prefix(SettingName::of(root).as_str())
            .is_some_and(|rest| rest.starts_with('_'))
    })
}

pub(super) fn store(minor: Minor, store: &BackupStore) -> Backup {
    let mut told = Backup::default();
    let name = |key: &str| SettingName::of(&format!("{}.{key}", root(minor)));
    let mut tell = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            told.settings.insert(name(key), value);
        }
    };
    tell("store", Some(store.kind().to_ascii_uppercase()));
    let mut secrets = Vec::new();
    match store {
        BackupStore::S3(S3Store {
            bucket,
            base_path,
            region,
            endpoint,
            addressing,
            compression,
            keys,
        }) => {
            tell("s3.bucket-name", Some(bucket.to_string()));
            tell("s3.base-path", base_path.as_ref().map(ToString::to_string));
            tell("s3.region", region.as_ref().map(ToString::to_string));
            tell("s3.endpoint", endpoint.as_ref().map(ToString::to_string));
            let by_path = addressing.map(|addressing| addressing == S3Addressing::Path);
            tell("s3.force-path-style-access", by_path.map(|by_path| by_path.to_string()));
            tell("s3.compression", compression.map(|compression| compression.to_string()));
            if let Some(S3Keys { access_key, secret_key }) = keys {
                secrets.push(("s3.access-key", access_key));
                secrets.push(("s3.secret-key", secret_key));
            }
        }
        BackupStore::Gcs(GcsStore {
            bucket,
            base_path,
            endpoint,
            authentication,
            credentials_file,
        }) => {
            tell("gcs.bucket-name", Some(bucket.to_string()));
            tell("gcs.base-path", base_path.as_ref().map(ToString::to_string));
            tell("gcs.host", endpoint.as_ref().map(ToString::to_string));
            tell("gcs.auth", authentication.map(|authentication| authentication.to_string()));
            if let Some(file) = credentials_file {
                told.settings.insert(SettingName::of(GOOGLE), file.to_string());
            }
        }
        BackupStore::Azure(AzureStore {
            container,
            endpoint,
            account_name,
            account_key,
            connection_string,
        }) => {
            tell("azure.base-path", Some(container.to_string()));
            tell("azure.endpoint", endpoint.as_ref().map(ToString::to_string));
            tell("azure.account-name", account_name.as_ref().map(ToString::to_string));
            secrets.extend(account_key.as_ref().map(|key| ("azure.account-key", key)));
            secrets.extend(connection_string.as_ref().map(|it| ("azure.connection-string", it)));
        }
        BackupStore::Filesystem(FilesystemStore { directory }) => {
            tell("filesystem.base-path", Some(directory.to_string()));
        }
    }
    let named = |(key, source): (&str, &SecretSource)| (name(key), source.clone());
    told.secrets = secrets.into_iter().map(named).collect();
    told
}

/// The form that a minor reads. A variable has neither dashes nor capitals of its own, so that one spelling of the rest
/// does for all of them.
fn root(minor: Minor) -> &'static str {
    let [oldest, middle, newest] = ROOTS;
    match minor.cmp(&Minor::V8_8) {
        Ordering::Less => oldest,
        Ordering::Equal => middle,
        Ordering::Greater => newest,
    }
}

#[cfg(test)]
mod tests;

//! Where a cluster's backups are kept.

use serde::{Deserialize, Serialize};

use crate::secret::SecretSource;
use crate::target::Directory;
use crate::version::Minor;

zeebe_scalar::text! {
    /// The name of a bucket, which must be there already.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub BucketName, "3 to 222 letters, digits, dashes, underscores and dots", "zeebe-backups",
    |text| (3..=222).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

zeebe_scalar::text! {
    /// What the names of all objects of a cluster begin with.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub BasePath, "words of letters, digits, dashes, underscores and dots, with single slashes between them",
    "production/payments",
    |text| text.len() <= 512
        && text.split('/').all(|part| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
}

zeebe_scalar::text! {
    /// The name of a container of Azure.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub ContainerName, "3 to 63 lower-case letters, digits and single dashes", "zeebe-payments",
    |text| (3..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

zeebe_scalar::text! {
    /// Where a store listens. Credentials are no part of it.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub StoreUrl, "an address that begins with `http://` or `https://`, without credentials, query or fragment",
    "https://s3.example.com",
    |text| ["http://", "https://"].iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic() && !b"@?#\"\\".contains(&b))
        })
    })
}

zeebe_scalar::text! {
    /// A region.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub RegionName, "letters, digits and dashes", "eu-central-1",
    |text| !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

zeebe_scalar::text! {
    /// The name of an account of Azure's storage.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub AccountName, "3 to 24 lower-case letters and digits", "paymentsbackups",
    |text| (3..=24).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

zeebe_scalar::integer! {
    /// The number of a backup. Each backup of a cluster has a higher one than those before it.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub BackupId, i64, 1..=9_007_199_254_740_991, 20261123174500
}

zeebe_scalar::integer! {
    /// How many whole backups are kept.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "i64", into = "i64")]
    pub BackupsKept, u16, 1..=1000, 7
}

zeebe_scalar::choice! {
    /// Where the name of a bucket stands in an address.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub S3Addressing {
        Path = "path" /** In its path, as most stores but Amazon's want it. */,
        VirtualHost = "virtual_host" /** In the name of its host. */,
    }
}

zeebe_scalar::choice! {
    /// How backups are packed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub S3Compression {
        None = "none" /** Not at all. */,
        Zstd = "zstd" /** Small, for some of the broker's processor. */,
    }
}

zeebe_scalar::choice! {
    /// How a broker signs on to Google's storage.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub GcsAuthentication {
        Auto = "auto" /** By the application default credentials of its surroundings. */,
        None = "none" /** Not at all: for emulators. */,
    }
}

/// Where a cluster's backups are kept: exactly one of the product's stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupStore {
    /// Anything that speaks S3.
    S3(S3Store),
    /// Google's object store.
    Gcs(GcsStore),
    /// Azure's blobs.
    Azure(AzureStore),
    /// A directory that all brokers share (8.7 and later).
    Filesystem(FilesystemStore),
}

/// A bucket of S3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Store {
    /// Which.
    pub bucket: BucketName,
    /// What is before the cluster's objects; nothing said means the whole bucket.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base_path: Option<BasePath>,
    /// Its region; nothing said means as the surroundings have it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub region: Option<RegionName>,
    /// Where it listens; nothing said means Amazon's, by the region.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub endpoint: Option<StoreUrl>,
    /// Where the bucket's name stands in an address; nothing said means as the product chooses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub addressing: Option<S3Addressing>,
    /// How backups are packed; nothing said means not at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub compression: Option<S3Compression>,
    /// What signs on; nothing said means the credentials of the surroundings.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keys: Option<S3Keys>,
}

/// A pair of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct S3Keys {
    /// Where the access key is read when a broker starts.
    pub access_key: SecretSource,
    /// Where the secret key is.
    pub secret_key: SecretSource,
}

/// A bucket of Google's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GcsStore {
    /// Which.
    pub bucket: BucketName,
    /// What is before the cluster's objects; nothing said means the whole bucket.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base_path: Option<BasePath>,
    /// Where it listens; nothing said means Google's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub endpoint: Option<StoreUrl>,
    /// How a broker signs on; nothing said means `auto`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authentication: Option<GcsAuthentication>,
    /// The file with the application default credentials, on the brokers' machine. The broker is told where it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credentials_file: Option<Directory>,
}

/// A container of Azure's. The product puts nothing before its objects: one container is one cluster's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AzureStore {
    /// Which.
    pub container: ContainerName,
    /// Where it listens; needed unless the connection string says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub endpoint: Option<StoreUrl>,
    /// Whose it is, where a key signs on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_name: Option<AccountName>,
    /// Where the account's key is read when a broker starts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_key: Option<SecretSource>,
    /// Where the connection string is read, which says all of this.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub connection_string: Option<SecretSource>,
}

/// A directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesystemStore {
    /// Which: it must be there, and be one and the same for every broker.
    pub directory: Directory,
}

/// One thing in a store that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreMistake {
    /// Which attribute of the store, as `azure.endpoint`.
    pub at: &'static str,
    /// What is wrong, as a fragment.
    pub summary: &'static str,
    /// What was expected, what was got, what to do.
    pub detail: String,
}

/// Where the objects of a store are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StorePlace<'a> {
    kind: &'static str,
    endpoint: Option<&'a str>,
    bucket: &'a str,
    below: Option<&'a str>,
}

impl BackupStore {
    /// The store's name in configuration.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::S3(_) => "s3",
            Self::Gcs(_) => "gcs",
            Self::Azure(_) => "azure",
            Self::Filesystem(_) => "filesystem",
        }
    }

    /// The first minor that has such a store.
    pub const fn since(&self) -> Minor {
        match self {
            Self::S3(_) | Self::Gcs(_) | Self::Azure(_) => Minor::V8_5,
            Self::Filesystem(_) => Minor::V8_7,
        }
    }

    /// Every mistake that can be told without a look at the store.
    pub fn mistakes(&self, minor: Minor) -> Vec<StoreMistake> {
        let mut mistakes = Vec::new();
        if self.since() > minor {
            mistakes.push(StoreMistake {
                at: self.kind(),
                summary: "version has no such store",
                detail: format!(
                    "A store of the kind `{}` is there from {} on, and the version is of {minor}. Choose another \
                     store, or upgrade first.",
                    self.kind(),
                    self.since()
                ),
            });
        }
        if let Self::Azure(azure) = self {
            azure.mistakes(&mut mistakes);
        }
        mistakes
    }

    /// Whether backups of two clusters in these stores would get among each other. The product tells clusters apart by
    /// nothing but the place.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (Some(one), Some(other)) = (self.place(), other.place()) else { return false };
        let is_within = |inner: Option<&str>, outer: Option<&str>| match (inner, outer) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        };
        one.kind == other.kind
            && one.endpoint == other.endpoint
            && one.bucket == other.bucket
            && (is_within(one.below, other.below) || is_within(other.below, one.below))
    }

    /// Where each of its keys is read.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretSource> {
        let keys = match self {
            Self::S3(S3Store { keys: Some(S3Keys { access_key, secret_key }), .. }) => {
                [Some(access_key), Some(secret_key)]
            }
            Self::Azure(AzureStore { account_key, connection_string, .. }) => {
                [account_key.as_ref(), connection_string.as_ref()]
            }
            Self::S3(S3Store { keys: None, .. }) | Self::Gcs(_) | Self::Filesystem(_) => {
                [None, None]
            }
        };
        keys.into_iter().flatten()
    }

    /// Where it is, in words: no secret among them.
    pub fn describe(&self) -> String {
        match self {
            Self::S3(S3Store { bucket, base_path: Some(path), .. }) => {
                format!("s3://{bucket}/{path}")
            }
            Self::S3(S3Store { bucket, base_path: None, .. }) => format!("s3://{bucket}"),
            Self::Gcs(GcsStore { bucket, base_path: Some(path), .. }) => {
                format!("gs://{bucket}/{path}")
            }
            Self::Gcs(GcsStore { bucket, base_path: None, .. }) => format!("gs://{bucket}"),
            Self::Azure(AzureStore { container, .. }) => format!("container \"{container}\""),
            Self::Filesystem(FilesystemStore { directory }) => directory.to_string(),
        }
    }

    /// `None` where only a secret says it.
    fn place(&self) -> Option<StorePlace<'_>> {
        Some(match self {
            Self::S3(store) => StorePlace {
                kind: self.kind(),
                endpoint: store.endpoint.as_ref().map(StoreUrl::as_str),
                bucket: store.bucket.as_str(),
                below: store.base_path.as_ref().map(BasePath::as_str),
            },
            Self::Gcs(store) => StorePlace {
                kind: self.kind(),
                endpoint: store.endpoint.as_ref().map(StoreUrl::as_str),
                bucket: store.bucket.as_str(),
                below: store.base_path.as_ref().map(BasePath::as_str),
            },
            Self::Azure(store) => StorePlace {
                kind: self.kind(),
                endpoint: Some(store.endpoint.as_ref()?.as_str()),
                bucket: store.container.as_str(),
                below: None,
            },
            Self::Filesystem(store) => StorePlace {
                kind: self.kind(),
                endpoint: None,
                bucket: "",
                below: Some(store.directory.as_str()),
            },
        })
    }
}

impl AzureStore {
    fn mistakes(&self, mistakes: &mut Vec<StoreMistake>) {
        let Self { container: _, endpoint, account_name, account_key, connection_string } = self;
        let by_account = account_name.is_some() || account_key.is_some();
        if connection_string.is_some() && (endpoint.is_some() || by_account) {
            mistakes.push(StoreMistake {
                at: "azure.connection_string",
                summary: "connection string beside what it says",
                detail:
                    "A connection string says endpoint, account and key. Leave those out, or it."
                        .to_owned(),
            });
        }
        if connection_string.is_none() && endpoint.is_none() {
            mistakes.push(StoreMistake {
                at: "azure.endpoint",
                summary: "no endpoint",
                detail: "Expected `endpoint` or `connection_string`, got neither.".to_owned(),
            });
        }
        if account_name.is_some() != account_key.is_some() {
            mistakes.push(StoreMistake {
                at: "azure.account_key",
                summary: "account without its key, or a key without its account",
                detail: "Expected `account_name` and `account_key` together, or neither."
                    .to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests;

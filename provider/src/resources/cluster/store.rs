//! `backup_store`: its shape in HCL, from configuration to the wish and back.

use tf_sdk::{Attributes, Diagnostic, NotYetKnown, Optional, Path, Required};
use zeebe_spec::{
    AccountName, AzureStore, BackupStore, BasePath, BucketName, ContainerName, Directory,
    FilesystemStore, GcsAuthentication, GcsStore, RegionName, S3Addressing, S3Compression, S3Keys,
    S3Store, SecretPurpose, SecretSource, StoreKey, StoreUrl,
};

use crate::resources::choice::{Missing, only};
use crate::resources::key::{Key, NamedKey};

/// Where backups are kept: exactly one of the stores.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct BackupStoreChoice {
    /// A bucket of anything that speaks S3.
    pub s3: Optional<S3>,
    /// A bucket of Google's object store.
    pub gcs: Optional<Gcs>,
    /// A container of Azure's blobs.
    pub azure: Optional<Azure>,
    /// A directory that all brokers share, from 8.7 on.
    pub filesystem: Optional<Filesystem>,
}

/// A bucket of S3.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct S3 {
    /// The bucket, which must be there.
    pub bucket: Required<BucketName>,
    /// What is before the cluster's objects in it. Two clusters must not share a place: the product tells them apart by
    /// nothing else.
    pub base_path: Optional<BasePath>,
    /// The region. Unless said, as the surroundings of the broker have it.
    pub region: Optional<RegionName>,
    /// Where the store listens. Unless said, Amazon's address of the region.
    pub endpoint: Optional<StoreUrl>,
    /// Where the bucket's name stands in an address: `path`, as most stores but Amazon's want it, or `virtual_host`.
    /// Unless said, the product chooses.
    pub addressing: Optional<S3Addressing>,
    /// How backups are packed. Not at all unless said.
    pub compression: Optional<S3Compression>,
    /// The access key, beside the secret key. Unless said, the broker takes what its surroundings give it.
    pub access_key: Optional<Key>,
    /// The secret key.
    pub secret_key: Optional<Key>,
}

/// A bucket of Google's.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Gcs {
    /// The bucket, which must be there.
    pub bucket: Required<BucketName>,
    /// What is before the cluster's objects in it. Two clusters must not share a place.
    pub base_path: Optional<BasePath>,
    /// Where the store listens. Unless said, Google's address.
    pub endpoint: Optional<StoreUrl>,
    /// How a broker signs on: `auto`, by application default credentials, or `none`, for emulators. `auto` unless said.
    pub authentication: Optional<GcsAuthentication>,
    /// A file with application default credentials, on the machine of the brokers. They read it themselves.
    pub credentials_file: Optional<Directory>,
}

/// A container of Azure's.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Azure {
    /// The container. One container is one cluster's.
    pub container: Required<ContainerName>,
    /// Where the account listens; needed unless `connection_string` says it.
    pub endpoint: Optional<StoreUrl>,
    /// The account, beside its key. Unless said, the broker takes what its surroundings give it.
    pub account_name: Optional<AccountName>,
    /// The account's key.
    pub account_key: Optional<Key>,
    /// A connection string, which says endpoint, account and key.
    pub connection_string: Optional<Key>,
}

/// A directory.
#[derive(Clone, Debug, PartialEq, Eq, Attributes)]
pub struct Filesystem {
    /// An absolute path, which must be there and be the same for every broker.
    pub directory: Required<Directory>,
}

/// The store that a configuration says.
pub(super) fn spec(
    choice: &Optional<BackupStoreChoice>,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<BackupStore>, NotYetKnown> {
    let Some(BackupStoreChoice { s3, gcs, azure, filesystem }) = choice.known()? else {
        return Ok(None);
    };
    let at = Path::attribute("backup_store");
    let s3 = match s3.known()? {
        None => None,
        Some(s3) => Some(BackupStore::S3(s3_spec(s3, &at.clone().then("s3"), wrong)?)),
    };
    let gcs = match gcs.known()? {
        None => None,
        Some(gcs) => Some(BackupStore::Gcs(gcs_spec(gcs)?)),
    };
    let azure = match azure.known()? {
        None => None,
        Some(azure) => {
            Some(BackupStore::Azure(azure_spec(azure, &at.clone().then("azure"), wrong)?))
        }
    };
    let filesystem = match filesystem.known()? {
        None => None,
        Some(Filesystem { directory }) => {
            Some(BackupStore::Filesystem(FilesystemStore { directory: directory.known()?.clone() }))
        }
    };
    let given: Vec<BackupStore> = [s3, gcs, azure, filesystem].into_iter().flatten().collect();
    Ok(only(&at, &["s3", "gcs", "azure", "filesystem"], given, Missing::IsWrong, wrong))
}

fn s3_spec(s3: &S3, at: &Path, wrong: &mut Vec<Diagnostic>) -> Result<S3Store, NotYetKnown> {
    let S3 { bucket, base_path, region, endpoint, addressing, compression, access_key, secret_key } =
        s3;
    let access = key(access_key, at, StoreKey::Access, wrong)?;
    let secret = key(secret_key, at, StoreKey::Secret, wrong)?;
    // A source that is wrong in itself was said already.
    if access_key.known()?.is_some() != secret_key.known()?.is_some() {
        wrong.push(
            Diagnostic::error(
                "one key without the other",
                "Expected `access_key` and `secret_key` together, or neither: the product takes no notice of one \
                 alone.",
            )
            .at(at.clone()),
        );
    }
    Ok(S3Store {
        bucket: bucket.known()?.clone(),
        base_path: base_path.known()?.cloned(),
        region: region.known()?.cloned(),
        endpoint: endpoint.known()?.cloned(),
        addressing: addressing.known()?.copied(),
        compression: compression.known()?.copied(),
        keys: access.zip(secret).map(|(access_key, secret_key)| S3Keys { access_key, secret_key }),
    })
}

fn gcs_spec(gcs: &Gcs) -> Result<GcsStore, NotYetKnown> {
    let Gcs { bucket, base_path, endpoint, authentication, credentials_file } = gcs;
    Ok(GcsStore {
        bucket: bucket.known()?.clone(),
        base_path: base_path.known()?.cloned(),
        endpoint: endpoint.known()?.cloned(),
        authentication: authentication.known()?.copied(),
        credentials_file: credentials_file.known()?.cloned(),
    })
}

fn azure_spec(
    azure: &Azure,
    at: &Path,
    wrong: &mut Vec<Diagnostic>,
) -> Result<AzureStore, NotYetKnown> {
    let Azure { container, endpoint, account_name, account_key, connection_string } = azure;
    Ok(AzureStore {
        container: container.known()?.clone(),
        endpoint: endpoint.known()?.cloned(),
        account_name: account_name.known()?.cloned(),
        account_key: key(account_key, at, StoreKey::Account, wrong)?,
        connection_string: key(connection_string, at, StoreKey::Connection, wrong)?,
    })
}

fn key(
    key: &Optional<Key>,
    at: &Path,
    which: StoreKey,
    wrong: &mut Vec<Diagnostic>,
) -> Result<Option<SecretSource>, NotYetKnown> {
    match key.known()? {
        None => Ok(None),
        Some(key) => key.source(&at.then(name(which)), SecretPurpose::BackupStore(which), wrong),
    }
}

/// Every key that a configuration has.
pub(super) fn keys(choice: &Optional<BackupStoreChoice>) -> Vec<NamedKey<'_>> {
    let Some(BackupStoreChoice { s3, gcs: _, azure, filesystem: _ }) = choice.as_known() else {
        return Vec::new();
    };
    let s3 = s3
        .as_known()
        .map(|it| ("s3", [(StoreKey::Access, &it.access_key), (StoreKey::Secret, &it.secret_key)]));
    let azure = azure.as_known().map(|it| {
        let connection = (StoreKey::Connection, &it.connection_string);
        ("azure", [(StoreKey::Account, &it.account_key), connection])
    });
    let stores = s3.into_iter().chain(azure);
    let keys = stores.flat_map(|(store, keys)| keys.map(|(which, key)| (store, which, key)));
    keys.filter_map(|(store, which, key)| {
        let at = Path::attribute("backup_store").then(store).then(name(which));
        Some(NamedKey { at, purpose: SecretPurpose::BackupStore(which), key: key.as_known()? })
    })
    .collect()
}

/// The attribute of a key.
const fn name(which: StoreKey) -> &'static str {
    match which {
        StoreKey::Access => "access_key",
        StoreKey::Secret => "secret_key",
        StoreKey::Account => "account_key",
        StoreKey::Connection => "connection_string",
    }
}

/// The configuration that says this store.
pub(super) fn imported(store: BackupStore) -> BackupStoreChoice {
    let mut choice = BackupStoreChoice {
        s3: Optional::null(),
        gcs: Optional::null(),
        azure: Optional::null(),
        filesystem: Optional::null(),
    };
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
            let (access, secret) = keys.map(|it| (it.access_key, it.secret_key)).unzip();
            choice.s3 = Optional::of(S3 {
                bucket: Required::of(bucket),
                base_path: base_path.into(),
                region: region.into(),
                endpoint: endpoint.into(),
                addressing: addressing.into(),
                compression: compression.into(),
                access_key: access.map(Key::from).into(),
                secret_key: secret.map(Key::from).into(),
            });
        }
        BackupStore::Gcs(GcsStore {
            bucket,
            base_path,
            endpoint,
            authentication,
            credentials_file,
        }) => {
            choice.gcs = Optional::of(Gcs {
                bucket: Required::of(bucket),
                base_path: base_path.into(),
                endpoint: endpoint.into(),
                authentication: authentication.into(),
                credentials_file: credentials_file.into(),
            });
        }
        BackupStore::Azure(AzureStore {
            container,
            endpoint,
            account_name,
            account_key,
            connection_string,
        }) => {
            choice.azure = Optional::of(Azure {
                container: Required::of(container),
                endpoint: endpoint.into(),
                account_name: account_name.into(),
                account_key: account_key.map(Key::from).into(),
                connection_string: connection_string.map(Key::from).into(),
            });
        }
        BackupStore::Filesystem(FilesystemStore { directory }) => {
            choice.filesystem = Optional::of(Filesystem { directory: Required::of(directory) });
        }
    }
    choice
}

//! Where a lake is, and when the journal becomes files.

use std::time::Duration;

use camino::Utf8PathBuf;
use secrecy::SecretString;

/// A cluster's lake.
#[derive(Clone, Debug)]
pub struct LakeSettings {
    /// The cluster whose records these are. One lake is one cluster's.
    pub cluster: String,
    /// Where it is.
    pub place: Place,
    /// How long a record waits at most until it begins to become part of a file.
    pub seal_after: Duration,
    /// How many bytes of records, as they came, become files at the latest.
    pub seal_size: usize,
}

/// Where a lake is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder.
    Directory(Utf8PathBuf),
    /// A bucket.
    S3(Box<S3Settings>),
}

/// A bucket, and how it is reached.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// Its name.
    pub bucket: String,
    /// What the names of all objects of the lake begin with: nothing, or something that ends with `/`.
    pub prefix: String,
    /// The region that requests are signed for.
    pub region: String,
    /// Where the store is; Amazon's own address of the region when there is none.
    pub endpoint: Option<String>,
    /// Where in an address the bucket stands.
    pub addressing: Addressing,
    /// Who asks.
    pub access_key: SecretString,
    /// What his requests are signed with.
    pub secret_key: SecretString,
    /// A file in PEM: who the store's certificate may be of, beside those that the system trusts.
    pub ca: Option<Utf8PathBuf>,
}

/// Where in an address the bucket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// `https://host/bucket/name`.
    Path,
    /// `https://bucket.host/name`.
    Host,
}

//! A lake of Parquet as a sink: written by a receiver of ours beside the brokers, into a folder or a bucket.

use serde::{Deserialize, Serialize};
use zeebe_scalar::{ByteSize, Span};

use crate::exporter::{ExporterMistake, RecordsSpec};
use crate::secret::SecretSource;
use crate::target::Directory;

zeebe_scalar::text! {
    /// The name of a bucket of S3.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub LakeBucketName, "3 to 63 small letters, digits, dashes and dots", "zeebe-lake",
    |text| (3..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
}

zeebe_scalar::text! {
    /// What the names of a lake's objects start with.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub LakePrefix,
    "1 to 200 letters, digits, dashes, underscores, dots and slashes, with no slash at its begin and no empty part",
    "payments/",
    |text| (1..=200).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
        && text.strip_suffix('/').unwrap_or(text).split('/').all(|part| !matches!(part, "" | "." | ".."))
}

zeebe_scalar::text! {
    /// The region of a bucket.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub LakeRegion, "1 to 40 small letters, digits and dashes", "eu-west-1",
    |text| (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

zeebe_scalar::text! {
    /// Where a store of objects answers.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub LakeEndpoint, "an http or https address without user, path, query or fragment", "https://s3.example.com",
    |text| text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).is_some_and(|host| {
        let host = host.strip_suffix('/').unwrap_or(host);
        !host.is_empty()
            && !host.starts_with(':')
            && host.bytes().all(|b| b.is_ascii_graphic() && !b"/@?#\"\\<>,".contains(&b))
    })
}

zeebe_scalar::choice! {
    /// Where in an address the bucket stands.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub LakeAddressing {
        Host = "host" /** In the name of the host, as Amazon has it. */,
        Path = "path" /** In the path, as stores of one's own mostly have it. */,
    }
}

/// A lake. What is left open is as the receiver has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeSink {
    /// Where it is. One lake is one cluster's.
    pub place: LakePlace,
    /// How long a record waits until it becomes part of a file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seal_after: Option<Span>,
    /// Or until so much of a partition waits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seal_size: Option<ByteSize>,
    /// Which records; nothing said means the product's own choice.
    #[serde(default)]
    pub records: RecordsSpec,
}

/// Where a lake is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LakePlace {
    /// In a folder of the receiver's machine.
    Directory(Directory),
    /// In a bucket of a store that speaks S3.
    S3(LakeBucket),
}

/// A bucket, and who may write there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeBucket {
    /// Its name.
    pub bucket: LakeBucketName,
    /// The lake's own part of it; all of it where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prefix: Option<LakePrefix>,
    /// Its region.
    pub region: LakeRegion,
    /// Where the store is; Amazon's of the region where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub endpoint: Option<LakeEndpoint>,
    /// Where in an address the bucket stands.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub addressing: Option<LakeAddressing>,
    /// Where the access key is read when the receiver starts.
    pub access_key: SecretSource,
    /// Where the secret key is read when the receiver starts.
    pub secret_key: SecretSource,
    /// Who vouches for the store beside those that the machine trusts: a file in PEM.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ca: Option<Directory>,
}

impl LakeBucket {
    /// The bucket's address, which tells two stores apart.
    fn store(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.as_str().trim_end_matches('/').to_ascii_lowercase(),
            None => format!("s3 of {}", self.region),
        }
    }

    /// What the names of its objects start with: nothing, or parts that each end with a slash.
    fn folder(&self) -> String {
        match &self.prefix {
            Some(prefix) => format!("{}/", prefix.as_str().trim_end_matches('/')),
            None => String::new(),
        }
    }
}

impl LakePlace {
    /// Whether one lies within the other, or is the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        let within = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
        match (self, other) {
            (Self::Directory(one), Self::Directory(other)) => {
                let folder = |it: &Directory| format!("{}/", it.as_str().trim_end_matches('/'));
                within(&folder(one), &folder(other))
            }
            (Self::S3(one), Self::S3(other)) => {
                one.bucket == other.bucket
                    && one.store() == other.store()
                    && within(&one.folder(), &other.folder())
            }
            (Self::Directory(_), Self::S3(_)) | (Self::S3(_), Self::Directory(_)) => false,
        }
    }

    /// The place in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Directory(directory) => format!("\"{directory}\""),
            Self::S3(bucket) => {
                format!("\"{}\" in bucket \"{}\"", bucket.folder(), bucket.bucket)
            }
        }
    }
}

/// The least and the greatest of what is gathered for a file: all of it is in memory while files are made.
const SEAL_SIZES: std::ops::RangeInclusive<u64> = 1 << 10..=1 << 30;
/// The longest that a record may wait, in seconds.
const LONGEST_SEAL_S: u64 = 24 * 60 * 60;

impl LakeSink {
    /// Every mistake that can be told without a look at the cluster.
    pub(super) fn mistakes(&self) -> Vec<ExporterMistake> {
        let mut mistakes = Vec::new();
        let mut wrong = |at: &str, summary: &str, detail: String| {
            mistakes.push(ExporterMistake {
                at: format!("lake.{at}"),
                summary: summary.to_owned(),
                detail,
            });
        };
        if let Some(after) = &self.seal_after
            && !(after.duration().as_secs() >= 1
                && after.duration() <= std::time::Duration::from_secs(LONGEST_SEAL_S))
        {
            wrong(
                "seal_after",
                "the wait for a file is out of bounds",
                format!("Expected 1s to 24h, got {}.", after.as_str()),
            );
        }
        if let Some(size) = &self.seal_size
            && !(SEAL_SIZES.contains(&size.bytes()) && size.bytes().is_multiple_of(1 << 10))
        {
            wrong(
                "seal_size",
                "the size of what becomes files together is out of bounds",
                format!("Expected 1KiB to 1GiB in whole KiB, got {}.", size.as_str()),
            );
        }
        mistakes
    }
}

#[cfg(test)]
mod tests;

//! The part of a receiver's configuration that is about a lake.

use serde::Serialize;
use zeebe_scalar::Span;
use zeebe_spec::{
    Directory, LakeAddressing, LakeBucket, LakeBucketName, LakeEndpoint, LakePlace, LakePrefix,
    LakeRegion, LakeSink, SecretSource,
};

/// The variable that a receiver reads the access key of a store of objects from.
pub const ACCESS_KEY_VARIABLE: &str = "ZEEBE_RECEIVER_ACCESS_KEY";
/// The variable that it reads the secret key from.
pub const SECRET_KEY_VARIABLE: &str = "ZEEBE_RECEIVER_SECRET_KEY";

/// `[sink.lake]`.
#[derive(Serialize)]
pub(super) struct Lake<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seal_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seal_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s3: Option<Bucket<'a>>,
}

impl<'a> Lake<'a> {
    pub(super) fn of(sink: &'a LakeSink) -> Self {
        let LakeSink { place, seal_after, seal_size, records: _ } = sink;
        let (directory, s3) = match place {
            LakePlace::Directory(directory) => (Some(directory.as_str()), None),
            LakePlace::S3(bucket) => (None, Some(Bucket::of(bucket))),
        };
        Self {
            directory,
            seal_after: seal_after.as_ref().map(span),
            seal_size: seal_size.as_ref().map(|size| format!("{}KiB", size.bytes() >> 10)),
            s3,
        }
    }
}

/// What the receiver reads from its environment, and where that is read.
pub(super) fn secrets(sink: &LakeSink) -> Vec<(&'static str, SecretSource)> {
    match &sink.place {
        LakePlace::Directory(_) => Vec::new(),
        LakePlace::S3(LakeBucket { access_key, secret_key, .. }) => vec![
            (ACCESS_KEY_VARIABLE, access_key.clone()),
            (SECRET_KEY_VARIABLE, secret_key.clone()),
        ],
    }
}

/// The receiver knows one unit at a time.
fn span(span: &Span) -> String {
    let duration = span.duration();
    if duration.subsec_nanos() == 0 {
        format!("{}s", duration.as_secs())
    } else {
        format!("{}ms", duration.as_millis())
    }
}

#[derive(Serialize)]
struct Bucket<'a> {
    #[serde(rename = "bucket")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<&'a str>,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    addressing: Option<&'a str>,
    access_key_env: &'a str,
    secret_key_env: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca: Option<&'a str>,
}

impl<'a> Bucket<'a> {
    fn of(place: &'a LakeBucket) -> Self {
        let LakeBucket {
            bucket,
            prefix,
            region,
            endpoint,
            addressing,
            access_key: _,
            secret_key: _,
            ca,
        } = place;
        Self {
            name: LakeBucketName::as_str(bucket),
            prefix: prefix.as_ref().map(LakePrefix::as_str),
            region: LakeRegion::as_str(region),
            endpoint: endpoint.as_ref().map(LakeEndpoint::as_str),
            addressing: addressing.map(LakeAddressing::as_str),
            access_key_env: ACCESS_KEY_VARIABLE,
            secret_key_env: SECRET_KEY_VARIABLE,
            ca: ca.as_ref().map(Directory::as_str),
        }
    }
}

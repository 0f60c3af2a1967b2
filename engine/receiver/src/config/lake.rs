//! The part of the configuration that is about a lake.
//!
//! ```toml
//! [sink.lake]
//! directory = "lake"                      # or s3 = { bucket = "…", region = "…", access_key_file = "…", secret_key_file = "…" }
//! seal_after = "5m"                       # how long a record waits to become part of a file
//! seal_size = "64MiB"                     # or until there is so much
//! ```

use std::time::Duration;

use super::Section;
use crate::sink::lake::settings::{Addressing, LakeSettings, Place, S3Settings};

/// Fresh enough for reports, and files that are not too small.
const SEAL_AFTER: Duration = Duration::from_mins(5);
/// Of records as they come; the files of it are about a tenth. All of it is in memory while the files are made.
const SEAL_SIZE: usize = 64 << 20;
/// Beyond it, making the files would take more memory than a receiver should.
const LARGEST: usize = 1 << 30;

/// Reads the table; None when there are mistakes.
pub(super) fn settings(mut section: Section<'_>, cluster: &str) -> Option<LakeSettings> {
    let directory = section.file("directory");
    let bucket = section.section("s3").map(s3);
    let place = match (directory, bucket) {
        (Some(directory), None) => Some(Place::Directory(directory)),
        (None, Some(bucket)) => bucket.map(Box::new).map(Place::S3),
        (Some(_), Some(_)) | (None, None) => {
            section.mistake_at(section.path(), "expected exactly one of `directory` and `s3`");
            None
        }
    };
    let seal_after = section.duration("seal_after").unwrap_or(SEAL_AFTER);
    if !(Duration::from_secs(1)..=Duration::from_hours(24)).contains(&seal_after) {
        section.mistake("seal_after", "expected 1s to 24h");
    }
    let seal_size = section.size("seal_size").unwrap_or(SEAL_SIZE);
    if !(1 << 10..=LARGEST).contains(&seal_size) {
        section.mistake("seal_size", "expected 1KiB to 1GiB");
    }
    section.finish();
    Some(LakeSettings { cluster: cluster.to_owned(), place: place?, seal_after, seal_size })
}

fn s3(mut section: Section<'_>) -> Option<S3Settings> {
    let bucket = section.required("bucket", Section::text).filter(|bucket| {
        let fits = (3..=63).contains(&bucket.len())
            && bucket.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-.".contains(letter)
            });
        if !fits {
            section.mistake("bucket", "expected 3 to 63 small letters, digits, `-` or `.`");
        }
        fits
    });
    let mut prefix = section.text("prefix").unwrap_or_default();
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    if prefix.starts_with('/') {
        section.mistake("prefix", "expected no `/` at its begin");
    }
    let region = section.required("region", Section::text);
    let endpoint = section.text("endpoint");
    if endpoint.as_ref().is_some_and(|endpoint| {
        !endpoint.starts_with("https://") && !endpoint.starts_with("http://")
    }) {
        section.mistake("endpoint", "expected an address that begins with `https://` or `http://`");
    }
    // Stores of one's own seldom have a name for each bucket.
    let usual = if endpoint.is_some() { Addressing::Path } else { Addressing::Host };
    let words = [("path", Addressing::Path), ("host", Addressing::Host)];
    let addressing = section.word("addressing", &words).unwrap_or(usual);
    let (access_key, secret_key) = (section.secret("access_key"), section.secret("secret_key"));
    let ca = section.file("ca");
    section.finish();
    Some(S3Settings {
        bucket: bucket?,
        prefix,
        region: region?,
        endpoint,
        addressing,
        access_key: access_key?,
        secret_key: secret_key?,
        ca,
    })
}

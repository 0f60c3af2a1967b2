//! The configuration of an index.
//!
//! ```toml
//! cluster = "payments"
//! management.address = "127.0.0.1:9391"
//!
//! [source.kafka]
//! brokers = ["kafka-0:9093", "kafka-1:9093"]
//! topic = "zeebe-payments"
//! tls = { ca = "kafka-ca.crt" }
//! sasl = { mechanism = "SCRAM-SHA-512", username = "zeebe-index", password_file = "kafka-password" }
//!
//! [store]
//! url = "https://search:9200"
//! prefix = "audit-payments"
//! tls = { ca = "search-ca.crt" }
//! credential = { username = "zeebe-index", password_file = "search-password" }
//! ```

use std::time::Duration;

use hyper::Uri;
use zeebe_search::{Address, Login};

use super::kafka::{connection, name};
use super::{Credential, Section, cluster, credential, management};
use crate::index::settings::{IndexSettings, Period, Prefix, SourceSettings, StoreSettings};

const SHARDS: u16 = 1;
const REPLICAS: u16 = 1;
/// As the bundled exporter has it.
const RECORDS: usize = 1_000;
const MOST_RECORDS: usize = 100_000;
/// Half of what the bundled exporter sends at a time: several of these are under way.
const SIZE: usize = 5 << 20;
const SIZES: std::ops::RangeInclusive<usize> = 64 << 10..=90 << 20;
/// An audit trail is looked at by people: a second is soon.
const DELAY: Duration = Duration::from_secs(1);
const WRITERS: usize = 2;
const MOST_WRITERS: usize = 16;
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reads the file; None when there are mistakes.
pub(super) fn settings(mut root: Section<'_>) -> Option<IndexSettings> {
    let cluster = cluster(&mut root);
    let management = management(&mut root);
    let store = root.required("store", Section::section).and_then(store);
    let named = store.as_ref().map(|store| store.prefix.clone());
    let source = root.required("source", Section::section).and_then(|mut section| {
        let kafka = section.required("kafka", Section::section);
        let source = kafka.and_then(|kafka| source(kafka, named.as_ref()));
        section.finish();
        source
    });
    root.finish();
    Some(IndexSettings {
        cluster: cluster?,
        management: management?,
        source: source?,
        store: store?,
    })
}

fn source(mut section: Section<'_>, prefix: Option<&Prefix>) -> Option<SourceSettings> {
    let topic = section.required("topic", name);
    let group = section.text("group");
    if group.as_ref().is_some_and(String::is_empty) {
        section.mistake("group", "it is empty");
    }
    let connection = connection(&mut section, "zeebe-receiver-index".to_owned());
    section.finish();
    let topic = topic?;
    // A group of its own for each prefix: a new trail begins at the start of the topic.
    let group = match (group, prefix) {
        (Some(group), _) => group,
        (None, prefix) => format!("zeebe-index.{topic}.{}", prefix?),
    };
    Some(SourceSettings { connection: connection?, topic, group })
}

fn store(mut section: Section<'_>) -> Option<StoreSettings> {
    let url = section.required("url", url);
    let prefix = section.required("prefix", Section::parsed);
    let period = section
        .word("period", &[("day", Period::Day), ("month", Period::Month)])
        .unwrap_or(Period::Day);
    let shards = section.number("shards").unwrap_or(SHARDS);
    if !(1..=1024).contains(&shards) {
        section.mistake("shards", "expected 1 to 1024");
    }
    let replicas = section.number("replicas").unwrap_or(REPLICAS);
    let writers = section.number("writers").unwrap_or(WRITERS);
    if !(1..=MOST_WRITERS).contains(&writers) {
        section.mistake("writers", format!("expected 1 to {MOST_WRITERS}"));
    }
    let timeout = section.duration("timeout").unwrap_or(TIMEOUT);
    if timeout.is_zero() {
        section.mistake("timeout", "expected more than 0");
    }
    let (records, size, delay) = section.section("bulk").map_or((RECORDS, SIZE, DELAY), bulk);
    let ca = section.section("tls").and_then(|mut tls| {
        let ca = tls.required("ca", Section::file);
        tls.finish();
        ca
    });
    let credential = section.section("credential").map(credential);
    let has_key = ["api_key_file", "api_key_env"].iter().any(|key| section.has(key));
    let key = has_key.then(|| section.secret("api_key"));
    let login = match (credential, key) {
        (None, None) => None,
        (Some(credential), None) => {
            let Credential { username, password } = credential?;
            Some(Login::Password { username, password })
        }
        (None, Some(key)) => Some(Login::Key(key?)),
        (Some(_), Some(_)) => {
            section.mistake("credential", "expected either `credential` or `api_key`");
            None
        }
    };
    section.finish();
    Some(StoreSettings {
        address: Address { url: url?, ca, login, timeout },
        prefix: prefix?,
        period,
        shards,
        replicas,
        records,
        size,
        delay,
        writers,
    })
}

fn bulk(mut section: Section<'_>) -> (usize, usize, Duration) {
    let records = section.number("records").unwrap_or(RECORDS);
    if !(1..=MOST_RECORDS).contains(&records) {
        section.mistake("records", format!("expected 1 to {MOST_RECORDS}"));
    }
    let size = section.size("size").unwrap_or(SIZE);
    if !SIZES.contains(&size) {
        section.mistake("size", "expected 64KiB to 90MiB: stores take no more than 100MiB");
    }
    let delay = section.duration("delay").unwrap_or(DELAY);
    section.finish();
    (records, size, delay)
}

/// An address without a name and a password in it. It is not told again: there may be one in it.
fn url(section: &mut Section<'_>, key: &str) -> Option<Uri> {
    let url = section.text(key)?.parse::<Uri>().ok().filter(|url| {
        matches!(url.scheme_str(), Some("http" | "https"))
            && url.query().is_none()
            && url.authority().is_some_and(|authority| !authority.as_str().contains('@'))
    });
    if url.is_none() {
        let expected = "expected `https://host:port` or `http://host:port`, without a credential";
        section.mistake(key, expected);
    }
    url
}

#[cfg(test)]
mod tests;

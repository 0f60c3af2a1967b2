//! A record as a document: where it belongs, and its lines in a bulk. Pure, and a function of the record alone, so that
//! what comes again finds its own place.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::settings::{Period, Prefix};
use crate::record::Record;

/// A document's index and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The index.
    pub(super) index: String,
    /// Its id there.
    pub(super) id: String,
}

impl Place {
    /// Where a record belongs: `<prefix>_<value type>_<UTC day>`, `<partition>-<position>`.
    pub(super) fn of(record: &Record, prefix: &Prefix, period: Period) -> Self {
        let kind: String = record
            .value_type
            .chars()
            .map(|letter| match letter {
                letter if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
                _ => '-',
            })
            .collect();
        // A time that no calendar has belongs to the first day.
        let time = Timestamp::from_millisecond(record.timestamp).unwrap_or(Timestamp::UNIX_EPOCH);
        let form = match period {
            Period::Day => "%Y-%m-%d",
            Period::Month => "%Y-%m",
        };
        let period = time.to_zoned(TimeZone::UTC).strftime(form);
        Self { index: format!("{prefix}_{kind}_{period}"), id: record.id() }
    }

    /// Where a record goes that the store refuses where it belongs.
    pub(super) fn of_refused(record: &Record, prefix: &Prefix) -> Self {
        Self { index: refused_index(prefix), id: record.id() }
    }
}

/// The index of what the store refuses.
pub(super) fn refused_index(prefix: &Prefix) -> String {
    format!("{prefix}_refused")
}

/// Appends the two lines by which a document is written where none is yet.
pub(super) fn create(bulk: &mut Vec<u8>, place: &Place, source: &[u8]) {
    let action = json!({"create": {"_index": place.index, "_id": place.id}});
    bulk.extend_from_slice(action.to_string().as_bytes());
    bulk.push(b'\n');
    bulk.extend_from_slice(source);
    bulk.push(b'\n');
}

/// A refused record: what one searches for, why it was refused, and the record as text.
pub(super) fn refused(record: &Record, reason: &str) -> Value {
    json!({
        "partitionId": record.partition.number(),
        "position": record.position,
        "timestamp": record.timestamp,
        "valueType": &*record.value_type,
        "intent": &*record.intent,
        "reason": reason,
        "record": String::from_utf8_lossy(&record.bytes),
    })
}

/// The record of a document, whether the store took it as it is or as text.
pub(super) fn record_of(source: &Value) -> Vec<u8> {
    source["record"].as_str().map_or_else(|| source.to_string().into(), Into::into)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::record::tests::record;

    #[rstest]
    #[case::day(Period::Day, "audit_variable_2026-11-23")]
    #[case::month(Period::Month, "audit_variable_2026-11")]
    fn a_place_follows_from_the_record_alone(#[case] period: Period, #[case] index: &str) {
        let place = Place::of(&record(2, 7, 1_795_478_399_999), &"audit".parse().unwrap(), period);
        assert_eq!((place.index.as_str(), place.id.as_str()), (index, "2-7"));
    }

    #[test]
    fn a_value_type_becomes_what_an_index_may_be_called() {
        let mut record = record(1, 1, 0);
        record.value_type = "PROCESS_INSTANCE".into();
        let place = Place::of(&record, &"a-1".parse().unwrap(), Period::Day);
        assert_eq!(place.index, "a-1_process-instance_1970-01-01");
        record.timestamp = i64::MIN;
        assert_eq!(Place::of(&record, &"a-1".parse().unwrap(), Period::Day), place);
    }

    #[rstest]
    #[case("")]
    #[case("Audit")]
    #[case("audit_job")]
    #[case("1audit")]
    #[case("audit*")]
    fn a_prefix_is_never_anothers_beginning(#[case] text: &str) {
        assert!(text.parse::<Prefix>().is_err());
    }

    #[test]
    fn a_bulk_creates_and_never_replaces() {
        let mut bulk = Vec::new();
        let place = Place { index: "a_job".to_owned(), id: "1-2".to_owned() };
        create(&mut bulk, &place, b"{}");
        assert_eq!(bulk, b"{\"create\":{\"_id\":\"1-2\",\"_index\":\"a_job\"}}\n{}\n");
    }

    #[test]
    fn a_refused_record_is_found_again_byte_for_byte() {
        let record = record(1, 2, 3);
        assert_eq!(record_of(&refused(&record, "too deep")), record.bytes);
    }
}
